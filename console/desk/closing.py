"""How a case ends at the desk: asked for, approved or sent back, closed, reopened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, url_for

from console import words
from console.access import DESK, SUPERVISION, allow, caseworker, db, me, now
from console.desk import case_page
from console.desk.blueprint import pages
from console.desk.forms import ApproveForm, CloseForm, LetGoForm
from console.desk.handing import HELD
from console.desk.panels import panel
from console.desk.steps import need, step
from models import Role
from outreach.casework import closing, reasons
from outreach.texts import desk_closing as texts

if TYPE_CHECKING:
    import uuid

    from werkzeug.wrappers import Response as Answer

    from console.desk.case_page import CasePage


@pages.post("/<uuid:case_id>/pedir-cierre")
@allow(DESK, needs_key=True)
def ask_to_close(case_id: uuid.UUID) -> Answer:
    """Ask a supervisor to close the case."""
    form = CloseForm()
    outcome, reason = form.chosen(), form.reason.data or ""
    if not form.validate() or outcome is None:
        return _unchosen(case_id, form)
    return step(
        case_id, lambda: closing.ask(db(), caseworker(), case_id, now(), outcome, reason), texts.ASKED
    )


@pages.post("/<uuid:case_id>/cerrar")
@allow(DESK, needs_key=True)
def close(case_id: uuid.UUID) -> Answer:
    """Close the case, where nobody else could approve it."""
    form = CloseForm()
    outcome, reason = form.chosen(), form.reason.data or ""
    if not form.validate() or outcome is None:
        return _unchosen(case_id, form)
    heard = form.heard.data or ""
    return step(
        case_id,
        lambda: closing.close(db(), caseworker(), case_id, now(), outcome, reason, heard=heard),
        texts.CLOSED,
    )


@pages.post("/<uuid:case_id>/ya-no-cerrar")
@allow(DESK, needs_key=True)
def keep_open(case_id: uuid.UUID) -> Answer:
    """Go on with the case."""
    return step(case_id, lambda: closing.keep_open(db(), caseworker(), case_id, now()), texts.KEPT_OPEN)


@pages.post("/<uuid:case_id>/aprobar-cierre")
@allow(SUPERVISION, needs_key=True)
def approve(case_id: uuid.UUID) -> Answer:
    """Agree to the end of a case."""
    form = ApproveForm()
    need(form)
    heard = form.heard.data or ""
    return step(
        case_id, lambda: closing.approve(db(), caseworker(), case_id, now(), heard=heard), texts.CLOSED
    )


@pages.post("/<uuid:case_id>/devolver-cierre")
@allow(SUPERVISION, needs_key=True)
def send_back(case_id: uuid.UUID) -> Answer:
    """Leave the case open and say why."""
    form = LetGoForm()
    need(form)
    reason = form.reason.data or ""
    return step(
        case_id, lambda: closing.send_back(db(), caseworker(), case_id, now(), reason), texts.SENT_BACK
    )


@pages.post("/<uuid:case_id>/archivar")
@allow(DESK, needs_key=True)
def archive(case_id: uuid.UUID) -> Answer:
    """Take a case that she closed from the list."""
    return step(case_id, lambda: closing.archive(db(), caseworker(), case_id, now()), words.ARCHIVED)


@pages.post("/<uuid:case_id>/reabrir")
@allow(DESK, needs_key=True)
def reopen(case_id: uuid.UUID) -> Answer:
    """Open a closed case again."""
    form = LetGoForm()
    need(form)
    reason = form.reason.data or ""
    return step(case_id, lambda: closing.reopen(db(), caseworker(), case_id, now(), reason), texts.REOPENED)


@panel("closing", title="Cierre del caso", order=80, shown=lambda page: _way(page) != "", live=True)
def end(page: CasePage) -> dict[str, object]:
    """Ask for the end of the case, approve it, close it, or open it again."""
    return {
        "way": _way(page),
        "outcomes": texts.OUTCOMES,
        "heard": page.opened.state.last_word_at or "",
        "waits": page.opened.state.waiting_since is not None,
        "few": reasons.SHORTEST,
        "most": reasons.LONGEST,
        "asks": case_page.effects(page),
        "texts": texts,
    }


def _way(page: CasePage) -> str:
    """Return what she who looks may do about the case's end: "" is nothing."""
    state, staff = page.opened.state, me().staff
    if page.mode == "closed":
        return "hers" if state.closed_by_her else "reopen"
    if state.closing_asked_by == str(staff.id) and closing.needs_approval(page.opened):
        return ""
    if state.closing_asked_by and staff.role is Role.SUPERVISOR and state.closing_asked_by != str(staff.id):
        return "approve"
    if page.mode in HELD:
        return "ask" if closing.needs_approval(page.opened) else "alone"
    return ""


def _unchosen(case_id: uuid.UUID, form: CloseForm) -> Answer:
    flash(words.LONG_REASON if form.reason.errors else texts.NO_OUTCOME, "error")
    return redirect(url_for("desk.case", case_id=case_id))
