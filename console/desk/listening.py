"""The desk's stream, and the page that says that it is in sight."""

from __future__ import annotations

import uuid

from flask import Response, abort, request

from console import stream as streams
from console.access import COOKIE, DESK, allow, db, key, me
from console.desk.blueprint import pages
from console.forms import Form
from outreach.casework import bell


@pages.get("/vivo")
@allow(DESK, quiet=True, needs_key=True)
def stream() -> Response:
    """Tell a page that something happened, for as long as it is open."""
    return streams.answer(db(), me(), request.cookies.get(COOKIE, ""))


@pages.post("/aqui")
@allow(DESK, quiet=True, needs_key=True, present=True)
def present() -> tuple[str, int]:
    """Note that the desk is in sight, and tell colleagues which case she has in front of her."""
    if not Form().validate():
        abort(400)
    rights = streams.rights_of(db(), me())
    case_id = _case_given()
    if rights is not None and case_id is not None:
        audience = bell.audience(db(), key(), case_id)
        if audience is not None and audience.includes(rights.teams, supervisor=rights.supervisor):
            bell.say_looking(db(), case_id, me().staff.id, typing=request.form.get("typing") == "1")
    db().commit()
    return "", 204


def _case_given() -> uuid.UUID | None:
    given = request.form.get("case", "")
    try:
        return uuid.UUID(given) if given else None
    except ValueError:
        abort(400)
