"""The desk's steps about cover mode: end it, send what was held back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console import words
from console.access import DESK, allow, caseworker, db, now
from console.desk.blueprint import pages
from console.desk.forms import ReasonForm
from console.desk.steps import need, step
from outreach.casework import hidden

if TYPE_CHECKING:
    import uuid

    from werkzeug.wrappers import Response as Answer


@pages.post("/<uuid:case_id>/modo-oculto/terminar")
@allow(DESK, needs_key=True)
def end_cover(case_id: uuid.UUID) -> Answer:
    """End cover mode with a reason, and send what was held back."""
    form = ReasonForm()
    need(form)
    reason = form.reason.data or ""
    return step(
        case_id, lambda: hidden.end_cover(db(), caseworker(), case_id, now(), reason), words.COVER_ENDED
    )


@pages.post("/<uuid:case_id>/guardado/enviar")
@allow(DESK, needs_key=True)
def send_held_back(case_id: uuid.UUID) -> Answer:
    """Send what cover mode held back, once she is back."""
    return step(
        case_id, lambda: hidden.send_held_back(db(), caseworker(), case_id, now()), words.HELD_BACK_SENT
    )
