"""How long an answer takes must not tell what was written, nor whether a word is set (promise P9).

Measured at the service, where they could differ: opening the turn, with the comparison in it. Processor time
of this thread alone, each kind by turns, so that a busy machine slows all of them alike.
"""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

import pytest

from models import utcnow
from outreach.messages import conversation_state, inbox
from outreach.sealing.crypto import PersonalKey
from outreach.turns import cover, gather, turn

if TYPE_CHECKING:
    import uuid

    from sqlalchemy.orm import Session, sessionmaker

    from outreach.ground.settings import Settings

WORD, WRONG, CHATTER = "canela fina", "canela rica", "tormenta xq"
ROUNDS = 15
# Of the comparison's own time: without the comparison, or with two, it would be far more.
MAY_DIFFER = 0.25
KINDS = {
    "a wrong word": (WORD, 1, WRONG),
    "chatter": (WORD, 1, CHATTER),
    "a wrong word, none set": (None, 0, WRONG),
    "her word after too many misses": (WORD, cover.MOST_MISSES, WORD),
    "a long text": (WORD, 1, "tormenta " * 60),
}
LATER = tuple(kind for kind in KINDS if kind != "a wrong word")


def _covered(sessions: sessionmaker[Session], key: PersonalKey, place: int, word: str | None) -> uuid.UUID:
    with sessions.begin() as db:
        conversation = inbox.conversation_of(db, key, f"whatsapp:+52331000{place:04d}", utcnow())
        state = conversation_state.read(key, conversation)
        if word is not None:
            assert cover.set_word(state, word)
        cover.enter(state, utcnow())
        conversation_state.write(key, conversation, state)
        return conversation.id


def _begins(
    sessions: sessionmaker[Session], settings: Settings, key: PersonalKey, kind: str, n: int
) -> float:
    """The seconds of processor that the turn's beginning took; nothing of it is kept."""
    _, misses, text = KINDS[kind]
    place = list(KINDS).index(kind)
    with sessions() as db:
        sender = f"whatsapp:+52331000{place:04d}"
        params = {"MessageSid": [f"SM{place}x{n}"], "From": [sender], "Body": [text]}
        inbox.receive(db, key, params, utcnow())
        conversation = inbox.conversation_of(db, key, sender, utcnow())
        state = conversation_state.read(key, conversation)
        state.word_misses, state.word_misses_since = misses, utcnow().isoformat()
        conversation_state.write(key, conversation, state)
        db.flush()
        began = time.thread_time()
        found = gather.look(db, conversation.id, lock=True)
        ask = turn.begin(db, key, settings, found, utcnow())
        took = time.thread_time() - began
        assert isinstance(ask, turn.Ask)
        assert ask.metadata["context"]["cover"]
        assert ask.metadata["payload"] is None
        db.rollback()
    return took


@pytest.mark.parametrize("kind", LATER)
def test_no_text_takes_longer_than_a_wrong_word(
    sessions: sessionmaker[Session], settings: Settings, kind: str
) -> None:
    """P9: a wrong word, chatter, no word set, a closed door: the same work, to a quarter of a comparison."""
    key = PersonalKey(settings.secret_key)
    for place, (word, _, _) in enumerate(KINDS.values()):
        _covered(sessions, key, place, word)
    pair = ("a wrong word", kind)
    times: dict[str, list[float]] = {name: [] for name in pair}
    for n in range(ROUNDS):
        for name in pair if n % 2 else pair[::-1]:
            times[name].append(_begins(sessions, settings, key, name, n))
    one, other = (statistics.median(times[name]) for name in pair)
    print(f"{kind}: {other * 1000:.1f} ms; a wrong word: {one * 1000:.1f} ms")  # noqa: T201
    assert abs(one - other) < MAY_DIFFER * _comparison()


def _comparison() -> float:
    """The processor time of one comparison, of several the middle one."""
    state = conversation_state.PrivateState()
    times = []
    for _ in range(7):
        began = time.thread_time()
        cover.is_word(state, WRONG, utcnow())
        times.append(time.thread_time() - began)
    return statistics.median(times)


def test_the_comparison_is_never_left_out() -> None:
    """P9: where no word is set a text is compared all the same, at the same price."""
    with_word, without = conversation_state.PrivateState(), conversation_state.PrivateState()
    assert cover.set_word(with_word, WORD)
    times: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(ROUNDS):
        for is_set, state in ((True, with_word), (False, without)):
            began = time.thread_time()
            assert not cover.is_word(state, WRONG, utcnow())
            times[is_set].append(time.thread_time() - began)
    one, other = statistics.median(times[True]), statistics.median(times[False])
    assert 1 - MAY_DIFFER < one / other < 1 + MAY_DIFFER
