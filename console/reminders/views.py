"""Coordinators: the rules of reminders, with what they will do, and what a change does before it is saved."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from console import words
from console.access import PROGRAMME, allow, db, key, me, now, settings
from console.forms import Form
from console.reminders.forms import ReminderForm, filled
from models import Programme, ReminderRule, Workshop
from outreach.campaigns import reminder_effects, reminder_outlook
from outreach.campaigns import reminder_rule_changes as changes
from outreach.campaigns.reminder_rule_changes import RuleError, Scope
from outreach.ground import dates, programme_rules
from outreach.messages import templates
from outreach.programme import enrolment
from outreach.staff import audit
from outreach.staff.audit import Action

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from werkzeug.wrappers import Response

    from outreach.campaigns.reminder_effects import Effect

pages = Blueprint(
    "reminders", __name__, template_folder="templates", url_prefix="/programa/recordatorios/reglas"
)


@pages.get("")
@allow(PROGRAMME)
def index() -> str:
    """Show the rules of every programme and workshop."""
    parts = reminder_outlook.parts(db(), settings(), now())
    return render_template(
        "reminder_rules.html",
        parts=parts,
        at=_at,
        workshops={
            part.programme.id: enrolment.workshops_of(db(), part.programme.id)
            for part in parts
            if part.workshop is None
        },
        with_own={part.workshop.id for part in parts if part.workshop is not None},
        states=words.TEMPLATE_STATES,
        approved=templates.is_approved,
        reasons=words.REASONS,
        action=Form(formdata=None),
    )


@pages.post("/propias/<uuid:programme_id>")
@allow(PROGRAMME)
def adopt(programme_id: uuid.UUID) -> Response:
    """Write down what is in force as the scope's own, so that it can be changed."""
    scope = _scope(programme_id, request.form.get("workshop", type=uuid.UUID))
    if not Form().validate():
        abort(400)
    changes.adopt(db(), settings(), scope)
    return _done(words.REMINDERS_ADOPTED, scope)


@pages.route("/nueva/<uuid:programme_id>", methods=["GET", "POST"])
@allow(PROGRAMME)
def new(programme_id: uuid.UUID) -> Response | str | tuple[str, int]:
    """Add a rule, after showing what it does."""
    scope = _scope(programme_id, request.args.get("taller", type=uuid.UUID))
    rows = changes.stored(db(), programme_id)
    if not changes.has_own(rows, scope):
        # The first one would take the place of all that is in force.
        abort(404)
    return _rule_page(
        scope,
        ReminderForm(),
        None,
        lambda form: [*rows, changes.with_new(rows, scope, form.wanted(), now())],
        lambda form: changes.add(db(), settings(), scope, form.wanted(), now()),
    )


@pages.route("/<uuid:reminder_id>", methods=["GET", "POST"])
@allow(PROGRAMME)
def edit(reminder_id: uuid.UUID) -> Response | str | tuple[str, int]:
    """Change a rule, after showing what the change does."""
    rule = changes.find(db(), reminder_id) or abort(404)
    rows = changes.stored(db(), rule.programme_id)
    others = [row for row in rows if row.id != rule.id]
    form = ReminderForm(
        whom=rule.whom.value, template=rule.template_name or "", **filled(rule.minutes_before)
    )
    return _rule_page(
        changes.scope_of(rule),
        form,
        rule,
        lambda form: [*others, changes.with_change(rows, rule, form.wanted(), now())],
        lambda form: changes.change(db(), settings(), rule, form.wanted(), now()),
    )


@pages.route("/<uuid:reminder_id>/<any(detener, seguir, quitar):step>", methods=["GET", "POST"])
@allow(PROGRAMME)
def step(reminder_id: uuid.UUID, step: str) -> Response | str:
    """Stop a rule, let it go on, or take it away, after showing what that does."""
    rule = changes.find(db(), reminder_id) or abort(404)
    scope = changes.scope_of(rule)
    if request.method == "POST":
        if not Form().validate():
            abort(400)
        verb = {"detener": changes.stop, "seguir": changes.go_on, "quitar": changes.remove}[step]
        verb(db(), settings(), rule, now())
        return _done(words.STEP_DONE[step], scope)
    rows = [row for row in changes.stored(db(), rule.programme_id) if row.id != rule.id]
    if step != "quitar":
        rows.append(changes.with_state(rule, stopped_at=now() if step == "detener" else None, now=now()))
    return _confirm_page(
        scope,
        rows,
        title=words.STEP_TITLES[step],
        lead=f"{words.before_session(rule.minutes_before)}, {words.REMINDED[rule.whom.value]}",
        button=words.STEP_BUTTONS[step],
        last=step == "quitar" and not [row for row in rows if row.workshop_id == scope.workshop_id],
    )


@pages.route("/generales/<uuid:programme_id>", methods=["GET", "POST"])
@allow(PROGRAMME)
def reset(programme_id: uuid.UUID) -> Response | str:
    """Take all rules of a scope away, after showing what that does."""
    scope = _scope(programme_id, request.args.get("taller", type=uuid.UUID))
    if request.method == "POST":
        if not Form().validate():
            abort(400)
        changes.reset(db(), settings(), scope, now())
        return _done(words.REMINDERS_RESET, scope)
    rows = [row for row in changes.stored(db(), programme_id) if row.workshop_id != scope.workshop_id]
    return _confirm_page(
        scope,
        rows,
        title="Volver a las reglas generales",
        lead="Se quitan todos los recordatorios propios.",
        button="Quitarlos",
        last=True,
    )


def _scope(programme_id: uuid.UUID, workshop_id: uuid.UUID | None) -> Scope:
    scope = Scope(programme_id, workshop_id)
    if not changes.is_scope(db(), scope):
        abort(404)
    return scope


def _at(moment: datetime, programme_id: uuid.UUID) -> str:
    """Return a moment such as `mañana a las 9:00` by a programme's clock."""
    zone = programme_rules.rules_for(db(), settings(), programme_id).timezone
    return dates.day_and_hour(moment, zone, now())


def _rule_page(
    scope: Scope,
    form: ReminderForm,
    rule: ReminderRule | None,
    becomes: Callable[[ReminderForm], Sequence[ReminderRule]],
    save: Callable[[ReminderForm], object],
) -> Response | str | tuple[str, int]:
    offered = changes.on_offer(db(), scope.programme_id)
    form.template.choices = [("", words.USUAL_TEMPLATE), *((one.name, one.name) for one in offered)]
    if rule is not None and rule.template_name and rule.template_name not in {one.name for one in offered}:
        form.template.choices.append((rule.template_name, rule.template_name))
    if request.method == "GET":
        return _form_page(scope, form, rule, None)
    if not form.validate():
        return _form_page(scope, form, rule, None), 422
    try:
        if request.form.get("do") == "save" and form.seen.data == form.mark():
            save(form)
            return _done(words.REMINDER_RULE_SAVED, scope)
        rows = becomes(form)
    except RuleError as error:
        db().rollback()
        form.refuse(error)
        return _form_page(scope, form, rule, None), 422
    if request.form.get("do") == "save":
        flash(words.LOOK_AGAIN, "error")
    shown = reminder_effects.effect(db(), key(), settings(), scope.programme_id, rows, now())
    form.seen.data = form.mark()
    return _form_page(scope, form, rule, shown)


def _form_page(scope: Scope, form: ReminderForm, rule: ReminderRule | None, effect: Effect | None) -> str:
    name = form.template.data or None
    usual = templates.of_programme(db(), templates.SESSION_REMINDER, scope.programme_id)
    template = templates.by_name(db(), name) if name else usual
    return render_template(
        "reminder_rule.html",
        **_around(scope),
        form=form,
        rule=rule,
        effect=effect,
        template=template,
        text=templates.filled(template, templates.samples_of(template)) if template else None,
        approved=template is not None and templates.is_approved(template),
        states=words.TEMPLATE_STATES,
    )


def _confirm_page(scope: Scope, rows: Sequence[ReminderRule], **shown: Any) -> str:  # noqa: ANN401 (what a template shows)
    return render_template(
        "reminder_step.html",
        **_around(scope),
        effect=reminder_effects.effect(db(), key(), settings(), scope.programme_id, rows, now()),
        action=Form(formdata=None),
        **shown,
    )


def _around(scope: Scope) -> dict[str, Any]:
    return {
        "scope": scope,
        "at": _at,
        "programme": db().get_one(Programme, scope.programme_id),
        "workshop": db().get(Workshop, scope.workshop_id) if scope.workshop_id else None,
    }


def _done(message: str, scope: Scope) -> Response:
    audit.record(db(), me().staff.id, Action.REMINDER_RULES, now())
    db().commit()
    flash(message, "ok")
    return redirect(url_for("reminders.index", _anchor=f"r-{scope.workshop_id or scope.programme_id}"))
