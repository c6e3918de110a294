"""The steps that a caseworker takes in a case: take, answer, hand back."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from flask import abort, flash, redirect, render_template, request, url_for

from console import words
from console.access import DESK, allow, caseworker, db, me, now
from console.desk import case_page
from console.desk.blueprint import pages
from console.desk.forms import AnswerForm, TextForm
from console.desk.queue import lost
from console.forms import Form
from outreach.casework import answering, drafts, taking, undelivered
from outreach.casework.opened import DeskError

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response as Answer


@pages.post("/<uuid:case_id>/tomar")
@allow(DESK, needs_key=True)
def take(case_id: uuid.UUID) -> Answer:
    """Take the conversation; the bot falls silent."""
    return step(case_id, lambda: taking.take(db(), caseworker(), case_id, now()), words.TAKEN)


@pages.post("/<uuid:case_id>/responder")
@allow(DESK, needs_key=True)
def reply(case_id: uuid.UUID) -> Answer | tuple[str, int]:
    """Answer her."""
    form = AnswerForm()

    def send(text: str, once: uuid.UUID) -> str | None:
        if request.form.get("at"):
            raise DeskError(words.HOUR_GIVEN)
        sent = answering.reply(db(), caseworker(), case_id, now(), text, entry_id=once, warned=form.known())
        return words.HELD_BACK if sent is not None and sent.held_back else None

    return written(case_id, "reply", send, form)


@pages.post("/<uuid:case_id>/aviso")
@allow(DESK, needs_key=True)
def neutral(case_id: uuid.UUID) -> Answer:
    """Send the neutral template, where free text can't leave."""
    return step(
        case_id, lambda: answering.send_neutral(db(), caseworker(), case_id, now()), words.NEUTRAL_SENT
    )


@pages.post("/<uuid:case_id>/devolver")
@allow(DESK, needs_key=True)
def hand_back(case_id: uuid.UUID) -> Answer:
    """Give the conversation back to the bot."""
    return step(case_id, lambda: taking.hand_back(db(), caseworker(), case_id, now()), words.HANDED_BACK)


@pages.get("/no-llegaron")
@allow(DESK, needs_key=True)
def undelivered_answers() -> str:
    """Show the answers that did not arrive, with what to do."""
    return render_template("undelivered.html", messages=lost())


@pages.post("/<uuid:case_id>/no-llegaron/<uuid:outbox_id>")
@allow(DESK, needs_key=True)
def acknowledge(case_id: uuid.UUID, outbox_id: uuid.UUID) -> Answer:
    """Note that she knows that an answer did not arrive."""
    need(Form())
    try:
        known = undelivered.acknowledge(db(), caseworker(), case_id, now(), outbox_id)
    except DeskError as error:
        db().rollback()
        flash(str(error), "error")
    else:
        db().commit()
        if known:
            flash(words.SEEN, "ok")
    return redirect(url_for("desk.undelivered_answers"))


def need(form: Form) -> None:
    """Refuse a form that does not hold."""
    if not form.validate():
        abort(400)


def step(case_id: uuid.UUID, act: Callable[[], object], done: str, *, then: str | None = None) -> Answer:
    """Take one step in a case and show it again, or the page `then`, with what came of it."""
    need(Form())
    try:
        act()
    except DeskError as error:
        db().rollback()
        flash(str(error), "error")
    else:
        db().commit()
        flash(done, "ok")
    return redirect(then or url_for("desk.case", case_id=case_id))


def written(
    case_id: uuid.UUID,
    box: str,
    keep: Callable[[str, uuid.UUID], str | None],
    form: TextForm | None = None,
) -> Answer | tuple[str, int]:
    """Keep what she typed; where it is refused, the page comes back with her words in the box."""
    form = form or TextForm()
    text, problem, done = (form.text.data or "").strip(), words.EMPTY_TEXT, None
    if form.validate() and text:
        try:
            done = keep(text, uuid.UUID(form.once.data))
        except DeskError as error:
            problem = str(error)
        else:
            db().commit()
            if done:
                flash(done, "ok")
            return redirect(url_for("desk.case", case_id=case_id))
    elif form.errors.keys() == {"at"}:
        problem = words.BAD_HOUR
    db().rollback()
    flash(problem, "error")
    page = case_page.follow(case_id)
    if len(text) <= drafts.LONGEST:
        drafts.keep(db(), case_id, me().staff.id, box, text)
        db().commit()
    return case_page.show(page, typed={box: text}, answer=form if box == drafts.REPLY else None), 422
