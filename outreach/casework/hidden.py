"""What a caseworker can do about cover mode: end it with a reason, send what was held back.

Each step is her own in a conversation that she holds, is written into the sealed thread and recorded.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from outreach.casework import held_texts, thread
from outreach.casework.answering import send_text
from outreach.casework.opened import DeskError, WindowClosedError
from outreach.casework.verbs import verb
from outreach.messages import cover_state
from outreach.people import registry
from outreach.staff.audit import Action
from outreach.texts import desk as words

if TYPE_CHECKING:
    from outreach.casework.opened import Held, Seen
    from outreach.casework.thread import Entry
    from outreach.ground.settings import Settings
    from outreach.messages.conversation_state import PrivateState

SHORTEST_REASON = 8


class NoReasonError(DeskError):
    """Escribe el motivo: cómo sabes que ella está sola con su teléfono o que ya no hay peligro en él."""


@dataclass(frozen=True)
class Cover:
    """What the desk says of cover mode: its beginning, whether she has a word, when it ends by itself.

    `hours_alone` are the hours of silence after which it does so once no case is open.
    """

    since: datetime | None
    own_word: bool
    ends_at: datetime | None
    hours_alone: int


def cover_of(private: PrivateState | None, settings: Settings) -> Cover | None:
    """Return what is to be said of cover mode; None where it is off."""
    if private is None or not private.cover:
        return None
    since = datetime.fromisoformat(private.cover_since) if private.cover_since else None
    ends_at = cover_state.ends_by_itself(private, settings.cover_hours)
    own_word = private.word_hash is not None
    return Cover(since, own_word, ends_at, cover_state.hours_of_silence(private, settings.cover_hours))


def held_back(entries: list[Entry]) -> list[Entry]:
    """Return the answers that cover mode kept from leaving and that were not settled since."""
    done = held_texts.settled(entries)
    return [e for e in entries if held_texts.is_held_by_cover(e) and str(e.id) not in done]


@verb(Action.DESK_COVER_ENDED, holds=True)
def end_cover(held: Held, reason: str) -> int:
    """End cover mode, for a reason that stays in the thread, and send what was held back; return how many.

    Raises:
        NoReasonError: no reason was given.
        DeskError: the conversation is not this caseworker's, or her data is gone.
    """
    said = " ".join(reason.split())
    if len(said) < SHORTEST_REASON:
        raise NoReasonError(NoReasonError.__doc__)
    _, private = held.reachable()
    cover_state.leave(private)
    held.keep_private()
    held.say("event", words.cover_ended(held.worker.name, said))
    return _send(held) if held.can_write() else 0


@verb(Action.DESK_ANSWERED, holds=True)
def send_held_back(held: Held) -> int:
    """Send what was held back, once cover is over; return how many.

    Raises:
        DeskError: cover is on, not this caseworker's, or free text can't leave now.
    """
    _, private = held.reachable()
    if private.cover:
        raise DeskError(words.HELD_BACK)
    if not held.can_write():
        raise WindowClosedError(WindowClosedError.__doc__)
    return _send(held)


def _send(held: Held) -> int:
    waiting = held_back(thread.read(held.session, held.worker.private_key, held.case, held.state))
    for entry in waiting:
        author = str(entry.extra.get("staff", ""))
        send_text(held, entry.text, staff=author, settles=[str(entry.id)])
    if waiting:
        held.say("event", words.held_back_sent(held.worker.name, len(waiting)))
    return len(waiting)


def name_of(seen: Seen) -> str:
    """Return how the desk calls her: as she wants, else by her record; empty where neither is known."""
    if seen.private is not None and seen.private.preferred_name:
        return seen.private.preferred_name
    if seen.called:
        return seen.called
    woman = registry.woman_of(seen.session, seen.conversation) if seen.conversation else None
    if woman is None:
        return ""
    details = registry.read_details(seen.worker.key, woman)
    return details.preferred_name or details.full_name or ""
