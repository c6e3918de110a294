"""What has overtaken a message that we initiate since it was queued: asked by the gate, as it leaves.

Whoever moves a session, cancels a campaign or hears her "no" takes back what is queued. A message that is at
Twilio just then can't be taken back, and is queued again when Twilio refuses it for a while: so the gate asks
anew, in one statement a batch.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import aliased

from models import (
    Campaign,
    CampaignRecipient,
    CampaignState,
    Enrolment,
    EnrolmentState,
    OutboxKind,
    OutboxMessage,
    Reminder,
    Rsvp,
    RsvpAnswer,
    Session,
    SessionChange,
    SessionNotice,
)

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import InstrumentedAttribute
    from sqlalchemy.orm import Session as Database

    from models import OutboxMessage as Row

PAUSED: Final = "paused"
"""Its campaign is held: it waits. Every other reason is for good."""
IN_ANOTHER: Final = "in_another"
APART: Final = timedelta(hours=24)
"""What a woman was to get on another day may have been held until today: two campaigns are one too many."""
Ids = list["uuid.UUID"]


class Overtaken(NamedTuple):
    """Why a message is not to leave now; `until`: it may then, where it is of use still."""

    reason: str
    until: datetime | None = None


def reasons(db: Database, rows: Iterable[Row], now: datetime) -> dict[uuid.UUID, Overtaken]:
    """Return which of these messages something has overtaken."""
    by_kind: dict[OutboxKind, Ids] = {}
    for row in rows:
        by_kind.setdefault(row.kind, []).append(row.id)
    found: dict[uuid.UUID, Overtaken] = {}
    for kind, ids in by_kind.items():
        look = _LOOKS.get(kind)
        if look is not None:
            found |= {
                row_id: Overtaken(reason, until)
                for row_id, reason, until in db.execute(look(ids, now))
                if reason is not None
            }
    return found


def _reminders(ids: Ids, _now: datetime) -> Select[Any]:
    """Of the session as it is now; what she said since the reminder was handed over."""
    declined = select(Rsvp.woman_id).where(
        Rsvp.woman_id == Reminder.woman_id,
        Rsvp.session_id == Session.id,
        Rsvp.answer == RsvpAnswer.DECLINED,
        Rsvp.updated_at >= OutboxMessage.created_at,
    )
    reason = case(
        (Session.cancelled_at.is_not(None), "session_cancelled"),
        (Reminder.revision != Session.revision, "session_moved"),
        (~_enrolled(Reminder.woman_id, Session.group_id), "no_longer_enrolled"),
        (declined.exists(), "she_declined"),
        else_=None,
    )
    return (
        select(Reminder.outbox_id, reason, _never())
        .join(OutboxMessage, OutboxMessage.id == Reminder.outbox_id)
        .join(Session, Session.id == Reminder.session_id)
        .where(Reminder.outbox_id.in_(ids))
    )


def _notices(ids: Ids, _now: datetime) -> Select[Any]:
    """A session that changed again: its newer notice says what holds, in whatever order they would arrive."""
    cancelled = SessionNotice.change == SessionChange.CANCELLED
    again = or_(SessionNotice.revision != Session.revision, cancelled != Session.cancelled_at.is_not(None))
    return (
        select(SessionNotice.outbox_id, case((again, "superseded"), else_=None), _never())
        .join(Session, Session.id == SessionNotice.session_id)
        .where(SessionNotice.outbox_id.in_(ids))
    )


def _campaigns(ids: Ids, now: datetime) -> Select[Any]:
    mine = CampaignRecipient
    changed = (
        select(SessionNotice.id)
        .join(Session, Session.id == SessionNotice.session_id)
        .where(
            SessionNotice.woman_id == mine.woman_id,
            SessionNotice.created_at >= OutboxMessage.created_at,
            or_(Campaign.group_id.is_(None), Session.group_id == Campaign.group_id),
        )
    )
    other = aliased(CampaignRecipient)
    last = (
        select(func.max(other.left_at))
        .where(
            other.woman_id == mine.woman_id,
            other.campaign_id != mine.campaign_id,
            other.left_at > now - APART,
        )
        .correlate(mine)
        .scalar_subquery()
    )
    # On the day for which it was prepared the other campaign left her out, or this one did.
    held = Campaign.starts_at <= now - APART
    reason = case(
        (Campaign.state == CampaignState.CANCELLED, "cancelled"),
        (Campaign.state == CampaignState.PAUSED, PAUSED),
        (
            Campaign.group_id.is_not(None) & ~_enrolled(mine.woman_id, Campaign.group_id),
            "no_longer_enrolled",
        ),
        # As `outreach.campaigns.variables` keeps it.
        (Campaign.variables.contains('"next_session"') & changed.exists(), "session_moved"),
        (held & last.is_not(None), IN_ANOTHER),
        else_=None,
    )
    return (
        select(mine.outbox_id, reason, case((held, last + APART), else_=None))
        .join(OutboxMessage, OutboxMessage.id == mine.outbox_id)
        .join(Campaign, Campaign.id == mine.campaign_id)
        .where(mine.outbox_id.in_(ids))
    )


def _enrolled(woman_id: InstrumentedAttribute[uuid.UUID], group_id: Any) -> ColumnElement[bool]:  # noqa: ANN401 (a column that may be empty)
    return (
        select(Enrolment.id)
        .where(
            Enrolment.woman_id == woman_id,
            Enrolment.group_id == group_id,
            Enrolment.state == EnrolmentState.ENROLLED,
        )
        .exists()
    )


def _never() -> ColumnElement[Any]:
    return func.nullif(1, 1)


_LOOKS: Final[dict[OutboxKind, Callable[[Ids, Any], Select[Any]]]] = {
    OutboxKind.REMINDER: _reminders,
    OutboxKind.NOTICE: _notices,
    OutboxKind.CAMPAIGN: _campaigns,
}
