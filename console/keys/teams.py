"""Administrators: which teams there are, of which agency, and who is in them. Nothing here opens a case."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, redirect, render_template, url_for

from console.access import ADMINISTRATION, allow, db, me, now
from console.forms import Form
from console.keys.forms import MemberForm, ServedForm, TeamForm
from outreach.sealing import vault
from outreach.staff import accounts, teams
from outreach.texts import desk_keys as texts

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from models import Staff, Team

pages = Blueprint("teams", __name__, template_folder="templates", url_prefix="/llave/equipos")


@pages.get("")
@allow(ADMINISTRATION)
def index() -> str:
    """Show the teams."""
    return _page(TeamForm(formdata=None))


@pages.post("")
@allow(ADMINISTRATION)
def make() -> str | tuple[str, int]:
    """Make a team; its recovery key is shown here and nowhere else."""
    form = TeamForm()
    if form.validate():
        db().commit()  # what follows takes a second: no transaction
        name = form.name.data or ""
        try:
            recovery = teams.make(db(), name, form.agency.data or None, now(), by=me().staff)
        except accounts.StaffError as error:
            db().rollback()
            flash(str(error), "error")
        else:
            db().commit()
            return _page(TeamForm(formdata=None), fresh=(" ".join(name.split()), recovery))
    return _page(form), 422


@pages.post("/<uuid:team_id>/poner")
@allow(ADMINISTRATION)
def put(team_id: uuid.UUID) -> Response:
    """Put somebody in a team."""
    form = MemberForm()
    if not form.validate():
        abort(400)
    try:
        teams.put(db(), _person(form.staff_id.data), _team(team_id), now(), by=me().staff)
    except accounts.StaffError as error:
        db().rollback()
        flash(str(error), "error")
    else:
        db().commit()
        flash(texts.PUT, "ok")
    return redirect(url_for("teams.index"))


@pages.post("/<uuid:team_id>/sacar/<uuid:staff_id>")
@allow(ADMINISTRATION)
def take_out(team_id: uuid.UUID, staff_id: uuid.UUID) -> Response:
    """Take somebody out of a team, at once."""
    if not Form().validate():
        abort(400)
    try:
        teams.take_out(db(), _person(str(staff_id)), _team(team_id), now(), by=me().staff)
    except accounts.StaffError as error:
        db().rollback()
        flash(str(error), "error")
    else:
        db().commit()
        flash(texts.TAKEN_OUT, "ok")
    return redirect(url_for("teams.index"))


@pages.post("/programas/<uuid:programme_id>")
@allow(ADMINISTRATION)
def serve(programme_id: uuid.UUID) -> Response:
    """Say to which team the new cases of a programme go."""
    form = ServedForm()
    if not form.validate():
        abort(400)
    team = _team(_uuid(form.team_id.data)) if form.team_id.data else None
    try:
        if not teams.serve(db(), programme_id, team, now(), by=me().staff):
            abort(404)
    except accounts.StaffError as error:
        db().rollback()
        flash(str(error), "error")
    else:
        db().commit()
        flash(texts.SERVED, "ok")
    return redirect(url_for("teams.index"))


def _page(form: TeamForm, fresh: tuple[str, str] | None = None) -> str:
    form.agency.choices = [("", "Todas"), *((one.code, one.name) for one in teams.agencies(db()))]
    lines = teams.lines(db())
    able = [one for one in accounts.everyone(db()) if one.role in vault.KEY_ROLES and one.disabled_at is None]
    inside = {line.team.id: {member.staff.id for member in line.members} for line in lines}
    return render_template(
        "teams.html",
        lines=lines,
        addable={line.team.id: [one for one in able if one.id not in inside[line.team.id]] for line in lines},
        served=teams.served(db()),
        form=form,
        fresh=fresh,
    )


def _team(team_id: uuid.UUID) -> Team:
    return teams.find(db(), team_id) or abort(404)


def _person(staff_id: str | None) -> Staff:
    return accounts.by_id(db(), _uuid(staff_id)) or abort(404)


def _uuid(text: str | None) -> uuid.UUID:
    try:
        return uuid.UUID(text or "")
    except ValueError:
        abort(404)
