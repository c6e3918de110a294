"""The desk's steps about cover mode: end it, send what was held back, see the number for 911."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flask import flash, redirect, url_for

from console import words
from console.access import DESK, allow, caseworker, db, now
from console.desk import case_page
from console.desk.blueprint import pages
from console.desk.forms import ReasonForm
from console.desk.steps import need, step
from console.forms import Form
from outreach.casework import hidden
from outreach.casework.opened import DeskError

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


@pages.post("/<uuid:case_id>/telefono")
@allow(DESK, needs_key=True)
def phone(case_id: uuid.UUID) -> Answer | str:
    """Show her name and number, to be given to 911, in the answer to this form and nowhere else.

    Not as a flash and not after a redirect: what they carry stays in the browser's cookie.
    """
    need(Form())
    try:
        reached = hidden.phone_for_emergency(db(), caseworker(), case_id, now())
    except DeskError as error:
        db().rollback()
        flash(str(error), "error")
        return redirect(url_for("desk.case", case_id=case_id))
    db().commit()
    return case_page.show(replace(case_page.follow(case_id), reached=reached))
