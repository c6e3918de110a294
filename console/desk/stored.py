"""The desk's steps about a text that has not left: store it, send it now, throw it away."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from console import words
from console.access import DESK, allow, caseworker, db, now, settings
from console.desk.blueprint import pages
from console.desk.forms import AnswerForm
from console.desk.steps import step, written
from outreach.casework import held_texts, pending

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from werkzeug.wrappers import Response as Answer


@pages.post("/<uuid:case_id>/guardar-texto")
@allow(DESK, needs_key=True)
def store(case_id: uuid.UUID) -> Answer | tuple[str, int]:
    """Leave a text for her next message, or for an hour that they agreed."""
    form = AnswerForm()

    def keep(text: str, once: uuid.UUID) -> str:
        at, agreed = _moment(form), bool(form.agreed.data)
        pending.store(
            db(), caseworker(), case_id, now(), text, settings(), at,
            agreed=agreed, entry_id=once, warned=form.known(),
        )  # fmt: skip
        return words.STORED_FOR_AN_HOUR if at else words.STORED

    return written(case_id, "reply", keep, form)


@pages.post("/<uuid:case_id>/guardado/<uuid:entry_id>/enviar")
@allow(DESK, needs_key=True)
def send_one(case_id: uuid.UUID, entry_id: uuid.UUID) -> Answer:
    """Send one text that had not left."""
    return step(
        case_id, lambda: held_texts.send_one(db(), caseworker(), case_id, now(), entry_id), words.HELD_SENT
    )


@pages.post("/<uuid:case_id>/guardado/<uuid:entry_id>/quitar")
@allow(DESK, needs_key=True)
def discard_one(case_id: uuid.UUID, entry_id: uuid.UUID) -> Answer:
    """Throw one text away."""
    return step(
        case_id,
        lambda: held_texts.discard(db(), caseworker(), case_id, now(), entry_id),
        words.HELD_DISCARDED,
    )


def _moment(form: AnswerForm) -> datetime | None:
    """Return the hour that she chose, which is one of the installation's clock."""
    local = form.at.data
    return local.replace(tzinfo=settings().timezone).astimezone(UTC) if local else None
