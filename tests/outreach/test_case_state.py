"""What the server knows of a case: one length for all, old rows readable, nothing cut off in silence."""

from __future__ import annotations

import json
import uuid
from dataclasses import asdict, fields
from datetime import UTC, datetime

import pytest

from models import Case
from outreach.casework.case_state import (
    LENGTH,
    LONGEST_PENDING,
    MOST_ALLOWED,
    MOST_OTHERS,
    REPLIES_WATCHED,
    CaseState,
    Pending,
    fits,
    read_state,
    write_state,
)
from outreach.casework.closing import Outcome
from outreach.sealing.crypto import PersonalKey

KEY = PersonalKey(b"k" * 32)
NOW = datetime(2026, 11, 23, 18, 0, 0, 123456, tzinfo=UTC).isoformat()
NAME, HOURS = "Ñ" * 80, "á" * 80


def _case() -> Case:
    return Case(id=uuid.uuid4(), team_id=uuid.uuid4(), is_open=True, state_cipher=b"", subject_sealed=b"")


def _some_id() -> str:
    return str(uuid.uuid4())


def _full(text: str) -> CaseState:
    """A state in which everything is as long as it may be."""
    state = CaseState(opened_at=NOW, urgency="support")
    for name in ("waiting_since", "claimed_at", "holder_gone_since", "closed_by_her", "last_word_at",
                 "offered_at", "appointment_at", "follow_up_at", "alerted_at", "closed_at"):  # fmt: skip
        setattr(state, name, NOW)
    for name in ("claimed_by", "conversation_id", "offered_to", "offered_by", "closing_asked_by"):
        setattr(state, name, _some_id())
    state.claimed_name, state.appointment_words, state.outcome = NAME, HOURS, max(Outcome, key=len)
    state.entries, state.alert_step, state.apart = 100_000, 3, True
    for _ in range(REPLIES_WATCHED + 1):
        state.watch(_some_id())
    for _ in range(MOST_ALLOWED + 1):
        state.allow(_some_id(), NOW)
    for _ in range(MOST_OTHERS + 1):
        state.link(_some_id())
    state.pending = Pending(text, _some_id(), NAME, NOW, NOW, _some_id())
    return state


def _longest(letter: str) -> str:
    return next(letter * n for n in range(LONGEST_PENDING, 0, -1) if fits(letter * n))


@pytest.mark.parametrize("letter", ["a", "ñ", "💜", '"', "\n"])
def test_all_that_it_may_keep_has_room(letter: str) -> None:
    """P4: full or empty, a state has one length, whatever letters wait in it."""
    full, empty = _case(), _case()
    state = _full(_longest(letter))
    write_state(KEY, full, state)
    write_state(KEY, empty, CaseState(opened_at=NOW, urgency="danger"))
    assert len(full.state_cipher) == len(empty.state_cipher) < LENGTH + 64
    assert read_state(KEY, full) == state


def test_nothing_is_left_unfilled() -> None:
    """The test above fills every field that there is: one that comes later is put there too."""
    empty = asdict(CaseState(opened_at="", urgency=""))
    same = {name for name, value in asdict(_full("x")).items() if value == empty[name]}
    assert same == {"last_from", "handed_back", "for_supervisor"}


def test_what_outgrows_it_is_refused() -> None:
    """P4: a longer row would tell the case apart: it is refused, and the row stays as it was."""
    case = _case()
    write_state(KEY, case, CaseState(opened_at=NOW, urgency="danger"))
    before = case.state_cipher
    with pytest.raises(ValueError, match="outgrew"):
        write_state(KEY, case, _full("💜" * LONGEST_PENDING))
    assert case.state_cipher == before


@pytest.mark.parametrize(
    ("text", "ok"),
    [
        ("Te escribo el jueves a las 10.", True),
        ("", True),
        ("a" * LONGEST_PENDING, True),
        ("a" * (LONGEST_PENDING + 1), False),
        ("ó" * 600, True),
        ("ó" * LONGEST_PENDING, False),
        ("💜" * 300, True),
        ("💜" * 400, False),
    ],
)
def test_what_may_wait(text: str, ok: bool) -> None:
    """A caseworker is told before, by letters and by bytes, that a text is too long to wait."""
    assert fits(text) is ok


def test_the_oldest_make_room() -> None:
    """Who was allowed again stands last, once."""
    state = CaseState(opened_at=NOW, urgency="danger")
    ids = [_some_id() for _ in range(MOST_ALLOWED + 2)]
    for one in [*ids, ids[-3]]:
        state.allow(one, NOW)
        state.link(one)
    last = [ids[-4], ids[-2], ids[-1], ids[-3]]
    assert (list(state.allowed), state.other_conversations) == (last, last)


def _stored(case: Case, data: dict[str, object], bucket: int) -> Case:
    case.state_cipher = KEY.encrypt(data, place=f"case:{case.id}", bucket=bucket)
    return case


def test_rows_of_before_are_read() -> None:
    """A row from before the new fields, of the old length, is read with their defaults and written anew."""
    old = {
        "opened_at": NOW,
        "urgency": "danger",
        "claimed_by": _some_id(),
        "replies": [_some_id()],
        "entries": 3,
    }
    case = _stored(_case(), old, 2048)
    state = read_state(KEY, case)
    assert {name: getattr(state, name) for name in old} == old
    assert (state.pending, state.alert_step, state.allowed, state.other_conversations) == (None, 0, {}, [])
    write_state(KEY, case, state)
    assert len(case.state_cipher) > LENGTH
    assert read_state(KEY, case) == state


def test_rows_of_a_later_version_are_read() -> None:
    """After a step back of the code a field that it does not know is left out, within a waiting text too."""
    waits = {**asdict(Pending("Hola", _some_id(), "Lucía", NOW)), "later": 1}
    state = read_state(
        KEY, _stored(_case(), {"opened_at": NOW, "urgency": "x", "later": 1, "pending": waits}, LENGTH)
    )
    assert state.pending is not None
    assert (state.pending.text, state.pending.at) == ("Hola", None)


def test_it_is_plain_json() -> None:
    """Every field is a plain value: nothing in a state needs a type of ours to be read."""
    assert json.loads(json.dumps(asdict(_full("hola"))))["pending"]["text"] == "hola"
    assert len(fields(CaseState)) == len(asdict(_full("hola")))
