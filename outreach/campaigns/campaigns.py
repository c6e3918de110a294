"""Campaigns: one template to the women of a group, at a time, each at most once.

Who gets it (`outreach.campaigns.audience`) is decided when it starts; the rows then go to the outbox in
batches, so that a crash at any line leaves each woman either handed over or still waiting.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from models import (
    Campaign,
    CampaignRecipient,
    CampaignState,
    OutboxKind,
    OutboxMessage,
    OutboxState,
    Template,
    TemplateState,
)
from outreach.campaigns.audience import NO_NUMBER, Preview, Standing, conversations, standings
from outreach.messages import outbox, templates
from outreach.messages.outbox import Content
from outreach.messages.reveal import revealing_words

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey

BATCH = 500
LONGEST_VARIABLE = 200
TOO_LATE, CANCELLED = "too_late", "cancelled"


class CampaignError(ValueError):
    """This campaign can't do that; the message says why, for the coordinator."""


@dataclass(frozen=True)
class Progress:
    """Where a campaign stands: how many wait, how many by outbox state, how many by reason."""

    waiting: int
    states: dict[str, int]
    reasons: dict[str, int]

    @property
    def total(self) -> int:
        """All women it is about."""
        return self.waiting + sum(self.states.values()) + sum(self.reasons.values())


def create(
    session: Session,
    *,
    name: str,
    template: Template,
    group_id: uuid.UUID,
    variables: dict[str, str],
    starts_at: datetime,
    ends_at: datetime,
    staff_id: uuid.UUID,
) -> Campaign:
    """Make a draft.

    Raises:
        CampaignError: a variable is missing or malformed, the text reveals, or the times don't fit.
    """
    if ends_at <= starts_at:
        raise CampaignError("La campaña termina antes de empezar: revisa las horas.")
    _check_text(template, variables)
    campaign = Campaign(
        name=name.strip(),
        template_id=template.id,
        group_id=group_id,
        variables=json.dumps(variables, ensure_ascii=False),
        state=CampaignState.DRAFT,
        starts_at=starts_at,
        ends_at=ends_at,
        created_by=staff_id,
    )
    session.add(campaign)
    session.flush()
    return campaign


def variables_of(template: Template) -> list[str]:
    """Return the numbers of a template's variables, in order."""
    return sorted(set(re.findall(r"\{\{(\d+)\}\}", template.body)), key=int)


def text_of(session: Session, campaign: Campaign) -> str:
    """Return the text as she reads it."""
    template = session.get_one(Template, campaign.template_id)
    return templates.render(template, json.loads(campaign.variables))


def preview(session: Session, campaign: Campaign) -> Preview:
    """Say who would get it, who would not and why; changes nothing."""
    found = [Standing(*row) for row in session.execute(standings(campaign))]
    return Preview(text_of(session, campaign), found)


def schedule(session: Session, campaign: Campaign, now: datetime) -> None:
    """Let the clock run it.

    Raises:
        CampaignError: not a draft, over already, or its template is not approved.
    """
    _lock(session, campaign)
    if campaign.state is not CampaignState.DRAFT:
        raise CampaignError("Esta campaña ya se programó.")
    if campaign.ends_at <= now:
        raise CampaignError("La hora en que termina ya pasó: haz otra campaña.")
    if session.get_one(Template, campaign.template_id).state is not TemplateState.APPROVED:
        raise CampaignError("WhatsApp todavía no aprueba esta plantilla. Inténtalo más tarde.")
    campaign.state = CampaignState.SCHEDULED


def pause(session: Session, campaign: Campaign) -> None:
    """Hand over nothing more until it is resumed; what is on its way arrives."""
    _lock(session, campaign)
    if campaign.state not in {CampaignState.SCHEDULED, CampaignState.RUNNING}:
        raise CampaignError("Esta campaña no está en marcha.")
    campaign.state = CampaignState.PAUSED


def resume(session: Session, campaign: Campaign) -> None:
    """Go on after a pause."""
    _lock(session, campaign)
    if campaign.state is not CampaignState.PAUSED:
        raise CampaignError("Esta campaña no está en pausa.")
    campaign.state = CampaignState.SCHEDULED


def cancel(session: Session, campaign: Campaign) -> None:
    """End it: what has not left yet does not leave. Raises CampaignError where nothing is left to stop."""
    _lock(session, campaign)
    queued = (
        select(OutboxMessage)
        .join(CampaignRecipient, CampaignRecipient.outbox_id == OutboxMessage.id)
        .where(CampaignRecipient.campaign_id == campaign.id, OutboxMessage.state == OutboxState.QUEUED)
        .with_for_update(of=OutboxMessage)
    )
    unsent = session.scalars(queued).all()
    over = {CampaignState.CANCELLED} if unsent else {CampaignState.CANCELLED, CampaignState.DONE}
    if campaign.state in over:
        raise CampaignError("Esta campaña ya terminó.")
    campaign.state = CampaignState.CANCELLED
    _give_up_waiting(session, campaign, CANCELLED)
    for row in unsent:
        outbox.advance(row, OutboxState.SUPPRESSED, reason=CANCELLED)
    session.flush()


def run_due(session: Session, key: PersonalKey, now: datetime, batch: int = BATCH) -> int:
    """Start what is due and hand the next batch to the outbox; return how many were handed over."""
    due = session.scalars(
        select(Campaign)
        .where(
            Campaign.state.in_((CampaignState.SCHEDULED, CampaignState.RUNNING)), Campaign.starts_at <= now
        )
        .order_by(Campaign.starts_at)
        .with_for_update(skip_locked=True)
    ).all()
    handed = 0
    for campaign in due:
        if campaign.state is CampaignState.SCHEDULED:
            _prepare(session, campaign)
            campaign.state = CampaignState.RUNNING
        if now >= campaign.ends_at:
            _give_up_waiting(session, campaign, TOO_LATE)
        handed += _hand_over(session, key, campaign, batch - handed)
        if _waiting(session, campaign) == 0:
            campaign.state = CampaignState.DONE
    session.flush()
    return handed


def progress(session: Session, campaign: Campaign) -> Progress:
    """Count where its messages stand."""
    # A left join: the state is empty where nothing was handed over.
    counted = (
        select(OutboxMessage.state, CampaignRecipient.reason, func.count())
        .select_from(CampaignRecipient)
        .outerjoin(OutboxMessage, OutboxMessage.id == CampaignRecipient.outbox_id)
        .where(CampaignRecipient.campaign_id == campaign.id)
        .group_by(OutboxMessage.state, CampaignRecipient.reason)
    )
    rows: list[Any] = list(session.execute(counted))
    states: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    waiting = 0
    for state, reason, count in rows:
        if state is not None:
            states[state.value] += count
        elif reason is not None:
            reasons[reason] += count
        else:
            waiting += count
    return Progress(waiting, dict(states), dict(reasons))


def _prepare(session: Session, campaign: Campaign) -> None:
    standing = standings(campaign).subquery()
    rows = select(func.gen_random_uuid(), literal(campaign.id), standing.c.woman_id, standing.c.reason)
    session.execute(
        insert(CampaignRecipient)
        .from_select(["id", "campaign_id", "woman_id", "reason"], rows)
        .on_conflict_do_nothing(index_elements=["campaign_id", "woman_id"])
    )


def _hand_over(session: Session, key: PersonalKey, campaign: Campaign, batch: int) -> int:
    if batch <= 0:
        return 0
    recipients = session.scalars(
        select(CampaignRecipient)
        .where(
            CampaignRecipient.campaign_id == campaign.id,
            CampaignRecipient.outbox_id.is_(None),
            CampaignRecipient.reason.is_(None),
        )
        .limit(batch)
        .with_for_update()
    ).all()
    newest = conversations(session, [recipient.woman_id for recipient in recipients])
    variables = json.loads(campaign.variables)
    text = text_of(session, campaign)
    handed = 0
    for recipient in recipients:
        conversation_id = newest.get(recipient.woman_id)
        if conversation_id is None:
            recipient.reason = NO_NUMBER
            continue
        row = outbox.enqueue(
            session,
            key,
            conversation_id,
            OutboxKind.CAMPAIGN,
            Content(body=text, variables=variables),
            template_id=campaign.template_id,
            expires_at=campaign.ends_at,
        )
        recipient.outbox_id = row.id
        handed += 1
    session.flush()
    return handed


def _waiting(session: Session, campaign: Campaign) -> int:
    statement = select(func.count()).where(
        CampaignRecipient.campaign_id == campaign.id,
        CampaignRecipient.outbox_id.is_(None),
        CampaignRecipient.reason.is_(None),
    )
    return session.scalar(statement) or 0


def _give_up_waiting(session: Session, campaign: Campaign, reason: str) -> None:
    session.execute(
        update(CampaignRecipient)
        .where(
            CampaignRecipient.campaign_id == campaign.id,
            CampaignRecipient.outbox_id.is_(None),
            CampaignRecipient.reason.is_(None),
        )
        .values(reason=reason)
        .execution_options(synchronize_session=False)
    )


def _lock(session: Session, campaign: Campaign) -> None:
    session.flush()
    session.refresh(campaign, with_for_update=True)


def _check_text(template: Template, variables: dict[str, str]) -> None:
    if set(variables) != set(variables_of(template)) or not all(v.strip() for v in variables.values()):
        raise CampaignError("Falta llenar una parte del mensaje.")
    for value in variables.values():
        # WhatsApp refuses line breaks and runs of spaces within a variable.
        if len(value) > LONGEST_VARIABLE or re.search(r"[\n\t]| {4}", value):
            raise CampaignError("Cada parte va en una línea y en menos de 200 letras.")
    if revealing_words(templates.render(template, variables)):
        raise CampaignError("El mensaje tiene palabras que pueden delatar a una mujer. Cámbialas.")
