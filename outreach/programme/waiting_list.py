"""A freed seat goes to the first who waits, and she is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models import Enrolment, Group, OutboxKind, Woman
from outreach.ground import dates
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


def group_of(session: Session, seat: Enrolment) -> Group:
    """Return the group of an enrolment."""
    return session.get_one(Group, seat.group_id)


def leave_and_pass_on(
    session: Session, key: PersonalKey, settings: Settings, seat: Enrolment, now: datetime
) -> None:
    """Free a seat; whoever gets it is told, until the group's next session begins."""
    promoted = enrolment.leave(session, seat)
    if promoted is None:
        return
    woman = session.get_one(Woman, promoted.woman_id)
    conversation = conversations.of_woman(session, woman.id)
    group = group_of(session, promoted)
    following = enrolment.next_session(session, group.id, now)
    if conversation is None or following is None:
        return
    when = dates.day_and_hour(following.starts_at, settings.timezone, now)
    template = templates.by_name(session, templates.SEAT_FREED)
    variables = {"1": group.workshop.name, "2": when}
    body = texts.SEAT_FREED.format(workshop=group.workshop.name, place=group.place, when=when)
    outbox.enqueue(
        session,
        key,
        conversation.id,
        OutboxKind.NOTICE,
        Content(body=body, variables=variables),
        template_id=template.id if template else None,
        expires_at=following.starts_at,
    )
