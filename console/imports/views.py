"""Coordinators: lists that are brought in, from the file to what became of each row."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs

from console import words
from console.access import PROGRAMME, allow, db, key, me, now
from console.forms import Form
from console.imports.forms import ListForm
from console.live import fragment
from console.requests import LARGEST_FORM
from models import ImportState
from outreach.single_list import import_listing, import_parts, import_results, import_runs
from outreach.single_list.columns import LABELS, columns_of
from outreach.single_list.reading import ImportFileError
from outreach.staff import audit
from outreach.staff.audit import Action

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Answer

    from models import ImportRun

pages = Blueprint("imports", __name__, template_folder="templates", url_prefix="/programa/listas")
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pages.get("")
@allow(PROGRAMME)
def index() -> str:
    """Show the newest imports, and the form for another."""
    return _index(_form(empty=True))


@pages.post("")
@allow(PROGRAMME, largest=import_runs.LARGEST + LARGEST_FORM)
def take_in() -> Answer | tuple[str, int]:
    """Read a file; what is wrong with it as a whole is said on the same page."""
    form = _form()
    given = form.file.data
    if not form.validate() or not given:
        flash(form.problem() or words.LIST_NO_FILE, "error")
        return _index(form), 422
    try:
        run = import_runs.take_in(
            db(),
            key(),
            me().staff,
            form.kind.data,
            given.read(),
            now(),
            agency=form.agency.data or None,
            name=given.filename or "",
            encoding=form.encoding.data or None,
        )
    except ImportFileError as error:
        db().rollback()
        flash(str(error), "error")
        return _index(form), 422
    return _done(run, Action.LIST_TAKEN_IN, words.LIST_TAKEN_IN)


@pages.get("/<uuid:run_id>")
@allow(PROGRAMME)
def show(run_id: uuid.UUID) -> str:
    """Show an import: its columns, how far it is, or what became of its rows."""
    return _page(_run(run_id))


@pages.get("/<uuid:run_id>/columnas")
@allow(PROGRAMME)
def columns(run_id: uuid.UUID) -> str:
    """Show what the columns mean, also once it was checked."""
    run = _run(run_id)
    return _columns_page(run) if run.state in import_runs.WAITING else _page(run)


@pages.post("/<uuid:run_id>/columnas")
@allow(PROGRAMME)
def set_columns(run_id: uuid.UUID) -> Answer | tuple[str, int]:
    """Say what the columns mean and have the list checked."""
    run = _run(run_id, lock=True)
    if not Form().validate():
        abort(400)
    count = len(import_parts.read_about(key(), run).header)
    chosen = [request.form.get(f"c{place}") or None for place in range(count)]
    try:
        import_runs.set_columns(db(), key(), run, chosen, now())
    except ImportFileError as error:
        db().rollback()
        flash(str(error), "error")
        return _columns_page(_run(run_id), chosen), 422
    except import_runs.ImportStateError:
        db().rollback()
        return redirect(url_for("imports.show", run_id=run_id))
    db().commit()
    return redirect(url_for("imports.show", run_id=run_id))


@pages.post("/<uuid:run_id>/guardar")
@allow(PROGRAMME)
def confirm(run_id: uuid.UUID) -> Answer:
    """Have a list kept that was checked."""
    run = _run(run_id, lock=True)
    if not Form().validate():
        abort(400)
    try:
        import_runs.confirm(db(), run, now())
    except import_runs.ImportStateError:
        db().rollback()
        return redirect(url_for("imports.show", run_id=run_id))
    return _done(run, Action.LIST_KEPT, words.LIST_GOES_ON)


@pages.post("/<uuid:run_id>/cancelar")
@allow(PROGRAMME)
def cancel(run_id: uuid.UUID) -> Answer:
    """Stop an import."""
    run = _run(run_id, lock=True)
    if not Form().validate():
        abort(400)
    try:
        import_runs.cancel(db(), run, now())
    except import_runs.ImportStateError:
        db().rollback()
        return redirect(url_for("imports.show", run_id=run_id))
    return _done(run, Action.LIST_CANCELLED, words.LIST_CANCELLED)


@pages.get("/<uuid:run_id>/avance")
@allow(PROGRAMME, quiet=True)
def progress(run_id: uuid.UUID) -> Response:
    """Give how far it is; the page is loaded again when it comes to another state."""
    run = _run(run_id)
    answer = fragment(render_template("_import_progress.html", run=run))
    answer.headers["X-Mode"] = run.state.value
    return answer


@pages.get("/<uuid:run_id>/corregir")
@allow(PROGRAMME)
def corrections(run_id: uuid.UUID) -> Response:
    """Give the refused rows as a workbook."""
    run = _run(run_id)
    data = import_results.corrections(db(), key(), run)
    audit.record(db(), me().staff.id, Action.LIST_DOWNLOADED, now())
    db().commit()
    answer = Response(data, mimetype=WORKBOOK)
    answer.headers["Content-Disposition"] = "attachment; filename=por-corregir.xlsx"
    return answer


def _run(run_id: uuid.UUID, *, lock: bool = False) -> ImportRun:
    return import_listing.find(db(), me().staff, run_id, lock=lock) or abort(404)


def _done(run: ImportRun, action: Action, message: str) -> Answer:
    audit.record(db(), me().staff.id, action, now())
    db().commit()
    flash(message, "ok")
    return redirect(url_for("imports.show", run_id=run.id))


def _form(*, empty: bool = False) -> ListForm:
    form = ListForm(formdata=None) if empty else ListForm()
    own = me().staff.agency
    found = [SelectChoice(agency.code, agency.name) for agency in import_listing.agencies(db(), me().staff)]
    form.agency.choices = found if own else [SelectChoice("", words.LIST_ANY_AGENCY), *found]
    return form


def _index(form: ListForm) -> str:
    asked = request.args.get("despues", type=uuid.UUID)
    after = import_listing.find(db(), me().staff, asked) if asked else None
    lines = import_listing.listed(db(), me().staff, after=after)
    return render_template(
        "imports.html",
        form=form,
        lines=lines[: import_listing.PAGE],
        older=lines[import_listing.PAGE - 1][0].id if len(lines) > import_listing.PAGE else None,
        first=after is None,
        largest=import_runs.LARGEST,
    )


def _columns_page(run: ImportRun, chosen: list[str | None] | None = None) -> str:
    about = import_parts.read_about(key(), run)
    return render_template(
        "import_columns.html",
        run=run,
        about=about,
        chosen=chosen or about.columns,
        sample=import_results.sample(db(), key(), run),
        columns=[(name, LABELS[name]) for name in columns_of(run.kind)],
    )


def _page(run: ImportRun) -> str:
    if run.state is ImportState.COLUMNS:
        return _columns_page(run)
    about = import_parts.read_about(key(), run)
    checked = run.state is ImportState.CHECKED
    over = checked or run.state in import_runs.ENDED
    wrong, notes = (request.args.get(name, 0, type=int) for name in ("errores", "avisos"))
    return render_template(
        "import_run.html",
        run=run,
        about=about,
        ignored=about.layout().ignored,
        tallies=[(LABELS[name], tally) for name, tally in sorted(import_runs.tallies_of(run).items())],
        refused=import_results.refused(db(), key(), run, after=wrong) if over and run.failed else None,
        notes=import_results.left_out(db(), key(), run, after=notes) if over and run.noted else None,
        replaced=import_results.replaced(db(), key(), run) if checked and run.changed else [],
        shown=import_results.PAGE,
        kept_for=import_runs.KEPT_FOR.days,
    )
