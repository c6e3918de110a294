"""How long cover mode lasts: what turns, the gate and the desk all have to know of it (promise P9).

It ends by her word, by a caseworker with a reason, or by itself after a silence where no case is open.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from outreach.messages.conversation_state import PrivateState

WAY_BACK = "girasol"
"""The way back of who has no word of her own; the texts of `bot/domain/` teach it (a test holds them)."""
OWN_WORD_TIMES = 14
"""How many times longer a silence must be where she chose a word of her own: a week at the usual 12 hours."""


def leave(state: PrivateState) -> None:
    """End cover: by her word, or by a caseworker who gave a reason."""
    state.cover, state.cover_since, state.cover_heard = False, None, None


def ends_by_itself(state: PrivateState, hours: int) -> datetime | None:
    """Return when a silence ends cover; None where it is off, or a case is open: then a person looks."""
    since = state.cover_heard or state.cover_since
    if not state.cover or since is None or state.case_id is not None:
        return None
    return datetime.fromisoformat(since) + timedelta(hours=hours_of_silence(state, hours))


def hours_of_silence(state: PrivateState, hours: int) -> int:
    """Return after how many hours of silence cover ends where no case is open."""
    return hours * (1 if state.word_hash is None else OWN_WORD_TIMES)


def end_if_worn_out(state: PrivateState, hours: int, now: datetime) -> None:
    """End cover after so many hours of silence; `cover_since` stays, so that the way back is still known."""
    ends = ends_by_itself(state, hours)
    if ends is not None and now >= ends:
        state.cover = False


def heard(state: PrivateState, now: datetime) -> None:
    """Note a message under cover: the silence begins anew."""
    if state.cover:
        state.cover_heard = now.isoformat()
