"""What the programme achieved: one page, its files and the sheet to print. It holds nobody's name.

For who directs the programme and for coordinators. Only quarters that are over are offered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from markupsafe import Markup

from console import display
from console.access import RESULTS, allow, db, key, me, now, settings
from outreach.figures import files, kept, sheets
from outreach.figures.files import NoDocumentError
from outreach.staff import audit
from outreach.staff.audit import Action
from outreach.texts import results as texts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from werkzeug.wrappers import Response as Answer

    from outreach.casework.counts import Quarter
    from outreach.figures.kept import Kept
    from outreach.figures.sheets import Sheet

pages = Blueprint("results", __name__, template_folder="templates", url_prefix="/resultados")


@pages.app_template_filter("figure")
def figure(cell: sheets.Cell) -> str:
    """Return a cell of a table as a page says it, such as `1,230`."""
    return display.number(cell) if isinstance(cell, int) else sheets.said(cell)


@pages.get("")
@allow(RESULTS)
def index() -> str:
    """Show one quarter."""
    quarter = _asked()
    found = _kept(quarter)
    shown = sheets.of(found.report)
    return render_template(
        "results.html",
        sheets=shown,
        charts={one.code: _charts(one) for one in shown},
        quarters=kept.quarters(now(), settings().timezone),
        quarter=quarter,
        code=kept.code_of(quarter),
        code_of=kept.code_of,
        counted_at=found.counted_at,
        texts=texts,
    )


def _charts(sheet: Sheet) -> list[tuple[str, Markup]]:
    """Return the charts that are not withheld: our own words and numbers, every text escaped."""
    drawn = zip(sheet.charts, files.drawn(sheet), strict=True)
    return [(bars.title, Markup(svg)) for bars, svg in drawn if svg]  # noqa: S704


@pages.get("/resultados.csv")
@allow(RESULTS)
def as_csv() -> Answer:
    """Give the tables as CSV."""
    return _file(files.as_csv, "text/csv", "csv")


@pages.get("/resultados.xlsx")
@allow(RESULTS)
def as_xlsx() -> Answer:
    """Give the tables as a workbook."""
    return _file(files.as_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx")


@pages.get("/resultados.pdf")
@allow(RESULTS)
def as_pdf() -> Answer:
    """Give the sheet to print."""
    try:
        return _file(files.as_pdf, "application/pdf", "pdf")
    except NoDocumentError as error:
        db().rollback()
        flash(str(error), "error")
        return redirect(url_for("results.index", trimestre=kept.code_of(_asked())))


def _file(make: Callable[[Sequence[Sheet], Sequence[str]], bytes], kind: str, ending: str) -> Response:
    quarter = _asked()
    found = _kept(quarter)
    about = [
        texts.QUARTER.format(name=texts.period(quarter.year, quarter.number)),
        texts.COUNTED.format(moment=display.moment(found.counted_at)),
    ]
    made = make(sheets.of(found.report), about)
    audit.record(db(), me().staff.id, Action.RESULTS_TAKEN, now())
    db().commit()
    answer = Response(made, mimetype=kind)
    name = f"resultados-{kept.code_of(quarter)}.{ending}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _kept(quarter: Quarter) -> Kept:
    found = kept.read(db(), key(), quarter, settings().timezone, now())
    db().commit()
    return found


def _asked() -> Quarter:
    """Return the quarter that the address asks for; else the last one."""
    offered = kept.quarters(now(), settings().timezone)
    return next((one for one in offered if kept.code_of(one) == request.args.get("trimestre")), offered[0])
