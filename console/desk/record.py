"""The record of a case: shown whole, filled in one section a page, with how each section was before."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from flask import abort, flash, redirect, render_template, request, url_for

from console.access import DESK, allow, caseworker, db, now
from console.desk import queue, record_drafts, record_shown, writing
from console.desk.blueprint import pages
from console.desk.forms import KnownForm, PutBackForm, TaskForm
from console.desk.panels import panel
from console.desk.record_shown import ADDRESS_OF, ADDRESSES
from console.desk.steps import need
from console.forms import Form
from outreach.casework import record, record_fields, section_drafts, tasks
from outreach.casework.opened import DeskError, NoSuchCaseError, NotYoursError
from outreach.casework.permitted import NeedsReasonError
from outreach.programme import overview
from outreach.texts import desk_record as texts

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Answer

    from console.desk.case_page import CasePage
    from outreach.casework.record import Record, RecordSeen
    from outreach.casework.record_fields import Values


@panel("record", title="Expediente", order=30, shown=lambda page: record.may_read(page.opened), live=True)
def beside(page: CasePage) -> dict[str, object]:
    """Show what is to be done and which sections are filled in; the look is recorded."""
    try:
        found = record.glance(db(), caseworker(), page.id, now()).record
    except DeskError:
        return {"record": None, "texts": texts}  # a colleague took it over while this page was being made
    db().commit()
    return {"record": found, "texts": texts}


@pages.get("/<uuid:case_id>/expediente")
@allow(DESK, needs_key=True)
def whole(case_id: uuid.UUID) -> str | Answer:
    """Show the record."""
    try:
        seen = record.read_record(db(), caseworker(), case_id, now())
    except DeskError as error:
        return _away(case_id, error)
    db().commit()
    return _page(seen, TaskForm.fresh())


def refused_task(case_id: uuid.UUID, form: TaskForm) -> str | Answer:
    """Show the record again with a task that was refused in its form."""
    try:
        seen = record.read_record(db(), caseworker(), case_id, now())
    except DeskError as error:
        return _away(case_id, error)
    db().commit()
    return _page(seen, form)


def _page(seen: RecordSeen, task: TaskForm) -> str:
    towns = overview.municipalities(db())
    kept = seen.record
    return render_template(
        "record.html",
        **_around(seen.case.case.id),
        record=kept,
        mine=record.may_fill_in(seen.case),
        sections=[
            (name, address, record_shown.rows(name, kept.values(name), towns), kept.marks.get(name))
            for address, name in ADDRESSES.items()
        ],
        agreed=seen.agreed,
        steps=[texts.FIELDS[record_fields.PLAN][step] for step in seen.steps],
        ended=[one for one in kept.tasks if one.how],
        unsaved=_unsaved_sections(seen),
        task=task,
        longest=tasks.LONGEST,
        action=Form(),
    )


def _unsaved_sections(seen: RecordSeen) -> set[str]:
    found = section_drafts.own_sections(db(), caseworker(), seen.case.case.id)
    return {name for name, one in found.items() if record_drafts.differs(name, one, seen.record.values(name))}


@pages.get("/<uuid:case_id>/expediente/<section>")
@allow(DESK, needs_key=True)
def section_form(case_id: uuid.UUID, section: str) -> str | Answer:
    """Show the form of one section, to who may fill it in."""
    name = _section(section)
    try:
        found = record.glance(db(), caseworker(), case_id, now())
    except DeskError as error:
        return _away(case_id, error)
    db().commit()
    if not record.may_fill_in(found.case):
        return _away(case_id, NotYoursError(texts.READ_ONLY))
    kept = section_drafts.own_sections(db(), caseworker(), case_id).get(name)
    saved = found.record.values(name)
    if kept is not None and record_drafts.differs(name, kept, saved):
        # As of the version that she saw: what a colleague saved since is still told before it is replaced.
        return _form(case_id, name, kept.values, kept.known, drafted=True)
    return _form(case_id, name, saved, found.record.version)


@pages.post("/<uuid:case_id>/expediente/<section>")
@allow(DESK, needs_key=True)
def save(case_id: uuid.UUID, section: str) -> str | Answer | tuple[str, int]:
    """Save one section; what is refused comes back with what she typed."""
    name, form = _section(section), KnownForm()
    need(form)
    typed, known = request.form.to_dict(flat=False), form.known.data or 0
    once = uuid.UUID(form.once.data) if form.once.data else None
    values = record_shown.as_typed(name, typed)
    try:
        values = record_fields.clean(name, typed, towns=_towns())
        record.save_section(db(), caseworker(), case_id, now(), name, values, known=known, form_id=once)
    except record_fields.BadFieldError as error:
        _keep(case_id, name, typed, known)
        return _form(case_id, name, values, known, wrong={error.field: str(error)}), 422
    except record.ClashError as error:
        _keep(case_id, name, typed, known)
        flash(str(error), "error")
        return _form(case_id, name, values, error.record.version, theirs=error.record), 409
    except DeskError as error:
        _keep(case_id, name, typed, known)
        return _unsaved(case_id, name, values, error), 409
    db().commit()
    flash(texts.SAVED, "ok")
    return redirect(url_for("desk.whole", case_id=case_id, _anchor=section))


@pages.get("/<uuid:case_id>/expediente/<section>/cambios")
@allow(DESK, needs_key=True)
def changes(case_id: uuid.UUID, section: str) -> str | Answer:
    """Show how one section was saved, the newest first."""
    name = _section(section)
    try:
        found = record.see_changes(db(), caseworker(), case_id, now(), name)
    except DeskError as error:
        return _away(case_id, error)
    db().commit()
    towns = overview.municipalities(db())
    return render_template(
        "record_changes.html",
        **_around(case_id),
        address=section,
        title=texts.SECTIONS[name],
        mine=record.may_fill_in(found.case),
        past=[(one.mark, record_shown.rows(name, one.values, towns)) for one in found.past],
    )


@pages.post("/<uuid:case_id>/expediente/<section>/regresar")
@allow(DESK, needs_key=True)
def put_back(case_id: uuid.UUID, section: str) -> Answer:
    """Save a section as it was once."""
    name, form = _section(section), PutBackForm()
    need(form)
    version, known = form.version.data or 0, form.known.data or 0
    try:
        record.put_back(db(), caseworker(), case_id, now(), name, version, known=known)
    except DeskError as error:
        db().rollback()
        flash(str(error), "error")
    else:
        db().commit()
        flash(texts.PUT_BACK, "ok")
    return redirect(url_for("desk.whole", case_id=case_id, _anchor=section))


def _section(address: str) -> str:
    if address not in ADDRESSES:
        abort(404)
    return ADDRESSES[address]


def _towns() -> frozenset[str]:
    return frozenset(code for code, _ in overview.municipalities(db()))


def _around(case_id: uuid.UUID) -> dict[str, Any]:
    return {**queue.around(case_id), "page": None, "case_id": case_id, "texts": texts}


def _keep(case_id: uuid.UUID, section: str, typed: dict[str, list[str]], known: int) -> None:
    """Keep what was refused, so that it comes back whatever happens to the page that shows it."""
    db().rollback()
    if writing.may_keep(case_id):
        record_drafts.keep(case_id, section, typed, known)


def _form(
    case_id: uuid.UUID,
    name: str,
    values: Values,
    known: int,
    *,
    wrong: dict[str, str] | None = None,
    theirs: Record | None = None,
    drafted: bool = False,
) -> str:
    towns = overview.municipalities(db())
    return render_template(
        "record_section.html",
        **_around(case_id),
        name=name,
        address=ADDRESS_OF[name],
        title=texts.SECTIONS[name],
        inputs=record_shown.inputs(name, values, towns, wrong or {}),
        known=known,
        theirs=record_shown.rows(name, theirs.values(name), towns) if theirs else [],
        mark=theirs.marks[name] if theirs else None,
        refused=bool(wrong or theirs),
        drafted=drafted,
        once=uuid.uuid4(),
        form=Form(),
    )


def _unsaved(case_id: uuid.UUID, name: str, values: Values, error: DeskError) -> str:
    """Show what could not be saved, so that she can copy it: the conversation is not hers any more."""
    flash(str(error), "error")
    return render_template(
        "record_unsaved.html",
        **_around(case_id),
        title=texts.SECTIONS[name],
        rows=record_shown.rows(name, values, overview.municipalities(db())),
    )


def _away(case_id: uuid.UUID, error: DeskError) -> Answer:
    """Go to the conversation, where she may see it; a case that is not there is not there here either."""
    if isinstance(error, NeedsReasonError):
        raise error
    db().rollback()
    if isinstance(error, NoSuchCaseError):
        abort(404)
    flash(str(error), "error")
    return redirect(url_for("desk.case", case_id=case_id))
