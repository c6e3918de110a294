"""The files of a case in the browser: played and shown here alone, never as what they call themselves."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Final

from flask import Response, abort, flash, redirect, render_template, request, url_for

from console.access import DESK, allow, caseworker, db, now
from console.desk import case_page
from console.desk.blueprint import pages
from console.desk.forms import FileForm
from console.live import fragment
from console.requests import LARGEST_FORM
from outreach.casework import files, sending_files
from outreach.casework.opened import DeskError
from outreach.texts import desk_files as texts

if TYPE_CHECKING:
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


@pages.post("/<uuid:case_id>/mandar-archivo")
@allow(DESK, needs_key=True, largest=sending_files.LARGEST + LARGEST_FORM)
def send_file(case_id: uuid.UUID) -> Answer | tuple[str, int]:
    """Send her a file; where it is refused, the page comes back with what was wrong and her words."""
    form = FileForm()
    text = (form.text.data or "").strip()
    given = form.file.data
    problem = texts.EMPTY
    if form.validate():
        content = given.read() if given else b""
        try:
            ready = sending_files.made_ready(content, given.mimetype if given else "")
            once = uuid.UUID(form.once.data)
            sending_files.send_file(db(), caseworker(), case_id, now(), ready, text, entry_id=once)
        except DeskError as error:
            problem = str(error)
        else:
            db().commit()
            flash(texts.SENT, "ok")
            return redirect(url_for("desk.case", case_id=case_id))
    db().rollback()
    flash(problem, "error")
    return case_page.show(case_page.follow(case_id), typed={"file": text}), 422


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
