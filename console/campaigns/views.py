"""Coordinators: the list of campaigns, the preview of one, its progress as it leaves, and its steps.

What is filled in is in `drafting`, the last step before it leaves in `approving`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from flask import abort, flash, redirect, render_template, request, url_for

from console import words
from console.access import PROGRAMME, allow, db, key, me, now, settings
from console.campaigns import builder, following
from console.campaigns.blueprint import pages
from console.forms import Form
from console.message_templates.forms import TrialForm
from console.paging import SIZE, page_of
from models import Campaign, CampaignState, Template, TemplateCategory
from outreach.campaigns import approval, audience, campaigns, choices, preview
from outreach.campaigns.audience import Audience
from outreach.campaigns.campaigns import FASTEST
from outreach.campaigns.steps import Stopped
from outreach.ground import dates, programme_rules
from outreach.messages import prices
from outreach.programme import overview
from outreach.staff import audit, contacts
from outreach.staff.audit import Action

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable
    from decimal import Decimal

    from werkzeug.wrappers import Response as Answer

    from models import MessagePrice
    from outreach.campaigns.preview import Preview
    from outreach.ground.settings import Settings
    from outreach.staff.contacts import Contact


class Pace(NamedTuple):
    """How long a campaign takes to leave, in words; `short`: its window is over before."""

    lasts: str
    short: bool


class Cost(NamedTuple):
    """What a campaign costs: the price of one message of its category and of all; None: none was entered."""

    category: str
    price: MessagePrice | None
    total: Decimal | None


class Second(NamedTuple):
    """Whether a second person has to agree, who asked, and whether she who looks may be that person."""

    needed: bool
    above: int | None
    asked_by: str
    mine: bool
    why_not: str | None
    seen: str
    reached: int


@pages.get("")
@allow(PROGRAMME)
def index() -> str:
    """Show the campaigns, newest first."""
    page = page_of(campaigns.count(db()))
    return render_template(
        "campaigns.html",
        lines=campaigns.page(db(), page.offset, SIZE),
        page=page,
        states=words.CAMPAIGN_STATES,
        everyone=words.AUDIENCE_ALL,
        chosen=words.AUDIENCE_BUILT,
        whole=Audience().to_json(),
    )


@pages.get("/<uuid:campaign_id>")
@allow(PROGRAMME)
def show(campaign_id: uuid.UUID) -> str:
    """Show the preview of a draft, or the progress of what was scheduled."""
    campaign = campaign_of(campaign_id)
    if campaign.state is CampaignState.DRAFT:
        return preview_page(campaign)
    return following.shown(campaign, _around(campaign))


def _contact() -> Contact:
    return contacts.read(db(), key(), me().staff.id)


def preview_page(campaign: Campaign, trial: TrialForm | None = None) -> str:
    """Show what would become of a draft; `trial` is the form of her phone as she filled it in."""
    rules = rules_of(campaign)
    sample = request.args.get("muestra", 0, type=int)
    shown = preview.preview(db(), key(), rules, campaign, now(), sample=sample)
    women = [*shown.reached, *(woman_id for woman_id, _ in shown.others)]
    named = overview.names(db(), key(), women)
    return render_template(
        "campaign_preview.html",
        **_around(campaign),
        preview=shown,
        arrivals=[
            (dates.day_and_hour(at, rules.timezone, now()), number)
            for at, number in sorted(shown.arrivals.items())
        ],
        reached=[named.get(woman_id, "") for woman_id in shown.reached],
        others=[(named.get(woman_id, ""), reason) for woman_id, reason in shown.others],
        examples=[(named.get(woman_id, ""), said) for woman_id, said in shown.examples],
        sample=sample,
        pace=_pace(campaign, shown.reached_count, rules),
        cost=_cost(campaign, shown.reached_count, rules),
        trial=trial or TrialForm(formdata=None, phone=contacts.shown_phone(_contact())),
        second=_second(campaign, shown),
        twin=approval.twin(db(), campaign, rules),
    )


def _pace(campaign: Campaign, reached: int, rules: Settings) -> Pace:
    """How long it takes to leave, at its own rate or at the account's, and whether its window is enough."""
    per_minute = min(campaign.per_minute or FASTEST, rules.sends_per_second * 60)
    minutes = -(-reached // max(per_minute, 1))
    window = (campaign.ends_at - max(campaign.starts_at, now())).total_seconds() / 60
    return Pace(words.lasts(minutes), minutes > window)


def _cost(campaign: Campaign, reached: int, rules: Settings) -> Cost:
    """What so many messages cost at the price of the day it starts on.

    Within her 24 hours a utility message has no fee of Meta (Twilio, WhatsApp key concepts): it may be less.
    """
    template = db().get_one(Template, campaign.template_id)
    category = TemplateCategory(template.meta_category or template.category)
    price = prices.in_force(db(), dates.today(rules.timezone, campaign.starts_at)).get(category)
    return Cost(words.CATEGORIES.get(category.value, ""), price, prices.cost(price, reached))


def _second(campaign: Campaign, shown: Preview) -> Second:
    """What the page says of a second person."""
    return Second(
        # As the confirmation counts: her hours are asked here only.
        needed=approval.needs_second(db(), campaign, approval.counted_by(shown)),
        above=approval.limit(db(), campaign.programme_id),
        asked_by=approval.name_of(db(), campaign.asked_by),
        mine=campaign.asked_by == me().staff.id,
        why_not=approval.why_not(db(), key(), campaign, me().staff.id),
        seen=approval.digest(db(), campaign).hex(),
        reached=approval.counted_by(shown),
    )


@pages.post("/<uuid:campaign_id>/pausar")
@allow(PROGRAMME)
def pause(campaign_id: uuid.UUID) -> Answer:
    """Hold it."""
    campaign = campaign_of(campaign_id)
    return step(
        campaign, lambda: campaigns.pause(db(), campaign), words.CAMPAIGN_PAUSED, Action.CAMPAIGN_PAUSED
    )


@pages.post("/<uuid:campaign_id>/seguir")
@allow(PROGRAMME)
def resume(campaign_id: uuid.UUID) -> Answer:
    """Go on."""
    campaign = campaign_of(campaign_id)
    return step(
        campaign,
        lambda: campaigns.resume(db(), campaign, now()),
        words.CAMPAIGN_RESUMED,
        Action.CAMPAIGN_RESUMED,
    )


@pages.post("/<uuid:campaign_id>/cancelar")
@allow(PROGRAMME)
def cancel(campaign_id: uuid.UUID) -> Answer:
    """End it."""
    campaign = campaign_of(campaign_id)
    was_draft = campaign.state is CampaignState.DRAFT
    stopped = Stopped(0, 0)

    def cancel() -> None:
        nonlocal stopped
        stopped = campaigns.cancel(db(), campaign, now())

    def said() -> str:
        return words.CAMPAIGN_DROPPED if was_draft else words.campaign_stopped(*stopped)

    return step(campaign, cancel, said, Action.CAMPAIGN_STOPPED)


def campaign_of(campaign_id: uuid.UUID) -> Campaign:
    """Return a campaign, or 404."""
    return db().get(Campaign, campaign_id) or abort(404)


def rules_of(campaign: Campaign) -> Settings:
    """Return the rules of its programme."""
    return programme_rules.rules_for(db(), settings(), campaign.programme_id)


def _around(campaign: Campaign) -> dict[str, Any]:
    return {
        "campaign": campaign,
        "audience": _audience_name(campaign),
        "conditions": _conditions(campaign),
        "pause_reasons": words.PAUSE_REASONS,
        "template": db().get_one(Template, campaign.template_id),
        "text": campaigns.text_of(db(), campaign),
        "states": words.CAMPAIGN_STATES,
        "reasons": words.REASONS,
        "action": Form(formdata=None),
    }


def _conditions(campaign: Campaign) -> list[tuple[str, list[str]]]:
    blocks = audience.read(campaign).blocks
    if not blocks:
        return []
    names = choices.named(db(), blocks, campaign.programme_id)
    return builder.in_words(blocks, names, rules_of(campaign))


def _audience_name(campaign: Campaign) -> str:
    wanted = audience.read(campaign)
    if wanted.blocks:
        return words.AUDIENCE_BUILT
    if wanted.group_id is not None:
        line = overview.group_line(db(), now(), wanted.group_id)
        return f"{line.group.workshop.name} {line.group.code}" if line else ""
    if wanted.list_id is not None:
        return words.audience_list(audience.list_name(db(), wanted.list_id))
    if wanted.municipality is not None:
        return words.audience_of(dict(overview.municipalities(db())).get(wanted.municipality, ""))
    return words.AUDIENCE_ALL


def step(
    campaign: Campaign, act: Callable[[], object], done: str | Callable[[], str], action: Action
) -> Answer:
    """Do what a button asks, note who did it, say what became of it, and show the campaign."""
    if not Form().validate():
        abort(400)
    try:
        act()
    except campaigns.CampaignError as error:
        db().rollback()
        flash(str(error), "error")
    else:
        audit.record(db(), me().staff.id, action, now())
        db().commit()
        flash(done if isinstance(done, str) else done(), "ok")
    return redirect(url_for("campaigns.show", campaign_id=campaign.id))
