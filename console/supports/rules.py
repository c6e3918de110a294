"""Kinds of support and their rules: read by every coordinator, changed by those of all agencies alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, redirect, render_template, url_for

from console import words
from console.access import PROGRAMME, allow, db, me, now, settings
from console.forms import Form
from console.supports.forms import KindForm, RuleForm
from models import Period
from outreach.ground import dates
from outreach.single_list import supports_doubles, supports_rules
from outreach.single_list.supports_rules import SupportError
from outreach.staff import audit
from outreach.staff.audit import Action

if TYPE_CHECKING:
    import uuid
    from datetime import date

    from werkzeug.wrappers import Response

pages = Blueprint(
    "support_rules", __name__, template_folder="templates", url_prefix="/programa/apoyos/reglas"
)


@pages.get("")
@allow(PROGRAMME)
def index() -> str:
    """Show the kinds with their rules."""
    return _page(KindForm(formdata=None))


@pages.post("")
@allow(PROGRAMME)
def add_kind() -> Response | tuple[str, int]:
    """Add a kind."""
    _of_all_agencies()
    form = KindForm()
    if not form.validate():
        return _page(form), 422
    try:
        supports_rules.add_kind(db(), form.name.data or "", in_money=bool(form.in_money.data))
    except SupportError as error:
        db().rollback()
        flash(str(error), "error")
        return _page(form), 422
    return _changed(words.KIND_ADDED)


@pages.post("/<uuid:kind_id>/retirar")
@allow(PROGRAMME)
def retire(kind_id: uuid.UUID) -> Response:
    """Take a kind out of the forms, or put it back."""
    _of_all_agencies()
    if not Form().validate():
        abort(400)
    kind = supports_rules.retire(db(), kind_id, now()) or abort(404)
    return _changed(words.KIND_RETIRED if kind.retired_at else words.KIND_BACK)


@pages.get("/<uuid:kind_id>")
@allow(PROGRAMME)
def kind(kind_id: uuid.UUID) -> str:
    """Show the form of a rule."""
    _of_all_agencies()
    return _rule_page(kind_id, RuleForm(formdata=None, since=_today()))


@pages.post("/<uuid:kind_id>")
@allow(PROGRAMME)
def add_rule(kind_id: uuid.UUID) -> Response | tuple[str, int]:
    """Add a rule, and look for what is over it already."""
    _of_all_agencies()
    form = RuleForm()
    if not form.validate() or form.since.data is None:
        return _rule_page(kind_id, form), 422
    try:
        supports_rules.add_rule(
            db(),
            kind_id,
            most=form.most.data or 0,
            period=Period(form.period.data),
            days=form.days.data,
            all_agencies=form.scope.data == "all",
            since=form.since.data,
            ground=form.ground.data or "",
        )
    except SupportError as error:
        db().rollback()
        flash(str(error), "error")
        return _rule_page(kind_id, form), 422
    found = supports_doubles.look_again(db(), now(), kind_id=kind_id)
    return _changed(words.rule_added(found))


@pages.post("/terminar/<uuid:rule_id>")
@allow(PROGRAMME)
def end_rule(rule_id: uuid.UUID) -> Response:
    """Let a rule hold no longer."""
    _of_all_agencies()
    if not Form().validate():
        abort(400)
    try:
        rule = supports_rules.end_rule(db(), rule_id, _today()) or abort(404)
    except SupportError as error:
        db().rollback()
        flash(str(error), "error")
        return redirect(url_for("support_rules.index"))
    supports_doubles.look_again(db(), now(), kind_id=rule.kind_id)
    return _changed(words.RULE_ENDED)


def _of_all_agencies() -> None:
    """Answer as if there were nothing: one agency does not change the rules of all."""
    if me().staff.agency is not None:
        abort(404)


def _today() -> date:
    return dates.today(settings().timezone, now())


def _changed(message: str) -> Response:
    audit.record(db(), me().staff.id, Action.SUPPORT_RULES, now())
    db().commit()
    flash(message, "ok")
    return redirect(url_for("support_rules.index"))


def _page(form: KindForm) -> str:
    kinds = supports_rules.kinds(db(), retired=True)
    return render_template(
        "support_rules.html",
        kinds=kinds,
        rules=supports_rules.rules_of(db(), [kind.id for kind in kinds]),
        in_words=supports_rules.in_words,
        form=form,
        action=Form(formdata=None),
        may_change=me().staff.agency is None,
    )


def _rule_page(kind_id: uuid.UUID, form: RuleForm) -> str:
    found = supports_rules.kind(db(), kind_id) or abort(404)
    return render_template("support_rule.html", kind=found, form=form)
