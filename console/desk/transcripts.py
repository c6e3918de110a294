"""Setting the transcript of a voice note right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, url_for

from console import words
from console.access import DESK, allow, caseworker, db, now
from console.desk.blueprint import pages
from console.desk.forms import TranscriptForm
from console.desk.steps import step
from outreach.casework import transcripts
from outreach.texts import desk_files as texts

if TYPE_CHECKING:
    import uuid

    from werkzeug.wrappers import Response as Answer


@pages.post("/<uuid:case_id>/transcripcion/<int:position>")
@allow(DESK, needs_key=True)
def correct_transcript(case_id: uuid.UUID, position: int) -> Answer:
    """Keep what she who heard the note writes down."""
    form = TranscriptForm()
    if not form.validate():
        flash(texts.TRANSCRIPT_EMPTY if form.errors.keys() == {"text"} else words.EMPTY_TEXT, "error")
        return redirect(url_for("desk.case", case_id=case_id))
    return step(
        case_id,
        lambda: transcripts.correct(db(), caseworker(), case_id, now(), position, form.text.data or ""),
        texts.TRANSCRIPT_KEPT,
    )
