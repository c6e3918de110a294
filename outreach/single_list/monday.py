"""What a coordinator looks at on a Monday: the week's sessions, and what waits for somebody.

One statement a block, however long the list. Nothing here depends on a case: of messages only what the
programme sends by itself is counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select, true

from models import (
    Affiliation,
    CampaignRecipient,
    Enrolment,
    EnrolmentState,
    Group,
    OutboxKind,
    OutboxMessage,
    Reminder,
    Rsvp,
    SessionNotice,
    Woman,
    Workshop,
)
from models import Session as Meeting
from outreach.ground import dates
from outreach.messages.twilio import Reason
from outreach.programme import overview

if TYPE_CHECKING:
    import uuid

    from sqlalchemy.orm import Session

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

MOST_SESSIONS: Final = 60
MOST_NUMBERS: Final = 20
SINCE: Final = timedelta(days=14)
DEAD: Final = (Reason.UNREACHABLE.value, Reason.BLOCKED_BY_HER.value)


@dataclass(frozen=True)
class WeekSession:
    """A session of the week: seats taken, who waits for one, and who of those enrolled has not answered."""

    id: uuid.UUID
    group_id: uuid.UUID
    starts_at: datetime
    cancelled: bool
    workshop: str
    group: str
    place: str
    capacity: int
    enrolled: int
    waiting: int
    unconfirmed: int


@dataclass(frozen=True)
class DeadNumber:
    """A woman whose number takes no message, and why."""

    woman_id: uuid.UUID
    name: str
    reason: str
    at: datetime


@dataclass(frozen=True)
class DeadNumbers:
    """The newest of them, and how many there are."""

    lines: list[DeadNumber]
    total: int


def week_of(settings: Settings, now: datetime) -> tuple[datetime, datetime]:
    """Return when the local week of a moment begins, on Monday, and when the next one does."""
    today = dates.today(settings.timezone, now)
    monday = today - timedelta(days=today.weekday())
    first, after = (
        datetime.combine(day, time(), settings.timezone).astimezone(now.tzinfo)
        for day in (monday, monday + timedelta(days=7))
    )
    return first, after


def sessions(
    db: Session, since: datetime, until: datetime, programme_id: uuid.UUID | None = None
) -> list[WeekSession]:
    """Return the sessions of a stretch of time, soonest first, the cancelled too; of one programme or all."""
    of_programme = Workshop.programme_id == programme_id if programme_id is not None else true()
    of_group = select(func.count()).where(Enrolment.group_id == Group.id)
    enrolled = of_group.where(Enrolment.state == EnrolmentState.ENROLLED)
    waiting = of_group.where(Enrolment.state == EnrolmentState.WAITING)
    answered = select(Rsvp.id).where(Rsvp.session_id == Meeting.id, Rsvp.woman_id == Enrolment.woman_id)
    rows = db.execute(
        select(
            Meeting.id,
            Meeting.group_id,
            Meeting.starts_at,
            Meeting.cancelled_at.is_not(None),
            Workshop.name,
            Group.code,
            Group.place,
            Group.capacity,
            enrolled.correlate(Group).scalar_subquery(),
            waiting.correlate(Group).scalar_subquery(),
            enrolled.where(~answered.correlate(Meeting, Enrolment).exists())
            .correlate(Group, Meeting)
            .scalar_subquery(),
        )
        .join(Group, Group.id == Meeting.group_id)
        .join(Workshop, Workshop.id == Group.workshop_id)
        .where(Meeting.starts_at >= since, Meeting.starts_at < until, of_programme)
        .order_by(Meeting.starts_at, Meeting.id)
        .limit(MOST_SESSIONS)
    )
    return [WeekSession(*row) for row in rows]


def dead_numbers(db: Session, key: PersonalKey, agency: str | None, now: datetime) -> DeadNumbers:
    """Return the women whom a reminder, notice or campaign could not reach for good, of one agency or all.

    Replies are not looked at: who is answered is nobody's business here.
    """
    woman_id = func.coalesce(Reminder.woman_id, SessionNotice.woman_id, CampaignRecipient.woman_id)
    ended = (
        select(
            woman_id.label("woman_id"),
            func.max(OutboxMessage.reason).label("reason"),
            func.max(OutboxMessage.ended_at).label("ended_at"),
        )
        .outerjoin(Reminder, Reminder.outbox_id == OutboxMessage.id)
        .outerjoin(SessionNotice, SessionNotice.outbox_id == OutboxMessage.id)
        .outerjoin(CampaignRecipient, CampaignRecipient.outbox_id == OutboxMessage.id)
        .where(
            OutboxMessage.kind != OutboxKind.REPLY,
            OutboxMessage.reason.in_(DEAD),
            OutboxMessage.ended_at >= now - SINCE,
        )
        .group_by(woman_id)
        .subquery()
    )
    query = select(Woman, ended.c.reason, ended.c.ended_at, func.count().over()).join(
        ended, ended.c.woman_id == Woman.id
    )
    if agency is not None:
        hers = select(Affiliation.id).where(Affiliation.woman_id == Woman.id, Affiliation.agency == agency)
        query = query.where(hers.exists())
    rows = db.execute(query.order_by(ended.c.ended_at.desc(), Woman.id).limit(MOST_NUMBERS)).all()
    lines = [DeadNumber(woman.id, overview.name_of(key, woman), reason, at) for woman, reason, at, _ in rows]
    return DeadNumbers(lines, rows[0][3] if rows else 0)
