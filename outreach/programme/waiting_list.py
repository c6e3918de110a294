"""A freed seat goes to the first who waits, and she is told; so does a seat that was added."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import exists, func, or_, select

from models import Enrolment, EnrolmentState, Group, OutboxKind
from models import Session as Meeting
from outreach.ground import dates, programme_rules
from outreach.messages import outbox, templates
from outreach.messages.outbox import Content
from outreach.people import conversations
from outreach.programme import enrolment
from outreach.texts import workshops as texts

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey


USEFUL_WITHOUT_DATE = timedelta(days=14)
MOST_AT_ONCE = 100


def group_of(session: Session, seat: Enrolment) -> Group:
    """Return the group of an enrolment."""
    return session.get_one(Group, seat.group_id)


def leave_and_pass_on(
    session: Session, key: PersonalKey, settings: Settings, seat: Enrolment, now: datetime
) -> None:
    """Free a seat; whoever gets it is told, until the group's next session begins, or for two weeks."""
    promoted = enrolment.leave(session, seat)
    if promoted is not None:
        _tell(session, key, settings, promoted, now)


def fill(session: Session, key: PersonalKey, settings: Settings, group_id: uuid.UUID, now: datetime) -> int:
    """Give the free seats of a group to those who wait, in their order; return how many moved up."""
    group = session.get_one(Group, group_id, with_for_update=True, populate_existing=True)
    moved = 0
    while (promoted := enrolment.promote(session, group)) is not None:
        _tell(session, key, settings, promoted, now)
        moved += 1
    return moved


def with_free_seats(session: Session, now: datetime, *, limit: int = MOST_AT_ONCE) -> Sequence[uuid.UUID]:
    """Return the groups in which somebody waits though a seat is free, those that are over left out.

    Whatever freed or added the seat, an import or the erasure of a woman's record too.
    """
    taken = select(func.count()).where(
        Enrolment.group_id == Group.id, Enrolment.state == EnrolmentState.ENROLLED
    )
    waits = exists().where(Enrolment.group_id == Group.id, Enrolment.state == EnrolmentState.WAITING)
    any_session = exists().where(Meeting.group_id == Group.id)
    to_come = any_session.where(Meeting.starts_at > now, Meeting.cancelled_at.is_(None))
    return session.scalars(
        select(Group.id)
        .where(waits, Group.capacity > taken.scalar_subquery(), or_(to_come, ~any_session))
        .order_by(Group.id)
        .limit(limit)
    ).all()


def _tell(session: Session, key: PersonalKey, settings: Settings, promoted: Enrolment, now: datetime) -> None:
    group = group_of(session, promoted)
    programme_id = group.workshop.programme_id
    reach = conversations.reaches(session, [promoted.woman_id], programme_id)
    where = reach.get(promoted.woman_id, conversations.NOWHERE)
    if where.conversation_id is None or where.reason is not None:
        return
    following = enrolment.next_session(session, group.id, now)
    zone = programme_rules.rules_for(session, settings, programme_id).timezone
    # By its date, never "mañana": the gate may hold it until her hours of the next day.
    when = dates.date_and_hour(following.starts_at, zone) if following else texts.SEAT_FREED_NO_DATE
    given = {"1": group.workshop.name, "2": when}
    template = templates.of_programme(session, templates.SEAT_FREED, programme_id)
    body = texts.SEAT_FREED.format(workshop=group.workshop.name, place=group.place, when=when)
    outbox.enqueue(
        session,
        key,
        where.conversation_id,
        OutboxKind.NOTICE,
        Content(body=body, variables=templates.cleaned(given)),
        template_id=template.id if template else None,
        expires_at=following.starts_at if following else now + USEFUL_WITHOUT_DATE,
    )
