"""Attendance: the same mark twice is one, the last by its own time counts, what is refused is told."""

from __future__ import annotations

import random
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from people import NOW, add_group, add_woman
from sqlalchemy import func, select

from models import (
    Attendance,
    AttendanceMark,
    AttendanceState,
    MarkSource,
    MarkState,
    Rsvp,
    RsvpAnswer,
)
from outreach.programme import attendance, enrolment, timetable
from outreach.programme.attendance import CANCELLED, NOT_HERS, TOO_EARLY, Mark, Outcome, short_names

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session as Database

    from models import Session, Woman
    from outreach.sealing.crypto import PersonalKey


@pytest.fixture
def meeting(session: Database) -> Session:
    return add_group(session)[1]


@pytest.fixture
def elena(session: Database, key: PersonalKey, meeting: Session) -> Woman:
    woman, _ = add_woman(session, key, 1)
    enrolment.enrol(session, woman, meeting.group_id)
    return woman


def mark(woman: Woman, state: MarkState, at: datetime, number: int | None = None) -> Mark:
    return Mark(uuid.UUID(int=number) if number else uuid.uuid4(), woman.id, state, at)


def keep(db: Database, meeting: Session, *marks: Mark, now: datetime | None = None) -> Outcome:
    now = now or meeting.starts_at + timedelta(hours=1)
    return attendance.record(db, meeting.id, marks, source=MarkSource.DOOR, by=None, now=now)


def state_of(db: Database, meeting: Session) -> AttendanceState | None:
    return db.scalar(select(Attendance.state).where(Attendance.session_id == meeting.id))


def test_the_same_mark_twice_is_one(session: Database, meeting: Session, elena: Woman) -> None:
    """A phone that does not know whether its marks arrived sends them again."""
    sent = mark(elena, MarkState.PRESENT, meeting.starts_at)
    assert keep(session, meeting, sent, sent) == Outcome(kept=1)
    assert keep(session, meeting, sent) == Outcome(known=1)
    assert session.scalar(select(func.count()).select_from(AttendanceMark)) == 1
    assert state_of(session, meeting) is AttendanceState.PRESENT


def test_two_phones_at_one_door_agree(session: Database, meeting: Session, elena: Woman) -> None:
    """In whatever order marks arrive, the last tap counts and all stay in the history."""
    start = meeting.starts_at
    taps = [
        mark(elena, MarkState.ABSENT, start, 1),
        mark(elena, MarkState.PRESENT, start + timedelta(minutes=20), 2),
        mark(elena, MarkState.ABSENT, start + timedelta(minutes=5), 3),
        # Of one moment: always the same of the two.
        mark(elena, MarkState.BLANK, start + timedelta(minutes=30), 4),
        mark(elena, MarkState.PRESENT, start + timedelta(minutes=30), 5),
    ]
    shuffled = random.Random(7)  # noqa: S311 (an order, not a secret)
    for _ in range(6):
        shuffled.shuffle(taps)
        with session.begin_nested() as trying:
            for tap in taps:
                keep(session, meeting, tap)
            assert state_of(session, meeting) is AttendanceState.PRESENT
            at = session.scalar(select(Attendance.updated_at))
            assert at == start + timedelta(minutes=30)
            assert session.scalar(select(func.count()).select_from(AttendanceMark)) == len(taps)
            trying.rollback()


def test_a_mark_is_taken_back(session: Database, meeting: Session, elena: Woman, key: PersonalKey) -> None:
    """A blank mark leaves her as nobody had marked her; what she herself said is another thing."""
    enrolment.answer(session, elena.id, meeting.id, RsvpAnswer.CONFIRMED)
    keep(session, meeting, mark(elena, MarkState.ABSENT, meeting.starts_at))
    (line,) = attendance.lines(session, key, meeting)
    assert (line.answer, line.state) == ("confirmed", "absent")
    keep(session, meeting, mark(elena, MarkState.BLANK, meeting.starts_at + timedelta(minutes=1)))
    (line,) = attendance.lines(session, key, meeting)
    assert (line.answer, line.state, len(line.history)) == ("confirmed", None, 2)
    assert session.scalar(select(Rsvp.answer)) is RsvpAnswer.CONFIRMED


def test_what_is_refused_is_told(session: Database, key: PersonalKey, meeting: Session, elena: Woman) -> None:
    """Of a stranger, long before the session, and of a session that was cancelled; nothing of it is kept."""
    stranger, _ = add_woman(session, key, 2)
    other = mark(stranger, MarkState.PRESENT, meeting.starts_at)
    early = mark(elena, MarkState.PRESENT, meeting.starts_at - timedelta(days=1))
    fine = mark(elena, MarkState.PRESENT, meeting.starts_at - timedelta(minutes=30))
    assert keep(session, meeting, other, early, fine) == Outcome(
        kept=1, refused={other.id: NOT_HERS, early.id: TOO_EARLY}
    )
    timetable.cancel_session(session, meeting, NOW)
    late = mark(elena, MarkState.ABSENT, meeting.starts_at)
    outcome = keep(session, meeting, late)
    assert (outcome.refused, outcome.reasons()) == ({late.id: CANCELLED}, {CANCELLED: 1})
    assert state_of(session, meeting) is AttendanceState.PRESENT


def test_a_clock_that_runs_ahead(session: Database, meeting: Session, elena: Woman) -> None:
    """Such a mark counts as made when it arrives, so that it does not overrule those of the hours to come."""
    now = meeting.starts_at
    keep(session, meeting, mark(elena, MarkState.ABSENT, now + timedelta(days=3)), now=now)
    later = now + timedelta(minutes=10)
    keep(session, meeting, mark(elena, MarkState.PRESENT, later), now=later)
    assert state_of(session, meeting) is AttendanceState.PRESENT


def test_who_left_stays_where_she_was_marked(
    session: Database, key: PersonalKey, meeting: Session, elena: Woman
) -> None:
    """She who left the group is on the list of a session at which she was, and on no other."""
    keep(session, meeting, mark(elena, MarkState.PRESENT, meeting.starts_at))
    seat = enrolment.current(session, elena.id)
    assert seat is not None
    enrolment.leave(session, seat)
    (line,) = attendance.lines(session, key, meeting)
    assert (line.ref, line.state) == (None, "present")
    enrolment.enrol(session, elena, meeting.group_id)
    (line,) = attendance.lines(session, key, meeting)
    assert line.ref is not None
    (later,) = (one for one in timetable.sessions_of(session, meeting.group_id) if one.id != meeting.id)
    assert [one.state for one in attendance.lines(session, key, later)] == [None]


def test_what_she_is_told_of_a_cancelled_session(session: Database, meeting: Session, elena: Woman) -> None:
    """Marked before it began and then cancelled, it is none of the sessions at which she was."""
    keep(session, meeting, mark(elena, MarkState.PRESENT, meeting.starts_at - timedelta(hours=1)))
    assert enrolment.attended_count(session, elena.id, meeting.group_id) == 1
    timetable.cancel_session(session, meeting, meeting.starts_at - timedelta(minutes=30))
    assert enrolment.attended_count(session, elena.id, meeting.group_id) == 0


def test_names_at_the_door() -> None:
    """First names alone; two of one name get a letter of their others."""
    assert short_names(["María López Ruiz", "Ana Uno", "maria Gil", "", "Ana"]) == [
        "María L.R.", "Ana U.", "maria G.", "", "Ana",
    ]  # fmt: skip
