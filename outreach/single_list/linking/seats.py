"""Seats, answers and attendance where both records have one in the same place: which of the two counts.

A seat before a place on the waiting list; present before absent; her newer answer before the older.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update
from sqlalchemy.orm import aliased

from models import (
    Attendance,
    AttendanceState,
    Base,
    Enrolment,
    EnrolmentState,
    Rsvp,
    Session,
    Woman,
)

if TYPE_CHECKING:
    from sqlalchemy.orm import Session as Database

ACTIVE = (EnrolmentState.ENROLLED, EnrolmentState.WAITING)


def settle(db: Database, kept: uuid.UUID, absorbed: uuid.UUID, now: datetime) -> dict[str, Any]:
    """Make room for what moves; return what `part` needs."""
    return {
        "left": _one_seat_each(db, kept, absorbed, now),
        "present": _present_counts(db, kept, absorbed),
        "answers": _newer_answers(db, kept, absorbed),
        "at": now.isoformat(),
    }


def _one_seat_each(db: Database, kept: uuid.UUID, absorbed: uuid.UUID, now: datetime) -> dict[str, str]:
    """Where both are in one group one of the two seats is left, the better one stays."""
    mine, hers = aliased(Enrolment), aliased(Enrolment)
    both = db.execute(
        select(mine, hers)
        .join(hers, hers.group_id == mine.group_id)
        .where(mine.woman_id == kept, hers.woman_id == absorbed)
        .where(mine.state.in_(ACTIVE), hers.state.in_(ACTIVE))
    ).all()
    left: dict[str, str] = {}
    for two in both:
        worse = max(two, key=lambda seat: (seat.state is EnrolmentState.WAITING, seat.seq))
        left[str(worse.id)] = worse.state.value
        worse.state, worse.left_at = EnrolmentState.LEFT, now
    db.flush()
    return left


def _present_counts(db: Database, kept: uuid.UUID, absorbed: uuid.UUID) -> dict[str, str]:
    """Return the rows that became present, with the time of the mark before."""
    mine, hers = aliased(Attendance), aliased(Attendance)
    found = db.scalars(
        select(mine)
        .join(hers, hers.session_id == mine.session_id)
        .where(mine.woman_id == kept, mine.state == AttendanceState.ABSENT)
        .where(hers.woman_id == absorbed, hers.state == AttendanceState.PRESENT)
    ).all()
    for one in found:
        one.state = AttendanceState.PRESENT
    db.flush()
    return {str(one.id): one.updated_at.isoformat() for one in found}


def _newer_answers(db: Database, kept: uuid.UUID, absorbed: uuid.UUID) -> dict[str, list[str]]:
    """Return the former and the new answer of each row that takes the other record's newer one."""
    mine, hers = aliased(Rsvp), aliased(Rsvp)
    both = db.execute(
        select(mine, hers)
        .join(hers, hers.session_id == mine.session_id)
        .where(mine.woman_id == kept, hers.woman_id == absorbed, hers.updated_at > mine.updated_at)
    ).all()
    changed: dict[str, list[str]] = {}
    for own, other in both:
        if own.answer is not other.answer:
            changed[str(own.id)] = [own.answer.value, other.answer.value]
            own.answer = other.answer
    db.flush()
    return changed


def part(
    db: Database, kept: uuid.UUID, absorbed: uuid.UUID, done: dict[str, Any], merged_at: datetime
) -> None:
    """Give both their seats and answers again; what came since in groups of the absorbed one goes to her."""
    for seat_id, state in done["left"].items():
        _seat_back(db, uuid.UUID(seat_id), EnrolmentState(state), (kept, absorbed))
    _absent_again(db, done["present"], merged_at)
    for row_id, (former, new) in done["answers"].items():
        db.execute(update(Rsvp).where(Rsvp.id == uuid.UUID(row_id), Rsvp.answer == new).values(answer=former))
    _sessions_of_her_groups(db, kept, absorbed)


def _absent_again(db: Database, present: dict[str, str] | list[str], merged_at: datetime) -> None:
    """Take back what the merge made present; what was marked since stays as it was marked.

    Merges of an earlier version kept the rows without the time of the mark: then it is that of the merge.
    """
    times = present if isinstance(present, dict) else dict.fromkeys(present)
    for row_id, at in times.items():
        unmarked = (
            Attendance.updated_at == datetime.fromisoformat(at) if at else Attendance.updated_at <= merged_at
        )
        db.execute(
            update(Attendance)
            .where(Attendance.id == uuid.UUID(row_id), unmarked)
            .values(state=AttendanceState.ABSENT)
        )


def _seat_back(
    db: Database, seat_id: uuid.UUID, state: EnrolmentState, both: tuple[uuid.UUID, uuid.UUID]
) -> None:
    """Give a seat back that the merge took, where the other one still stands: else she left since.

    Who took a seat there anew since has it.
    """
    other = aliased(Enrolment)
    active = select(other.id).where(other.group_id == Enrolment.group_id, other.state.in_(ACTIVE))
    hers = active.where(other.woman_id == Enrolment.woman_id).correlate(Enrolment).exists()
    others = active.where(other.woman_id.in_(both), other.woman_id != Enrolment.woman_id)
    db.execute(
        update(Enrolment)
        .where(Enrolment.id == seat_id, Enrolment.state == EnrolmentState.LEFT)
        .where(~hers, others.correlate(Enrolment).exists())
        .values(state=state, left_at=None)
        .execution_options(synchronize_session=False)
    )


def _sessions_of_her_groups(db: Database, kept: uuid.UUID, absorbed: uuid.UUID) -> None:
    """Move what came since the merge for sessions of groups in which only the absorbed one is."""
    hers = select(Enrolment.group_id).where(Enrolment.woman_id == absorbed)
    mine = select(Enrolment.group_id).where(Enrolment.woman_id == kept)
    sessions = select(Session.id).where(Session.group_id.in_(hers), Session.group_id.not_in(mine))
    woman = Base.metadata.tables[Woman.__tablename__]
    for table in Base.metadata.sorted_tables:
        if "session_id" not in table.c or "woman_id" not in table.c:
            continue
        if not any(key.column is woman.c.id for key in table.c.woman_id.foreign_keys):
            continue
        db.execute(
            update(table)
            .where(table.c.woman_id == kept, table.c.session_id.in_(sessions))
            .values(woman_id=absorbed)
        )
