"""Coordinators: what sending achieved in a month, as a page and as files. It holds nobody's name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, render_template, request

from console import display, words
from console.access import PROGRAMME, allow, db, key, me, now, settings
from console.campaigns.blueprint import pages
from outreach.figures import files, sending, sending_sheets
from outreach.staff import audit
from outreach.staff.audit import Action
from outreach.texts import results as result_texts
from outreach.texts import sending_results as texts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from outreach.figures.sending import Month
    from outreach.figures.sheets import Sheet


@pages.get("/resultados")
@allow(PROGRAMME)
def results() -> str:
    """Show one month."""
    first = _asked()
    found = sending.month(db(), key(), first, settings().timezone)
    return render_template(
        "sending_results.html",
        sheets=_sheets(found),
        months=[(f"{one:%Y-%m}", _named(one)) for one in sending.months(now(), settings().timezone)],
        code=f"{first:%Y-%m}",
        counted_at=found.counted_at,
        texts=texts,
    )


@pages.get("/resultados.csv")
@allow(PROGRAMME)
def results_csv() -> Response:
    """Give the tables as CSV."""
    return _file(files.as_csv, "text/csv", "csv")


@pages.get("/resultados.xlsx")
@allow(PROGRAMME)
def results_xlsx() -> Response:
    """Give the tables as a workbook."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _file(files.as_xlsx, kind, "xlsx")


def _sheets(found: Month) -> list[Sheet]:
    return sending_sheets.of(found, words.TEMPLATE_NAMES)


def _file(make: Callable[[Sequence[Sheet], Sequence[str]], bytes], kind: str, ending: str) -> Response:
    first = _asked()
    found = sending.month(db(), key(), first, settings().timezone)
    counted = texts.NOT_COUNTED
    if found.counted_at is not None:
        counted = texts.COUNTED.format(moment=display.moment(found.counted_at))
    made = make(_sheets(found), [texts.TITLE, _named(first), counted])
    audit.record(db(), me().staff.id, Action.RESULTS_TAKEN, now())
    db().commit()
    answer = Response(made, mimetype=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="mensajes-{first:%Y-%m}.{ending}"'
    return answer


def _named(first: date) -> str:
    return f"{result_texts.month(f'{first:%Y-%m}')} de {first.year}"


def _asked() -> date:
    """Return the month that the address asks for; else this one."""
    offered = sending.months(now(), settings().timezone)
    return next((one for one in offered if f"{one:%Y-%m}" == request.args.get("mes")), offered[0])
