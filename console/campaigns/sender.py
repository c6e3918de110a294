"""The number that messages leave from: its limit, its rating, its pause; and the lot of reminders."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Final, NamedTuple

from flask import abort, flash, redirect, render_template, request, url_for

from console import words
from console.access import ADMINISTRATION, PROGRAMME, allow, db, me, now
from console.campaigns.blueprint import pages
from console.campaigns.following_forms import LotForm, SenderForm
from console.forms import Form
from models import FIRST_PROGRAMME, OutboxKind, Programme, Quality
from outreach.campaigns import hold_out
from outreach.messages import sender
from outreach.programme import programmes
from outreach.staff import audit
from outreach.staff.audit import Action

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

WHO: Final = PROGRAMME | ADMINISTRATION


class Lot(NamedTuple):
    """A programme with its form."""

    id: str
    name: str
    form: LotForm


@pages.get("/envio")
@allow(WHO)
def number() -> str:
    """Show how the number stands."""
    found = sender.read(db(), now())
    shares = hold_out.of_reminders(db())
    why = None
    if found.paused_at is not None and found.paused_code is not None:
        why = words.SENDER_CODES.get(found.paused_code, words.SENDER_UNKNOWN)
    return render_template(
        "sender.html",
        found=found,
        why=why,
        room=found.room(OutboxKind.CAMPAIGN),
        form=SenderForm(formdata=None, limit=str(found.daily_limit or ""), quality=found.quality.value),
        lots=[
            Lot(
                str(programme_id),
                name,
                LotForm(formdata=None, percent=str(shares.get(programme_id, 0))),
            )
            for programme_id, name in programmes.names(db())
        ],
    )


@pages.post("/envio")
@allow(WHO)
def set_number() -> Response:
    """Save what somebody read in WhatsApp Manager."""
    form = SenderForm()
    if not form.validate():
        abort(400)
    sender.set_limits(db(), int(form.limit.data) if form.limit.data else None, Quality(form.quality.data))
    return _done(Action.SENDER_CHANGED, words.SENDER_SAVED)


@pages.post("/envio/sorteo")
@allow(WHO)
def set_lot() -> Response:
    """Choose the share of women of a programme without reminders."""
    form = LotForm()
    if not form.validate():
        abort(400)
    chosen = request.form.get("programme", type=uuid.UUID)
    programme = db().get(Programme, chosen or FIRST_PROGRAMME) or abort(404)
    hold_out.choose(db(), programme.id, int(form.percent.data), now())
    return _done(Action.SENDER_CHANGED, words.SENDER_SAVED)


@pages.post("/envio/pausar")
@allow(WHO)
def pause_number() -> Response:
    """Pause all that we initiate."""
    if not Form().validate():
        abort(400)
    paused = sender.stop(db(), None, now())
    return _done(Action.SENDER_PAUSED, words.SENDER_PAUSED if paused else words.SENDER_WAS_PAUSED)


@pages.post("/envio/seguir")
@allow(WHO)
def go_on() -> Response:
    """Let what we initiate leave again."""
    if not Form().validate():
        abort(400)
    went_on = sender.go_on(db(), now())
    return _done(Action.SENDER_RESUMED, words.SENDER_GOES_ON if went_on else words.SENDER_WENT_ON)


def _done(action: Action, said: str) -> Response:
    audit.record(db(), me().staff.id, action, now())
    db().commit()
    flash(said, "ok")
    return redirect(url_for("campaigns.number"))
