"""What sending achieved by month: campaigns, reminders and templates, and with against without by lot.

Campaigns are read from what the clock kept of them, so that a page costs the same at any size. Reminders of a
month are counted once a day. Who answered or came is rounded down to fives, and withheld under ten.
"""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, exists, func, select
from sqlalchemy.dialects.postgresql import distinct_on, insert

from models import (
    Attendance,
    AttendanceState,
    Campaign,
    CampaignRecipient,
    CampaignSnapshot,
    CampaignState,
    Conversation,
    KeptFigures,
    OutboxMessage,
    Reminder,
    ReminderState,
    Session,
    Template,
)
from outreach.campaigns import outcomes, tracking
from outreach.casework import withheld
from outreach.figures import by_lot
from outreach.figures.counting import ARRIVED

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from sqlalchemy import ColumnElement, Row
    from sqlalchemy.orm import Session as Database

    from outreach.sealing.crypto import PersonalKey

MONTHS_OFFERED: Final = 13
COUNTED_EVERY: Final = timedelta(days=1)
_BUCKET: Final = 16384


@dataclass(frozen=True)
class Sent:
    """What became of some messages, exact; `attended` is None where it is too early to tell."""

    addressed: int = 0
    delivered: int = 0
    read: int = 0
    answered: int = 0
    opted_out: int = 0
    attended: int | None = 0

    def __add__(self, other: Sent) -> Sent:
        """Return both together; what is too early to tell of one counts as nobody so far."""
        summed = {
            each.name: (getattr(self, each.name) or 0) + (getattr(other, each.name) or 0)
            for each in fields(self)
        }
        if self.attended is None and other.attended is None:
            summed["attended"] = None
        return Sent(**summed)


@dataclass(frozen=True)
class Shown:
    """The same as it may be shown; None is withheld, or too early to tell."""

    addressed: int
    delivered: int
    read: int
    answered: int | None
    opted_out: int | None
    attended: int | None


@dataclass(frozen=True)
class CampaignLine:
    """One campaign of a month."""

    campaign_id: uuid.UUID
    name: str
    template_id: uuid.UUID
    starts_at: datetime
    sent: Sent


@dataclass(frozen=True)
class Month:
    """A month of sending; `reminders` by template, `counted_at` of them."""

    campaigns: list[CampaignLine]
    reminders: dict[uuid.UUID, Sent]
    names: dict[uuid.UUID, str]
    counted_at: datetime | None

    @property
    def templates(self) -> dict[uuid.UUID, Sent]:
        """What became of the messages of each template, campaigns and reminders together."""
        found: dict[uuid.UUID, Sent] = dict(self.reminders)
        for line in self.campaigns:
            found[line.template_id] = found.get(line.template_id, Sent(attended=None)) + line.sent
        return found


def shown(sent: Sent) -> Shown:
    """Withhold what must not be shown."""
    return Shown(
        sent.addressed,
        sent.delivered,
        sent.read,
        withheld.rounded(sent.answered),
        withheld.rounded(sent.opted_out),
        None if sent.attended is None else withheld.rounded(sent.attended),
    )


def months(now: datetime, zone: ZoneInfo) -> list[date]:
    """Return the months that can be shown by their first days, this one first."""
    first = now.astimezone(zone).date().replace(day=1)
    found = [first]
    while len(found) < MONTHS_OFFERED:
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    return found


def month(db: Database, key: PersonalKey, first: date, zone: ZoneInfo) -> Month:
    """Return a month of sending, in four statements."""
    lines = _campaigns(db, *_span(first, zone))
    kept = db.scalar(select(KeptFigures).where(KeptFigures.quarter == _code(first)))
    reminders: dict[uuid.UUID, Sent] = {}
    if kept is not None:
        content = key.decrypt(kept.content_cipher, place=f"kept_figures:{kept.id}")
        reminders = {uuid.UUID(one): Sent(**sent) for one, sent in content["reminders"].items()}
    used = {*reminders, *(line.template_id for line in lines)}
    names = db.execute(select(Template.id, Template.name).where(Template.id.in_(used)))
    return Month(lines, reminders, dict(names.all()), kept.counted_at if kept else None)


def keep_months(db: Database, key: PersonalKey, zone: ZoneInfo, now: datetime) -> int:
    """Count the reminders of this month and the last anew where a day has passed; return how many months."""
    counted = 0
    for first in months(now, zone)[:2]:
        code = _code(first)
        last = db.scalar(select(KeptFigures.counted_at).where(KeptFigures.quarter == code))
        if last is not None and last > now - COUNTED_EVERY:
            continue
        found = _reminders(db, *_span(first, zone))
        content = {"reminders": {str(one): _plain(sent) for one, sent in found.items()}}
        row_id = uuid.uuid5(uuid.NAMESPACE_URL, f"avanza:figures:{code}")
        cipher = key.encrypt(content, place=f"kept_figures:{row_id}", bucket=_BUCKET)
        values = {"counted_at": now, "content_cipher": cipher}
        db.execute(
            insert(KeptFigures)
            .values(id=row_id, quarter=code, **values)
            .on_conflict_do_update(index_elements=[KeptFigures.quarter], set_=values)
        )
        counted += 1
    return counted


def _plain(sent: Sent) -> dict[str, int | None]:
    return {each.name: getattr(sent, each.name) for each in fields(sent)}


def _code(first: date) -> str:
    return f"s{first:%Y-%m}"


def _span(first: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    after = (first + timedelta(days=31)).replace(day=1)
    return (
        datetime(first.year, first.month, 1, tzinfo=zone),
        datetime(after.year, after.month, 1, tzinfo=zone),
    )


def _campaigns(db: Database, begins: datetime, ends: datetime) -> list[CampaignLine]:
    last = (
        select(CampaignSnapshot)
        .ext(distinct_on(CampaignSnapshot.campaign_id))
        .join(Campaign, Campaign.id == CampaignSnapshot.campaign_id)
        .where(Campaign.starts_at >= begins, Campaign.starts_at < ends)
        .order_by(CampaignSnapshot.campaign_id, CampaignSnapshot.at.desc())
        .subquery()
    )
    rows = db.execute(
        select(Campaign.id, Campaign.name, Campaign.template_id, Campaign.starts_at, *last.c)
        .join(last, last.c.campaign_id == Campaign.id)
        .where(Campaign.state != CampaignState.DRAFT)
        .order_by(Campaign.starts_at.desc(), Campaign.id)
    )
    return [_line(row) for row in rows]


def _line(row: Row[Any]) -> CampaignLine:
    addressed = row.waiting + row.gone + row.failed
    sent = Sent(addressed, row.delivered, row.read, row.answered, row.opted_out, row.attended)
    return CampaignLine(row.id, row.name, row.template_id, row.starts_at, sent)


def _reminders(db: Database, begins: datetime, ends: datetime) -> dict[uuid.UUID, Sent]:
    """Count the reminders of the sessions of a span by template."""
    came = and_(
        Attendance.woman_id == Reminder.woman_id,
        Attendance.session_id == Reminder.session_id,
        Attendance.state == AttendanceState.PRESENT,
    )
    stopped = exists().where(
        Conversation.woman_id == Reminder.woman_id,
        Conversation.opted_out_at > Reminder.due_at,
        Conversation.opted_out_at <= Reminder.due_at + tracking.ANSWERS_FOR,
    )
    arrived: ColumnElement[bool] = OutboxMessage.state.in_(ARRIVED)
    rows = db.execute(
        select(
            OutboxMessage.template_id,
            func.count(),
            func.count().filter(arrived),
            func.count().filter(OutboxMessage.state == ARRIVED[-1]),
            func.count().filter(Reminder.state == ReminderState.ANSWERED),
            func.count().filter(arrived, stopped),
            func.count().filter(arrived, Attendance.id.is_not(None)),
        )
        .select_from(Reminder)
        .join(Session, Session.id == Reminder.session_id)
        .join(OutboxMessage, OutboxMessage.id == Reminder.outbox_id)
        .outerjoin(Attendance, came)
        .where(Session.starts_at >= begins, Session.starts_at < ends, OutboxMessage.template_id.is_not(None))
        .group_by(OutboxMessage.template_id)
    )
    return {template_id: Sent(*counts) for template_id, *counts in rows if template_id is not None}


def compared(db: Database, campaign: Campaign, now: datetime) -> by_lot.Compared | None:
    """Return who came of those with and without the campaign by lot; None: none drawn, too early or too few.

    With it are all who were to get it, also those whom it did not reach: only then the lot is what differs.
    """
    if not campaign.hold_out_percent or now < campaign.starts_at + tracking.COMES_WITHIN:
        return None
    came = exists().where(
        Attendance.woman_id == CampaignRecipient.woman_id,
        Attendance.state == AttendanceState.PRESENT,
        Session.id == Attendance.session_id,
        Session.starts_at > campaign.starts_at,
        Session.starts_at <= campaign.starts_at + tracking.COMES_WITHIN,
        Session.cancelled_at.is_(None),
    )
    without = func.coalesce(CampaignRecipient.reason == outcomes.HELD_OUT, False)
    rows = db.execute(
        select(without, func.count(), func.count().filter(came))
        .where(
            CampaignRecipient.campaign_id == campaign.id,
            (CampaignRecipient.reason.is_(None)) | (CampaignRecipient.reason == outcomes.HELD_OUT),
        )
        .group_by(without)
    )
    counted: Mapping[str, int] = Counter(
        {
            f"{'without' if held else 'with'}_{end}": number
            for held, women, present in rows
            for end, number in (("came", present), ("not", women - present))
        }
    )
    return by_lot.compare(counted)
