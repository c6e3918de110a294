"""Coordinators: how long each kind of data is kept, what was announced, pauses, and what is blocked.

Who coordinates one agency reads what is announced; only who coordinates all changes it, or opens what is
blocked.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from console import words
from console.access import PROGRAMME, allow, db, key, me, now, settings
from console.display import local_date
from console.forms import Form
from console.retention.forms import PauseForm, ReasonForm, RuleForm
from models import DataKind
from outreach.ground import dates
from outreach.single_list import blocked_view, blocking, retention
from outreach.single_list.retention import RetentionError
from outreach.staff import audit
from outreach.staff.audit import Action

if TYPE_CHECKING:
    from datetime import date

    from werkzeug.wrappers import Response

pages = Blueprint("retention", __name__, template_folder="templates", url_prefix="/programa/plazos")
pages.add_app_template_filter(local_date, "local_date")


@pages.get("")
@allow(PROGRAMME)
def index() -> str:
    """Show every kind with its period, what is announced, and the log."""
    rules = retention.rules(db())
    return render_template(
        "retention.html",
        kinds=list(DataKind),
        rules=rules,
        erased_on=lambda one: blocking.later(one.due_at, rules[one.kind].blocked_months),
        notices=retention.notices(db()),
        pauses=retention.pauses(db(), _today()),
        reason_of=lambda row: retention.reason_of(key(), row),
        blocked=retention.blocked_counts(db()),
        log=retention.log(db()),
        may_change=_may_change(),
    )


@pages.route("/<kind>", methods=["GET", "POST"])
@allow(PROGRAMME)
def rule(kind: str) -> Response | str | tuple[str, int]:
    """Show or save the period of a kind."""
    _of_all_agencies()
    known = retention.rules(db()).get(_kind(kind))
    if request.method == "GET":
        return _rule_page(kind, RuleForm(formdata=None, obj=known))
    form = RuleForm()
    if not form.validate():
        return _rule_page(kind, form), 422
    try:
        retention.set_rule(
            db(), key(), _kind(kind), months=form.months.data,
            blocked_months=form.blocked_months.data or 0, on_erasure=form.on_erasure.data,
            ground=form.ground.data or "", reason=form.reason.data or "", by=me().staff.id, now=now(),
        )  # fmt: skip
    except RetentionError as error:
        db().rollback()
        flash(str(error), "error")
        return _rule_page(kind, form), 422
    return _done(Action.RETENTION_RULE, words.RULE_SAVED)


@pages.post("/<kind>/sin-plazo")
@allow(PROGRAMME)
def no_rule(kind: str) -> Response:
    """Let a kind have no period any more."""
    _of_all_agencies()
    form = ReasonForm()
    if not form.validate():
        return _refused(form.problem() or "", "retention.index")
    retention.set_rule(
        db(), key(), _kind(kind), months=None, reason=form.reason.data or "", by=me().staff.id, now=now()
    )
    return _done(Action.RETENTION_RULE, words.RULE_GONE)


@pages.post("/<kind>/pausa")
@allow(PROGRAMME)
def pause(kind: str) -> Response:
    """Pause a kind up to a day, with a reason."""
    _of_all_agencies()
    form = PauseForm()
    if not form.validate() or form.until.data is None:
        return _refused(form.problem() or "", "retention.index")
    try:
        retention.pause(
            db(), key(), _kind(kind), until=form.until.data, reason=form.reason.data or "",
            by=me().staff.id, today=_today(), now=now(),
        )  # fmt: skip
    except RetentionError as error:
        db().rollback()
        return _refused(str(error), "retention.index")
    return _done(Action.RETENTION_PAUSED, words.PAUSED)


@pages.post("/<kind>/seguir")
@allow(PROGRAMME)
def resume(kind: str) -> Response:
    """End the pause of a kind."""
    _of_all_agencies()
    if not Form().validate():
        abort(400)
    retention.resume(db(), _kind(kind), now())
    return _done(Action.RETENTION_RESUMED, words.RESUMED)


@pages.get("/bloqueados")
@allow(PROGRAMME)
def blocked() -> str:
    """List what is blocked, without a name."""
    _of_all_agencies()
    after = request.args.get("despues", type=uuid.UUID)
    return render_template(
        "blocked.html",
        page=blocked_view.listed(db(), after=after),
        first=after is None,
        action=Form(formdata=None),
    )


@pages.post("/bloqueados/<uuid:record_id>")
@allow(PROGRAMME)
def open_blocked(record_id: uuid.UUID) -> Response | str:
    """Open one blocked record for a reason, which is kept."""
    _of_all_agencies()
    form = ReasonForm()
    if not form.validate():
        return _refused(form.problem() or "", "retention.blocked")
    try:
        content = blocking.read(db(), key(), record_id, me().staff.id, form.reason.data or "", now())
    except blocking.ReasonError as error:
        db().rollback()
        return _refused(str(error), "retention.blocked")
    if content is None:
        abort(404)
    audit.record(db(), me().staff.id, Action.BLOCKED_OPENED, now())
    db().commit()
    return render_template("blocked_one.html", lines=blocked_view.lines(content))


def _kind(name: str) -> DataKind:
    try:
        return DataKind(name)
    except ValueError:
        abort(404)


def _may_change() -> bool:
    return me().staff.agency is None


def _of_all_agencies() -> None:
    """Answer as if there were nothing: one agency does not decide about the data of all."""
    if not _may_change():
        abort(404)


def _today() -> date:
    return dates.today(settings().timezone, now())


def _rule_page(kind: str, form: RuleForm) -> str:
    known = retention.rules(db()).get(_kind(kind))
    return render_template(
        "retention_rule.html", kind=kind, form=form, known=known, rows_only=_kind(kind) in blocking.ROWS
    )


def _refused(message: str, endpoint: str) -> Response:
    flash(message, "error")
    return redirect(url_for(endpoint))


def _done(action: Action, message: str) -> Response:
    audit.record(db(), me().staff.id, action, now())
    db().commit()
    flash(message, "ok")
    return redirect(url_for("retention.index"))
