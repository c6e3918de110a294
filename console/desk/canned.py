"""Texts that the team sends often: every caseworker reads them, supervisors write them."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Final

from flask import abort, flash, redirect, render_template, url_for

from console import words
from console.access import DESK, allow, db, me, now
from console.desk.blueprint import pages
from console.desk.forms import CannedForm
from console.forms import Form
from models import Role
from outreach.casework import canned
from outreach.messages import reveal
from outreach.sealing import vault
from outreach.staff import audit
from outreach.staff.audit import Action

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Answer

    from models import CannedAnswer

SUPERVISION: Final = frozenset({Role.SUPERVISOR})


@pages.get("/respuestas-listas")
@allow(DESK, needs_key=True)
def canned_answers() -> str:
    """Show the texts of her teams."""
    return _page(_form())


@pages.post("/respuestas-listas")
@allow(SUPERVISION, needs_key=True)
def add_canned() -> Answer | tuple[str, int]:
    """Keep a new text."""
    return _saved(None)


@pages.post("/respuestas-listas/<uuid:answer_id>")
@allow(SUPERVISION, needs_key=True)
def change_canned(answer_id: uuid.UUID) -> Answer | tuple[str, int]:
    """Change a text."""
    return _saved(_found(answer_id))


@pages.post("/respuestas-listas/<uuid:answer_id>/quitar")
@allow(SUPERVISION, needs_key=True)
def remove_canned(answer_id: uuid.UUID) -> Answer:
    """Forget a text."""
    if not Form().validate():
        abort(400)
    canned.remove(db(), _found(answer_id))
    audit.record(db(), me().staff.id, Action.ANSWER_SAVED, now())
    db().commit()
    flash(words.CANNED_REMOVED, "ok")
    return redirect(url_for("desk.canned_answers"))


def _saved(answer: CannedAnswer | None) -> Answer | tuple[str, int]:
    form = CannedForm()
    form.team.choices = _teams()
    problem = None
    if form.validate():
        team_id = answer.team_id if answer else uuid.UUID(form.team.data)
        try:
            canned.save(db(), team_id, form.title.data or "", form.body.data or "", answer)
        except canned.CannedError as error:
            problem = str(error)
        else:
            audit.record(db(), me().staff.id, Action.ANSWER_SAVED, now())
            db().commit()
            flash(words.CANNED_SAVED, "ok")
            return redirect(url_for("desk.canned_answers"))
    db().rollback()
    flash(problem or form.problem() or words.EMPTY_TEXT, "error")
    # What was typed into the form of one that is there comes back in the form below, as a new one.
    return _page(form), 422


def _form() -> CannedForm:
    form = CannedForm(formdata=None)
    form.team.choices = _teams()
    return form


def _teams() -> list[tuple[str, str]]:
    return [(str(team.id), team.name) for team in canned.teams(db(), me().staff)]


def _found(answer_id: uuid.UUID) -> CannedAnswer:
    return canned.find(db(), answer_id, vault.teams_of(db(), me().staff.id)) or abort(404)


def _page(form: CannedForm) -> str:
    teams = _teams()
    return render_template(
        "canned_answers.html",
        groups=[(name, canned.of_team(db(), uuid.UUID(team_id))) for team_id, name in teams],
        form=form,
        quoted=reveal.quoted,
        writes=me().staff.role is Role.SUPERVISOR,
    )
