"""Coordinators: a campaign as it is filled in: its text, to whom, when. Nothing leaves from here."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC
from typing import TYPE_CHECKING, NamedTuple

from flask import abort, flash, redirect, render_template, request, url_for

from console import words
from console.access import PROGRAMME, allow, db, key, me, now, settings
from console.campaigns import builder as rows
from console.campaigns.blueprint import pages
from console.campaigns.builder import Builder
from console.campaigns.forms import CampaignForm
from console.campaigns.views import campaign_of
from console.forms import REQUIRED
from models import FIRST_PROGRAMME, Campaign, CampaignState, Programme, Template
from outreach.campaigns import approval, audience, campaigns, variables, windows
from outreach.campaigns.audience import Audience
from outreach.campaigns.campaigns import CampaignError, Draft
from outreach.campaigns.compiling import Asked
from outreach.campaigns.variables import Hers, PerWoman
from outreach.ground import programme_rules
from outreach.messages import templates
from outreach.programme import overview, programmes
from outreach.texts import campaigns as texts

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Answer

    from outreach.campaigns.audience import Counted
    from outreach.campaigns.conditions import Blocks
    from outreach.ground.settings import Settings
    from outreach.programme.overview import GroupLine

SAVE = "save"


class Target(NamedTuple):
    """Whom the form is for: a group, or women of the programme."""

    line: GroupLine | None
    programme_id: uuid.UUID

    @property
    def rules(self) -> Settings:
        """The rules of the programme."""
        return programme_rules.rules_for(db(), settings(), self.programme_id)


class Value(NamedTuple):
    """A variable as it was typed: whose value it is (empty: the words, for all), and words."""

    hers: str
    text: str


@dataclass
class Sheet:
    """The form as it was typed, with what is wrong with it. `errors` are those of variables, by number."""

    target: Target
    template: Template | None
    form: CampaignForm
    values: dict[str, Value]
    builder: Builder
    campaign: Campaign | None = None
    errors: dict[str, str] = field(default_factory=dict)
    counted: Counted | None = None
    seen: str = ""
    """The digest of the draft as the form began with it."""

    @property
    def wanted(self) -> Audience | None:
        """The audience of a group; None: the builder's."""
        return Audience(self.target.line.group.id) if self.target.line else None


@pages.get("/nueva", defaults={"group_id": None})
@pages.get("/nueva/<uuid:group_id>")
@allow(PROGRAMME)
def new(group_id: uuid.UUID | None) -> str:
    """Show the form, with the template chosen in the address."""
    target = _target(group_id)
    start, end = windows.suggested_window(target.rules, now())
    form = CampaignForm(
        formdata=None,
        start_day=start.date(),
        start_hour=start.time(),
        end_day=end.date(),
        end_hour=end.time(),
    )
    template = _chosen_template(request.args.get("plantilla", type=uuid.UUID))
    return _page(Sheet(target, template, form, {}, Builder([rows.Rows()])))


@pages.post("/nueva", defaults={"group_id": None})
@pages.post("/nueva/<uuid:group_id>")
@allow(PROGRAMME)
def create(group_id: uuid.UUID | None) -> Answer | str | tuple[str, int]:
    """Make a draft and go to its preview; another button changes the form only."""
    return _posted(_typed(_target(group_id), None))


@pages.get("/<uuid:campaign_id>/editar")
@allow(PROGRAMME)
def edit(campaign_id: uuid.UUID) -> Answer | str:
    """Show the form of a draft as it was filled in."""
    campaign = campaign_of(campaign_id)
    if campaign.state is not CampaignState.DRAFT:
        return redirect(url_for("campaigns.show", campaign_id=campaign.id))
    target = _target_of(campaign)
    zone = target.rules.timezone
    start, end = campaign.starts_at.astimezone(zone), campaign.ends_at.astimezone(zone)
    form = CampaignForm(
        formdata=None,
        name=campaign.name,
        start_day=start.date(),
        start_hour=start.time(),
        end_day=end.date(),
        end_hour=end.time(),
        per_minute=campaign.per_minute,
        hold_out=str(campaign.hold_out_percent),
    )
    values = {number: _value(one) for number, one in variables.of(campaign).items()}
    built = rows.of_audience(db(), audience.read(campaign), target.rules, campaign.programme_id)
    template = db().get(Template, campaign.template_id)
    seen = approval.digest(db(), campaign).hex()
    return _page(Sheet(target, template, form, values, built, campaign, seen=seen))


@pages.post("/<uuid:campaign_id>/editar")
@allow(PROGRAMME)
def change(campaign_id: uuid.UUID) -> Answer | str | tuple[str, int]:
    """Change a draft; whoever was to approve it looks again."""
    campaign = campaign_of(campaign_id)
    return _posted(_typed(_target_of(campaign), campaign))


@pages.post("/cuenta")
@allow(PROGRAMME, quiet=True)
def counted() -> str:
    """Count the women of the conditions as they stand in the form; the page asks by itself."""
    sheet = _typed(_target(None), None)
    _count(sheet)
    return render_template("_count.html", sheet=sheet, reasons=words.REASONS)


def _posted(sheet: Sheet) -> Answer | str | tuple[str, int]:
    asked = request.form.get("do", SAVE)
    if asked == SAVE:
        return _save(sheet)
    rows.act(sheet.builder, asked, request.form)
    if asked == "count":
        _count(sheet)
    if request.headers.get("X-Fragment"):
        rows.offer(db(), sheet.builder, sheet.target.programme_id)
        return render_template("_builder.html", sheet=sheet, reasons=words.REASONS)
    return _page(sheet)


def _save(sheet: Sheet) -> Answer | tuple[str, int]:
    template = sheet.template or abort(400)
    fits = sheet.form.validate()
    blocks = _blocks(sheet)
    if not fits or sheet.builder.wrong:
        return _page(sheet), 422
    try:
        campaign = _keep(sheet, _draft(sheet, template, sheet.wanted or Audience(blocks=blocks)))
        campaign.hold_out_percent = int(sheet.form.hold_out.data)
    except CampaignError as error:
        db().rollback()
        if sheet.campaign is not None and str(error) == texts.CHANGED_MEANWHILE:
            # She has read that it did: what she saves next is meant.
            sheet.seen = approval.digest(db(), sheet.campaign).hex()
        _refuse(sheet, error)
        return _page(sheet), 422
    db().commit()
    if sheet.campaign is not None:
        flash(words.CAMPAIGN_SAVED, "ok")
    return redirect(url_for("campaigns.show", campaign_id=campaign.id))


def _draft(sheet: Sheet, template: Template, wanted: Audience) -> Draft:
    rules, form = sheet.target.rules, sheet.form
    starts_at, ends_at = form.starts_at(rules), form.ends_at(rules)
    if starts_at is None or ends_at is None:
        abort(400)  # the form was validated: no browser comes here
    windows.check_window(rules, starts_at, ends_at, now())
    return Draft(
        name=form.name.data or "",
        template=template,
        variables={number: _given(one) for number, one in sheet.values.items()},
        audience=wanted,
        starts_at=starts_at.astimezone(UTC),
        ends_at=ends_at.astimezone(UTC),
        per_minute=form.per_minute.data,
    )


def _keep(sheet: Sheet, draft: Draft) -> Campaign:
    if sheet.campaign is not None:
        campaigns.change(db(), sheet.campaign, draft, me().staff.id, seen=_bytes(sheet.seen))
        return sheet.campaign
    return campaigns.create(
        db(),
        name=draft.name,
        template=draft.template,
        variables=draft.variables,
        audience=draft.audience,
        programme_id=sheet.target.programme_id,
        starts_at=draft.starts_at,
        ends_at=draft.ends_at,
        per_minute=draft.per_minute,
        staff_id=me().staff.id,
    )


def _bytes(seen: str) -> bytes | None:
    """Return a digest as a form says it; None: it does not."""
    try:
        return bytes.fromhex(seen) if seen else None
    except ValueError:
        return b""


def _refuse(sheet: Sheet, error: CampaignError) -> None:
    number = (error.field or "").removeprefix("variable_")
    if number in sheet.values:
        sheet.errors[number] = REQUIRED if not sheet.values[number].text else str(error)
    elif not sheet.form.refuse(error):
        flash(str(error), "error")


def _count(sheet: Sheet) -> None:
    blocks = _blocks(sheet)
    if sheet.builder.wrong:
        return
    try:
        starts_at = sheet.form.starts_at(sheet.target.rules) or now()
    except CampaignError:
        starts_at = now()
    asked_for = Campaign(
        audience=(sheet.wanted or Audience(blocks=blocks)).to_json(),
        programme_id=sheet.target.programme_id,
        starts_at=starts_at,
    )
    sheet.counted = audience.count(db(), asked_for, Asked(key(), now()))


def _blocks(sheet: Sheet) -> Blocks:
    rows.offer(db(), sheet.builder, sheet.target.programme_id)
    return rows.read(db(), sheet.builder, sheet.target.rules, now())


def _typed(target: Target, campaign: Campaign | None) -> Sheet:
    template = _chosen_template(request.form.get("template", type=uuid.UUID))
    numbers = campaigns.variables_of(template) if template else []
    values = {
        number: Value(
            request.form.get(f"variable_{number}_hers", ""),
            request.form.get(f"variable_{number}", "").strip(),
        )
        for number in numbers
    }
    seen = request.form.get("seen", "")[:64]
    return Sheet(target, template, CampaignForm(), values, rows.typed(request.form), campaign, seen=seen)


def _given(value: Value) -> str | PerWoman:
    return PerWoman(Hers(value.hers), value.text) if value.hers in set(Hers) else value.text


def _value(given: str | PerWoman) -> Value:
    return Value("", given) if isinstance(given, str) else Value(given.hers.value, given.otherwise)


def _chosen_template(template_id: uuid.UUID | None) -> Template | None:
    chosen = db().get(Template, template_id) if template_id else None
    return chosen or templates.by_name(db(), templates.GROUP_NOTICE)


def _target(group_id: uuid.UUID | None) -> Target:
    if group_id is None:
        asked = request.values.get("programme", type=uuid.UUID)
        found = db().get(Programme, asked) if asked else None
        return Target(None, found.id if found else FIRST_PROGRAMME)
    line = overview.group_line(db(), now(), group_id) or abort(404)
    return Target(line, line.group.workshop.programme_id)


def _target_of(campaign: Campaign) -> Target:
    group_id = audience.read(campaign).group_id
    return Target(_target(group_id).line if group_id else None, campaign.programme_id)


def _page(sheet: Sheet) -> str:
    rows.offer(db(), sheet.builder, sheet.target.programme_id)
    template = sheet.template
    return render_template(
        "campaign_form.html",
        sheet=sheet,
        line=sheet.target.line,
        programmes=[] if sheet.target.line or sheet.campaign else programmes.names(db()),
        template=template,
        templates=templates.all_of(db()),
        variables=campaigns.variables_of(template) if template else [],
        samples=templates.samples_of(template) if template else {},
        names=templates.names_of(template) if template else {},
        states=words.TEMPLATE_STATES,
        reasons=words.REASONS,
    )
