"""Notes of the team on a case: their own address, form and list, apart from all that is sent to her."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, request

from console import words
from console.access import DESK, allow, caseworker, db, now
from console.desk import case_page
from console.desk.blueprint import pages
from console.desk.forms import NoteForm
from console.desk.steps import written
from console.live import fragment
from console.requests import LARGEST_FORM
from outreach.casework import notes
from outreach.casework.notes import Attached
from outreach.texts import desk_files

if TYPE_CHECKING:
    import uuid

    from flask import Response
    from werkzeug.wrappers import Response as Answer


@pages.post("/<uuid:case_id>/notas")
@allow(DESK, needs_key=True, largest=notes.LARGEST + LARGEST_FORM)
def note(case_id: uuid.UUID) -> Answer | tuple[str, int]:
    """Keep a note for the team, with a file where one was chosen."""
    form = NoteForm()
    chosen = form.file.data
    attached = Attached(chosen.read(), chosen.mimetype) if chosen else None

    def keep(text: str, once: uuid.UUID) -> str:
        notes.note(db(), caseworker(), case_id, now(), text, entry_id=once, attached=attached)
        return words.NOTE_KEPT

    return written(case_id, "note", keep, form)


@pages.get("/<uuid:case_id>/notas")
@allow(DESK, quiet=True, needs_key=True)
def list_of_notes(case_id: uuid.UUID) -> Response:
    """Give the notes again, for the page that shows them; `todas` gives all."""
    page = case_page.follow(case_id)
    around = case_page.notes_of(page, every=bool(request.args.get("todas")))
    return fragment(render_template("note_list.html", page=page, **around, file_texts=desk_files))
