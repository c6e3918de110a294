"""Campaigns: one template to an audience, at a time, each woman at most once.

Drafts are made and changed here. Who gets it (`outreach.campaigns.audience`) is decided when it starts; the
steps of a campaign are in `steps`, what the clock does in `running`, the second person in `approval`.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from models import (
    FIRST_PROGRAMME,
    Campaign,
    CampaignRecipient,
    CampaignState,
    Group,
    OutboxMessage,
    Template,
)
from outreach.campaigns import approval, steps, variables
from outreach.campaigns.audience import Audience, programme_of
from outreach.campaigns.running import run_due
from outreach.campaigns.steps import cancel, pause, pause_of_template, resume, schedule
from outreach.campaigns.variables import numbers_of as variables_of
from outreach.campaigns.windows import CampaignError, check_window
from outreach.ground.words import visible
from outreach.messages import reveal, templates, templates_rules
from outreach.texts import campaigns as texts

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from outreach.campaigns.variables import PerWoman

__all__ = [
    "CampaignError", "Draft", "Progress", "cancel", "change", "check_window", "count", "create", "page",
    "pause", "pause_of_template", "progress", "resume", "run_due", "schedule", "text_of", "variables_of",
]  # fmt: skip
LONGEST_VARIABLE = variables.LONGEST
_BREAKS = re.compile(r"[\n\r\t\v\f\x85\u2028\u2029]|[ \u00a0]{4}")
SLOWEST, FASTEST = 1, 6000
"""Messages a minute that a campaign may be held to."""


@dataclass(frozen=True)
class Draft:
    """What a campaign is made of, as it was typed. `per_minute`: None is as fast as the account lets."""

    name: str
    template: Template
    variables: Mapping[str, str | PerWoman]
    audience: Audience
    starts_at: datetime
    ends_at: datetime
    per_minute: int | None = None


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
    variables: Mapping[str, str | PerWoman],
    starts_at: datetime,
    ends_at: datetime,
    staff_id: uuid.UUID,
    group_id: uuid.UUID | None = None,
    audience: Audience | None = None,
    programme_id: uuid.UUID = FIRST_PROGRAMME,
    per_minute: int | None = None,
) -> Campaign:
    """Make a draft, for the women of a group or for another audience of a programme.

    Raises:
        CampaignError: a variable is missing or malformed, the text reveals, or the times don't fit.
    """
    audience = audience or Audience(group_id=group_id)
    if audience.group_id is not None:
        programme_id = programme_of(session, audience.group_id) or programme_id
    campaign = Campaign(programme_id=programme_id, state=CampaignState.DRAFT, created_by=staff_id)
    _fill(campaign, Draft(name, template, variables, audience, starts_at, ends_at, per_minute), staff_id)
    session.add(campaign)
    session.flush()
    return campaign


def change(
    session: Session, campaign: Campaign, draft: Draft, staff_id: uuid.UUID, *, seen: bytes | None = None
) -> None:
    """Change a draft; who asked for a second person asks again. `seen`: the digest of what was changed.

    Raises:
        CampaignError: it is no draft any more, somebody changed it meanwhile, or `create` would refuse it.
    """
    steps.lock(session, campaign)
    if campaign.state is not CampaignState.DRAFT:
        raise CampaignError(texts.NO_DRAFT)
    if seen is not None and seen != approval.digest(session, campaign):
        raise CampaignError(texts.CHANGED_MEANWHILE)
    _fill(campaign, draft, staff_id)
    approval.void(campaign)
    campaign.pause_reason = None
    session.flush()


def _fill(campaign: Campaign, draft: Draft, staff_id: uuid.UUID) -> None:
    if draft.ends_at <= draft.starts_at:
        raise CampaignError(texts.ENDS_FIRST, "end_day")
    if draft.per_minute is not None and not SLOWEST <= draft.per_minute <= FASTEST:
        raise CampaignError(texts.RATE.format(least=SLOWEST, most=FASTEST), "per_minute")
    _check_text(draft.template, draft.variables)
    campaign.name = draft.name.strip()
    campaign.template_id = draft.template.id
    campaign.group_id = draft.audience.group_id
    campaign.audience = draft.audience.to_json()
    campaign.variables = variables.to_json(draft.variables)
    campaign.starts_at, campaign.ends_at = draft.starts_at, draft.ends_at
    campaign.per_minute, campaign.edited_by = draft.per_minute, staff_id


def text_of(session: Session, campaign: Campaign) -> str:
    """Return the text as she reads it; her own values stand in brackets, by what they are."""
    template = session.get_one(Template, campaign.template_id)
    return templates.render(template, variables.shown(variables.of(campaign), texts.HERS))


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


def _check_length(template: Template, given: Mapping[str, str | PerWoman]) -> None:
    """Refuse what is longer than WhatsApp takes: Twilio would refuse it for each woman (63013, 63021)."""
    room = {
        number: value
        if isinstance(value, str)
        else max(value.otherwise, "x" * variables.USUAL_LENGTH, key=len)
        for number, value in given.items()
    }
    if len(templates.render(template, room)) > templates_rules.LONGEST_BODY:
        longest = max(room, key=lambda number: len(room[number]))
        most = templates_rules.LONGEST_BODY
        raise CampaignError(texts.TOO_LONG.format(most=f"{most:,}"), f"variable_{longest}")


def _check_text(template: Template, given: Mapping[str, str | PerWoman]) -> None:
    numbers = variables_of(template)
    for number in numbers:
        value = given.get(number, "")
        words = value if isinstance(value, str) else value.otherwise
        # What is invisible is nothing to WhatsApp, which puts the sample there.
        seen = visible(templates_rules.cleaned(words)).strip()
        if not seen and (isinstance(value, str) or words):
            raise CampaignError(texts.MISSING, f"variable_{number}")
        # WhatsApp refuses line breaks and runs of spaces within a variable.
        if len(words) > LONGEST_VARIABLE or _BREAKS.search(words):
            raise CampaignError(texts.ONE_LINE.format(most=LONGEST_VARIABLE), f"variable_{number}")
        if "{" in words or "}" in words:
            raise CampaignError(texts.BRACES, f"variable_{number}")
    if set(given) != set(numbers):
        raise CampaignError(texts.MISSING)
    _check_length(template, given)
    revealing = reveal.quoted(templates.render(template, variables.fixed_words(dict(given))))
    if revealing:
        raise CampaignError(texts.REVEALS.format(words=revealing))
