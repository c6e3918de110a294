"""The caseworkers' desk: who waits, one thread at a time. Nobody else gets anything of it (P4)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)

from console import words
from console.access import DESK, allow, caseworker, db, key, me, now
from console.forms import Form, ShiftForm, TextForm
from console.live import fragment
from outreach.casework import cases, desk, roster
from outreach.sealing import vault
from outreach.staff import audit
from outreach.staff.audit import Action
from outreach.texts import desk as labels

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Response
    from werkzeug.wrappers import Response as Answer

pages = Blueprint("desk", __name__, template_folder="templates", url_prefix="/casos")


@pages.get("")
@allow(DESK)
def index() -> str | Answer:
    """Show who waits."""
    if me().private_key is None:
        return redirect(url_for("keys.index"))
    return render_template("desk.html", **_queue(), opened=None)


@pages.get("/lista")
@allow(DESK, quiet=True)
def queue() -> Response:
    """Give the list again, for the page that shows it."""
    return fragment(render_template("desk_list.html", **_queue()))


@pages.get("/<uuid:case_id>")
@allow(DESK)
def case(case_id: uuid.UUID) -> str | Answer:
    """Show one thread beside the list."""
    if me().private_key is None:
        return redirect(url_for("keys.index"))
    shown = _thread(case_id)
    audit.record(db(), me().staff.id, Action.DESK_READ, now())
    db().commit()
    return render_template(
        "desk.html",
        **_queue(case_id),
        **shown,
        action=Form(),
        reply=TextForm(formdata=None, once=str(uuid.uuid4())),
        note=TextForm(formdata=None, once=str(uuid.uuid4())),
        neutral=desk.neutral_template(db()),
    )


@pages.get("/<uuid:case_id>/hilo")
@allow(DESK, quiet=True)
def thread(case_id: uuid.UUID) -> Response:
    """Give a thread again, with the mode that decides what its page offers."""
    shown = _thread(case_id)
    response = fragment(render_template("desk_thread.html", **shown))
    response.headers["X-Mode"] = shown["mode"]
    return response


@pages.post("/<uuid:case_id>/tomar")
@allow(DESK)
def take(case_id: uuid.UUID) -> Answer:
    """Take the conversation; the bot falls silent."""
    _need(Form())
    instead = request.form.get("instead") == "yes"
    audit.record(db(), me().staff.id, Action.DESK_TAKEN, now())
    return _step(case_id, lambda: desk.take(db(), caseworker(), case_id, now(), instead=instead), words.TAKEN)


@pages.post("/<uuid:case_id>/responder")
@allow(DESK)
def reply(case_id: uuid.UUID) -> Answer:
    """Answer her."""
    form = TextForm()
    if not form.validate():
        flash(words.EMPTY_TEXT, "error")
        return _back(case_id)
    text, once = (form.text.data or "").strip(), uuid.UUID(form.once.data)

    def send() -> str | None:
        entry = desk.reply(db(), caseworker(), case_id, text, now(), entry_id=once)
        return words.HELD_BACK if entry is not None and _is_held_back(case_id) else None

    return _step(case_id, send, None)


@pages.post("/<uuid:case_id>/nota")
@allow(DESK)
def note(case_id: uuid.UUID) -> Answer:
    """Keep a note for the team."""
    form = TextForm()
    if not form.validate():
        flash(words.EMPTY_TEXT, "error")
        return _back(case_id)
    text, once = (form.text.data or "").strip(), uuid.UUID(form.once.data)
    return _step(
        case_id, lambda: desk.note(db(), caseworker(), case_id, text, now(), entry_id=once), words.NOTE_KEPT
    )


@pages.post("/<uuid:case_id>/aviso")
@allow(DESK)
def neutral(case_id: uuid.UUID) -> Answer:
    """Send the neutral template, where free text can't leave."""
    _need(Form())
    return _step(case_id, lambda: desk.send_neutral(db(), caseworker(), case_id, now()), words.NEUTRAL_SENT)


@pages.post("/<uuid:case_id>/devolver")
@allow(DESK)
def hand_back(case_id: uuid.UUID) -> Answer:
    """Give the conversation back to the bot."""
    _need(Form())
    return _step(case_id, lambda: desk.hand_back(db(), caseworker(), case_id, now()), words.HANDED_BACK)


@pages.post("/<uuid:case_id>/cerrar")
@allow(DESK)
def close(case_id: uuid.UUID) -> Answer:
    """Close the case."""
    _need(Form())
    audit.record(db(), me().staff.id, Action.DESK_CLOSED, now())
    return _step(case_id, lambda: desk.close(db(), caseworker(), case_id, now()), words.CLOSED)


@pages.post("/turno")
@allow(DESK)
def start_shift() -> Answer:
    """Enter the roster."""
    form = ShiftForm()
    _need(form)
    roster.start_shift(db(), me().staff, form.hours.data or 1, now())
    db().commit()
    flash(words.SHIFT_STARTED, "ok")
    return redirect(url_for("desk.index"))


@pages.post("/turno/terminar")
@allow(DESK)
def end_shift() -> Answer:
    """Leave the roster."""
    _need(Form())
    roster.end_shift(db(), me().staff, now())
    db().commit()
    flash(words.SHIFT_ENDED, "ok")
    return redirect(url_for("desk.index"))


def _queue(current: uuid.UUID | None = None) -> dict[str, Any]:
    given = request.args.get("actual", "")
    return {
        "lines": cases.open_cases(db(), key()),
        "current": str(current) if current else given,
        "shift": roster.shift_of(db(), me().staff, now()),
        "on_shift": cases.on_shift(db(), now()),
        "shift_form": ShiftForm(formdata=None, hours=8),
        "alone": vault.holders(db(), besides=me().staff.id) == 0,
    }


def _thread(case_id: uuid.UUID) -> dict[str, Any]:
    opened = desk.opened(db(), caseworker(), case_id)
    if opened is None:
        abort(404)
    entries = desk.thread(db(), caseworker(), opened.case)
    return {
        "opened": opened,
        "entries": entries,
        "sending": desk.sending_states(db(), entries),
        "mode": _mode(opened),
        "about": labels.about(opened.about),
        "kinds": labels.KINDS,
    }


def _mode(opened: desk.OpenedCase) -> str:
    if not opened.case.is_open:
        return "closed"
    if opened.state.claimed_by is None:
        return "free"
    if opened.state.claimed_by != str(me().staff.id):
        return "other"
    if opened.conversation is None:
        return "gone"
    return "mine" if opened.can_write(now()) else "shut"


def _is_held_back(case_id: uuid.UUID) -> bool:
    opened = desk.opened(db(), caseworker(), case_id)
    return opened is not None and opened.private is not None and opened.private.cover


def _need(form: Form) -> None:
    if not form.validate():
        abort(400)


def _step(case_id: uuid.UUID, act: Callable[[], object], done: str | None) -> Answer:
    try:
        result = act()
    except desk.DeskError as error:
        db().rollback()
        flash(str(error), "error")
        return _back(case_id)
    db().commit()
    message = result if isinstance(result, str) else done
    if message:
        flash(message, "ok")
    return _back(case_id)


def _back(case_id: uuid.UUID) -> Answer:
    return redirect(url_for("desk.case", case_id=case_id))
