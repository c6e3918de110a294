"""The programme as coordinators see it: workshops, groups with their seats, sessions and answers.

Nothing here reads a conversation's private state: what a coordinator sees must not change because
of what a woman told in confidence (promises P4, P7).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from models import (
    Enrolment,
    EnrolmentState,
    Group,
    Municipality,
    OutboxMessage,
    OutboxState,
    Reminder,
    ReminderState,
    Rsvp,
    Session,
    Woman,
    Workshop,
)
from outreach.people import registry
from outreach.programme import session_notices

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session as Database

    from outreach.sealing.crypto import PersonalKey

TROUBLED = (
    OutboxState.FAILED,
    OutboxState.UNDELIVERED,
    OutboxState.EXPIRED,
    OutboxState.SUPPRESSED,
    OutboxState.IN_DOUBT,
)


@dataclass(frozen=True)
class GroupLine:
    """A group with its seats."""

    group: Group
    municipality: str
    enrolled: int
    waiting: int
    next_session: datetime | None


@dataclass(frozen=True)
class WorkshopLine:
    """A workshop with how many groups and enrolled women it has."""

    workshop: Workshop
    groups: int
    enrolled: int


@dataclass(frozen=True)
class Seat:
    """A woman in a group and what she answered about one session."""

    woman_id: uuid.UUID
    name: str
    waiting: bool
    answer: str | None


@dataclass(frozen=True)
class WomanLine:
    """A woman on the list, with the groups she is in."""

    name: str
    municipality: str | None
    groups: list[str]


@dataclass(frozen=True)
class DroppedReminder:
    """A reminder that did not reach her, and why."""

    name: str
    group: str
    starts_at: datetime
    due_at: datetime
    reason: str


def count_groups(
    db: Database, *, municipality: str | None = None, workshop_id: uuid.UUID | None = None
) -> int:
    """Count the groups that fit."""
    query = select(func.count()).select_from(Group)
    if municipality:
        query = query.where(Group.municipality == municipality)
    if workshop_id:
        query = query.where(Group.workshop_id == workshop_id)
    return db.scalar(query) or 0


def group_lines(
    db: Database,
    now: datetime,
    *,
    municipality: str | None = None,
    workshop_id: uuid.UUID | None = None,
    group_id: uuid.UUID | None = None,
    offset: int = 0,
    limit: int = 50,
) -> list[GroupLine]:
    """Return groups with enrolled, waiting and the next session."""
    seats = select(func.count()).where(Enrolment.group_id == Group.id).correlate(Group)
    upcoming = select(func.min(Session.starts_at)).where(
        Session.group_id == Group.id, Session.starts_at > now, Session.cancelled_at.is_(None)
    )
    query = (
        select(
            Group,
            Municipality.name,
            seats.where(Enrolment.state == EnrolmentState.ENROLLED).scalar_subquery(),
            seats.where(Enrolment.state == EnrolmentState.WAITING).scalar_subquery(),
            upcoming.correlate(Group).scalar_subquery(),
        )
        .join(Municipality, Municipality.code == Group.municipality)
        .options(joinedload(Group.workshop))
        .order_by(Municipality.name, Group.code)
        .offset(offset)
        .limit(limit)
    )
    if municipality:
        query = query.where(Group.municipality == municipality)
    if workshop_id:
        query = query.where(Group.workshop_id == workshop_id)
    if group_id:
        query = query.where(Group.id == group_id)
    return [GroupLine(*row) for row in db.execute(query)]


def workshops(db: Database) -> list[WorkshopLine]:
    """Return the workshops, by axis."""
    groups = select(func.count()).where(Group.workshop_id == Workshop.id).correlate(Workshop)
    women = (
        select(func.count())
        .select_from(Enrolment)
        .join(Group, Group.id == Enrolment.group_id)
        .where(Group.workshop_id == Workshop.id, Enrolment.state == EnrolmentState.ENROLLED)
        .correlate(Workshop)
    )
    query = select(Workshop, groups.scalar_subquery(), women.scalar_subquery())
    return [WorkshopLine(*row) for row in db.execute(query.order_by(Workshop.axis, Workshop.name))]


def used_municipalities(db: Database) -> Sequence[Municipality]:
    """Return the municipalities that have groups."""
    query = select(Municipality).where(Municipality.code.in_(select(Group.municipality)))
    return db.scalars(query.order_by(Municipality.name)).all()


def seats(db: Database, key: PersonalKey, group: Group, session: Session | None) -> list[Seat]:
    """Return who is in a group, by name, with what each answered about a session."""
    answers: dict[uuid.UUID, str] = {}
    if session is not None:
        rows = db.execute(
            select(Rsvp.woman_id, Rsvp.answer).where(
                Rsvp.session_id == session.id, ~session_notices.outdated()
            )
        )
        answers = {woman_id: given.value for woman_id, given in rows}
    found = db.execute(
        select(Woman, Enrolment.state)
        .join(Enrolment, Enrolment.woman_id == Woman.id)
        .where(
            Enrolment.group_id == group.id,
            Enrolment.state.in_((EnrolmentState.ENROLLED, EnrolmentState.WAITING)),
        )
        .order_by(Enrolment.state, Enrolment.seq)
    ).all()
    return [
        Seat(
            woman_id=woman.id,
            name=name_of(key, woman),
            waiting=state is EnrolmentState.WAITING,
            answer=answers.get(woman.id),
        )
        for woman, state in found
    ]


def answers_of(seats_of_group: list[Seat]) -> dict[str, int]:
    """Count the answers of those who have a seat; `none` counts who has not answered."""
    return dict(Counter(seat.answer or "none" for seat in seats_of_group if not seat.waiting))


def count_women(db: Database, municipality: str | None = None) -> int:
    """Count the women on the list."""
    query = select(func.count()).select_from(Woman)
    return db.scalar(query.where(Woman.municipality == municipality) if municipality else query) or 0


def women(
    db: Database, key: PersonalKey, *, municipality: str | None = None, offset: int = 0, limit: int = 50
) -> list[WomanLine]:
    """Return a page of the list, newest first, with the groups of each."""
    query = (
        select(Woman, Municipality.name)
        .outerjoin(Municipality, Municipality.code == Woman.municipality)
        .order_by(Woman.created_at.desc(), Woman.id)
        .offset(offset)
        .limit(limit)
    )
    if municipality:
        query = query.where(Woman.municipality == municipality)
    found = db.execute(query).all()
    groups: dict[uuid.UUID, list[str]] = {}
    active = select(Enrolment.woman_id, Workshop.name, Group.code).join(Group, Group.id == Enrolment.group_id)
    for woman_id, workshop, code in db.execute(
        active.join(Workshop, Workshop.id == Group.workshop_id).where(
            Enrolment.woman_id.in_([woman.id for woman, _ in found]),
            Enrolment.state == EnrolmentState.ENROLLED,
        )
    ):
        groups.setdefault(woman_id, []).append(f"{workshop} ({code})")
    return [WomanLine(name_of(key, woman), place, groups.get(woman.id, [])) for woman, place in found]


def dropped_reminders(
    db: Database, key: PersonalKey, since: datetime, *, limit: int = 200
) -> list[DroppedReminder]:
    """Return the reminders that were dropped, or whose message did not arrive, newest first."""
    rows = db.execute(
        select(Reminder, Session, Woman, OutboxMessage)
        .join(Session, Session.id == Reminder.session_id)
        .join(Woman, Woman.id == Reminder.woman_id)
        .outerjoin(OutboxMessage, OutboxMessage.id == Reminder.outbox_id)
        .where(
            Reminder.due_at >= since,
            (Reminder.state == ReminderState.DROPPED) | OutboxMessage.state.in_(TROUBLED),
        )
        .order_by(Reminder.due_at.desc())
        .limit(limit)
    )
    return [
        DroppedReminder(
            name=name_of(key, woman),
            group=session.group.code,
            starts_at=session.starts_at,
            due_at=reminder.due_at,
            reason=_why(reminder, message),
        )
        for reminder, session, woman, message in rows
    ]


def name_of(key: PersonalKey, woman: Woman) -> str:
    """Return the name under which the programme knows her."""
    details = registry.read_details(key, woman)
    return details.full_name or details.preferred_name


def _why(reminder: Reminder, message: OutboxMessage | None) -> str:
    if message is not None and message.state is OutboxState.IN_DOUBT:
        return "in_doubt"
    return (message.reason if message is not None else reminder.reason) or "unknown"
