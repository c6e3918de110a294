"""The files of a case in the browser: played and shown here alone, never as what they call themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Response, abort, render_template, request

from console.access import DESK, allow, caseworker, db, now
from console.desk.blueprint import pages
from console.live import fragment
from outreach.casework import files
from outreach.casework.opened import DeskError
from outreach.texts import desk_files as texts

if TYPE_CHECKING:
    import uuid

    from werkzeug.wrappers import Response as Answer

CLOSED: Final = "default-src 'none'; sandbox"
"""What a file may do where somebody opens it by itself: nothing."""


@pages.get("/<uuid:case_id>/archivo/<uuid:file_id>")
@allow(DESK, quiet=True, needs_key=True)
def file(case_id: uuid.UUID, file_id: uuid.UUID) -> Answer:
    """Give a file, or the part of it that a player asks for."""
    try:
        shown = files.open_file(db(), caseworker(), case_id, now(), file_id)
    except DeskError:
        abort(404)
    db().commit()
    kind = shown.kind
    response = Response(shown.content, mimetype=kind.content_type)
    where = "attachment" if kind.shows == "download" else "inline"
    # Its name says nothing: it may end in a folder of downloads.
    response.headers["Content-Disposition"] = f"{where}; filename=archivo.{kind.extension}"
    response.headers["Content-Security-Policy"] = CLOSED
    return response.make_conditional(request, accept_ranges=True, complete_length=len(shown.content))


@pages.get("/<uuid:case_id>/archivo/<uuid:file_id>/estado")
@allow(DESK, quiet=True, needs_key=True)
def file_state(case_id: uuid.UUID, file_id: uuid.UUID) -> Response:
    """Give a file's place in the thread again, for a page on which it was still on its way."""
    try:
        about = files.follow_file(db(), caseworker(), case_id, now(), file_id)
    except DeskError:
        abort(404)
    db().commit()
    return fragment(render_template("_file.html", case_id=case_id, file_id=file_id, about=about, texts=texts))
