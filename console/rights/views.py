"""Coordinators: requests of women over their data, answered in the legal term and carried out.

What is decided of a case is not here: the casework team decides what it gives of it.
"""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for

from console import words
from console.access import PROGRAMME, allow, db, key, me, now, settings
from console.display import local_date
from console.forms import Form
from console.rights.forms import AnswerForm, EntryForm, FindForm, NoteForm
from models import RequestOutcome, RequestState, Woman
from outreach.ground import dates
from outreach.programme import overview
from outreach.single_list import copy_sheet, requests, requests_view, rights, supports_view
from outreach.single_list.requests import RequestError
from outreach.staff import audit
from outreach.staff.audit import Action

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response as AnyResponse

    from models import DataRequest

pages = Blueprint("rights", __name__, template_folder="templates", url_prefix="/programa/derechos")
pages.add_app_template_filter(local_date, "local_date")


@pages.get("")
@allow(PROGRAMME)
def index() -> str:
    """Show the open requests, the nearest term first, or those that are over."""
    return _index(FindForm(formdata=None))


@pages.post("/buscar")
@allow(PROGRAMME)
def find() -> str | tuple[str, int]:
    """Show who may be meant."""
    form = FindForm()
    if not form.validate():
        return _index(form), 422
    found = supports_view.find(db(), key(), form.asked.data or "")
    return render_template("rights_found.html", form=form, found=found, most=supports_view.MOST_FOUND)


@pages.route("/nueva/<uuid:woman_id>", methods=["GET", "POST"])
@allow(PROGRAMME)
def enter(woman_id: uuid.UUID) -> AnyResponse | str | tuple[str, int]:
    """Enter a request of hers."""
    woman = db().get(Woman, woman_id) or abort(404)
    today = dates.today(settings().timezone, now())
    name = overview.name_of(key(), woman)
    if request.method == "GET":
        form = EntryForm(formdata=None, received=today, once=str(uuid.uuid4()))
        return render_template("request_form.html", form=form, name=name, woman_id=woman_id)
    form = EntryForm()
    if form.validate() and form.received.data is not None:
        given = requests.Asked(
            form.kind.data, woman_id, form.asked.data or "", form.contact.data or "", form.received.data,
            me().staff.agency, uuid.UUID(form.once.data) if form.once.data else uuid.uuid4(),
        )  # fmt: skip
        try:
            made = requests.enter(db(), key(), settings(), given, now())
        except RequestError as error:
            db().rollback()
            flash(str(error), "error")
        else:
            return _done(made.id, Action.REQUEST_ENTERED, words.REQUEST_ENTERED)
    return render_template("request_form.html", form=form, name=name, woman_id=woman_id), 422


@pages.get("/<uuid:request_id>")
@allow(PROGRAMME)
def one(request_id: uuid.UUID) -> str:
    """Show one request with its steps."""
    return _page(_found(request_id), AnswerForm(formdata=None))


@pages.post("/<uuid:request_id>/identidad")
@allow(PROGRAMME)
def identity(request_id: uuid.UUID) -> AnyResponse:
    """Note how it was seen who she is."""
    return _note(
        request_id,
        lambda found, said: requests.prove_identity(db(), key(), found, said, now()),
        words.IDENTITY_NOTED,
    )


@pages.post("/<uuid:request_id>/falta")
@allow(PROGRAMME)
def missing(request_id: uuid.UUID) -> AnyResponse:
    """Ask for what is missing."""
    return _note(
        request_id,
        lambda found, said: requests.ask_for_missing(db(), key(), settings(), found, said, now()),
        words.MISSING_ASKED,
    )


@pages.post("/<uuid:request_id>/ampliar")
@allow(PROGRAMME)
def extend(request_id: uuid.UUID) -> AnyResponse:
    """Take ten business days more."""
    return _note(
        request_id,
        lambda found, said: requests.extend(db(), key(), settings(), found, said, now()),
        words.EXTENDED,
    )


@pages.post("/<uuid:request_id>/completa")
@allow(PROGRAMME)
def complete(request_id: uuid.UUID) -> AnyResponse:
    """Note that she brought what was missing."""
    found = _locked(request_id)
    try:
        requests.complete(db(), found, now())
    except RequestError as error:
        return _not_done(request_id, error)
    return _done(request_id, Action.REQUEST_NOTED, words.MISSING_CAME)


@pages.post("/<uuid:request_id>/responder")
@allow(PROGRAMME)
def answer(request_id: uuid.UUID) -> AnyResponse | tuple[str, int]:
    """Answer it; she is told in her chat where that is possible."""
    found, form = _locked(request_id), AnswerForm()
    if not form.validate():
        return _page(found, form), 422
    outcome = RequestOutcome(form.outcome.data)
    try:
        told = requests.answer(
            db(), key(), settings(), found, outcome, form.said.data or "", me().staff.id, now()
        )
    except RequestError as error:
        db().rollback()
        flash(str(error), "error")
        return _page(_found(request_id), form), 422
    said = words.ANSWERED + (words.TOLD if told else words.NOT_TOLD)
    return _done(request_id, Action.REQUEST_ANSWERED, said)


@pages.post("/<uuid:request_id>/hecha")
@allow(PROGRAMME)
def carry_out(request_id: uuid.UUID) -> AnyResponse:
    """Do what was granted; the receipt is shown as she reads it."""
    found = _locked(request_id)
    try:
        receipt = requests.carry_out(db(), key(), settings(), found, now(), me().staff.agency)
    except RequestError as error:
        return _not_done(request_id, error)
    said = words.RECEIPT.format(text=receipt.text) + (words.TOLD if receipt.told else words.NOT_TOLD)
    return _done(request_id, Action.REQUEST_DONE, said)


@pages.get("/<uuid:request_id>/copia.json")
@allow(PROGRAMME)
def copy_data(request_id: uuid.UUID) -> AnyResponse:
    """Give the copy of a granted request as data (LGPDPPSO art. 51): nothing of a case is ever in it."""
    try:
        found, whole = _copy(request_id)
    except RequestError as error:
        return _not_done(request_id, error)
    return _file(found, json.dumps(whole, ensure_ascii=False, indent=1).encode(), "json")


@pages.get("/<uuid:request_id>/copia.pdf")
@allow(PROGRAMME)
def copy_sheet_of(request_id: uuid.UUID) -> AnyResponse:
    """Give the same copy on paper."""
    try:
        found, whole = _copy(request_id)
    except RequestError as error:
        return _not_done(request_id, error)
    zone = settings().timezone
    day = dates.birthday(dates.today(zone, now()))
    try:
        made = copy_sheet.typeset(copy_sheet.sections(db(), whole, zone), found.number, day)
    except copy_sheet.NoSheetError:
        return _not_done(request_id, words.NO_SHEET)
    return _file(found, made, "pdf")


def _copy(request_id: uuid.UUID) -> tuple[DataRequest, dict[str, Any]]:
    found = _found(request_id)
    granted = found.kind == requests.ACCESS and found.state is RequestState.ANSWERED
    woman = db().get(Woman, found.woman_id) if found.woman_id else None
    if not granted or woman is None:
        abort(404)
    requests.may_hand_over(db(), woman.id, me().staff.agency)
    return found, rights.handed_over(db(), key(), woman, now(), me().staff.agency)


def _file(found: DataRequest, body: bytes, ending: str) -> AnyResponse:
    audit.record(db(), me().staff.id, Action.REQUEST_COPY, now())
    db().commit()
    headers = {"Content-Disposition": f'attachment; filename="{found.number}.{ending}"'}
    return Response(body, mimetype=f"application/{ending}", headers=headers | {"Cache-Control": "no-store"})


def _found(request_id: uuid.UUID) -> DataRequest:
    return requests_view.find(db(), request_id, me().staff.agency) or abort(404)


def _locked(request_id: uuid.UUID) -> DataRequest:
    return requests_view.find(db(), request_id, me().staff.agency, lock=True) or abort(404)


def _note(request_id: uuid.UUID, step: Callable[[DataRequest, str], None], message: str) -> AnyResponse:
    found, form = _locked(request_id), NoteForm()
    if not form.validate():
        return _not_done(request_id, form.problem() or "")
    try:
        step(found, form.said.data or "")
    except RequestError as error:
        return _not_done(request_id, error)
    return _done(request_id, Action.REQUEST_NOTED, message)


def _not_done(request_id: uuid.UUID, error: RequestError | str) -> AnyResponse:
    db().rollback()
    flash(str(error), "error")
    return redirect(url_for("rights.one", request_id=request_id))


def _done(request_id: uuid.UUID, action: Action, message: str) -> AnyResponse:
    audit.record(db(), me().staff.id, action, now())
    db().commit()
    flash(message, "ok")
    return redirect(url_for("rights.one", request_id=request_id))


def _index(form: FindForm) -> str:
    over = request.args.get("estado") == "terminadas"
    after = request.args.get("despues", type=uuid.UUID)
    return render_template(
        "rights.html",
        form=form,
        page=requests_view.listed(db(), key(), settings(), me().staff.agency, now(), over=over, after=after),
        over=over,
        first=after is None,
    )


def _page(found: DataRequest, form: AnswerForm) -> str:
    return render_template(
        "request.html",
        page=requests_view.shown(db(), key(), settings(), found, now()),
        form=form,
        action=Form(formdata=None),
    )
