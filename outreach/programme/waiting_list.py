"""A freed seat goes to the first who waits, and she is told."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from models import Enrolment, Group, OutboxKind
from outreach.ground import dates, programme_rules
from outreach.messages import outbox, templates
from outreach.messages.outbox import Content
from outreach.people import conversations
from outreach.programme import enrolment
from outreach.texts import workshops as texts

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey


USEFUL_WITHOUT_DATE = timedelta(days=14)


def group_of(session: Session, seat: Enrolment) -> Group:
    """Return the group of an enrolment."""
    return session.get_one(Group, seat.group_id)


def leave_and_pass_on(
    session: Session, key: PersonalKey, settings: Settings, seat: Enrolment, now: datetime
) -> None:
    """Free a seat; whoever gets it is told, until the group's next session begins, or for two weeks."""
    promoted = enrolment.leave(session, seat)
    if promoted is None:
        return
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
