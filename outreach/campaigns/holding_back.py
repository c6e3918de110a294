"""Pausing what a campaign has queued already: it is not due until the campaign goes on, and ends with it.

A held message becomes due when it loses its use, so that one of a campaign that never goes on expires.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select, update

from models import Campaign, CampaignRecipient, OutboxMessage, OutboxState

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

PAUSED: Final = "paused"


def hold(session: Session, campaign: Campaign) -> int:
    """Hold what is queued; return how many. What a worker has begun to send arrives."""
    return _set(session, campaign, held=False, next_try_at=OutboxMessage.expires_at, reason=PAUSED)


def let_go(session: Session, campaign: Campaign, now: datetime) -> int:
    """Let what was held leave; return how many."""
    return _set(session, campaign, held=True, next_try_at=now, reason=None)


def _set(session: Session, campaign: Campaign, *, held: bool, **values: object) -> int:
    mine = select(CampaignRecipient.outbox_id).where(CampaignRecipient.campaign_id == campaign.id)
    reason = OutboxMessage.reason == PAUSED if held else OutboxMessage.reason.is_distinct_from(PAUSED)
    # What a worker has in hand is left alone: it is about to leave, and waiting for it could lock both up.
    waiting = (
        select(OutboxMessage.id)
        .where(OutboxMessage.id.in_(mine), OutboxMessage.state == OutboxState.QUEUED, reason)
        .with_for_update(skip_locked=True)
    )
    session.flush()
    return len(
        session.scalars(
            update(OutboxMessage)
            .where(OutboxMessage.id.in_(waiting))
            .values(values)
            .returning(OutboxMessage.id)
            .execution_options(synchronize_session=False)
        ).all()
    )
