"""Coordinators: what is changed on a woman's page, and undone; never on another agency's women."""

from __future__ import annotations

import uuid
from datetime import date
from typing import TYPE_CHECKING

from flask import abort, flash, redirect, request, url_for

from console import words
from console.access import PROGRAMME, allow, db, key, me, now, settings
from console.forms import Form
from console.women.forms import FolioForm, GroupForm, NumberForm, RecordForm
from console.women.views import done, pages, ready, record_page
from models import Enrolment, EnrolmentState, Woman
from outreach.messages.conversation_state import Paper
from outreach.people import registry
from outreach.programme import cards, papers
from outreach.programme.papers import PaperError
from outreach.single_list import her_record, history
from outreach.single_list.her_record import ConfirmError, RecordError
from outreach.staff.audit import Action
from outreach.texts import women as texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response


@pages.route("/<uuid:woman_id>/corregir", methods=["GET", "POST"])
@allow(PROGRAMME)
def correct(woman_id: uuid.UUID) -> Response | str | tuple[str, int]:
    """Correct her values; what she herself said asks for a confirmation."""
    if request.method == "GET":
        shown = _hers(woman_id, lock=False)
        return _correct_page(shown, _filled(shown))
    found = _hers(woman_id)
    form = ready(RecordForm(), found.axis)
    if not form.validate():
        return _correct_page(found, form), 422
    if form.version.data != her_record.version_of(found):
        flash(texts.CHANGED_MEANWHILE, "error")
        return redirect(url_for("women.correct", woman_id=woman_id))
    try:
        count = her_record.correct(
            db(), key(), found, form.values(), by=me().staff.id, now=now(), confirmed=form.confirmed.data
        )
    except ConfirmError as stop:
        db().rollback()
        return _correct_page(_hers(woman_id, lock=False), form, stop), 422
    if not count:
        flash(texts.NOTHING_CHANGED, "ok")
        return redirect(url_for("women.woman", woman_id=woman_id))
    return done(woman_id, Action.WOMAN_CHANGED, texts.SAVED)


@pages.post("/<uuid:woman_id>/grupo")
@allow(PROGRAMME)
def enrol(woman_id: uuid.UUID) -> Response:
    """Enrol her in a group."""

    def verb(woman: Woman) -> str:
        form = GroupForm()
        if not form.validate():
            raise RecordError(texts.GROUP_CLOSED)
        seat = her_record.enrol(db(), key(), woman, uuid.UUID(form.group.data), by=me().staff.id)
        return texts.WAITS if seat.state is EnrolmentState.WAITING else texts.ENROLLED

    return _changed(woman_id, verb)


@pages.post("/<uuid:woman_id>/grupo/<uuid:seat_id>/baja")
@allow(PROGRAMME)
def leave(woman_id: uuid.UUID, seat_id: uuid.UUID) -> Response:
    """Take her out of a group."""

    def verb(woman: Woman) -> str:
        her_record.leave(db(), key(), settings(), woman, seat_id, by=me().staff.id, now=now())
        return texts.LEFT

    return _changed(woman_id, verb)


@pages.post("/<uuid:woman_id>/grupo/<uuid:seat_id>/tarjeta")
@allow(PROGRAMME)
def card(woman_id: uuid.UUID, seat_id: uuid.UUID) -> Response:
    """Send the card of a seat to her chat, at once or when she answers."""
    found = _hers(woman_id, lock=False)
    if not Form().validate():
        abort(400)
    seat = db().get(Enrolment, seat_id)
    if seat is None or seat.woman_id != found.id:
        abort(404)
    address = url_for("card.opened", token=cards.token(key(), seat_id), _external=True)
    try:
        papers.send(db(), key(), settings(), found.id, Paper(papers.CARD, str(seat_id), address), now())
    except PaperError as error:
        db().rollback()
        flash(str(error), "error")
        return redirect(url_for("women.woman", woman_id=woman_id))
    return done(woman_id, Action.PAPER_SENT, words.PAPER_SENT)


@pages.post("/<uuid:woman_id>/contacto")
@allow(PROGRAMME)
def end_contact(woman_id: uuid.UUID) -> Response:
    """Initiate nothing more to her."""

    def verb(woman: Woman) -> str:
        her_record.end_contact(db(), key(), woman, by=me().staff.id, now=now())
        return texts.CONTACT_ENDED

    return _changed(woman_id, verb)


@pages.post("/<uuid:woman_id>/telefono")
@allow(PROGRAMME)
def add_number(woman_id: uuid.UUID) -> Response:
    """Give her a number."""

    def verb(woman: Woman) -> str:
        form = NumberForm()
        if not form.validate():
            raise RecordError(texts.NUMBER_WRONG)
        her_record.add_number(db(), key(), woman, form.number.data or "", by=me().staff.id)
        return texts.NUMBER_ADDED

    return _changed(woman_id, verb)


@pages.post("/<uuid:woman_id>/folio")
@allow(PROGRAMME)
def add_folio(woman_id: uuid.UUID) -> Response:
    """Note her folio at the coordinator's own agency, or at the one that is chosen."""

    def verb(woman: Woman) -> str:
        form = FolioForm()
        if not form.validate():
            raise RecordError(form.problem() or "")
        agency = me().staff.agency or registry.agency_code(form.agency.data or "")
        folio = " ".join((form.folio.data or "").split())
        day = form.consent_on.data
        her_record.add_folio(
            db(), key(), woman, agency, folio, consent_on=_past(day) if day else None, by=me().staff.id
        )
        return texts.FOLIO_ADDED

    return _changed(woman_id, verb)


@pages.post("/<uuid:woman_id>/historia/<uuid:change_id>/deshacer")
@allow(PROGRAMME)
def undo(woman_id: uuid.UUID, change_id: uuid.UUID) -> Response:
    """Undo one change."""

    def verb(_woman: Woman) -> str:
        staff = me().staff
        return history.undo(
            db(), key(), settings(), woman_id, change_id, reader=staff.agency, by=staff.id, now=now()
        )

    return _changed(woman_id, verb, Action.WOMAN_UNDONE)


def _hers(woman_id: uuid.UUID, *, lock: bool = True) -> Woman:
    """Return her record, locked, where it is this coordinator's to change."""
    if not her_record.may_change(db(), woman_id, me().staff.agency):
        abort(404)
    try:
        return her_record.locked(db(), woman_id) if lock else db().get(Woman, woman_id) or abort(404)
    except RecordError:
        abort(404)


def _changed(
    woman_id: uuid.UUID, verb: Callable[[Woman], str], action: Action = Action.WOMAN_CHANGED
) -> Response:
    if not Form().validate():
        abort(400)
    found = _hers(woman_id)
    try:
        said = verb(found)
    except RecordError as error:
        db().rollback()
        flash(str(error), "error")
        return redirect(url_for("women.woman", woman_id=woman_id))
    return done(woman_id, action, said)


def _past(day: date) -> date:
    if day > now().astimezone(settings().timezone).date():
        raise RecordError(texts.CONSENT_TO_COME)
    return day


def _filled(found: Woman) -> RecordForm:
    details = registry.read_details(key(), found)
    form = RecordForm(
        formdata=None,
        version=her_record.version_of(found),
        full_name=details.full_name,
        preferred_name=details.preferred_name,
        birth_date=date.fromisoformat(details.birth_date) if details.birth_date else None,
        curp=details.curp,
        municipality=found.municipality or "",
        locality=details.locality,
        children=details.children,
        axis=found.axis or "",
    )
    return ready(form, found.axis)


def _correct_page(found: Woman, form: RecordForm, stop: ConfirmError | None = None) -> str:
    hers = [texts.LABELS[name] for name in stop.hers] if stop else []
    woman_id = found.id
    page = record_page(
        "woman_correct.html", form, others=stop.others if stop else (), woman_id=woman_id, hers=hers
    )
    # What is only shown must not keep her row locked.
    db().rollback()
    return page
