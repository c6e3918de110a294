"""Her card at the door, and what is printed of a group: the list with boxes, and the cards."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for

from console import words
from console.access import COOKIE, PROGRAMME, allow, db, key, me, now, settings
from console.display import moment
from console.door.views import found
from console.forms import Form
from models import Group, MarkSource, MarkState
from outreach.ground import programme_rules
from outreach.programme import attendance, cards, printing
from outreach.programme.attendance import Mark
from outreach.programme.printing import PrintError
from outreach.staff import audit, sessions
from outreach.staff.audit import Action
from outreach.texts import completion as texts

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

    from outreach.programme.cards import Arrival

pages = Blueprint("card", __name__, template_folder="templates")


@pages.get(f"{cards.PATH}/<token>")
def opened(token: str) -> BaseResponse | str:
    """Lead staff to the page of the arrival; to anybody else say the same, whatever the link."""
    identity = sessions.identify(db(), request.cookies.get(COOKIE, ""), now(), touch=False)
    if identity is not None and identity.staff.role in PROGRAMME:
        return redirect(url_for("card.arrived", token=token))
    return render_template("card.html")


@pages.get("/programa/llega/<token>")
@allow(PROGRAMME)
def arrived(token: str) -> str:
    """Show whose card it is, and the button that marks her."""
    return render_template("arrival.html", arrival=_arrival(token), action=Form(formdata=None), token=token)


@pages.post("/programa/llega/<token>")
@allow(PROGRAMME)
def mark(token: str) -> BaseResponse:
    """Mark that she came to today's session."""
    arrival = _arrival(token)
    if not Form().validate() or arrival.session is None:
        abort(400)
    one = Mark(uuid.uuid4(), arrival.woman_id, MarkState.PRESENT, now())
    outcome = attendance.record(
        db(), arrival.session.id, [one], source=MarkSource.CARD, by=me().staff.id, now=now()
    )
    db().commit()
    for reason in outcome.reasons():
        flash(words.MARK_REFUSED[reason], "error")
    return redirect(url_for("card.arrived", token=token))


@pages.get("/programa/sesiones/<uuid:session_id>/hoja.pdf")
@allow(PROGRAMME)
def sheet(session_id: uuid.UUID) -> BaseResponse:
    """Give the list of a session to print, with boxes."""
    session = found(session_id)
    names = [line.name for line in attendance.lines(db(), key(), session) if line.ref and not line.waiting]
    data = {
        "title": texts.DOOR_TITLE,
        "about": f"{session.group.workshop.name} ({session.group.code}), {moment(session.starts_at)}",
        "columns": texts.DOOR_COLUMNS,
        "names": [name or words.NAMELESS for name in names],
        "footer": texts.DOOR_FOOTER,
    }
    return _printed("door", data, "lista.pdf", url_for("door.attendance_page", session_id=session_id))


@pages.get("/programa/grupos/<uuid:group_id>/tarjetas.pdf")
@allow(PROGRAMME)
def sheet_of_cards(group_id: uuid.UUID) -> BaseResponse:
    """Give the cards of a group to print and cut: a first name, and a link that says nothing of her."""
    group = db().get(Group, group_id) or abort(404)
    seats = cards.of_group(db(), key(), group)
    names = attendance.short_names([name for _, name in seats])
    made = []
    for (seat_id, _), name in zip(seats, names, strict=True):
        address = url_for("card.opened", token=cards.token(key(), seat_id), _external=True)
        made.append({"name": name or words.NAMELESS, "qr": printing.qr_svg(address)})
    data = {"title": texts.CARDS_TITLE, "about": texts.CARD_ABOUT, "alt": texts.CARD_ALT, "cards": made}
    return _printed("cards", data, "tarjetas.pdf", url_for("programme.group", group_id=group_id))


def _printed(sheet: str, data: dict[str, Any], name: str, back: str) -> BaseResponse:
    """Give a sheet; where it can't be made say so on the page that it is offered on."""
    try:
        pdf = printing.typeset(sheet, data)
    except PrintError as error:
        db().rollback()
        flash(str(error), "error")
        return redirect(back)
    audit.record(db(), me().staff.id, Action.SHEET_PRINTED, now())
    db().commit()
    response = Response(pdf, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    return response


def _arrival(token: str) -> Arrival:
    seat_id = cards.seat_of(key(), token)
    programme_id = cards.programme_of(db(), seat_id) if seat_id else None
    if seat_id is None or programme_id is None:
        abort(404)
    zone = programme_rules.rules_for(db(), settings(), programme_id).timezone
    return cards.arrival(db(), key(), seat_id, zone, now()) or abort(404)
