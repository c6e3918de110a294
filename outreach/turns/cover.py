"""Cover mode and the safe word (promise P9).

Under cover this is a workshops bot to whoever holds the phone. Her own word brings the thread back, or, where
she has none, the way back that she is shown beside every "salir"; a wrong guess is answered exactly like any
text, by the same path and in the same time. Without an open case cover also ends by itself, after a silence,
and nothing is shown then: her next message is read as any other.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from outreach.ground.words import fold
from outreach.messages.cover_state import WAY_BACK
from outreach.turns.commands import command_in

if TYPE_CHECKING:
    from outreach.messages.conversation_state import PrivateState

SHORTEST_WORD, LONGEST_WORD, MOST_PARTS = 4, 60, 4
NO_WORDS = frozenset(
    {
        "noquiero", "mejorno", "ninguna", "ninguno", "ahorano", "ahoritano", "noahorita", "nogracias",
        "nopuedo", "noesseguro", "noestoysola", "aquiesta", "estaconmigo", "meestaviendo",
    }
)  # fmt: skip
# That he comes, however it is spelt in haste; compared with a text that is folded.
_HE_COMES = re.compile(r"(?:ya|ahi|ay|ai)(?:me)?(?:llego|yego|lego|vino|bino|viene|biene|estaaqui)")
_WAY_BACK_WRITTEN = frozenset({WAY_BACK, "jirasol", "girazol", "jirazol", "hirasol", "giresol", "girasoles"})
MOST_MISSES, MISSES_WITHIN = 10, timedelta(hours=1)
# Slow enough against a stolen server, quick enough for a turn: about 50 ms.
_hasher = PasswordHasher(time_cost=2, memory_cost=32 * 1024, parallelism=1)
# What a text is compared with where no word is set, so that the time tells nothing.
_NOBODYS = _hasher.hash(WAY_BACK)


def enter(state: PrivateState, now: datetime) -> None:
    """Hide: from here on only harmless things are said, and no old button means anything."""
    state.cover, state.cover_since, state.choices, state.older = True, now.isoformat(), [], []
    state.cover_heard = now.isoformat()
    # What comes next may be another's: it must not become her word.
    state.word_expected = False


def normalise(word: str) -> str:
    """Fold case, accents and spaces, as a hurried thumb does."""
    return "".join(fold(word).split())


def set_word(state: PrivateState, word: str) -> bool:
    """Keep her word as a salted slow hash; False where the text is none: then it is read as any other.

    A sentence is no word: asked for one, she may cry for help instead. Nor is a "no", a number or a sign,
    nor what hides or stops: he may come in just while she is asked.
    """
    folded = normalise(word).strip(".,;:!¡¿?…")
    too_long = len(word.split()) > MOST_PARTS or "\n" in word.strip()
    if too_long or not SHORTEST_WORD <= len(folded) <= LONGEST_WORD or folded in NO_WORDS:
        return False
    if not any(c.isalpha() for c in folded) or _HE_COMES.match(folded) or command_in(word) is not None:
        return False
    if folded in _WAY_BACK_WRITTEN:
        return False  # what everybody is shown guards nothing
    state.word_hash = _hasher.hash(folded)
    state.word_misses, state.word_misses_since = 0, None
    return True


def comes_back(state: PrivateState, text: str, now: datetime) -> bool:
    """Say whether a text brings the thread back: under cover, or after it ended by a silence."""
    short = len(text.split()) <= MOST_PARTS
    return (state.cover or (state.cover_since is not None and short)) and is_word(state, text, now)


def is_word(state: PrivateState, text: str, now: datetime) -> bool:
    """Say whether a text is her word, or the way back where she has none: then it is no secret to be guessed.

    Takes the same time whether or not one is set.
    """
    hashed, written = state.word_hash or _NOBODYS, normalise(text).strip(".,;:!¡¿?…")
    if state.word_hash is None and written in _WAY_BACK_WRITTEN:
        written = WAY_BACK
    matches: bool
    try:
        matches = _hasher.verify(hashed, written[: LONGEST_WORD + 1])
    except VerificationError:
        matches = False
    if state.word_hash is None:
        return matches
    since = datetime.fromisoformat(state.word_misses_since) if state.word_misses_since else None
    if since is None or now - since > MISSES_WITHIN:
        state.word_misses, state.word_misses_since = 0, now.isoformat()
    if matches and state.word_misses < MOST_MISSES:
        state.word_misses = 0
        return True
    state.word_misses += 1
    return False
