"""Seats in groups: offered, taken, freed. Capacity can't be oversold by two women at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select, true
from sqlalchemy.orm import aliased, contains_eager

from models import (
    Attendance,
    AttendanceState,
    Enrolment,
    EnrolmentState,
    Group,
    Municipality,
    Rsvp,
    RsvpAnswer,
    Session,
    Woman,
    Workshop,
    utcnow,
)
from outreach.programme import distances, handed_over, session_notices

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session as Database

MOST_OFFERED = 3


@dataclass(frozen=True)
class Offer:
    """A group with its free seats and first session to come.

    `kilometres`: between the seat of its municipality and that of the one asked about; None: not measured.
    """

    group: Group
    free: int
    next_session: Session
    municipality: str = ""
    kilometres: float | None = None


def enrolled_count(db: Database, group_id: uuid.UUID) -> int:
    """Count the taken seats of a group."""
    statement = select(func.count()).where(
        Enrolment.group_id == group_id, Enrolment.state == EnrolmentState.ENROLLED
    )
    return db.scalar(statement) or 0


def next_session(db: Database, group_id: uuid.UUID, now: datetime) -> Session | None:
    """Return the group's first session that has not begun."""
    return db.scalar(
        select(Session)
        .where(Session.group_id == group_id, Session.starts_at > now, Session.cancelled_at.is_(None))
        .order_by(Session.starts_at)
        .limit(1)
    )


def offers(
    db: Database,
    now: datetime,
    *,
    programme_id: uuid.UUID | None = None,
    municipality: str | None = None,
    axis: str | None = None,
    workshop_id: uuid.UUID | None = None,
    but_not: uuid.UUID | None = None,
    near: str | None = None,
) -> list[Offer]:
    """Return up to three open groups with sessions to come, in one statement.

    Her axis first, then free seats. With `near`, the code of a municipality, the nearest to its seat first;
    one whose distance is not known stands before all, so that whoever sees it calls none of them near.
    """
    following = (
        select(Session)
        .where(Session.group_id == Group.id, Session.starts_at > now, Session.cancelled_at.is_(None))
        .order_by(Session.starts_at)
        .limit(1)
        .lateral()
    )
    seats = (
        select(func.count().label("taken"))
        .select_from(Enrolment)
        .where(Enrolment.group_id == Group.id, Enrolment.state == EnrolmentState.ENROLLED)
        .lateral()
    )
    first, home = aliased(Session, following), aliased(Municipality)
    free = func.greatest(Group.capacity - seats.c.taken, 0)
    away = distances.sql_kilometres(
        (home.latitude, home.longitude), (Municipality.latitude, Municipality.longitude)
    )
    statement = (
        select(Group, free, first, Municipality.name, away)
        .join(Workshop, Workshop.id == Group.workshop_id)
        .join(Municipality, Municipality.code == Group.municipality)
        .outerjoin(home, home.code == near)
        .join(first, true())
        .join(seats, true())
        .options(contains_eager(Group.workshop))
        .where(Group.closed_at.is_(None), Workshop.retired_at.is_(None))
        .order_by(away.nulls_first(), Workshop.axis.is_distinct_from(axis), free == 0, Group.code)
        .limit(MOST_OFFERED)
    )
    wanted = (
        (Workshop.programme_id, programme_id),
        (Group.municipality, municipality),
        (Group.workshop_id, workshop_id),
    )
    for column, value in wanted:
        if value is not None:
            statement = statement.where(column == value)
    if but_not is not None:
        statement = statement.where(Group.id != but_not)
    return [Offer(*row) for row in db.execute(statement)]


def workshops_of(db: Database, programme_id: uuid.UUID) -> Sequence[Workshop]:
    """Return the workshops that a programme offers, by axis."""
    return db.scalars(
        select(Workshop)
        .where(Workshop.programme_id == programme_id, Workshop.retired_at.is_(None))
        .order_by(Workshop.axis, Workshop.name)
    ).all()


def active(db: Database, woman_id: uuid.UUID) -> Sequence[Enrolment]:
    """Return her seats and waiting places, seats first, newest first."""
    return db.scalars(
        select(Enrolment)
        .where(
            Enrolment.woman_id == woman_id,
            Enrolment.state.in_((EnrolmentState.ENROLLED, EnrolmentState.WAITING)),
        )
        .order_by(Enrolment.state, Enrolment.seq.desc())
    ).all()


def current(db: Database, woman_id: uuid.UUID) -> Enrolment | None:
    """Return the enrolment that a question without a name is about."""
    return next(iter(active(db, woman_id)), None)


def enrol(db: Database, woman: Woman, group_id: uuid.UUID) -> Enrolment | None:
    """Give her a seat, or a place on the waiting list; None where the group is gone or takes nobody new.

    The group's row is locked, so that two women can't take the last seat. A seat that is free while others
    wait is theirs: she waits behind them.
    """
    group = db.get(Group, group_id, with_for_update=True)
    if group is None:
        return None
    known = db.scalar(
        select(Enrolment).where(
            Enrolment.woman_id == woman.id,
            Enrolment.group_id == group_id,
            Enrolment.state.in_((EnrolmentState.ENROLLED, EnrolmentState.WAITING)),
        )
    )
    if known is not None:
        return known
    if group.closed_at is not None:
        return None
    free = enrolled_count(db, group_id) < group.capacity and _first_waiting(db, group_id) is None
    state = EnrolmentState.ENROLLED if free else EnrolmentState.WAITING
    enrolment = Enrolment(woman_id=woman.id, group_id=group_id, state=state)
    db.add(enrolment)
    db.flush()
    return enrolment


def waiting_position(db: Database, enrolment: Enrolment) -> int:
    """Return her place on the waiting list, the first being 1."""
    ahead = select(func.count()).where(
        Enrolment.group_id == enrolment.group_id,
        Enrolment.state == EnrolmentState.WAITING,
        Enrolment.seq < enrolment.seq,
    )
    return (db.scalar(ahead) or 0) + 1


def leave(db: Database, enrolment: Enrolment) -> Enrolment | None:
    """Free her seat or place; return the enrolment that took a freed seat, if any."""
    group = db.get_one(Group, enrolment.group_id, with_for_update=True)
    had_seat = enrolment.state is EnrolmentState.ENROLLED
    enrolment.state = EnrolmentState.LEFT
    enrolment.left_at = utcnow()
    db.flush()
    if had_seat:
        mine = Session.group_id == group.id
        handed_over.take_back_hers(db, enrolment.woman_id, mine, "no_longer_enrolled", utcnow())
    return promote(db, group) if had_seat else None


def promote(db: Database, group: Group) -> Enrolment | None:
    """Give a free seat to the first who waits; None where no seat is free or nobody waits.

    The caller has locked the group. It may be closed: who waits was there before.
    """
    if enrolled_count(db, group.id) >= group.capacity:
        return None
    first = _first_waiting(db, group.id, lock=True)
    if first is not None:
        first.state = EnrolmentState.ENROLLED
        db.flush()
    return first


def _first_waiting(db: Database, group_id: uuid.UUID, *, lock: bool = False) -> Enrolment | None:
    query = (
        select(Enrolment)
        .where(Enrolment.group_id == group_id, Enrolment.state == EnrolmentState.WAITING)
        .order_by(Enrolment.seq)
        .limit(1)
    )
    return db.scalar(query.with_for_update() if lock else query)


def left_last(db: Database, woman_id: uuid.UUID) -> Enrolment | None:
    """Return the seat or place that she gave up last, if any."""
    query = select(Enrolment).where(
        Enrolment.woman_id == woman_id, Enrolment.state == EnrolmentState.LEFT, Enrolment.left_at.is_not(None)
    )
    return db.scalar(query.order_by(Enrolment.left_at.desc(), Enrolment.seq.desc()).limit(1))


def answer(db: Database, woman_id: uuid.UUID, session_id: uuid.UUID, given: RsvpAnswer) -> None:
    """Record what she says of a session; her last word counts, and what it takes the place of is kept.

    After a no, no reminder of the session leaves that still waits. An answer from before the session moved
    was to another question: it is not kept beside the new one.
    """
    found = db.execute(
        select(Rsvp, session_notices.outdated())
        .where(Rsvp.woman_id == woman_id, Rsvp.session_id == session_id)
        .with_for_update(of=Rsvp)
    ).one_or_none()
    if found is None:
        db.add(Rsvp(woman_id=woman_id, session_id=session_id, answer=given, updated_at=utcnow()))
    else:
        row, outdated = found
        if outdated:
            row.earlier = None
        elif row.answer is not given:
            row.earlier = row.answer
        row.answer = given
        row.updated_at = utcnow()
    db.flush()
    if given is RsvpAnswer.DECLINED:
        handed_over.take_back_hers(db, woman_id, Session.id == session_id, "she_declined", utcnow())


def attended_count(db: Database, woman_id: uuid.UUID, group_id: uuid.UUID) -> int:
    """Count the sessions of a group at which she was; one that was cancelled after all was none."""
    statement = (
        select(func.count())
        .select_from(Attendance)
        .join(Session, Session.id == Attendance.session_id)
        .where(
            Attendance.woman_id == woman_id,
            Session.group_id == group_id,
            Session.cancelled_at.is_(None),
            Attendance.state == AttendanceState.PRESENT,
        )
    )
    return db.scalar(statement) or 0
