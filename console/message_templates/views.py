"""Coordinators: the templates that WhatsApp has to approve before a message may open a conversation.

What is stopped comes first, with what stops because of it. Making and changing them is in `editing`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from console import words
from console.access import PROGRAMME, allow, db, key, me, now, settings
from console.forms import Form
from console.message_templates.forms import TrialForm
from models import Programme, Template, TemplateCategory
from outreach.campaigns import template_preview, template_stops
from outreach.ground import dates, programme_rules
from outreach.messages import prices, templates, templates_own
from outreach.messages.templates import TemplateError
from outreach.messages.templates_sync import STOPPED
from outreach.programme import programmes
from outreach.staff import audit, contacts, template_trials
from outreach.staff.accounts import StaffError
from outreach.staff.audit import Action
from outreach.texts import templates as texts

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence

    from werkzeug.wrappers import Response

    from models import MessagePrice

pages = Blueprint(
    "message_templates", __name__, template_folder="templates", url_prefix="/programa/plantillas"
)


class Set(NamedTuple):
    """A programme with how many of its set it lacks."""

    programme: Programme
    lacking: int


@pages.get("")
@allow(PROGRAMME)
def index() -> str:
    """Show what is stopped, the product's own, the others, and what each category costs and limits."""
    lines, withdrawn = templates.listed(db())
    in_use = [line.used for line in lines]
    all_programmes = [db().get_one(Programme, one) for one, _ in programmes.names(db())]
    return render_template(
        "message_templates.html",
        stopped=template_stops.stopped(db()),
        own=sorted(
            (line for line in lines if templates.purpose_of(line.used.name)),
            key=lambda line: (line.used.name in templates.FOR_STAFF, line.used.name not in texts.GIVEN),
        ),
        others=[line for line in lines if not templates.purpose_of(line.used.name)],
        withdrawn=withdrawn,
        sets=[Set(one, len(templates_own.lacking(in_use, one))) for one in all_programmes],
        shown=_shown,
        purpose_of=templates.purpose_of,
        prices=_prices(),
        categories=TemplateCategory,
        action=Form(formdata=None),
        **_words(),
    )


@pages.get("/<uuid:template_id>")
@allow(PROGRAMME)
def show(template_id: uuid.UUID) -> str:
    """Show one version: how it reads, what WhatsApp says, what uses it, its trials and other versions."""
    template = _template(template_id)
    kept = contacts.read(db(), key(), me().staff.id)
    return _page(template, TrialForm(formdata=None, phone=contacts.shown_phone(kept)))


@pages.post("/<uuid:template_id>/probar")
@allow(PROGRAMME)
def attempt(template_id: uuid.UUID) -> Response | tuple[str, int]:
    """Have a template sent to one's own phone, with its samples."""
    template = _template(template_id)
    form = TrialForm()
    if not form.validate():
        return _page(template, form), 422
    try:
        contacts.save_phone(db(), key(), me().staff.id, form.phone.data or "")
        template_trials.ask(db(), key(), template, me().staff.id, now())
    except (StaffError, TemplateError) as error:
        db().rollback()
        form.phone.errors = [str(error)]
        return _page(template, form), 422
    audit.record(db(), me().staff.id, Action.TEMPLATE_TRIED, now())
    db().commit()
    flash(words.TRIAL_ASKED, "ok")
    return redirect(url_for("message_templates.show", template_id=template.id))


@pages.post("/<uuid:template_id>/retirar")
@allow(PROGRAMME)
def withdraw(template_id: uuid.UUID) -> Response:
    """Withdraw a template in all its versions; its campaigns pause."""
    template = _template(template_id)
    if not Form().validate():
        abort(400)
    try:
        templates.withdraw(db(), template, now())
        # Its lock is let go before campaigns are locked: what is being sent may wait for it.
        db().commit()
        template_stops.settle(db(), now())
    except TemplateError as error:
        db().rollback()
        flash(str(error), "error")
        return redirect(url_for("message_templates.show", template_id=template.id))
    return _done(Action.TEMPLATE_WITHDRAWN, words.TEMPLATE_WITHDRAWN)


@pages.post("/conjunto/<uuid:programme_id>")
@allow(PROGRAMME)
def make_set(programme_id: uuid.UUID) -> Response:
    """Make what a programme lacks of its set; the clock hands it to WhatsApp."""
    programme = db().get(Programme, programme_id) or abort(404)
    if not Form().validate():
        abort(400)
    try:
        made = templates_own.make_set(db(), programme)
    except TemplateError as error:
        db().rollback()
        flash(str(error), "error")
        return redirect(url_for("message_templates.index"))
    return _done(Action.TEMPLATE_SAVED, words.set_made(made))


def _done(action: Action, told: str) -> Response:
    audit.record(db(), me().staff.id, action, now())
    db().commit()
    flash(told, "ok")
    return redirect(url_for("message_templates.index"))


def _page(template: Template, trial: TrialForm) -> str:
    rules = programme_rules.rules_for(db(), settings(), template.programme_id)
    place = request.args.get("fila", 0, type=int)
    versions = templates.versions(db(), template.name)
    in_use = {one.name: one for one in templates.all_of(db())}
    used = in_use.get(template.name)
    return render_template(
        "message_template.html",
        template=template,
        used=used,
        versions=versions,
        instead=template_stops.instead(template, in_use),
        newest=versions[0].id == template.id,
        purpose=templates.purpose_of(template.name),
        fixed=template.name in texts.GIVEN,
        uses=template_stops.uses(db(), versions),
        stopped=template.state in STOPPED and template.withdrawn_at is None,
        example=template_preview.example(
            db(), key(), template, rules.timezone, me().staff.agency, now(), place=place
        ),
        following=place + 1 if place + 1 < template_preview.ROWS else 0,
        buttons=templates.buttons_of(template),
        names=templates.names_of(template),
        trial=trial,
        trials=template_trials.lately(db(), [one.id for one in versions], me().staff.id),
        may_try=templates.is_approved(template),
        prices=_prices(),
        action=Form(formdata=None),
        **_words(),
    )


def _prices() -> dict[TemplateCategory, MessagePrice]:
    return prices.in_force(db(), dates.today(settings().timezone, now()))


def _shown(template: Template) -> tuple[str, Sequence[object]]:
    samples = templates.samples_of(template)
    return templates.render(template, samples), templates.buttons_of(template)


def _words() -> dict[str, object]:
    return {"states": words.TEMPLATE_STATES, "campaign_states": words.CAMPAIGN_STATES}


def _template(template_id: uuid.UUID) -> Template:
    return db().get(Template, template_id) or abort(404)
