"""Administrators: who works here, and the facts that the program tells: help resources and answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select

from console import words
from console.access import ADMINISTRATION, allow, db, me, now
from console.forms import AnswerForm, Form, StaffForm
from models import Answer, HelpResource, Role, Staff
from outreach import audit, reference, staff, vault
from outreach.audit import Action

if TYPE_CHECKING:
    import uuid

    from werkzeug.wrappers import Response

pages = Blueprint("administration", __name__, url_prefix="/administracion")


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
            password = staff.add(
                db(),
                form.username.data or "",
                form.display_name.data or "",
                Role(form.role.data),
                now(),
                by=me().staff,
            )
        except staff.StaffError as error:
            db().rollback()
            flash(str(error), "error")
        else:
            db().commit()
            return _people_page(
                StaffForm(formdata=None), fresh=(staff.normal(form.username.data or ""), password)
            )
    return _people_page(form), 422


@pages.post("/personal/<uuid:staff_id>/contrasena")
@allow(ADMINISTRATION)
def reset(staff_id: uuid.UUID) -> str:
    """Give somebody a new initial password."""
    person = _person(staff_id)
    password = staff.reset(db(), person, now(), by=me().staff)
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
        staff.disable(db(), person, now(), by=me().staff)
        db().commit()
        flash(words.STAFF_DISABLED, "ok")
    return redirect(url_for("administration.people"))


@pages.get("/recursos")
@allow(ADMINISTRATION)
def resources() -> str:
    """Show the help resources, those to be confirmed first."""
    found = db().scalars(select(HelpResource).order_by(HelpResource.rank, HelpResource.name)).all()
    fresh = {row.id for row in found if row.verified_at and now() - row.verified_at < reference.VERIFIED_FOR}
    lines = sorted(found, key=lambda row: (row.retired_at is not None, row.id in fresh, row.rank))
    return render_template("resources.html", lines=lines, fresh=fresh, action=Form(formdata=None))


@pages.post("/recursos/<uuid:resource_id>")
@allow(ADMINISTRATION)
def change_resource(resource_id: uuid.UUID) -> Response:
    """Confirm a resource, stop offering it, or offer it again."""
    row = db().get(HelpResource, resource_id) or abort(404)
    if not Form().validate():
        abort(400)
    match request.form.get("do"):
        case "confirm":
            row.verified_at, row.verified_by, row.retired_at = now(), me().staff.display_name, None
            message = words.RESOURCE_CONFIRMED
        case "retire":
            row.retired_at, message = now(), words.RESOURCE_RETIRED
        case "offer":
            row.retired_at, message = None, words.RESOURCE_BACK
        case _:
            abort(400)
    audit.record(db(), me().staff.id, Action.RESOURCE_CONFIRMED, now())
    db().commit()
    flash(message, "ok")
    return redirect(url_for("administration.resources"))


@pages.get("/respuestas")
@allow(ADMINISTRATION)
def answers() -> str:
    """Show the answers to common questions."""
    return render_template("answers.html", lines=_answers(), topics=words.TOPICS, action=Form(formdata=None))


@pages.post("/respuestas/<uuid:answer_id>")
@allow(ADMINISTRATION)
def change_answer(answer_id: uuid.UUID) -> Response:
    """Change an answer."""
    row = db().get(Answer, answer_id) or abort(404)
    form = AnswerForm()
    if form.validate():
        row.text, row.updated_at = (form.text.data or "").strip(), now()
        audit.record(db(), me().staff.id, Action.ANSWER_SAVED, now())
        db().commit()
        flash(words.ANSWER_SAVED, "ok")
    else:
        flash(form.problem() or words.ERRORS[400][1], "error")
    return redirect(url_for("administration.answers"))


def _person(staff_id: uuid.UUID) -> Staff:
    person = db().get(Staff, staff_id) or abort(404)
    if not Form().validate():
        abort(400)
    return person


def _answers() -> list[Answer]:
    rows = db().scalars(select(Answer)).all()
    order = list(words.TOPICS)
    return sorted(
        rows, key=lambda a: (order.index(a.topic) if a.topic in order else len(order), a.municipality or "")
    )


def _people_page(form: StaffForm, fresh: tuple[str, str] | None = None) -> str:
    people = staff.everyone(db())
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
