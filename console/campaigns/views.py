"""Coordinators: a campaign from form to preview to confirmation, and its progress as it leaves."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from flask import abort, flash, redirect, render_template, request, url_for

from console import words
from console.access import PROGRAMME, allow, db, key, me, now, settings
from console.campaigns import following
from console.campaigns.blueprint import pages
from console.campaigns.forms import CampaignForm
from console.forms import REQUIRED, Form
from console.paging import SIZE, page_of
from models import FIRST_PROGRAMME, Campaign, CampaignState, Template
from outreach.campaigns import audience, campaigns, preview
from outreach.campaigns.audience import Audience
from outreach.ground import dates, programme_rules
from outreach.messages import templates
from outreach.programme import overview
from outreach.staff import audit
from outreach.staff.audit import Action

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response as Answer

    from outreach.ground.settings import Settings
    from outreach.programme.overview import GroupLine


class Target(NamedTuple):
    """Whom the form is for: a group, or all women of the programme."""

    line: GroupLine | None
    programme_id: uuid.UUID

    @property
    def rules(self) -> Settings:
        """The rules of the programme."""
        return programme_rules.rules_for(db(), settings(), self.programme_id)


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
    )


@pages.get("/nueva", defaults={"group_id": None})
@pages.get("/nueva/<uuid:group_id>")
@allow(PROGRAMME)
def new(group_id: uuid.UUID | None) -> str:
    """Show the form, with the template chosen in the address."""
    target = _target(group_id)
    template = _chosen_template(request.args.get("plantilla", type=uuid.UUID))
    start, end = preview.suggested_window(target.rules, now())
    form = CampaignForm(
        formdata=None,
        start_day=start.date(),
        start_hour=start.time(),
        end_day=end.date(),
        end_hour=end.time(),
    )
    return _form_page(target, template, form, {})


@pages.post("/nueva", defaults={"group_id": None})
@pages.post("/nueva/<uuid:group_id>")
@allow(PROGRAMME)
def create(group_id: uuid.UUID | None) -> Answer | tuple[str, int]:
    """Make a draft and go to its preview."""
    target = _target(group_id)
    template = _chosen_template(request.form.get("template", type=uuid.UUID)) or abort(400)
    form = CampaignForm()
    form.municipality.choices, form.names.choices = _places(), _lists()
    given = {n: request.form.get(f"variable_{n}", "").strip() for n in campaigns.variables_of(template)}
    if form.validate():
        rules = target.rules
        try:
            starts_at = _moment(form.start_day.data, form.start_hour.data, rules)
            ends_at = _moment(form.end_day.data, form.end_hour.data, rules)
            campaigns.check_window(rules, starts_at, ends_at, now())
            campaign = campaigns.create(
                db(),
                name=form.name.data or "",
                template=template,
                audience=_wanted(group_id, form),
                programme_id=target.programme_id,
                variables=given,
                starts_at=starts_at,
                ends_at=ends_at,
                staff_id=me().staff.id,
            )
        except campaigns.CampaignError as error:
            db().rollback()
            flash(str(error), "error")
        else:
            db().commit()
            return redirect(url_for("campaigns.show", campaign_id=campaign.id))
    return _form_page(target, template, form, given), 422


@pages.get("/<uuid:campaign_id>")
@allow(PROGRAMME)
def show(campaign_id: uuid.UUID) -> str:
    """Show the preview of a draft, or the progress of what was scheduled."""
    campaign = _campaign(campaign_id)
    if campaign.state is CampaignState.DRAFT:
        return _preview_page(campaign)
    return following.shown(campaign, _around(campaign))


def _preview_page(campaign: Campaign) -> str:
    rules = _rules(campaign)
    shown = preview.preview(db(), key(), rules, campaign, now())
    named = overview.names(db(), key(), [*shown.reached, *(woman_id for woman_id, _ in shown.others)])
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
    )


@pages.post("/<uuid:campaign_id>/programar")
@allow(PROGRAMME)
def schedule(campaign_id: uuid.UUID) -> Answer:
    """Confirm: from here on the clock runs it."""
    campaign = _campaign(campaign_id)
    rules = _rules(campaign)
    return _step(
        campaign,
        lambda: campaigns.schedule(db(), campaign, now(), rules),
        words.CAMPAIGN_SCHEDULED,
        Action.CAMPAIGN_SCHEDULED,
    )


@pages.post("/<uuid:campaign_id>/pausar")
@allow(PROGRAMME)
def pause(campaign_id: uuid.UUID) -> Answer:
    """Hold it."""
    campaign = _campaign(campaign_id)
    return _step(campaign, lambda: campaigns.pause(db(), campaign), words.CAMPAIGN_PAUSED, None)


@pages.post("/<uuid:campaign_id>/seguir")
@allow(PROGRAMME)
def resume(campaign_id: uuid.UUID) -> Answer:
    """Go on."""
    campaign = _campaign(campaign_id)
    return _step(campaign, lambda: campaigns.resume(db(), campaign, now()), words.CAMPAIGN_RESUMED, None)


@pages.post("/<uuid:campaign_id>/cancelar")
@allow(PROGRAMME)
def cancel(campaign_id: uuid.UUID) -> Answer:
    """End it."""
    campaign = _campaign(campaign_id)
    return _step(
        campaign,
        lambda: campaigns.cancel(db(), campaign, now()),
        words.CAMPAIGN_CANCELLED,
        Action.CAMPAIGN_STOPPED,
    )


def _campaign(campaign_id: uuid.UUID) -> Campaign:
    return db().get(Campaign, campaign_id) or abort(404)


def _rules(campaign: Campaign) -> Settings:
    return programme_rules.rules_for(db(), settings(), campaign.programme_id)


def _around(campaign: Campaign) -> dict[str, Any]:
    return {
        "campaign": campaign,
        "audience": _audience_name(campaign),
        "template": db().get_one(Template, campaign.template_id),
        "text": campaigns.text_of(db(), campaign),
        "states": words.CAMPAIGN_STATES,
        "reasons": words.REASONS,
        "action": Form(formdata=None),
    }


def _audience_name(campaign: Campaign) -> str:
    wanted = audience.read(campaign)
    if wanted.group_id is not None:
        line = overview.group_line(db(), now(), wanted.group_id)
        return f"{line.group.workshop.name} {line.group.code}" if line else ""
    if wanted.list_id is not None:
        return words.audience_list(audience.list_name(db(), wanted.list_id))
    if wanted.municipality is not None:
        return words.audience_of(dict(overview.municipalities(db())).get(wanted.municipality, ""))
    return words.AUDIENCE_ALL


def _chosen_template(template_id: uuid.UUID | None) -> Template | None:
    chosen = db().get(Template, template_id) if template_id else None
    return chosen or templates.by_name(db(), templates.GROUP_NOTICE)


def _target(group_id: uuid.UUID | None) -> Target:
    if group_id is None:
        return Target(None, FIRST_PROGRAMME)
    line = overview.group_line(db(), now(), group_id) or abort(404)
    return Target(line, line.group.workshop.programme_id)


def _places() -> list[tuple[str, str]]:
    return [("", words.WHOLE_STATE), *((m.code, m.name) for m in overview.used_municipalities(db()))]


def _lists() -> list[tuple[str, str]]:
    return [("", words.NO_LIST), *((str(list_id), name) for list_id, name in audience.lists(db()))]


def _wanted(group_id: uuid.UUID | None, form: CampaignForm) -> Audience:
    if group_id is not None:
        return Audience(group_id)
    if form.names.data:
        return Audience(list_id=uuid.UUID(form.names.data))
    return Audience(municipality=form.municipality.data or None)


def _form_page(target: Target, template: Template | None, form: CampaignForm, given: dict[str, str]) -> str:
    form.municipality.choices, form.names.choices = _places(), _lists()
    return render_template(
        "campaign_form.html",
        line=target.line,
        template=template,
        templates=templates.all_of(db()),
        variables=campaigns.variables_of(template) if template else [],
        samples=templates.samples_of(template) if template else {},
        given=given,
        form=form,
        states=words.TEMPLATE_STATES,
        missing=REQUIRED,
    )


def _moment(day: Any, hour: Any, rules: Settings) -> datetime:  # noqa: ANN401 (date and time of a form that was validated)
    try:
        return datetime.combine(day, hour, tzinfo=rules.timezone).astimezone(now().tzinfo)
    except OverflowError:
        raise campaigns.CampaignError(campaigns.TOO_FAR) from None


def _step(campaign: Campaign, act: Callable[[], None], done: str, action: Action | None) -> Answer:
    if not Form().validate():
        abort(400)
    try:
        act()
    except campaigns.CampaignError as error:
        db().rollback()
        flash(str(error), "error")
    else:
        if action is not None:
            audit.record(db(), me().staff.id, action, now())
        db().commit()
        flash(done, "ok")
    return redirect(url_for("campaigns.show", campaign_id=campaign.id))
