"""What stops because WhatsApp rejected, paused or turned off a template, or because it was withdrawn.

Messages by themselves (reminders and notices) wait at the gate while they are of use, and leave when the
template is approved again. A campaign pauses, with what it had queued taken back, and a person lets it go on.
Where an older version is still approved nothing stops: it is used (`outreach.messages.templates`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, or_, select, update

from models import Campaign, CampaignRecipient, CampaignState, OutboxMessage, OutboxState, Template
from outreach.messages import templates
from outreach.messages.take_back import take_back
from outreach.messages.templates_sync import STOPPED

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

CAMPAIGN_PAUSED: Final = "campaign_paused"
"""The reason of a queued row that was taken back: the woman waits again in her campaign."""
WAITING: Final = (CampaignState.SCHEDULED, CampaignState.RUNNING)
UNFINISHED: Final = (CampaignState.DRAFT, *WAITING, CampaignState.PAUSED)
MOST_NAMED: Final = 20


@dataclass(frozen=True)
class Uses:
    """What uses a template: unfinished campaigns by name, and the purpose that the code sends it for."""

    campaigns: list[Campaign] = field(default_factory=list)
    purpose: str | None = None


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
        return bool(self.uses.campaigns) or (self.uses.purpose is not None and self.older is None)


def pause_of_template(session: Session, template_id: uuid.UUID, reason: str, now: datetime) -> int:
    """Pause the campaigns of a template and take back what they had queued; return how many paused now.

    `reason` is `template_rejected`, `template_paused`, `template_disabled` or `template_withdrawn`. What is
    on its way to Twilio is left alone. Each woman is then either handed over or waits in her campaign.
    """
    queued = (
        select(CampaignRecipient.campaign_id)
        .join(OutboxMessage, OutboxMessage.id == CampaignRecipient.outbox_id)
        .where(
            CampaignRecipient.campaign_id == Campaign.id,
            OutboxMessage.state == OutboxState.QUEUED,
        )
        .exists()
    )
    # All are handed over after a minute or so: a campaign that is done may have most of it in the queue.
    done = (Campaign.state == CampaignState.DONE) & (Campaign.ends_at > now) & queued
    found = session.scalars(
        select(Campaign)
        .where(Campaign.template_id == template_id, or_(Campaign.state.in_(WAITING), done))
        .order_by(Campaign.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for campaign in found:
        mine = select(CampaignRecipient.outbox_id).where(CampaignRecipient.campaign_id == campaign.id)
        taken = take_back(session, mine, CAMPAIGN_PAUSED, now)
        if campaign.state is CampaignState.DONE and not taken:
            continue
        session.execute(
            update(CampaignRecipient)
            .where(
                CampaignRecipient.campaign_id == campaign.id,
                CampaignRecipient.outbox_id.in_(
                    select(OutboxMessage.id).where(
                        OutboxMessage.id.in_(mine), OutboxMessage.reason == CAMPAIGN_PAUSED
                    )
                ),
            )
            .values(outbox_id=None)
            .execution_options(synchronize_session=False)
        )
        campaign.state, campaign.pause_reason = CampaignState.PAUSED, reason
    session.flush()
    return sum(campaign.state is CampaignState.PAUSED for campaign in found)


def settle(session: Session, now: datetime) -> int:
    """Pause whatever runs on a template that is stopped or withdrawn; return how many campaigns.

    Looked at on every tick, so that no process that dies between two steps leaves one running.
    """
    live = or_(Campaign.state.in_(WAITING), (Campaign.state == CampaignState.DONE) & (Campaign.ends_at > now))
    rows = session.execute(
        select(Template.id, Template.state, Template.withdrawn_at).where(
            _is_stopped(), select(Campaign.id).where(Campaign.template_id == Template.id, live).exists()
        )
    ).all()
    return sum(
        pause_of_template(
            session, row.id, f"template_{'withdrawn' if row.withdrawn_at else row.state.value}", now
        )
        for row in rows
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
    campaigns = _unfinished(session, [one.id for one in rows])
    found = []
    for one in rows:
        older = instead(one, in_use)
        uses = Uses(campaigns.get(one.id, []), templates.purpose_of(one.name))
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
    return Uses(campaigns[:MOST_NAMED], templates.purpose_of(versions[0].name) if versions else None)


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
