"""The judge is judged: what it must call wrong, it calls wrong, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from verdict import Message, outbound, replied

ROW = {"kind": "reply", "state": "read", "reason": None, "turn_id": "t", "seq": 1, "attempts": 1}
DOUBLED, LOST = "doubled", "lost: sent by our books, never taken"
FAILED_UNKNOWN = "lost: taken and failed, sent by our books"


def row(**changes: Any) -> Any:
    return SimpleNamespace(**{**ROW, **changes})


def message(outbox_id: str, sid: str, *, code: int | None = None) -> Message:
    return Message(sid, "+523312345678", outbox_id, "Hola", failed=code is not None, code=code)


@pytest.mark.parametrize(
    ("rows", "messages", "unheard", "wrong"),
    [
        ({"a": row()}, [message("a", "1")], set(), {}),
        ({"a": row()}, [message("a", "1"), message("a", "2")], set(), {DOUBLED: 1}),
        # The first was reported as failed: the second is the try that it was owed.
        ({"a": row()}, [message("a", "1", code=63018), message("a", "2")], set(), {}),
        ({"a": row()}, [], set(), {LOST: 1}),
        ({"a": row(state="sent")}, [message("a", "1", code=63016)], set(), {FAILED_UNKNOWN: 1}),
        # Whose failure was never reported to us nobody can know.
        ({"a": row(state="sent")}, [message("a", "1", code=63016)], {"1"}, {}),
        ({"a": row(state="failed")}, [message("a", "1", code=63016)], set(), {"ended without a reason": 1}),
        (
            {"a": row(state="undelivered", reason="temporary")},
            [message("a", "1", code=63018)],
            set(),
            {"temporary failures that were final": 1},
        ),
        # Tried as often as anything is.
        (
            {"a": row(state="undelivered", reason="temporary", attempts=12)},
            [message("a", "1", code=63018)],
            set(),
            {},
        ),
        ({"a": row(state="queued")}, [], set(), {"stuck: queued past their time": 1}),
        ({"a": row(state="sending")}, [], set(), {"stuck: sending": 1}),
        ({}, [message("b", "1")], set(), {"unknown to us": 1}),
        (
            {"a": row(seq=1), "b": row(seq=2)},
            [message("b", "1"), message("a", "2")],
            set(),
            {"out of order": 1},
        ),
    ],
)
def test_each_wrong_is_seen(
    rows: dict[str, Any], messages: list[Message], unheard: set[str], wrong: dict[str, int]
) -> None:
    """Lost, doubled, stuck, disordered and unseen ends are counted, a lawful second try is not."""
    counted = outbound(rows, messages, unheard)
    assert {what: count for what, count in counted.items() if count} == wrong


def test_only_an_answer_to_a_cry_may_come_twice() -> None:
    """911 whose send is in doubt leaves again after eight seconds; nothing else does unseen."""
    rows = {"a": row(seq=1), "b": row(seq=2)}
    messages = [message("a", "1"), message("b", "2"), message("a", "3")]
    for cries, doubled in ((set[str](), 1), ({"+523387654321"}, 1), ({"+523312345678"}, 0)):
        counted = outbound(rows, messages, set(), cries)
        assert {what: count for what, count in counted.items() if count} == ({DOUBLED: 1} if doubled else {})


def test_a_missing_and_a_second_answer_are_seen() -> None:
    """Each turn has one answer that left, or an end of its own that a person sees."""
    rows = {"a": row(), "b": row(), "c": row(kind="reminder"), "d": row(state="failed", reason="in_doubt")}
    messages = [message("a", "1"), message("b", "2"), message("c", "3")]
    phone, other = "+523312345678", "+523387654321"
    assert replied(rows, messages, {phone: 2, other: 1}, set()) == _counts(0, 0)
    assert replied(rows, messages, {phone: 2, other: 2}, set()) == _counts(1, 0)
    assert replied(rows, messages, {phone: 1, other: 1}, set()) == _counts(0, 1)
    assert replied(rows, messages, {phone: 1, other: 1}, {phone}) == _counts(0, 0)


def _counts(without: int, more: int) -> dict[str, int]:
    return {"turns without an answer": without, "turns answered more than once": more}


@pytest.mark.parametrize(
    ("failed_after", "next_after", "wrong"),
    [
        # The first part failed at Twilio after the second had left.
        (9, 5, 0),
        # It had failed five seconds before the second left: that one should have waited.
        (5, 10, 1),
        # It had failed for more than the minute that the second may be held up.
        (5, 70, 0),
    ],
)
def test_what_disorders_an_answer_rightly(failed_after: int, next_after: int, wrong: int) -> None:
    """A failure that is told late, or lasts, does; one that is known does not."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    rows = {"a": row(seq=1), "b": row(seq=2)}

    def at(outbox_id: str, sid: str, seconds: int, failed: int | None = None) -> Message:
        made = message(outbox_id, sid, code=63018 if failed is not None else None)
        ended = None if failed is None else start + timedelta(seconds=failed)
        return replace(made, at=start + timedelta(seconds=seconds), failed_at=ended)

    messages = [at("a", "1", 0, failed_after), at("b", "2", next_after), at("a", "3", next_after + 1)]
    assert outbound(rows, messages, set())["out of order"] == wrong
