"""The caseworkers' desk: who waits, one thread at a time. Nobody else gets anything of it (P4)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for

from console import words
from console.access import DESK, allow, caseworker, db, key, me, now, settings
from console.desk.forms import ReasonForm, ShiftForm, TextForm
from console.forms import Form
from console.live import fragment
from models import Role
from outreach.casework import answering, cases, closing, hidden, notes, reading, roster, taking, undelivered
from outreach.casework.opened import DeskError, NoSuchCaseError, Seen
from outreach.messages.cover_state import WAY_BACK
from outreach.sealing import vault
from outreach.texts import desk as labels

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response as Answer

pages = Blueprint("desk", __name__, template_folder="templates", url_prefix="/casos")


@pages.get("")
@allow(DESK, needs_key=True)
def index() -> str:
    """Show who waits."""
    return render_template("desk.html", **_queue(), opened=None)


@pages.get("/lista")
@allow(DESK, quiet=True, needs_key=True)
def queue() -> Response:
    """Give the list again, for the page that shows it."""
    return fragment(render_template("desk_list.html", **_queue()))


@pages.get("/<uuid:case_id>")
@allow(DESK, needs_key=True)
def case(case_id: uuid.UUID) -> str:
    """Show one thread beside the list."""
    shown = _thread(case_id)
    db().commit()
    return _case_page(case_id, shown)


@pages.get("/<uuid:case_id>/hilo")
@allow(DESK, quiet=True, needs_key=True)
def thread(case_id: uuid.UUID) -> Response:
    """Give a thread again, with the mode that decides what its page offers."""
    shown = _thread(case_id, again=True)
    db().commit()
    response = fragment(render_template("desk_thread.html", **shown))
    response.headers["X-Mode"] = shown["mode"]
    return response


@pages.post("/<uuid:case_id>/tomar")
@allow(DESK, needs_key=True)
def take(case_id: uuid.UUID) -> Answer:
    """Take the conversation; the bot falls silent."""
    instead = request.form.get("instead") == "yes"
    return step(
        case_id, lambda: taking.take(db(), caseworker(), case_id, now(), instead=instead), words.TAKEN
    )


@pages.post("/<uuid:case_id>/responder")
@allow(DESK, needs_key=True)
def reply(case_id: uuid.UUID) -> Answer | tuple[str, int]:
    """Answer her."""

    def send(text: str, once: uuid.UUID) -> str | None:
        sent = answering.reply(db(), caseworker(), case_id, now(), text, entry_id=once)
        return words.HELD_BACK if sent is not None and sent.held_back else None

    return _written(case_id, "reply", send)


@pages.post("/<uuid:case_id>/nota")
@allow(DESK, needs_key=True)
def note(case_id: uuid.UUID) -> Answer | tuple[str, int]:
    """Keep a note for the team."""

    def keep(text: str, once: uuid.UUID) -> str:
        notes.note(db(), caseworker(), case_id, now(), text, entry_id=once)
        return words.NOTE_KEPT

    return _written(case_id, "note", keep)


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


@pages.post("/<uuid:case_id>/cerrar")
@allow(DESK, needs_key=True)
def close(case_id: uuid.UUID) -> Answer:
    """Close the case."""
    return step(case_id, lambda: closing.close(db(), caseworker(), case_id, now()), words.CLOSED)


@pages.get("/no-llegaron")
@allow(DESK, needs_key=True)
def undelivered_answers() -> str:
    """Show the answers that did not arrive, with what to do."""
    return render_template("undelivered.html", messages=_undelivered())


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


@pages.post("/turno")
@allow(DESK, needs_key=True)
def start_shift() -> Answer:
    """Enter the roster."""
    form = ShiftForm()
    need(form)
    roster.start_shift(db(), me().staff, form.hours.data or 1, now())
    db().commit()
    flash(words.SHIFT_STARTED, "ok")
    return redirect(url_for("desk.index"))


@pages.post("/turno/terminar")
@allow(DESK, needs_key=True)
def end_shift() -> Answer:
    """Leave the roster."""
    need(Form())
    roster.end_shift(db(), me().staff, now())
    db().commit()
    flash(words.SHIFT_ENDED, "ok")
    return redirect(url_for("desk.index"))


def _supervises() -> bool:
    return me().staff.role is Role.SUPERVISOR


def _undelivered() -> list[undelivered.Undelivered]:
    teams = vault.teams_of(db(), me().staff.id)
    return undelivered.undelivered(db(), key(), teams, supervisor=_supervises())


def _queue(current: uuid.UUID | None = None) -> dict[str, Any]:
    given = request.args.get("actual", "")
    teams = vault.teams_of(db(), me().staff.id)
    return {
        "lines": cases.open_cases(db(), key(), teams, supervisor=_supervises()),
        "current": str(current) if current else given,
        "shift": roster.shift_of(db(), me().staff, now()),
        "on_shift": cases.on_shift(db(), now()),
        "here": cases.at_the_desk(db(), now()),
        "shift_form": ShiftForm(formdata=None, hours=8),
        "alone": vault.holders(db(), besides=me().staff.id) == 0,
        "lost": len(_undelivered()),
    }


def _thread(case_id: uuid.UUID, *, again: bool = False) -> dict[str, Any]:
    read = reading.follow_thread if again else reading.open_thread
    try:
        opened, entries = read(db(), caseworker(), case_id, now())
    except NoSuchCaseError:
        abort(404)
    return {
        "opened": opened,
        "entries": entries,
        "sending": reading.sending_states(db(), entries),
        "mode": _mode(opened),
        "name": hidden.name_of(opened),
        "cover": hidden.cover_of(opened.private, settings()),
        "held_back": hidden.held_back(entries),
        "way_back": WAY_BACK,
        "about": labels.about(opened.about),
        "kinds": labels.KINDS,
    }


def _case_page(case_id: uuid.UUID, shown: dict[str, Any], **texts: str) -> str:
    """Show a thread with its forms; `texts` is what she typed into one that was refused."""
    once = str(uuid.uuid4())
    return render_template(
        "desk.html",
        **_queue(case_id),
        **shown,
        action=Form(),
        reason=ReasonForm(formdata=None),
        reply=TextForm(formdata=None, once=once, text=texts.get("reply", "")),
        note=TextForm(formdata=None, once=str(uuid.uuid4()), text=texts.get("note", "")),
        kept=texts.get("reply", ""),
        neutral=answering.neutral_template(db()),
    )


def _mode(opened: Seen) -> str:
    if not opened.case.is_open:
        return "closed"
    if opened.state.closed_by_her:
        return "hers"
    if opened.state.claimed_by is None:
        return "free"
    if opened.state.claimed_by != str(me().staff.id):
        return "other"
    if opened.conversation is None:
        return "gone"
    return "mine" if opened.can_write() else "shut"


def need(form: Form) -> None:
    """Refuse a form that does not hold."""
    if not form.validate():
        abort(400)


def step(case_id: uuid.UUID, act: Callable[[], object], done: str) -> Answer:
    """Take one step in a case and show it again, with what came of it."""
    need(Form())
    try:
        act()
    except DeskError as error:
        db().rollback()
        flash(str(error), "error")
    else:
        db().commit()
        flash(done, "ok")
    return redirect(url_for("desk.case", case_id=case_id))


def _written(
    case_id: uuid.UUID, box: str, keep: Callable[[str, uuid.UUID], str | None]
) -> Answer | tuple[str, int]:
    """Keep what she typed; where it is refused, the page comes back with her words in the box."""
    form = TextForm()
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
    db().rollback()
    flash(problem, "error")
    shown = _thread(case_id, again=True)
    db().commit()
    return _case_page(case_id, shown, **{box: text}), 422
