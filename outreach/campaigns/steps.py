"""The steps of a campaign: scheduled, held, gone on with, ended. Each locks its row first.

What was handed over waits in the outbox until the worker takes it. A pause holds those rows too: they are put
off to the campaign's end, where the gate lets them expire unless somebody has gone on with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import func, select, update

from models import (
    Campaign,
    CampaignRecipient,
    CampaignState,
    OutboxMessage,
    OutboxState,
    Template,
    TemplateState,
    utcnow,
)
from outreach.campaigns.windows import CampaignError, check_window
from outreach.ground import jobs
from outreach.messages import templates
from outreach.messages.take_back import take_back
from outreach.texts import campaigns as texts

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

    from outreach.ground.settings import Settings

TOO_LATE, CANCELLED = "too_late", "cancelled"
TEMPLATE_PAUSED, TEMPLATE_REJECTED, TEMPLATE_DISABLED, TEMPLATE_WITHDRAWN = (
    "template_paused", "template_rejected", "template_disabled", "template_withdrawn",
)  # fmt: skip
BROKEN = "broken"
"""Why a campaign is held that could not be run: a dead letter says what was raised."""
GREW, CHANGED = "grew", "changed"
"""Why a campaign was put back to a draft as it should have begun: more women than were confirmed, or
something that is not what was approved."""
OF_A_TEMPLATE: Final = {
    TemplateState.PAUSED: TEMPLATE_PAUSED,
    TemplateState.REJECTED: TEMPLATE_REJECTED,
    TemplateState.DISABLED: TEMPLATE_DISABLED,
}
UNDER_WAY = (CampaignState.SCHEDULED, CampaignState.RUNNING)
ON_THE_WAY = (OutboxState.SENDING, OutboxState.IN_DOUBT, OutboxState.SENT)


class Stopped(NamedTuple):
    """What became of a campaign's messages as it was ended: `stopped` will not leave, the others had left."""

    stopped: int
    on_the_way: int


def schedule(session: Session, campaign: Campaign, now: datetime, rules: Settings | None = None) -> None:
    """Let the clock run it; `rules` of its programme have the window checked again.

    Whether a second person has to agree is asked before (`outreach.campaigns.approval`).

    Raises:
        CampaignError: not a draft, over already, or its template is not approved.
    """
    lock(session, campaign)
    if campaign.state is not CampaignState.DRAFT:
        raise CampaignError(texts.ALREADY_SCHEDULED)
    if campaign.ends_at <= now:
        raise CampaignError(texts.OVER_AT_CONFIRMING)
    if rules is not None:
        check_window(rules, campaign.starts_at, campaign.ends_at, now)
    if not templates.is_approved(session.get_one(Template, campaign.template_id)):
        raise CampaignError(texts.TEMPLATE_NOT_APPROVED)
    campaign.state, campaign.pause_reason, campaign.next_batch_at = CampaignState.SCHEDULED, None, None


def pause(session: Session, campaign: Campaign, reason: str | None = None) -> None:
    """Let nothing more leave until it is gone on with: neither who waits nor what is queued.

    `reason` is a word of this module; None: a person paused it.

    Raises:
        CampaignError: nothing of it is left to hold.
    """
    lock(session, campaign)
    queued = _queued(campaign)
    leaving = campaign.state is CampaignState.DONE and session.scalar(queued.limit(1)) is not None
    if campaign.state not in UNDER_WAY and not leaving:
        raise CampaignError(texts.NOT_UNDER_WAY)
    _hold(session, campaign)
    campaign.state, campaign.pause_reason = CampaignState.PAUSED, reason


def pause_of_template(session: Session, template_id: uuid.UUID, reason: str) -> int:
    """Pause what is under way with a template that WhatsApp lets through no more; return how many."""
    found = session.scalars(
        select(Campaign)
        .where(Campaign.template_id == template_id, Campaign.state.in_((*UNDER_WAY, CampaignState.DONE)))
        .order_by(Campaign.id)
    ).all()
    paused = 0
    for campaign in found:
        try:
            pause(session, campaign, reason)
        except CampaignError:
            continue  # it ended, or a person paused it meanwhile
        paused += 1
    return paused


def reason_of(template: Template) -> str:
    """Return the word for why a template lets nothing through."""
    if template.withdrawn_at is not None:
        return TEMPLATE_WITHDRAWN
    return OF_A_TEMPLATE.get(template.state, TEMPLATE_PAUSED)


def resume(session: Session, campaign: Campaign, now: datetime | None = None) -> None:
    """Go on after a pause, with the women whom it was prepared for.

    Raises:
        CampaignError: it is not paused, its window is over, or its template is not approved.
    """
    moment = now or utcnow()
    lock(session, campaign)
    if campaign.state is not CampaignState.PAUSED:
        raise CampaignError(texts.NOT_PAUSED)
    if now is not None and campaign.ends_at <= now:
        raise CampaignError(texts.OVER_AT_RESUMING)
    if not templates.is_approved(session.get_one(Template, campaign.template_id)):
        raise CampaignError(texts.TEMPLATE_STOPPED)
    held = session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id.in_(_queued(campaign)))
        .values(next_try_at=moment)
        .execution_options(synchronize_session=False)
    )
    if held.rowcount:  # type: ignore[attr-defined] # an UPDATE gives a CursorResult
        jobs.defer_batches(session, held.rowcount)  # type: ignore[attr-defined] # as above
    campaign.pause_reason = None
    campaign.state = CampaignState.RUNNING if _is_prepared(session, campaign) else CampaignState.SCHEDULED


def cancel(session: Session, campaign: Campaign, now: datetime | None = None) -> Stopped:
    """End it: what has not left yet does not leave. Raises CampaignError where nothing is left to stop."""
    lock(session, campaign)
    if campaign.state is CampaignState.CANCELLED:
        raise CampaignError(texts.ENDED)
    mine = select(CampaignRecipient.outbox_id).where(CampaignRecipient.campaign_id == campaign.id)
    taken_back = take_back(session, mine, CANCELLED, now or utcnow())
    if campaign.state is CampaignState.DONE and not taken_back:
        raise CampaignError(texts.ENDED)
    campaign.state, campaign.pause_reason = CampaignState.CANCELLED, None
    waiting = give_up_waiting(session, campaign, CANCELLED)
    session.flush()
    gone = select(func.count()).where(OutboxMessage.id.in_(mine), OutboxMessage.state.in_(ON_THE_WAY))
    return Stopped(len(taken_back) + waiting, session.scalar(gone) or 0)


def waits(campaign: Campaign) -> tuple[ColumnElement[bool], ...]:
    """Return the tests of the women of a campaign who were not handed over and have no reason against it."""
    return (
        CampaignRecipient.campaign_id == campaign.id,
        CampaignRecipient.outbox_id.is_(None),
        CampaignRecipient.reason.is_(None),
        # Of one that was handed over the message may be gone since.
        CampaignRecipient.outcome.is_(None),
    )


def give_up_waiting(session: Session, campaign: Campaign, reason: str) -> int:
    """Note the reason for all who wait; return how many that were."""
    given_up = session.execute(
        update(CampaignRecipient)
        .where(*waits(campaign))
        .values(reason=reason)
        .execution_options(synchronize_session=False)
    )
    return given_up.rowcount  # type: ignore[attr-defined,no-any-return] # an UPDATE gives a CursorResult


def lock(session: Session, campaign: Campaign) -> None:
    """Hold a campaign's row until the end of the transaction, as it is now."""
    session.flush()
    session.refresh(campaign, with_for_update=True)


def _queued(campaign: Campaign) -> Select[uuid.UUID]:
    return (
        select(OutboxMessage.id)
        .join(CampaignRecipient, CampaignRecipient.outbox_id == OutboxMessage.id)
        .where(CampaignRecipient.campaign_id == campaign.id, OutboxMessage.state == OutboxState.QUEUED)
    )


def _hold(session: Session, campaign: Campaign) -> None:
    session.execute(
        update(OutboxMessage)
        # The state again: a row that a worker holds is looked at once more when it lets go.
        .where(OutboxMessage.id.in_(_queued(campaign)), OutboxMessage.state == OutboxState.QUEUED)
        .values(next_try_at=campaign.ends_at)
        .execution_options(synchronize_session=False)
    )


def _is_prepared(session: Session, campaign: Campaign) -> bool:
    mine = select(CampaignRecipient.id).where(CampaignRecipient.campaign_id == campaign.id).limit(1)
    return session.scalar(mine) is not None
