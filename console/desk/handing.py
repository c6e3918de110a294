"""The steps by which a conversation changes hands, and the hour agreed with her: offer, accept, take over."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from flask import flash, redirect, request, url_for

from console import words
from console.access import DESK, allow, caseworker, db, me, now, settings
from console.desk.blueprint import pages
from console.desk.forms import AppointmentForm, LetGoForm, OfferForm, TakeOverForm
from console.desk.panels import panel
from console.desk.steps import need, step
from console.forms import Form
from outreach.casework import appointment_steps, colleagues, offers, reasons, taking
from outreach.texts import desk_queue

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Answer

    from console.desk.case_page import CasePage

HELD = frozenset({"mine", "shut", "gone"})


@pages.post("/<uuid:case_id>/tomar-en-lugar")
@allow(DESK, needs_key=True)
def take_over(case_id: uuid.UUID) -> Answer:
    """Take a colleague's conversation, for a reason."""
    form = TakeOverForm()
    need(form)
    reason, holder = form.reason.data or "", uuid.UUID(form.holder.data)
    return step(
        case_id,
        lambda: taking.take_over(db(), caseworker(), case_id, now(), reason, holder=holder),
        words.TAKEN,
    )


@pages.post("/<uuid:case_id>/dejar")
@allow(DESK, needs_key=True)
def let_go(case_id: uuid.UUID) -> Answer:
    """Leave the conversation to whoever takes it."""
    form = LetGoForm()
    need(form)
    reason = form.reason.data or ""
    return step(case_id, lambda: taking.let_go(db(), caseworker(), case_id, now(), reason), words.LET_GO)


@pages.post("/<uuid:case_id>/ofrecer")
@allow(DESK, needs_key=True)
def offer(case_id: uuid.UUID) -> Answer:
    """Offer the conversation to a colleague or to the team."""
    form = OfferForm()
    need(form)
    to = uuid.UUID(form.to.data)
    return step(case_id, lambda: offers.offer(db(), caseworker(), case_id, now(), to), words.OFFERED)


@pages.post("/<uuid:case_id>/ya-no-ofrecer")
@allow(DESK, needs_key=True)
def withdraw(case_id: uuid.UUID) -> Answer:
    """Take an offer back."""
    return step(case_id, lambda: offers.withdraw(db(), caseworker(), case_id, now()), words.WITHDRAWN)


@pages.post("/<uuid:case_id>/aceptar")
@allow(DESK, needs_key=True)
def accept(case_id: uuid.UUID) -> Answer:
    """Accept what was offered."""
    return step(case_id, lambda: offers.accept(db(), caseworker(), case_id, now()), words.TAKEN)


@pages.post("/<uuid:case_id>/rechazar")
@allow(DESK, needs_key=True)
def decline(case_id: uuid.UUID) -> Answer:
    """Say no to what was offered."""
    return step(case_id, lambda: offers.decline(db(), caseworker(), case_id, now()), words.DECLINED)


@pages.post("/<uuid:case_id>/acordar")
@allow(DESK, needs_key=True)
def appoint(case_id: uuid.UUID) -> Answer:
    """Keep the hour that was agreed with her."""
    form = AppointmentForm()
    zone = settings().timezone
    at = form.moment(zone)
    if not form.validate() or at is None:
        flash(desk_queue.LONG_WORDS if form.agreed.errors else words.NO_HOUR, "error")
        return redirect(url_for("desk.case", case_id=case_id))
    agreed = form.agreed.data or ""
    return step(
        case_id,
        lambda: appointment_steps.appoint(db(), caseworker(), case_id, now(), at, agreed, zone),
        words.APPOINTED,
    )


@pages.post("/<uuid:case_id>/acordada")
@allow(DESK, needs_key=True)
def settle(case_id: uuid.UUID) -> Answer:
    """Note what came of the agreed hour."""
    need(Form())
    kept = request.form.get("kept") == "yes"
    return step(
        case_id,
        lambda: appointment_steps.settle(db(), caseworker(), case_id, now(), kept=kept),
        words.SETTLED,
    )


@panel("hand", title="Pasar la conversación", order=30, shown=lambda page: page.mode in HELD)
def hand(page: CasePage) -> dict[str, object]:
    """Offer the conversation to somebody, or leave it."""
    case, state = page.opened.case, page.opened.state
    known = colleagues.of_case(db(), case.team_id, now(), for_supervisor=state.for_supervisor)
    others = [one for one in known.values() if one.id != me().staff.id]
    return {"others": others, "team_id": case.team_id, "few": reasons.SHORTEST}


@panel("hour", title="Hora para escribirle", order=25, shown=lambda page: page.mode in {"mine", "shut"})
def hour(page: CasePage) -> dict[str, object]:
    """Keep an hour that was agreed with her."""
    return {"agreed": page.opened.state.appointment_at, "today": now().astimezone(settings().timezone).date()}
