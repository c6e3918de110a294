"""Notes of the team on a case: their own address, form and list, apart from all that is sent to her."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, request

from console import words
from console.access import DESK, allow, caseworker, db, now
from console.desk import case_page
from console.desk.blueprint import pages
from console.desk.steps import written
from console.live import fragment
from outreach.casework import notes

if TYPE_CHECKING:
    import uuid

    from flask import Response
    from werkzeug.wrappers import Response as Answer


@pages.post("/<uuid:case_id>/notas")
@allow(DESK, needs_key=True)
def note(case_id: uuid.UUID) -> Answer | tuple[str, int]:
    """Keep a note for the team."""

    def keep(text: str, once: uuid.UUID) -> str:
        notes.note(db(), caseworker(), case_id, now(), text, entry_id=once)
        return words.NOTE_KEPT

    return written(case_id, "note", keep)


@pages.get("/<uuid:case_id>/notas")
@allow(DESK, quiet=True, needs_key=True)
def list_of_notes(case_id: uuid.UUID) -> Response:
    """Give the notes again, for the page that shows them; `todas` gives all."""
    page = case_page.follow(case_id)
    count = notes.MOST if request.args.get("todas") else notes.SHOWN
    found = notes.notes_in(page.opened, count)
    return fragment(render_template("note_list.html", page=page, notes=found, shown=notes.SHOWN))
