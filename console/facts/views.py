"""The facts that she is told: help resources (administrators), answers (coordinators too).

They are data with a date and a source; whoever corrects one is named beside it.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from console import words
from console.access import ADMINISTRATION, PROGRAMME, allow, db, me, now, settings
from console.facts.forms import AnswerForm, NewAnswerForm, ResourceForm
from console.forms import Form
from models import FIRST_PROGRAMME, Answer, HelpResource
from outreach.ground import dates
from outreach.programme import answers as facts
from outreach.programme import overview, programmes
from outreach.staff import audit
from outreach.staff.audit import Action

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

pages = Blueprint("facts", __name__, template_folder="templates")


@pages.get("/recursos")
@allow(ADMINISTRATION)
def resources() -> str:
    """Show the help resources, those to be confirmed first."""
    lines = facts.resources(db(), now())
    fresh = {row.id for row in lines if facts.is_fresh(row, now())}
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
            facts.confirm(row, me().staff.display_name, now())
            message = words.RESOURCE_CONFIRMED
        case "retire":
            facts.retire(row, now())
            message = words.RESOURCE_RETIRED
        case "offer":
            facts.offer_again(row)
            message = words.RESOURCE_BACK
        case _:
            abort(400)
    return _resource_saved(message)


@pages.route("/recursos/nuevo", methods=["GET", "POST"])
@allow(ADMINISTRATION)
def new_resource() -> Response | str | tuple[str, int]:
    """Add a resource."""
    return _edit(None)


@pages.route("/recursos/<uuid:resource_id>/corregir", methods=["GET", "POST"])
@allow(ADMINISTRATION)
def edit_resource(resource_id: uuid.UUID) -> Response | str | tuple[str, int]:
    """Correct a resource: a number that changed is to be confirmed anew."""
    return _edit(db().get(HelpResource, resource_id) or abort(404))


def _edit(row: HelpResource | None) -> Response | str | tuple[str, int]:
    form = ResourceForm(obj=row)
    form.municipality.choices = [("", words.WHOLE_STATE), *overview.municipalities(db())]
    if request.method == "GET":
        form.needs.data = row.needs.split() if row else []
        form.municipality.data = (row.municipality or "") if row else ""
        return render_template("resource.html", form=form, row=row)
    if not form.validate():
        return render_template("resource.html", form=form, row=row), 422
    today = dates.today(settings().timezone, now())
    saved = facts.save_resource(db(), row, form.details(), today)
    if request.form.get("do") == "confirm":
        facts.confirm(saved, me().staff.display_name, now())
        return _resource_saved(words.RESOURCE_CONFIRMED)
    return _resource_saved(words.RESOURCE_SAVED)


def _resource_saved(message: str) -> Response:
    audit.record(db(), me().staff.id, Action.RESOURCE_CONFIRMED, now())
    db().commit()
    flash(message, "ok")
    return redirect(url_for("facts.resources"))


@pages.get("/respuestas")
@allow(ADMINISTRATION | PROGRAMME)
def answers() -> str:
    """Show the answers to common questions."""
    return _answers_page(NewAnswerForm(formdata=None))


@pages.post("/respuestas")
@allow(ADMINISTRATION | PROGRAMME)
def add_answer() -> Response | tuple[str, int]:
    """Answer a question for one municipality, or one that had no answer yet."""
    form = NewAnswerForm()
    _fill(form)
    if not form.validate():
        return _answers_page(form), 422
    facts.save_answer(
        db(),
        form.topic.data,
        form.municipality.data or None,
        form.text.data or "",
        now(),
        uuid.UUID(form.programme.data),
    )
    return _answer_saved(words.ANSWER_SAVED)


@pages.post("/respuestas/<uuid:answer_id>")
@allow(ADMINISTRATION | PROGRAMME)
def change_answer(answer_id: uuid.UUID) -> Response:
    """Change an answer, or drop the one of a municipality so that the general one holds there again."""
    row = db().get(Answer, answer_id) or abort(404)
    form = AnswerForm()
    if request.form.get("do") == "drop" and Form().validate() and facts.drop_answer(db(), row):
        return _answer_saved(words.ANSWER_DROPPED)
    if form.validate():
        facts.change_answer(row, form.text.data or "", now())
        return _answer_saved(words.ANSWER_SAVED)
    flash(form.problem() or words.ERRORS[400][1], "error")
    return redirect(url_for("facts.answers"))


def _answer_saved(message: str) -> Response:
    audit.record(db(), me().staff.id, Action.ANSWER_SAVED, now())
    db().commit()
    flash(message, "ok")
    return redirect(url_for("facts.answers"))


def _answers_page(form: NewAnswerForm) -> str:
    _fill(form)
    order = list(words.TOPICS)
    rows = sorted(
        facts.all_answers(db()), key=lambda a: order.index(a.topic) if a.topic in order else len(order)
    )
    own = {row.topic for row in rows if row.programme_id == FIRST_PROGRAMME}
    missing = [words.TOPICS[topic] for topic in order if topic not in own]
    names = dict(programmes.names(db()))
    return render_template(
        "answers.html",
        lines=rows,
        topics=words.TOPICS,
        places=dict(overview.municipalities(db())),
        programmes=names if len(names) > 1 else {},
        missing=missing,
        form=form,
    )


def _fill(form: NewAnswerForm) -> None:
    form.municipality.choices = [("", words.WHOLE_STATE), *overview.municipalities(db())]
    form.programme.choices = [(str(programme_id), name) for programme_id, name in programmes.names(db())]
