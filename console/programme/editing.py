"""Coordinators: workshops and groups, written, closed and offered again."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from flask import abort, flash, redirect, render_template, request, url_for

from console import words
from console.access import PROGRAMME, allow, db, key, me, now, settings
from console.forms import Form
from console.programme.forms import GroupForm, WorkshopForm
from console.programme.views import pages
from models import FIRST_PROGRAMME, Group, Programme, Workshop
from outreach.programme import groups, overview, programmes, waiting_list
from outreach.programme.programmes import ProgrammeError
from outreach.staff import audit
from outreach.staff.audit import Action

if TYPE_CHECKING:
    from werkzeug.wrappers import Response


@pages.route("/talleres/nuevo", methods=["GET", "POST"])
@allow(PROGRAMME)
def new_workshop() -> Response | str | tuple[str, int]:
    """Add a workshop to a programme, the first one where none is named."""
    programme_id = request.args.get("programa", FIRST_PROGRAMME, type=uuid.UUID)
    programme = db().get(Programme, programme_id) or abort(404)
    return _edit_workshop(None, programme)


@pages.route("/talleres/<uuid:workshop_id>/editar", methods=["GET", "POST"])
@allow(PROGRAMME)
def edit_workshop(workshop_id: uuid.UUID) -> Response | str | tuple[str, int]:
    """Change a workshop."""
    workshop = db().get(Workshop, workshop_id) or abort(404)
    return _edit_workshop(workshop, db().get(Programme, workshop.programme_id) or abort(404))


def _edit_workshop(row: Workshop | None, programme: Programme) -> Response | str | tuple[str, int]:
    form = WorkshopForm(obj=row)
    form.axis.choices = [
        (axis.code, axis.name)
        for axis in programmes.axes(db(), programme.id)
        if axis.retired_at is None or (row is not None and axis.code == row.axis)
    ]
    status = 200
    if request.method == "POST":
        if form.validate():
            try:
                groups.save_workshop(db(), row, form.details(), programme.id)
            except ProgrammeError as error:
                db().rollback()
                form.refuse(error)
            else:
                return _saved(Action.WORKSHOP_SAVED, words.WORKSHOP_SAVED, url_for("programme.workshops"))
        status = 422
    several = len(programmes.names(db())) > 1
    return render_template(
        "workshop.html", form=form, row=row, programme=programme if several else None
    ), status


@pages.post("/talleres/<uuid:workshop_id>/estado")
@allow(PROGRAMME)
def workshop_state(workshop_id: uuid.UUID) -> Response:
    """Stop offering a workshop, or offer it again."""
    workshop = db().get(Workshop, workshop_id) or abort(404)
    if not Form().validate():
        abort(400)
    match request.form.get("do"):
        case "retire":
            programmes.retire(workshop, now())
            message = words.WORKSHOP_RETIRED
        case "offer":
            programmes.bring_back(workshop)
            message = words.WORKSHOP_BACK
        case _:
            abort(400)
    return _saved(Action.WORKSHOP_SAVED, message, url_for("programme.workshops"))


@pages.route("/talleres/<uuid:workshop_id>/grupos/nuevo", methods=["GET", "POST"])
@allow(PROGRAMME)
def new_group(workshop_id: uuid.UUID) -> Response | str | tuple[str, int]:
    """Add a group to a workshop."""
    return _edit_group(None, db().get(Workshop, workshop_id) or abort(404))


@pages.route("/grupos/<uuid:group_id>/editar", methods=["GET", "POST"])
@allow(PROGRAMME)
def edit_group(group_id: uuid.UUID) -> Response | str | tuple[str, int]:
    """Change a group; seats that it gains go to those who wait."""
    group = db().get(Group, group_id) or abort(404)
    return _edit_group(group, group.workshop)


def _edit_group(row: Group | None, workshop: Workshop) -> Response | str | tuple[str, int]:
    form = GroupForm(obj=row)
    form.municipality.choices = overview.municipalities(db())
    status = 200
    if request.method == "POST":
        if form.validate():
            try:
                saved = groups.save_group(db(), row, form.details(), workshop.id)
            except ProgrammeError as error:
                db().rollback()
                form.refuse(error)
            else:
                moved_up = waiting_list.fill(db(), key(), settings(), saved.id, now())
                there = url_for("programme.group", group_id=saved.id)
                return _saved(Action.GROUP_SAVED, words.group_saved(moved_up), there)
        status = 422
    return render_template("group_form.html", form=form, row=row, workshop=workshop), status


@pages.post("/grupos/<uuid:group_id>/estado")
@allow(PROGRAMME)
def group_state(group_id: uuid.UUID) -> Response:
    """Close a group to newcomers, or open it again."""
    group = db().get(Group, group_id) or abort(404)
    if not Form().validate():
        abort(400)
    match request.form.get("do"):
        case "close":
            groups.close(group, now())
            message = words.GROUP_CLOSED
        case "open":
            groups.open_again(group)
            message = words.GROUP_OPEN
        case _:
            abort(400)
    return _saved(Action.GROUP_SAVED, message, url_for("programme.group", group_id=group_id))


def _saved(action: Action, message: str, there: str) -> Response:
    audit.record(db(), me().staff.id, action, now())
    db().commit()
    flash(message, "ok")
    return redirect(there)
