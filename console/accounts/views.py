"""Administrators: who works here, and who may open what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from console import words
from console.access import ADMINISTRATION, allow, db, key, me, now, settings
from console.accounts.forms import RoleForm, StaffForm
from console.forms import Form
from models import Role
from outreach.casework import holding
from outreach.sealing import vault
from outreach.staff import access_review, accounts, factors, key_holders, teams

if TYPE_CHECKING:
    import uuid

    from werkzeug.wrappers import Response

    from models import Staff

pages = Blueprint("administration", __name__, template_folder="templates", url_prefix="/administracion")


@pages.get("/personal")
@allow(ADMINISTRATION)
def people() -> str:
    """Show who works here."""
    return _people_page(StaffForm(formdata=None))


@pages.post("/personal")
@allow(ADMINISTRATION)
def add() -> str | tuple[str, int]:
    """Add somebody; the initial password is shown here and nowhere else."""
    form = StaffForm()
    if form.validate():
        username, name, role = form.username.data or "", form.display_name.data or "", Role(form.role.data)
        team, agency = teams.named(db(), form.team.data), _agency(form)
        try:
            password = accounts.add(
                db(), username, name, role, now(), by=me().staff, team=team, agency=agency
            )
        except accounts.StaffError as error:
            db().rollback()
            flash(str(error), "error")
        else:
            db().commit()
            return _people_page(StaffForm(formdata=None), fresh=(accounts.normal(username), password))
    return _people_page(form), 422


@pages.post("/personal/<uuid:staff_id>/contrasena")
@allow(ADMINISTRATION)
def reset(staff_id: uuid.UUID) -> str:
    """Give somebody a new initial password; with `factor` she sets up her codes anew too."""
    person = _person(staff_id)
    factor = request.form.get("factor") == "yes"
    password = accounts.reset(db(), person, now(), by=me().staff, factor=factor)
    _let_go(person)
    return _people_page(StaffForm(formdata=None), fresh=(person.username, password))


@pages.post("/personal/<uuid:staff_id>/puesto")
@allow(ADMINISTRATION)
def change_role(staff_id: uuid.UUID) -> Response:
    """Give somebody another role."""
    person = _person(staff_id)
    form = RoleForm()
    if not form.validate():
        abort(400)
    if person.id == me().staff.id:
        flash(words.NOT_YOUR_ROLE, "error")
    else:
        had_key = bool(vault.teams_of(db(), person.id))
        accounts.change_role(db(), person, Role(form.role.data), now(), by=me().staff)
        _let_go(person)
        flash(words.ROLE_CHANGED, "ok")
        _ask_for_change(person, had_key=had_key)
    return redirect(url_for("administration.people"))


@pages.post("/personal/<uuid:staff_id>/quitar")
@allow(ADMINISTRATION)
def disable(staff_id: uuid.UUID) -> Response:
    """Take somebody's access away, at once."""
    person = _person(staff_id)
    if person.id == me().staff.id:
        flash(words.NOT_YOURSELF, "error")
    else:
        had_key = bool(vault.teams_of(db(), person.id))
        accounts.disable(db(), person, now(), by=me().staff)
        _let_go(person)
        flash(words.STAFF_DISABLED, "ok")
        _ask_for_change(person, had_key=had_key)
    return redirect(url_for("administration.people"))


def _person(staff_id: uuid.UUID) -> Staff:
    person = accounts.by_id(db(), staff_id) or abort(404)
    if not Form().validate():
        abort(400)
    db().commit()  # computing a password's hash must not hold a transaction
    return person


def _let_go(person: Staff) -> None:
    """Let what she held be nobody's, and keep all of it at once."""
    holding.release_of(db(), key(), settings(), person.id, now())
    db().commit()


def _ask_for_change(person: Staff, *, had_key: bool) -> None:
    """Say that her colleagues are to change the key, where she had one and has it no longer."""
    if had_key and not vault.teams_of(db(), person.id):
        flash(words.CHANGE_THE_KEY, "warn")


def _agency(form: StaffForm) -> str | None:
    """Return the agency that was chosen for a coordinator; None for all, and for every other role."""
    known = {one.code for one in teams.agencies(db())}
    chosen = form.agency.data or ""
    return chosen if chosen in known and form.role.data == Role.COORDINATOR.value else None


def _people_page(form: StaffForm, fresh: tuple[str, str] | None = None) -> str:
    people = accounts.everyone(db())
    lines = teams.lines(db())
    form.team.choices = [(str(line.team.id), line.team.name) for line in lines]
    form.agency.choices = [("", words.ALL_AGENCIES), *((one.code, one.name) for one in teams.agencies(db()))]
    return render_template(
        "people.html",
        people=people,
        holding=key_holders.everyone(db()),
        last_holders=key_holders.last_of(db()),
        teams_of=teams.names_by_person(lines) if len(lines) > 1 else {},
        to_review=access_review.due(db(), now()),
        with_factor=factors.who_have_one(db()),
        key_roles={role.value for role in vault.KEY_ROLES},
        form=form,
        fresh=fresh,
        action=Form(formdata=None),
    )
