"""What the clock does with campaigns: prepare those that are due, hand them to the outbox batch by batch.

A crash at any line leaves each woman either handed over or still waiting. What was confirmed is looked at
again as it begins: a campaign that has grown, or is not what was approved, goes back to its draft.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ARRAY, Uuid, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError

from models import (
    Campaign,
    CampaignRecipient,
    CampaignState,
    OutboxKind,
    OutboxState,
    Template,
)
from outreach.campaigns import approval, steps, variables
from outreach.campaigns.audience import AudienceError, standings
from outreach.campaigns.compiling import Asked
from outreach.campaigns.hold_out import hold_out
from outreach.campaigns.variables import Hers
from outreach.ground import dead_letters, programme_rules
from outreach.messages import outbox, templates
from outreach.messages.conversation_state import PrivateState
from outreach.messages.may_send import next_allowed
from outreach.messages.outbox import Outgoing
from outreach.people import conversations

if TYPE_CHECKING:
    import uuid
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from sqlalchemy.orm import Session

    from outreach.campaigns.variables import Filled
    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

log = logging.getLogger("avanza.campaigns")
BATCH = 2000
A_MINUTE = timedelta(minutes=1)


def run_due(
    session: Session,
    key: PersonalKey,
    now: datetime,
    batch: int = BATCH,
    *,
    settings: Settings | None = None,
) -> int:
    """Start what is due and hand the next batch to the outbox; return how many were handed over.

    `settings` are needed where a text names a woman's next session, for the time zone of the programme.
    """
    due = session.scalars(
        select(Campaign)
        .where(
            Campaign.state.in_(steps.UNDER_WAY),
            Campaign.starts_at <= now,
            or_(Campaign.next_batch_at.is_(None), Campaign.next_batch_at <= now, Campaign.ends_at <= now),
        )
        .order_by(Campaign.starts_at)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    handed = 0
    for campaign in due:
        try:
            with session.begin_nested():
                handed += _run(session, key, settings, campaign, now, batch - handed)
        except SQLAlchemyError:
            raise
        except Exception as error:  # noqa: BLE001 (one campaign must not stop the others)
            session.refresh(campaign)
            steps.pause(session, campaign, steps.BROKEN)
            dead_letters.bury(session, dead_letters.CAMPAIGN, campaign.id, error)
            log.warning("campaign failed", extra={"action": "campaign_failed", "kind": type(error).__name__})
    session.flush()
    return handed


def _run(
    session: Session,
    key: PersonalKey,
    settings: Settings | None,
    campaign: Campaign,
    now: datetime,
    most: int,
) -> int:
    """Start a campaign that is due, or hand over its next women; return how many were handed over."""
    if not _may_go_on(session, campaign):
        return 0
    if campaign.state is CampaignState.SCHEDULED:
        if not _prepare(session, key, campaign, now):
            return 0
        campaign.state = CampaignState.RUNNING
    if now >= campaign.ends_at:
        steps.give_up_waiting(session, campaign, steps.TOO_LATE)
    if campaign.per_minute and settings is not None:
        opens = next_allowed(now, _rules(session, settings, campaign), PrivateState())
        if now < opens < campaign.ends_at:
            # Handed over through the night they would all leave in its first minute.
            campaign.next_batch_at = opens
            return 0
    handed = _hand_over(session, key, settings, campaign, now, most)
    if not _waiting(session, campaign):
        campaign.state = CampaignState.DONE
    session.flush()
    return handed


def _may_go_on(session: Session, campaign: Campaign) -> bool:
    """Pause a campaign whose template WhatsApp stopped, whether or not somebody was told of it."""
    template = session.get_one(Template, campaign.template_id, populate_existing=True)
    if templates.is_approved(template):
        return True
    steps.pause(session, campaign, steps.reason_of(template))
    return False


def _prepare(session: Session, key: PersonalKey, campaign: Campaign, now: datetime) -> bool:
    """Decide for all women at once; False where it goes back to its draft instead."""
    if not approval.still_holds(session, campaign):
        return _back_to_draft(campaign, steps.CHANGED)
    with session.begin_nested() as attempt:
        try:
            _insert(session, key, campaign, now)
        except AudienceError:
            # Made by a later version, or past the pages: the others of this tick go on.
            return _back_to_draft(campaign, steps.CHANGED)
        reached = session.scalar(select(func.count()).where(*steps.waits(campaign))) or 0
        if approval.has_grown(session, campaign, reached):
            attempt.rollback()
            return _back_to_draft(campaign, steps.GREW)
    hold_out(session, key, campaign)
    return True


def _insert(session: Session, key: PersonalKey, campaign: Campaign, now: datetime) -> None:
    standing = standings(campaign, Asked(key, now)).subquery()
    mine = literal(campaign.id, Uuid)
    rows = select(func.gen_random_uuid(), mine, standing.c.woman_id, standing.c.reason)
    session.execute(
        insert(CampaignRecipient)
        .from_select(["id", "campaign_id", "woman_id", "reason"], rows)
        .on_conflict_do_nothing(index_elements=["campaign_id", "woman_id"])
    )


def _back_to_draft(campaign: Campaign, reason: str) -> bool:
    campaign.state, campaign.pause_reason = CampaignState.DRAFT, reason
    approval.void(campaign)
    return False


def _hand_over(
    session: Session,
    key: PersonalKey,
    settings: Settings | None,
    campaign: Campaign,
    now: datetime,
    most: int,
) -> int:
    # A quarter of a minute's at a time, so that they leave evenly.
    batch = min(most, -(-campaign.per_minute // 4)) if campaign.per_minute else most
    if batch <= 0:
        return 0
    women = dict(
        session.execute(
            select(CampaignRecipient.id, CampaignRecipient.woman_id)
            .where(*steps.waits(campaign))
            .limit(batch)
            .with_for_update()
        ).all()
    )
    reaches = conversations.reaches(session, women.values(), campaign.programme_id)
    filled = variables.Reader(session, key, campaign, _zone(session, settings, campaign)).fill(
        women.values(), now
    )
    template = session.get_one(Template, campaign.template_id)
    nowhere: dict[str, list[uuid.UUID]] = {}
    leaving: dict[uuid.UUID, Outgoing] = {}
    for recipient_id, woman_id in women.items():
        where, hers = reaches.get(woman_id, conversations.NOWHERE), filled.get(woman_id)
        if where.conversation_id is None or where.reason is not None:
            nowhere.setdefault(where.reason or conversations.NO_NUMBER, []).append(recipient_id)
        elif hers is None:
            nowhere.setdefault(variables.NO_VALUE, []).append(recipient_id)
        else:
            leaving[recipient_id] = _outgoing(campaign, template, where.conversation_id, hers)
    for reason, ids in nowhere.items():
        session.execute(
            update(CampaignRecipient)
            .where(CampaignRecipient.id.in_(ids))
            .values(reason=reason)
            .execution_options(synchronize_session=False)
        )
    _note_handed_over(session, list(leaving), outbox.enqueue_many(session, key, leaving.values()))
    if campaign.per_minute:
        # Counted from now: what was missed while nothing ran is not made up for all at once.
        campaign.next_batch_at = now + A_MINUTE * (len(leaving) / campaign.per_minute)
    return len(leaving)


def _outgoing(campaign: Campaign, template: Template, conversation_id: uuid.UUID, hers: Filled) -> Outgoing:
    content = templates.filled(template, hers.values)
    content.named = list(hers.named)
    return Outgoing(
        conversation_id=conversation_id,
        kind=OutboxKind.CAMPAIGN,
        content=content,
        template_id=campaign.template_id,
        expires_at=min(campaign.ends_at, hers.until) if hers.until else campaign.ends_at,
    )


def _zone(session: Session, settings: Settings | None, campaign: Campaign) -> ZoneInfo | None:
    if settings is None or Hers.NEXT_SESSION not in variables.wanted(variables.of(campaign)):
        return None
    return _rules(session, settings, campaign).timezone


def _rules(session: Session, settings: Settings, campaign: Campaign) -> Settings:
    return programme_rules.rules_for(session, settings, campaign.programme_id)


def _note_handed_over(session: Session, recipients: list[uuid.UUID], messages: list[uuid.UUID]) -> None:
    if not recipients:
        return
    pairs = select(
        func.unnest(literal(recipients, ARRAY(Uuid))).label("id"),
        func.unnest(literal(messages, ARRAY(Uuid))).label("outbox_id"),
    ).subquery()
    session.execute(
        update(CampaignRecipient)
        .where(CampaignRecipient.id == pairs.c.id)
        .values(outbox_id=pairs.c.outbox_id, outcome=OutboxState.QUEUED.value)
        .execution_options(synchronize_session=False)
    )


def _waiting(session: Session, campaign: Campaign) -> bool:
    return session.scalar(select(CampaignRecipient.id).where(*steps.waits(campaign)).limit(1)) is not None
