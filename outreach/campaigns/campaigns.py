"""Campaigns: one template to an audience, at a time, each woman at most once.

Who gets it (`outreach.campaigns.audience`) is decided when it starts; the rows then go to the outbox in
batches, so that a crash at any line leaves each woman either handed over or still waiting.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import ARRAY, Uuid, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import joinedload

from models import (
    FIRST_PROGRAMME,
    Campaign,
    CampaignRecipient,
    CampaignState,
    Group,
    OutboxKind,
    OutboxMessage,
    OutboxState,
    Template,
    TemplateState,
    utcnow,
)
from outreach.campaigns.audience import Audience, programme_of, standings
from outreach.campaigns.hold_out import hold_out
from outreach.campaigns.holding_back import hold, let_go
from outreach.campaigns.preview import nobody_may_be_written_to
from outreach.messages import outbox, reveal, templates
from outreach.messages.outbox import Outgoing
from outreach.messages.take_back import take_back
from outreach.people import conversations

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

BATCH = 2000
LONGEST_VARIABLE = 200
ENDS_FIRST = "La campaña termina antes de empezar: revisa las horas."
TOO_FAR = "Esa fecha está demasiado lejos: revisa el año."
FARTHEST = timedelta(days=2 * 366)
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
    variables: dict[str, str],
    starts_at: datetime,
    ends_at: datetime,
    staff_id: uuid.UUID,
    group_id: uuid.UUID | None = None,
    audience: Audience | None = None,
    programme_id: uuid.UUID = FIRST_PROGRAMME,
) -> Campaign:
    """Make a draft, for the women of a group or for another audience of a programme.

    Raises:
        CampaignError: a variable is missing or malformed, the text reveals, or the times don't fit.
    """
    audience = audience or Audience(group_id=group_id)
    if audience.group_id is not None:
        programme_id = programme_of(session, audience.group_id) or programme_id
    if ends_at <= starts_at:
        raise CampaignError(ENDS_FIRST)
    _check_text(template, variables)
    campaign = Campaign(
        name=name.strip(),
        template_id=template.id,
        programme_id=programme_id,
        group_id=audience.group_id,
        audience=audience.to_json(),
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


def check_window(rules: Settings, starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    """Refuse a window in which nothing could leave. `rules` are those of the campaign's programme.

    Raises:
        CampaignError: it is over, years ahead, ends before it begins, or lies wholly in quiet hours.
    """
    if ends_at <= starts_at:
        raise CampaignError(ENDS_FIRST)
    if ends_at <= now:
        raise CampaignError("La hora en que termina ya pasó: cambia el día o la hora.")
    if ends_at > now + FARTHEST:
        raise CampaignError(TOO_FAR)
    if nobody_may_be_written_to(rules, starts_at, ends_at, now):
        quiet = rules.quiet_hours
        hours = f", de {quiet.start:%H:%M} a {quiet.end:%H:%M}" if quiet else ""
        raise CampaignError(f"A esas horas no se le escribe a nadie{hours}: cambia el día o la hora.")


def page(session: Session, offset: int, limit: int) -> list[tuple[Campaign, Group | None]]:
    """Return campaigns with their group, newest first, the group's workshop loaded."""
    rows = session.execute(
        select(Campaign, Group)
        .outerjoin(Group, Group.id == Campaign.group_id)
        .options(joinedload(Group.workshop))
        .order_by(Campaign.created_at.desc(), Campaign.id)
        .offset(offset)
        .limit(limit)
    )
    return [(campaign, group) for campaign, group in rows]


def count(session: Session, states: Collection[CampaignState] = tuple(CampaignState)) -> int:
    """Count the campaigns in these states."""
    return session.scalar(select(func.count()).where(Campaign.state.in_(states))) or 0


def schedule(session: Session, campaign: Campaign, now: datetime, rules: Settings | None = None) -> None:
    """Let the clock run it; `rules` of its programme have the window checked again.

    Raises:
        CampaignError: not a draft, over already, or its template is not approved.
    """
    _lock(session, campaign)
    if campaign.state is not CampaignState.DRAFT:
        raise CampaignError("Esta campaña ya se programó.")
    if campaign.ends_at <= now:
        raise CampaignError("La hora en que termina ya pasó: haz otra campaña.")
    if rules is not None:
        check_window(rules, campaign.starts_at, campaign.ends_at, now)
    if session.get_one(Template, campaign.template_id).state is not TemplateState.APPROVED:
        raise CampaignError("WhatsApp todavía no aprueba esta plantilla. Inténtalo más tarde.")
    campaign.state = CampaignState.SCHEDULED


def pause(session: Session, campaign: Campaign) -> None:
    """Hand over nothing more and hold what is queued until it is resumed; what is on its way arrives."""
    _lock(session, campaign)
    held = hold(session, campaign)
    if campaign.state not in {CampaignState.SCHEDULED, CampaignState.RUNNING} and not (
        campaign.state is CampaignState.DONE and held
    ):
        raise CampaignError("Esta campaña no está en marcha.")
    campaign.state = CampaignState.PAUSED


def resume(session: Session, campaign: Campaign, now: datetime | None = None) -> None:
    """Go on after a pause."""
    _lock(session, campaign)
    if campaign.state is not CampaignState.PAUSED:
        raise CampaignError("Esta campaña no está en pausa.")
    campaign.state = CampaignState.SCHEDULED
    let_go(session, campaign, now or utcnow())


def cancel(session: Session, campaign: Campaign, now: datetime | None = None) -> None:
    """End it: what has not left yet does not leave. Raises CampaignError where nothing is left to stop."""
    _lock(session, campaign)
    if campaign.state is CampaignState.CANCELLED:
        raise CampaignError("Esta campaña ya terminó.")
    mine = select(CampaignRecipient.outbox_id).where(CampaignRecipient.campaign_id == campaign.id)
    taken_back = take_back(session, mine, CANCELLED, now or utcnow())
    if campaign.state is CampaignState.DONE and not taken_back:
        raise CampaignError("Esta campaña ya terminó.")
    campaign.state = CampaignState.CANCELLED
    _give_up_waiting(session, campaign, CANCELLED)
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
        .execution_options(populate_existing=True)
    ).all()
    handed = 0
    for campaign in due:
        if campaign.state is CampaignState.SCHEDULED:
            _prepare(session, campaign)
            hold_out(session, key, campaign)
            campaign.state = CampaignState.RUNNING
        if now >= campaign.ends_at:
            _give_up_waiting(session, campaign, TOO_LATE)
        handed += _hand_over(session, key, campaign, batch - handed)
        if not _waiting(session, campaign):
            campaign.state = CampaignState.DONE
    session.flush()
    return handed


def progress(session: Session, campaign: Campaign) -> Progress:
    """Count where its messages stand."""
    counted = (
        select(OutboxMessage.state, CampaignRecipient.reason, func.count())
        .select_from(CampaignRecipient)
        .outerjoin(OutboxMessage, OutboxMessage.id == CampaignRecipient.outbox_id)
        .where(CampaignRecipient.campaign_id == campaign.id)
        .group_by(OutboxMessage.state, CampaignRecipient.reason)
    )
    states: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    waiting = 0
    rows: list[Any] = list(session.execute(counted))  # the state may be empty
    for state, reason, number in rows:
        if state is not None:
            states[state.value] += number
        elif reason is not None:
            reasons[reason] += number
        else:
            waiting += number
    return Progress(waiting, dict(states), dict(reasons))


def _prepare(session: Session, campaign: Campaign) -> None:
    standing = standings(campaign).subquery()
    mine = literal(campaign.id, Uuid)
    rows = select(func.gen_random_uuid(), mine, standing.c.woman_id, standing.c.reason)
    session.execute(
        insert(CampaignRecipient)
        .from_select(["id", "campaign_id", "woman_id", "reason"], rows)
        .on_conflict_do_nothing(index_elements=["campaign_id", "woman_id"])
    )


def _hand_over(session: Session, key: PersonalKey, campaign: Campaign, batch: int) -> int:
    if batch <= 0:
        return 0
    women = dict(
        session.execute(
            select(CampaignRecipient.id, CampaignRecipient.woman_id)
            .where(*_waits(campaign))
            .limit(batch)
            .with_for_update()
        ).all()
    )
    reaches = conversations.reaches(session, women.values(), campaign.programme_id)
    content = templates.filled(
        session.get_one(Template, campaign.template_id), json.loads(campaign.variables)
    )
    nowhere: dict[str, list[uuid.UUID]] = {}
    leaving: dict[uuid.UUID, Outgoing] = {}
    for recipient_id, woman_id in women.items():
        where = reaches.get(woman_id, conversations.NOWHERE)
        if where.conversation_id is None or where.reason is not None:
            nowhere.setdefault(where.reason or conversations.NO_NUMBER, []).append(recipient_id)
            continue
        leaving[recipient_id] = Outgoing(
            conversation_id=where.conversation_id,
            kind=OutboxKind.CAMPAIGN,
            content=content,
            template_id=campaign.template_id,
            expires_at=campaign.ends_at,
        )
    for reason, ids in nowhere.items():
        session.execute(
            update(CampaignRecipient)
            .where(CampaignRecipient.id.in_(ids))
            .values(reason=reason)
            .execution_options(synchronize_session=False)
        )
    _note_handed_over(session, list(leaving), outbox.enqueue_many(session, key, leaving.values()))
    return len(leaving)


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


def _waits(campaign: Campaign) -> tuple[ColumnElement[bool], ...]:
    return (
        CampaignRecipient.campaign_id == campaign.id,
        CampaignRecipient.outbox_id.is_(None),
        CampaignRecipient.reason.is_(None),
        # Of one that was handed over the message may be gone since.
        CampaignRecipient.outcome.is_(None),
    )


def _waiting(session: Session, campaign: Campaign) -> bool:
    return session.scalar(select(CampaignRecipient.id).where(*_waits(campaign)).limit(1)) is not None


def _give_up_waiting(session: Session, campaign: Campaign, reason: str) -> None:
    session.execute(
        update(CampaignRecipient)
        .where(*_waits(campaign))
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
    revealing = reveal.quoted(templates.render(template, variables))
    if revealing:
        raise CampaignError(f"El mensaje tiene palabras que pueden delatar a una mujer: {revealing}.")
