"""Coordinators: what a woman got from any agency, entering a support, and supports given twice.

Of another agency's supports nobody reads more than kind and day.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from babel.numbers import format_currency
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from console import words
from console.access import PROGRAMME, allow, db, key, me, now, settings
from console.display import LOCALE, local_date
from console.supports.forms import DecisionForm, FindForm, ReasonForm, SupportForm
from models import DoubleState
from outreach.ground import dates
from outreach.single_list import supports, supports_doubles, supports_rules, supports_view
from outreach.single_list.supports import OverRuleError, SupportError
from outreach.staff import audit, teams
from outreach.staff.audit import Action
from outreach.texts import supports as texts

if TYPE_CHECKING:
    from datetime import date

    from werkzeug.wrappers import Response

    from outreach.single_list.supports import Entry

pages = Blueprint("supports", __name__, template_folder="templates", url_prefix="/programa/apoyos")
pages.add_app_template_filter(local_date, "local_date")


@pages.app_template_filter("pesos")
def pesos(cents: int) -> str:
    """Return an amount such as `$1,250.50`."""
    return str(format_currency(cents / 100, "MXN", locale=LOCALE))


def today() -> date:
    """Return the local day of this request."""
    return dates.today(settings().timezone, now())


@pages.get("")
@allow(PROGRAMME)
def index() -> str:
    """Show what was entered of late, and with what to look for a woman."""
    return _index(FindForm(formdata=None))


@pages.post("/buscar")
@allow(PROGRAMME)
def find() -> str | tuple[str, int]:
    """Show who may be meant; by form, so that no name stands in an address."""
    form = FindForm()
    if not form.validate():
        return _index(form), 422
    found = supports_view.find(db(), key(), form.asked.data or "")
    return render_template("supports_found.html", form=form, found=found, most=supports_view.MOST_FOUND)


@pages.get("/mujer/<uuid:woman_id>")
@allow(PROGRAMME)
def woman(woman_id: uuid.UUID) -> str:
    """Show what she got from any agency, and the form."""
    form = SupportForm.empty(today())
    _choices(form)
    return _her_page(woman_id, form)


@pages.post("/mujer/<uuid:woman_id>")
@allow(PROGRAMME)
def enter(woman_id: uuid.UUID) -> Response | str | tuple[str, int]:
    """Enter a support, or stop and say what she got: then it is avoided, or entered with a reason."""
    form = SupportForm()
    _choices(form)
    if not form.validate():
        return _her_page(woman_id, form), 422
    entry = form.entry(woman_id, me().staff.agency)
    try:
        if request.form.get("do") == "avoid":
            supports.avoid(db(), key(), entry, by=me().staff.id, today=today(), now=now())
            return _done(woman_id, Action.SUPPORT_AVOIDED, words.SUPPORT_AVOIDED)
        reason = (form.reason.data or "").strip() if request.form.get("do") == "anyway" else ""
        supports.enter(db(), key(), entry, by=me().staff.id, today=today(), now=now(), reason=reason)
    except OverRuleError as stop:
        return _stop_page(form, entry, stop), 422
    except SupportError as error:
        db().rollback()
        flash(str(error), "error")
        return _her_page(woman_id, form), 422
    if reason:
        return _done(woman_id, Action.SUPPORT_OVER_RULE, words.SUPPORT_OVER_RULE)
    return _done(woman_id, Action.SUPPORT_ENTERED, words.SUPPORT_ENTERED)


@pages.post("/<uuid:support_id>/anular")
@allow(PROGRAMME)
def void(support_id: uuid.UUID) -> Response:
    """Take a support of one's own agency back."""
    support = supports.get(db(), support_id, me().staff.agency) or abort(404)
    woman_id, form = support.woman_id, ReasonForm()
    if not form.validate():
        flash(form.problem() or texts.REASON_MISSING, "error")
        return redirect(url_for("supports.woman", woman_id=woman_id))
    try:
        supports.void(db(), key(), support, by=me().staff.id, reason=form.reason.data or "", now=now())
    except SupportError as error:
        db().rollback()
        flash(str(error), "error")
        return redirect(url_for("supports.woman", woman_id=woman_id))
    supports_doubles.look_again(db(), now(), women=[woman_id])
    return _done(woman_id, Action.SUPPORT_VOIDED, words.SUPPORT_VOIDED)


@pages.get("/dobles")
@allow(PROGRAMME)
def doubles() -> str:
    """Show the supports over a rule that wait for a decision, or those that were decided."""
    decided = request.args.get("estado") == "decididos"
    agency = me().staff.agency
    return render_template(
        "doubles.html",
        page=supports_doubles.listed(
            db(), key(), agency, decided=decided, after=request.args.get("despues", type=uuid.UUID)
        ),
        decided=decided,
        waiting=supports_doubles.count_open(db(), agency),
        first=request.args.get("despues") is None,
        states=words.DOUBLE_STATES,
    )


@pages.get("/dobles/<uuid:double_id>")
@allow(PROGRAMME)
def double(double_id: uuid.UUID) -> str:
    """Show one with what stands beside it."""
    return _double_page(double_id, DecisionForm(formdata=None))


@pages.post("/dobles/<uuid:double_id>")
@allow(PROGRAMME)
def decide(double_id: uuid.UUID) -> Response | tuple[str, int]:
    """Keep what was decided."""
    row = supports_doubles.get(db(), double_id, me().staff.agency) or abort(404)
    form = DecisionForm()
    if not form.validate():
        return _double_page(double_id, form), 422
    decision, reason = DoubleState(form.decision.data), form.reason.data or ""
    try:
        supports_doubles.decide(db(), key(), row, decision, by=me().staff.id, reason=reason, now=now())
    except SupportError as error:
        db().rollback()
        flash(str(error), "error")
        return redirect(url_for("supports.double", double_id=double_id))
    audit.record(db(), me().staff.id, Action.SUPPORT_DECIDED, now())
    db().commit()
    flash(words.DOUBLE_DECIDED, "ok")
    return redirect(url_for("supports.doubles"))


def _index(form: FindForm) -> str:
    agency = me().staff.agency
    return render_template(
        "supports.html",
        form=form,
        page=supports_view.ledger(db(), key(), agency, after=request.args.get("despues", type=uuid.UUID)),
        first=request.args.get("despues") is None,
        waiting=supports_doubles.count_open(db(), agency),
    )


def _choices(form: SupportForm) -> None:
    kinds = supports_rules.kinds(db())
    form.kind.choices = [("", "Elige…"), *((str(kind.id), kind.name) for kind in kinds)]
    form.agency.choices = [("", "Elige…"), *((one.code, one.name) for one in teams.agencies(db()))]


def _her_page(woman_id: uuid.UUID, form: SupportForm) -> str:
    hers = supports_view.of_woman(db(), key(), woman_id, me().staff.agency, today()) or abort(404)
    return render_template("her_supports.html", hers=hers, form=form, own=me().staff.agency)


def _stop_page(form: SupportForm, entry: Entry, stop: OverRuleError) -> str:
    agency = me().staff.agency
    shown = supports_view.stops(db(), key(), stop.over, agency)
    hers = supports_view.of_woman(db(), key(), entry.woman_id, agency, today()) or abort(404)
    kind = supports_rules.kind(db(), entry.kind_id) or abort(404)
    name = kind.name
    missing = request.form.get("do") == "anyway"
    # What was refused must not keep the woman's row locked.
    db().rollback()
    return render_template(
        "support_stopped.html", form=form, hers=hers, entry=entry, stops=shown, kind=name,
        missing=texts.REASON_MISSING if missing else None,
    )  # fmt: skip


def _double_page(double_id: uuid.UUID, form: DecisionForm) -> str:
    page = supports_view.double(db(), key(), double_id, me().staff.agency) or abort(404)
    return render_template("double.html", page=page, form=form, states=words.DOUBLE_STATES)


def _done(woman_id: uuid.UUID, action: Action, message: str) -> Response:
    audit.record(db(), me().staff.id, action, now())
    db().commit()
    flash(message, "ok")
    return redirect(url_for("supports.woman", woman_id=woman_id))
