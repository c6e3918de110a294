"""The week's plan and the notes from one shift to the next. Nothing here says that a case exists.

These pages show no caseworker as present: having the plan open is not having the desk open (P8).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from console.access import DESK, allow, db, key, me, now, settings
from console.forms import Form
from console.roster.forms import NoteForm, PassForm, PlanForm
from models import Role
from outreach.casework import canned, handover, week_plan
from outreach.casework.week_plan import PlanError
from outreach.ground import dates
from outreach.sealing import vault
from outreach.staff import contacts
from outreach.texts import desk_alerts as texts

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence

    from werkzeug.wrappers import Response as Answer

    from models import Staff

WHOLE_DAY = timedelta(hours=23)
"""The shortest day of a year with summer time."""
pages = Blueprint("roster", __name__, template_folder="templates", url_prefix="/turnos")


@pages.get("")
@allow(DESK)
def week() -> str:
    """Show a week: who is on duty when, and when nobody is."""
    return _page(_plan_form(formdata=False), _note_form(formdata=False))


@pages.post("")
@allow(DESK)
def plan() -> Answer | tuple[str, int]:
    """Plan a shift."""
    form = _plan_form()
    if not form.validate() or form.day.data is None or form.start.data is None or form.end.data is None:
        return _page(form, _note_form(formdata=False)), 422
    hours = (form.start.data, form.end.data)
    try:
        week_plan.plan(
            db(), me().staff, _id_of(form.person.data), form.day.data, hours, settings().timezone, now()
        )
    except PlanError as error:
        db().rollback()
        flash(str(error), "error")
        return _page(form, _note_form(formdata=False)), 422
    return _done(texts.PLANNED, form.day.data)


@pages.post("/repetir")
@allow(DESK)
def repeat() -> Answer:
    """Plan this week as the last one."""
    _need(Form())
    monday = _monday()
    try:
        added = week_plan.repeat_last_week(db(), me().staff, monday, settings().timezone, now())
    except PlanError as error:
        return _refused(error)
    return _done(texts.repeated(added) if added else texts.NOTHING_TO_REPEAT, monday)


@pages.post("/<uuid:shift_id>/quitar")
@allow(DESK)
def withdraw(shift_id: uuid.UUID) -> Answer:
    """Take a shift out of the plan."""
    _need(Form())
    try:
        week_plan.withdraw(db(), me().staff, shift_id, now())
    except PlanError as error:
        return _refused(error)
    return _done(texts.WITHDRAWN)


@pages.post("/<uuid:shift_id>/pasar")
@allow(DESK)
def pass_on(shift_id: uuid.UUID) -> Answer:
    """Give a shift to a colleague."""
    form = PassForm()
    form.person.choices = _choices(_people())
    if not form.validate():
        return _refused(PlanError(texts.PLAN_WHO))
    try:
        week_plan.pass_on(db(), me().staff, shift_id, _id_of(form.person.data), now())
    except PlanError as error:
        return _refused(error)
    return _done(texts.PASSED_ON)


@pages.post("/nota")
@allow(DESK)
def note() -> Answer | tuple[str, int]:
    """Leave a note to the next shift."""
    form = _note_form()
    team = _team_of(form)
    if not form.validate() or team is None:
        if team is None:
            flash(texts.WHICH_TEAM, "error")
        return _page(_plan_form(formdata=False), form), 422
    zone = settings().timezone
    handover.write(db(), me().staff, form.text.data or "", zone, now(), team_id=team)
    return _done(texts.NOTE_KEPT)


def _page(form: PlanForm, note_form: NoteForm) -> str:
    zone = settings().timezone
    teams = vault.teams_of(db(), me().staff.id)
    monday = _monday()
    ring = me().private_key
    people = _people()
    reached = contacts.everybodys(db(), key())
    return render_template(
        "roster.html",
        days=week_plan.week(db(), monday, zone, teams),
        today=dates.today(zone, now()),
        monday=monday,
        before=monday - timedelta(days=week_plan.WEEK),
        after=monday + timedelta(days=week_plan.WEEK),
        form=form,
        note_form=note_form,
        notes=handover.read(db(), ring, teams, zone, now()) if ring else None,
        people=people,
        supervises=_supervises(),
        unreached=[one.display_name for one in people if not _is_reached(reached.get(one.id))],
        failing=[one.display_name for one in people if (found := reached.get(one.id)) and found.failures],
        longest=handover.LONGEST,
        whole_day=WHOLE_DAY,
    )


def _is_reached(contact: contacts.Contact | None) -> bool:
    return contact is not None and bool(contact.phone or contact.email)


def _plan_form(*, formdata: bool = True) -> PlanForm:
    form = PlanForm() if formdata else PlanForm(formdata=None)
    form.person.choices = _choices(_people() if _supervises() else [me().staff])
    if not formdata:
        form.person.data = str(me().staff.id)
        form.day.data = max(_monday(), dates.today(settings().timezone, now()))
    return form


def _note_form(*, formdata: bool = True) -> NoteForm:
    form = NoteForm() if formdata else NoteForm(formdata=None)
    own = [(str(team.id), team.name) for team in canned.teams(db(), me().staff)]
    # None is chosen beforehand: another agency would read what was meant for one.
    form.team.choices = own if len(own) == 1 else [("", texts.CHOOSE), *own]
    return form


def _team_of(form: NoteForm) -> uuid.UUID | None:
    """Return the team that a note is for: her only one, or the one that she chose."""
    own = [team.id for team in canned.teams(db(), me().staff)]
    return own[0] if len(own) == 1 else next((one for one in own if str(one) == form.team.data), None)


def _people() -> list[Staff]:
    return week_plan.people(db(), vault.teams_of(db(), me().staff.id))


def _choices(people: Sequence[Staff]) -> list[tuple[str, str]]:
    return [(str(one.id), one.display_name) for one in people]


def _supervises() -> bool:
    return me().staff.role is Role.SUPERVISOR


def _monday() -> date:
    given = request.values.get("semana", "")
    try:
        day = date.fromisoformat(given) if given else dates.today(settings().timezone, now())
        monday = week_plan.monday_of(day)
        _ = monday - timedelta(days=week_plan.WEEK), monday + timedelta(days=2 * week_plan.WEEK)
    except (ValueError, OverflowError):
        abort(404)
    return monday


def _id_of(given: str | None) -> uuid.UUID:
    return next(one.id for one in [*_people(), me().staff] if str(one.id) == given)


def _need(form: Form) -> None:
    if not form.validate():
        abort(400)


def _refused(error: PlanError) -> Answer:
    db().rollback()
    flash(str(error), "error")
    return redirect(url_for("roster.week", semana=request.form.get("semana") or None))


def _done(said: str, day: date | None = None) -> Answer:
    db().commit()
    flash(said, "ok")
    shown = week_plan.monday_of(day).isoformat() if day else request.form.get("semana") or None
    return redirect(url_for("roster.week", semana=shown))
