"""What the clock keeps of a campaign while it is fresh: where it stands, who answered, who came afterwards.

A woman answers a campaign who writes within `ANSWERS_FOR` of its leaving, whatever she writes: it is counted
and never shown by name, and a count under ten is not shown either (P4).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from models import (
    Attendance,
    AttendanceState,
    Campaign,
    CampaignRecipient,
    CampaignSnapshot,
    CampaignState,
    Conversation,
    Session,
)
from outreach.campaigns import following, outcomes
from outreach.campaigns.outcomes import GONE, MISSED, NOT_GONE, Part

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlalchemy import ColumnElement, Update
    from sqlalchemy.orm import Session as Database

    from outreach.campaigns.following import Standing

ANSWERS_FOR = timedelta(days=3)
COMES_WITHIN = timedelta(days=14)
OFTEN, HOURLY = timedelta(hours=1), timedelta(days=1)
"""So long after its start a campaign is looked at each minute, then every ten minutes; hourly after that."""
FOLLOWED_FOR = COMES_WITHIN + timedelta(days=2)
"""So long after its end it is looked at once a day, from the end of its answers on."""
_RUN = (CampaignState.RUNNING, CampaignState.PAUSED, CampaignState.DONE, CampaignState.CANCELLED)


def follow(db: Database, now: datetime) -> int:
    """Keep where each fresh campaign stands, as often as its age asks for; return how many were looked at."""
    last = (
        select(func.max(CampaignSnapshot.at)).where(CampaignSnapshot.campaign_id == Campaign.id)
    ).scalar_subquery()
    oldest = now - FOLLOWED_FOR
    fresh = db.execute(
        select(Campaign, last)
        .where(Campaign.state.in_(_RUN), Campaign.starts_at <= now, Campaign.ends_at > oldest)
        .order_by(Campaign.starts_at)
    ).all()
    looked = 0
    for campaign, seen_at in fresh:
        pause = _pause(now - campaign.starts_at, now - campaign.ends_at)
        if pause is None or (seen_at is not None and now - seen_at < pause):
            continue
        mark_answers(db, campaign, now)
        _keep(db, campaign.id, following.standing(db, campaign.id), now, _attended(db, campaign, now))
        looked += 1
    return looked


def _pause(since_start: timedelta, since_end: timedelta) -> timedelta | None:
    """Return how often a campaign is looked at; None: no more."""
    if since_start < OFTEN:
        return timedelta(minutes=1)
    if since_start < HOURLY:
        return timedelta(minutes=10)
    if since_end < ANSWERS_FOR:
        return timedelta(hours=1)
    return timedelta(days=1) if since_end < FOLLOWED_FOR else None


def mark_answers(db: Database, campaign: Campaign, now: datetime) -> None:
    """Note who wrote, or left the reminders, after the message had left; then its hour goes."""
    hers = Conversation.woman_id == CampaignRecipient.woman_id
    within = CampaignRecipient.left_at + ANSWERS_FOR
    wrote = and_(
        Conversation.last_inbound_at > CampaignRecipient.left_at, Conversation.last_inbound_at <= within
    )
    stopped = and_(Conversation.opted_out_at > CampaignRecipient.left_at, Conversation.opted_out_at <= within)
    mine = CampaignRecipient.campaign_id == campaign.id, CampaignRecipient.left_at.is_not(None)
    for column, when in ((CampaignRecipient.answered, wrote), (CampaignRecipient.opted_out, stopped)):
        wanted = (*mine, column.is_(False), select(Conversation.id).where(hers, when).exists())
        db.execute(_set(wanted, {column: True}))
    over = (*mine, CampaignRecipient.left_at < now - ANSWERS_FOR - timedelta(hours=1))
    db.execute(_set(over, {CampaignRecipient.left_at: None}))


def _set(wanted: tuple[ColumnElement[bool], ...], values: dict[Any, object]) -> Update:
    """Return the change of these rows; one that is being written to elsewhere waits for the next look.

    A worker that ends a batch writes to many in an order of its own: who waited for each other would lock up.
    """
    free = select(CampaignRecipient.id).where(*wanted).with_for_update(skip_locked=True)
    return (
        update(CampaignRecipient)
        .where(CampaignRecipient.id.in_(free))
        .values(values)
        .execution_options(synchronize_session=False)
    )


def _attended(db: Database, campaign: Campaign, now: datetime) -> int | None:
    """Count the women it reached who came to a session within two weeks of its start."""
    if now - campaign.starts_at < HOURLY:
        return None
    came = (
        select(Attendance.id)
        .join(Session, Session.id == Attendance.session_id)
        .where(
            Attendance.woman_id == CampaignRecipient.woman_id,
            Attendance.state == AttendanceState.PRESENT,
            Session.starts_at > campaign.starts_at,
            Session.starts_at <= campaign.starts_at + COMES_WITHIN,
            Session.cancelled_at.is_(None),
        )
        .exists()
    )
    reached = or_(*(CampaignRecipient.outcome == state for state in outcomes.ARRIVED_STATES))
    query = select(func.count(literal(1))).where(CampaignRecipient.campaign_id == campaign.id, reached, came)
    return db.scalar(query) or 0


def _keep(db: Database, campaign_id: uuid.UUID, found: Standing, now: datetime, attended: int | None) -> None:
    values: dict[str, Any] = {
        "waiting": found.sum_of(NOT_GONE),
        "gone": found.sum_of((*GONE, Part.DOUBT)),
        "delivered": found.sum_of(outcomes.ARRIVED),
        "read": found.sum_of((Part.READ,)),
        "failed": found.sum_of(MISSED),
        "left_out": found.sum_of((Part.LEFT_OUT, Part.HELD_OUT)),
        "answered": found.answered,
        "opted_out": found.opted_out,
        "attended": attended,
    }
    made = insert(CampaignSnapshot).values(campaign_id=campaign_id, at=now, **values)
    db.execute(made.on_conflict_do_nothing())
