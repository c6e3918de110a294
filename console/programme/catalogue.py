"""Administrators: programmes with their rules and axes, and the agencies that share the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from console import words
from console.access import ADMINISTRATION, allow, db, me, now
from console.forms import Form
from console.programme.forms import AgencyForm, AxisForm, NameForm, ProgrammeForm
from models import Agency, Axis, Programme
from outreach.programme import programmes
from outreach.programme.programmes import ProgrammeError
from outreach.staff import audit
from outreach.staff.audit import Action

if TYPE_CHECKING:
    import uuid

    from werkzeug.wrappers import Response

pages = Blueprint("catalogue", __name__, template_folder="templates")


@pages.get("/programas")
@allow(ADMINISTRATION)
def index() -> str:
    """Show the programmes."""
    return render_template("programmes.html", lines=programmes.lines(db()))


@pages.route("/programas/nuevo", methods=["GET", "POST"])
@allow(ADMINISTRATION)
def new() -> Response | str | tuple[str, int]:
    """Add a programme; it begins with the five axes."""
    form = ProgrammeForm()
    if request.method == "GET":
        return render_template("programme_form.html", form=form, row=None)
    if form.validate():
        try:
            made = programmes.add(db(), (form.code.data or "").strip(), form.rules())
        except ProgrammeError as error:
            db().rollback()
            form.refuse(error)
        else:
            return _saved(Action.PROGRAMME_SAVED, words.PROGRAMME_SAVED, _page_of(made.id))
    return render_template("programme_form.html", form=form, row=None), 422


@pages.route("/programas/<uuid:programme_id>", methods=["GET", "POST"])
@allow(ADMINISTRATION)
def edit(programme_id: uuid.UUID) -> Response | str | tuple[str, int]:
    """Change the name and the rules of a programme."""
    row = db().get(Programme, programme_id) or abort(404)
    form = ProgrammeForm(obj=row)
    if request.method == "GET":
        return _programme_page(row, form, AxisForm(formdata=None))
    if form.validate():
        try:
            programmes.change(row, form.rules())
        except ProgrammeError as error:
            form.refuse(error)
        else:
            return _saved(Action.PROGRAMME_SAVED, words.PROGRAMME_SAVED, _page_of(row.id))
    return _programme_page(row, form, AxisForm(formdata=None)), 422


@pages.post("/programas/<uuid:programme_id>/ejes")
@allow(ADMINISTRATION)
def add_axis(programme_id: uuid.UUID) -> Response | tuple[str, int]:
    """Add an axis to a programme."""
    row = db().get(Programme, programme_id) or abort(404)
    form = AxisForm()
    if form.validate():
        try:
            programmes.add_axis(db(), row.id, (form.code.data or "").strip(), (form.name.data or "").strip())
        except ProgrammeError as error:
            form.refuse(error)
        else:
            return _saved(Action.PROGRAMME_SAVED, words.AXIS_SAVED, _page_of(row.id))
    return _programme_page(row, ProgrammeForm(formdata=None, obj=row), form), 422


@pages.post("/ejes/<uuid:axis_id>")
@allow(ADMINISTRATION)
def change_axis(axis_id: uuid.UUID) -> Response:
    """Rename an axis, move it up, retire it or bring it back."""
    row = db().get(Axis, axis_id) or abort(404)
    match request.form.get("do"):
        case "up":
            _checked(Form())
            programmes.move_axis_up(db(), row)
        case "retire":
            _checked(Form())
            programmes.retire(row, now())
        case "offer":
            _checked(Form())
            programmes.bring_back(row)
        case "rename":
            form = NameForm()
            _checked(form)
            try:
                programmes.rename_axis(row, (form.name.data or "").strip()[:60])
            except ProgrammeError as error:
                flash(str(error), "error")
                return redirect(_page_of(row.programme_id))
        case _:
            abort(400)
    return _saved(Action.PROGRAMME_SAVED, words.AXIS_SAVED, _page_of(row.programme_id))


@pages.get("/dependencias")
@allow(ADMINISTRATION)
def agencies() -> str:
    """Show the agencies."""
    return _agencies_page(AgencyForm(formdata=None))


@pages.post("/dependencias")
@allow(ADMINISTRATION)
def add_agency() -> Response | tuple[str, int]:
    """Add an agency."""
    form = AgencyForm()
    if form.validate():
        try:
            programmes.add_agency(db(), (form.code.data or "").strip(), (form.name.data or "").strip())
        except ProgrammeError as error:
            form.refuse(error)
        else:
            return _saved(Action.AGENCY_SAVED, words.AGENCY_SAVED, url_for("catalogue.agencies"))
    return _agencies_page(form), 422


@pages.post("/dependencias/cambiar")
@allow(ADMINISTRATION)
def change_agency() -> Response:
    """Rename an agency, say that it left the programme, or that it is back; its code stays."""
    row = db().get(Agency, request.form.get("code", "")) or abort(404)
    match request.form.get("do"):
        case "retire":
            _checked(Form())
            programmes.retire(row, now())
        case "offer":
            _checked(Form())
            programmes.bring_back(row)
        case "rename":
            form = NameForm()
            _checked(form)
            row.name = (form.name.data or "").strip()
        case _:
            abort(400)
    return _saved(Action.AGENCY_SAVED, words.AGENCY_SAVED, url_for("catalogue.agencies"))


def _checked(form: Form) -> None:
    if not form.validate():
        abort(400)


def _page_of(programme_id: uuid.UUID) -> str:
    return url_for("catalogue.edit", programme_id=programme_id)


def _programme_page(row: Programme, form: ProgrammeForm, axis: AxisForm) -> str:
    return render_template(
        "programme_form.html", form=form, row=row, axes=programmes.axes(db(), row.id), axis=axis
    )


def _agencies_page(form: AgencyForm) -> str:
    return render_template("agencies.html", lines=programmes.agencies(db()), form=form)


def _saved(action: Action, message: str, there: str) -> Response:
    audit.record(db(), me().staff.id, action, now())
    db().commit()
    flash(message, "ok")
    return redirect(there)
