"""A new try for the messages of a campaign that failed for a reason that passes.

Never for one that may have arrived (in doubt), never on the day on which Meta kept it back (63049), never for
who left the reminders or blocked us. The campaign's row is locked and each message may be tried again once,
so that two clicks are one. What is tried again is handed over like the rest, and passes the same gate.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from models import (
    Campaign,
    CampaignRecipient,
    CampaignRetry,
    CampaignState,
    OutboxMessage,
    Template,
)
from outreach.campaigns import following, outcomes
from outreach.campaigns.outcomes import Outcome, Part
from outreach.campaigns.windows import CampaignError, check_window
from outreach.messages import templates

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from outreach.campaigns.following import Pair, Standing
    from outreach.ground.settings import Settings

# Refused by Twilio or never given to it, for a reason that passes. `unknown` is none: it may have arrived.
_PASSES: Final = frozenset({
    "temporary", "fix_configuration", "error", "missed_its_moment", "outside_her_hours", "too_late",
    "template_not_approved", "window_closed", "session_moved",
})  # fmt: skip
NONE_LEFT: Final = "Ya no hay mensajes que se puedan intentar otra vez."
NOT_OVER: Final = "La campaña sigue en marcha o se canceló: solo una que terminó se intenta otra vez."
NOT_APPROVED: Final = "WhatsApp no tiene aprobada esta plantilla ahora. Inténtalo cuando la apruebe."


def passes(outcome: Outcome) -> bool:
    """Say whether a message with this end may be tried again, some day."""
    if outcome.part in {Part.FAILED, Part.TOO_LATE}:
        return outcome.reason in _PASSES
    return outcome.part is Part.META_CAP


def any_passes(found: Standing) -> bool:
    """Say whether any message may be tried again, some day."""
    return any(passes(outcomes.read(*pair)) for pair in found.pairs)


def may_be_tried(
    session: Session, campaign: Campaign, found: Standing, rules: Settings, now: datetime
) -> int:
    """Count what a new try would take now."""
    if campaign.state is not CampaignState.DONE or not any_passes(found):
        return 0
    query = select(func.count()).select_from(CampaignRecipient).where(_open(campaign, found, rules, now))
    return session.scalar(query) or 0


def _open(campaign: Campaign, found: Standing, rules: Settings, now: datetime) -> ColumnElement[bool]:
    usual: list[Pair] = []
    kept_back: list[Pair] = []
    for pair in found.pairs:
        outcome = outcomes.read(*pair)
        if passes(outcome):
            (kept_back if outcome.part is Part.META_CAP else usual).append(pair)
    # Of a message at rest only the day is known, that of UTC: it counts as ended when that day did.
    midnight = now.astimezone(rules.timezone).replace(hour=0, minute=0, second=0, microsecond=0)
    another_day = (
        select(OutboxMessage.id)
        .where(
            OutboxMessage.id == CampaignRecipient.outbox_id,
            OutboxMessage.ended_at <= midnight - timedelta(days=1),
        )
        .exists()
    )
    return and_(
        CampaignRecipient.campaign_id == campaign.id,
        CampaignRecipient.opted_out.is_(False),
        or_(following.among(usual), and_(following.among(kept_back), another_day)),
    )


def try_again(session: Session, campaign: Campaign, rules: Settings, ends_at: datetime, now: datetime) -> int:
    """Have what failed for a passing reason handed over again until `ends_at`; return how many.

    Raises:
        CampaignError: it is not over, its template is not approved, nothing is left, or the hours don't fit.
    """
    session.flush()
    session.refresh(campaign, with_for_update=True)
    if campaign.state is not CampaignState.DONE:
        raise CampaignError(NOT_OVER)
    if not templates.is_approved(session.get_one(Template, campaign.template_id)):
        raise CampaignError(NOT_APPROVED)
    check_window(rules, campaign.starts_at, ends_at, now)
    found = following.standing(session, campaign.id)
    again = session.execute(
        select(CampaignRecipient.id, CampaignRecipient.outbox_id, CampaignRecipient.outcome)
        .where(_open(campaign, found, rules, now))
        .order_by(CampaignRecipient.id)
        .with_for_update()
    ).all()
    if not again:
        raise CampaignError(NONE_LEFT)
    for start in range(0, len(again), following.FILE_BATCH):
        batch = again[start : start + following.FILE_BATCH]
        tried = [
            {"recipient_id": row.id, "outbox_id": row.outbox_id, "outcome": row.outcome}
            for row in batch
            if row.outbox_id is not None
        ]
        if tried:
            session.execute(insert(CampaignRetry), tried)
        session.execute(
            update(CampaignRecipient)
            .where(CampaignRecipient.id.in_([row.id for row in batch]))
            .values(outbox_id=None, outcome=None, reason=None, left_at=None)
            .execution_options(synchronize_session=False)
        )
    # Not scheduled again: its women are decided, and nobody is added.
    campaign.state, campaign.next_batch_at = CampaignState.RUNNING, None
    campaign.ends_at = max(campaign.ends_at, ends_at)
    session.flush()
    return len(again)
