"""Administrators: who works here, and who may open what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, redirect, render_template, url_for

from console import words
from console.access import ADMINISTRATION, allow, db, me, now
from console.forms import Form, StaffForm
from models import Role, Staff
from outreach.sealing import vault
from outreach.staff import accounts

if TYPE_CHECKING:
    import uuid

    from werkzeug.wrappers import Response

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
        try:
            password = accounts.add(
                db(),
                form.username.data or "",
                form.display_name.data or "",
                Role(form.role.data),
                now(),
                by=me().staff,
            )
        except accounts.StaffError as error:
            db().rollback()
            flash(str(error), "error")
        else:
            db().commit()
            return _people_page(
                StaffForm(formdata=None), fresh=(accounts.normal(form.username.data or ""), password)
            )
    return _people_page(form), 422


@pages.post("/personal/<uuid:staff_id>/contrasena")
@allow(ADMINISTRATION)
def reset(staff_id: uuid.UUID) -> str:
    """Give somebody a new initial password."""
    person = _person(staff_id)
    password = accounts.reset(db(), person, now(), by=me().staff)
    db().commit()
    return _people_page(StaffForm(formdata=None), fresh=(person.username, password))


@pages.post("/personal/<uuid:staff_id>/quitar")
@allow(ADMINISTRATION)
def disable(staff_id: uuid.UUID) -> Response:
    """Take somebody's access away, at once."""
    person = _person(staff_id)
    if person.id == me().staff.id:
        flash(words.NOT_YOURSELF, "error")
    else:
        accounts.disable(db(), person, now(), by=me().staff)
        db().commit()
        flash(words.STAFF_DISABLED, "ok")
    return redirect(url_for("administration.people"))


def _person(staff_id: uuid.UUID) -> Staff:
    person = db().get(Staff, staff_id) or abort(404)
    if not Form().validate():
        abort(400)
    return person


def _people_page(form: StaffForm, fresh: tuple[str, str] | None = None) -> str:
    people = accounts.everyone(db())
    holding = {p.id for p in people if (wrap := vault.wrap_of(db(), p.id)) and wrap.wrapped is not None}
    return render_template(
        "people.html",
        people=people,
        holding=holding,
        last_holder=next(iter(holding)) if len(holding) == 1 else None,
        key_roles={role.value for role in vault.KEY_ROLES},
        form=form,
        fresh=fresh,
        action=Form(formdata=None),
    )
