"""What stops because WhatsApp rejected, paused or turned off a template, or because it was withdrawn.

Messages by themselves (reminders and notices) wait at the gate while they are of use, and leave when the
template is approved again. A campaign pauses, with what it had queued held, and a person lets it go on.
Where an older version is still approved nothing stops: it is used (`outreach.messages.templates`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, or_, select, update

from models import (
    Campaign,
    CampaignRecipient,
    CampaignState,
    OutboxMessage,
    OutboxState,
    ReminderRule,
    Template,
)
from outreach.campaigns import steps
from outreach.messages import templates
from outreach.messages.templates_sync import STOPPED

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

UNFINISHED: Final = (CampaignState.DRAFT, *steps.UNDER_WAY, CampaignState.PAUSED)
MOST_NAMED: Final = 20


@dataclass(frozen=True)
class Uses:
    """What uses a template: unfinished campaigns, the purpose of the code, how many rules of reminders."""

    campaigns: list[Campaign] = field(default_factory=list)
    purpose: str | None = None
    rules: int = 0


@dataclass(frozen=True)
class Stopped:
    """A template that WhatsApp lets through no more, with what stops and what goes in its stead.

    `older` is an approved version of the same name, or the product's own where a programme's is stopped.
    """

    template: Template
    uses: Uses
    older: Template | None

    @property
    def stops(self) -> bool:
        """Say whether anything waits because of it."""
        by_itself = self.uses.purpose is not None or self.uses.rules > 0
        return bool(self.uses.campaigns) or (by_itself and self.older is None)


def settle(session: Session, now: datetime) -> int:
    """Pause whatever runs on a template that is stopped or withdrawn; return how many campaigns.

    Looked at on every tick, so that no process that dies between two steps leaves one running. What was on
    its way to Twilio as its campaign paused, and is tried again since, is held as the rest is.
    """
    live = or_(
        Campaign.state.in_((*steps.UNDER_WAY, CampaignState.PAUSED)),
        (Campaign.state == CampaignState.DONE) & (Campaign.ends_at > now),
    )
    found = session.scalars(
        select(Template).where(
            _is_stopped(), select(Campaign.id).where(Campaign.template_id == Template.id, live).exists()
        )
    ).all()
    paused = sum(steps.pause_of_template(session, one.id, steps.reason_of(one)) for one in found)
    if found:
        _hold_what_came_back(session, [one.id for one in found])
    return paused


def _hold_what_came_back(session: Session, template_ids: Iterable[uuid.UUID]) -> None:
    session.flush()
    session.execute(
        update(OutboxMessage)
        .where(
            OutboxMessage.template_id.in_(template_ids),
            OutboxMessage.state == OutboxState.QUEUED,
            CampaignRecipient.outbox_id == OutboxMessage.id,
            Campaign.id == CampaignRecipient.campaign_id,
            Campaign.state == CampaignState.PAUSED,
            OutboxMessage.next_try_at < Campaign.ends_at,
        )
        .values(next_try_at=Campaign.ends_at)
        .execution_options(synchronize_session=False)
    )


def _is_stopped() -> ColumnElement[bool]:
    return or_(Template.state.in_(STOPPED), Template.withdrawn_at.is_not(None))


def stopped(session: Session) -> list[Stopped]:
    """Return the templates that WhatsApp lets through no more, those first because of which something waits.

    Of a name the newest version that was not replaced is shown, and older ones that campaigns keep.
    """
    rows = session.scalars(
        select(Template)
        .where(Template.state.in_(STOPPED), Template.withdrawn_at.is_(None), Template.replaced_at.is_(None))
        .order_by(Template.name, Template.version.desc())
    ).all()
    if not rows:
        return []
    in_use = {one.name: one for one in templates.all_of(session)}
    campaigns, reminding = _unfinished(session, [one.id for one in rows]), _rules(session)
    found = []
    for one in rows:
        older = instead(one, in_use)
        uses = Uses(campaigns.get(one.id, []), templates.purpose_of(one.name), reminding.get(one.name, 0))
        if older is None or uses.campaigns or older.name != one.name or one.version > older.version:
            found.append(Stopped(one, uses, older))
    return sorted(found, key=lambda one: not one.stops)


def instead(template: Template, in_use: Mapping[str, Template]) -> Template | None:
    """Return what the code sends while a version is stopped: another of its name, or the product's own."""
    names = dict.fromkeys((template.name, templates.purpose_of(template.name) or template.name))
    found = (in_use.get(name) for name in names)
    return next(
        (one for one in found if one is not None and one.id != template.id and templates.is_approved(one)),
        None,
    )


def uses(session: Session, versions: Sequence[Template]) -> Uses:
    """Return what uses a template now, in any of its versions."""
    of_each = _unfinished(session, [one.id for one in versions])
    campaigns = [campaign for found in of_each.values() for campaign in found]
    if not versions:
        return Uses()
    name = versions[0].name
    return Uses(campaigns[:MOST_NAMED], templates.purpose_of(name), _rules(session).get(name, 0))


def _rules(session: Session) -> dict[str, int]:
    """Return how many rules of reminders that run name which template."""
    found = session.execute(
        select(ReminderRule.template_name, func.count())
        .where(ReminderRule.stopped_at.is_(None), ReminderRule.template_name.is_not(None))
        .group_by(ReminderRule.template_name)
    )
    return {name: number for name, number in found if name is not None}


def _unfinished(session: Session, ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[Campaign]]:
    wanted = list(ids)
    if not wanted:
        return {}
    found: dict[uuid.UUID, list[Campaign]] = {}
    place = func.row_number().over(partition_by=Campaign.template_id, order_by=Campaign.created_at.desc())
    near = (
        select(Campaign.id, place.label("place"))
        .where(Campaign.template_id.in_(wanted), Campaign.state.in_(UNFINISHED))
        .subquery()
    )
    rows = session.scalars(
        select(Campaign)
        .join(near, near.c.id == Campaign.id)
        .where(near.c.place <= MOST_NAMED)
        .order_by(Campaign.created_at.desc())
    )
    for campaign in rows:
        found.setdefault(campaign.template_id, []).append(campaign)
    return found
