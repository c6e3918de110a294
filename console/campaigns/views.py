"""Coordinators: a campaign from form to preview to confirmation, and its progress as it leaves."""

from __future__ import annotations

import uuid
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import func, select

from console import words
from console.access import PROGRAMME, allow, db, key, me, now, settings
from console.forms import REQUIRED, CampaignForm, Form
from console.live import fragment
from console.paging import SIZE, page_of
from models import Campaign, CampaignState, Group, Template, Woman
from outreach.campaigns import campaigns
from outreach.messages import templates
from outreach.programme import overview
from outreach.staff import audit
from outreach.staff.audit import Action

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Response
    from werkzeug.wrappers import Response as Answer

pages = Blueprint("campaigns", __name__, template_folder="templates", url_prefix="/programa/campanas")
NAMES_SHOWN = 60
LAST_START, END_OF_DAY = 19, time(23, 59)


@pages.get("")
@allow(PROGRAMME)
def index() -> str:
    """Show the campaigns, newest first."""
    page = page_of(db().scalar(select(func.count()).select_from(Campaign)) or 0)
    found = db().execute(
        select(Campaign, Group)
        .join(Group, Group.id == Campaign.group_id)
        .order_by(Campaign.created_at.desc())
        .offset(page.offset)
        .limit(SIZE)
    )
    return render_template("campaigns.html", lines=found.all(), page=page, states=words.CAMPAIGN_STATES)


@pages.get("/nueva/<uuid:group_id>")
@allow(PROGRAMME)
def new(group_id: uuid.UUID) -> str:
    """Show the form, with the template chosen in the address."""
    template = _chosen_template(request.args.get("plantilla", type=uuid.UUID))
    form = CampaignForm(formdata=None, **_suggested())
    return _form_page(group_id, template, form, {})


@pages.post("/nueva/<uuid:group_id>")
@allow(PROGRAMME)
def create(group_id: uuid.UUID) -> Answer | tuple[str, int]:
    """Make a draft and go to its preview."""
    found = db().get(Group, group_id) or abort(404)
    template = _chosen_template(request.form.get("template", type=uuid.UUID)) or abort(400)
    form = CampaignForm()
    given = {n: request.form.get(f"variable_{n}", "").strip() for n in campaigns.variables_of(template)}
    if form.validate():
        try:
            campaign = campaigns.create(
                db(),
                name=form.name.data or "",
                template=template,
                group_id=found.id,
                variables=given,
                starts_at=_moment(form.start_day.data, form.start_hour.data),
                ends_at=_moment(form.end_day.data, form.end_hour.data),
                staff_id=me().staff.id,
            )
        except campaigns.CampaignError as error:
            db().rollback()
            flash(str(error), "error")
        else:
            db().commit()
            return redirect(url_for("campaigns.show", campaign_id=campaign.id))
    return _form_page(group_id, template, form, given), 422


@pages.get("/<uuid:campaign_id>")
@allow(PROGRAMME)
def show(campaign_id: uuid.UUID) -> str:
    """Show the preview of a draft, or the progress of what was scheduled."""
    campaign = _campaign(campaign_id)
    if campaign.state is CampaignState.DRAFT:
        preview = campaigns.preview(db(), campaign)
        reached = [s.woman_id for s in preview.standings if s.reason is None][:NAMES_SHOWN]
        others = {s.woman_id: s.reason for s in preview.standings if s.reason is not None}
        return render_template(
            "campaign_preview.html",
            **_around(campaign),
            preview=preview,
            reached=_names(reached),
            others=[(name, others[woman_id]) for woman_id, name in _names(list(others)[:NAMES_SHOWN])],
        )
    counted = campaigns.progress(db(), campaign)
    return render_template(
        "campaign.html", **_around(campaign), progress=counted, mode=_mode(campaign, counted)
    )


@pages.get("/<uuid:campaign_id>/avance")
@allow(PROGRAMME, quiet=True)
def progress(campaign_id: uuid.UUID) -> Response:
    """Give the progress again."""
    campaign = _campaign(campaign_id)
    counted = campaigns.progress(db(), campaign)
    response = fragment(render_template("campaign_progress.html", **_around(campaign), progress=counted))
    response.headers["X-Mode"] = _mode(campaign, counted)
    return response


@pages.post("/<uuid:campaign_id>/programar")
@allow(PROGRAMME)
def schedule(campaign_id: uuid.UUID) -> Answer:
    """Confirm: from here on the clock runs it."""
    campaign = _campaign(campaign_id)
    return _step(
        campaign, lambda: campaigns.schedule(db(), campaign, now()), words.CAMPAIGN_SCHEDULED,
        Action.CAMPAIGN_SCHEDULED,
    )  # fmt: skip


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
    return _step(campaign, lambda: campaigns.resume(db(), campaign), words.CAMPAIGN_RESUMED, None)


@pages.post("/<uuid:campaign_id>/cancelar")
@allow(PROGRAMME)
def cancel(campaign_id: uuid.UUID) -> Answer:
    """End it."""
    campaign = _campaign(campaign_id)
    return _step(
        campaign, lambda: campaigns.cancel(db(), campaign), words.CAMPAIGN_CANCELLED, Action.CAMPAIGN_STOPPED
    )


def _campaign(campaign_id: uuid.UUID) -> Campaign:
    return db().get(Campaign, campaign_id) or abort(404)


def _around(campaign: Campaign) -> dict[str, Any]:
    return {
        "campaign": campaign,
        "group": db().get_one(Group, campaign.group_id),
        "template": db().get_one(Template, campaign.template_id),
        "text": campaigns.text_of(db(), campaign),
        "states": words.CAMPAIGN_STATES,
        "reasons": words.REASONS,
        "action": Form(formdata=None),
    }


def _mode(campaign: Campaign, counted: campaigns.Progress) -> str:
    """Name what the page offers, so that it is loaded again when that changes."""
    ended = campaign.state in {CampaignState.DONE, CampaignState.CANCELLED}
    stoppable = not ended or (campaign.state is CampaignState.DONE and "queued" in counted.states)
    return f"{campaign.state.value} {'stoppable' if stoppable else 'over'}"


def _chosen_template(template_id: uuid.UUID | None) -> Template | None:
    chosen = db().get(Template, template_id) if template_id else None
    return chosen or templates.by_name(db(), templates.GROUP_NOTICE)


def _form_page(
    group_id: uuid.UUID, template: Template | None, form: CampaignForm, given: dict[str, str]
) -> str:
    line = next(iter(overview.group_lines(db(), now(), group_id=group_id)), None)
    if line is None:
        abort(404)
    return render_template(
        "campaign_form.html",
        line=line,
        template=template,
        templates=db().scalars(select(Template).order_by(Template.name)).all(),
        variables=campaigns.variables_of(template) if template else [],
        samples=templates.samples_of(template) if template else {},
        given=given,
        form=form,
        states=words.TEMPLATE_STATES,
        missing=REQUIRED,
    )


def _names(women: list[uuid.UUID]) -> list[tuple[uuid.UUID, str]]:
    found = {w.id: overview.name_of(key(), w) for w in db().scalars(select(Woman).where(Woman.id.in_(women)))}
    return [(woman_id, found[woman_id]) for woman_id in women if woman_id in found]


def _suggested() -> dict[str, Any]:
    local = now().astimezone(settings().timezone).replace(second=0, microsecond=0)
    return {
        "start_day": local.date(),
        "start_hour": local.time(),
        "end_day": local.date(),
        "end_hour": local.replace(hour=20, minute=0).time() if local.hour < LAST_START else END_OF_DAY,
    }


def _moment(day: Any, hour: Any) -> datetime:  # noqa: ANN401 (date and time of a form that was validated)
    return datetime.combine(day, hour, tzinfo=settings().timezone).astimezone(now().tzinfo)


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
