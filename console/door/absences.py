"""Coordinators: whom to call after two absences running, and what became of the call."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from console import words
from console.access import PROGRAMME, allow, db, key, me, now, settings
from console.forms import Form
from models import CallResult
from outreach.programme import absences
from outreach.programme.absences import Place
from outreach.staff import audit
from outreach.staff.audit import Action

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

pages = Blueprint("absences", __name__, template_folder="templates", url_prefix="/programa/faltas")


@pages.get("")
@allow(PROGRAMME)
def index() -> str:
    """Show whom to call, a page at a time."""
    session_id, woman_id = (request.args.get(name, type=uuid.UUID) for name in ("sesion", "despues"))
    place = Place(session_id, woman_id) if session_id and woman_id else None
    page = absences.listed(db(), key(), settings(), now(), place, agency=me().staff.agency)
    return render_template(
        "absences.html", page=page, first=place is None, action=Form(formdata=None), most=absences.MOST_TRIES
    )


@pages.post("/<uuid:session_id>/<uuid:woman_id>")
@allow(PROGRAMME)
def called(session_id: uuid.UUID, woman_id: uuid.UUID) -> Response:
    """Note a call: done, or not reached."""
    tries = request.form.get("tries", type=int)
    result = request.form.get("result", "")
    if not Form().validate() or tries is None or tries not in range(absences.MOST_TRIES):
        abort(400)
    if result not in set(CallResult):
        abort(400)
    staff = me().staff
    kept = absences.called(
        db(), woman_id, session_id, tries, CallResult(result), by=staff.id, now=now(), agency=staff.agency
    )
    if kept:
        audit.record(db(), staff.id, Action.ABSENCE_CALLED, now())
    db().commit()
    flash(words.CALL_NOTED if kept else words.CALL_TWICE, "ok" if kept else "error")
    return redirect(url_for("absences.index"))
