"""The tables of a report as CSV, XLSX and PDF: they hold what the page holds, and withhold the same."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import xlsxwriter

from outreach.figures import charts
from outreach.figures.sheets import Share, said
from outreach.ground.csv_cells import text_cell
from outreach.texts import results as texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outreach.figures.sheets import Cell, Sheet

TEMPLATE: Final = Path(__file__).with_name("results.typ").read_bytes()
PAPER_FONT: Final = "Libertinus Serif"


class NoDocumentError(Exception):
    """El documento no se pudo hacer. Intenta otra vez."""


def as_csv(sheets: Sequence[Sheet], about: Sequence[str]) -> bytes:
    """Return the tables below one another, with a line of what it is about first."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([text_cell(line) for line in about])
    for sheet in sheets:
        writer.writerow([])
        writer.writerow([text_cell(sheet.title), *([text_cell(sheet.hint)] if sheet.hint else [])])
        writer.writerow([text_cell(name) for name in sheet.columns])
        for label, cells in sheet.rows:
            writer.writerow([text_cell(label), *(said(cell) for cell in cells)])
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(sheets: Sequence[Sheet], about: Sequence[str]) -> bytes:
    """Return a workbook with a sheet for each table."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        bold, percent = book.add_format({"bold": True}), book.add_format({"num_format": "0%"})
        # The same counts make the same bytes.
        book.set_properties({"created": datetime(2000, 1, 1, tzinfo=UTC)})
        wrapped = book.add_format({"text_wrap": True})
        for number, sheet in enumerate(sheets, start=1):
            page = book.add_worksheet(f"{number} {_tab(sheet.title)}"[:31])
            page.set_column(0, 0, 44, wrapped)
            page.set_column(1, len(sheet.columns), 16)
            page.write_string(0, 0, sheet.title, bold)
            page.write_string(1, 0, sheet.hint or " · ".join(about))
            for column, name in enumerate(sheet.columns):
                page.write_string(3, column, name, bold)
            for at, (label, cells) in enumerate(sheet.rows, start=4):
                page.write_string(at, 0, label)
                for column, cell in enumerate(cells, start=1):
                    _write(page, (at, column), cell, percent)
    return out.getvalue()


def _tab(title: str) -> str:
    return "".join(character for character in title if character not in "[]:*?/\\'")


def _write(page: Any, at: tuple[int, int], cell: Cell, percent: Any) -> None:  # noqa: ANN401 (no types there)
    if isinstance(cell, Share):
        page.write_number(*at, cell.percent / 100, percent)
    elif cell is None:
        page.write_string(*at, texts.HIDDEN)
    else:
        page.write_number(*at, cell)


def as_pdf(sheets: Sequence[Sheet], about: Sequence[str]) -> bytes:
    """Return the sheet to be printed.

    Raises:
        NoDocumentError: it could not be typeset.
    """
    import typst  # noqa: PLC0415 (30 MB that only who prints needs)

    data = {
        "title": texts.TITLE,
        "about": list(about),
        "lead": texts.LEAD,
        "nothing": texts.NOTHING,
        "page": texts.PAGE,
        "of": texts.OF,
        "sheets": [_on_paper(sheet) for sheet in sheets],
    }
    try:
        made = typst.compile(
            TEMPLATE,
            format="pdf",
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            ignore_system_fonts=True,
        )
    except (typst.TypstError, RuntimeError) as error:
        raise NoDocumentError(NoDocumentError.__doc__) from error
    return made if isinstance(made, bytes) else b"".join(made)


def _on_paper(sheet: Sheet) -> dict[str, Any]:
    return {
        "title": sheet.title,
        "hint": sheet.hint,
        "hidden": sheet.hidden,
        "columns": list(sheet.columns),
        "rows": [[label, *(_printed(cell) for cell in cells)] for label, cells in sheet.rows],
        "charts": [
            {"title": bars.title, "svg": svg}
            for bars, svg in zip(sheet.charts, drawn(sheet, font=PAPER_FONT), strict=True)
        ],
    }


def _printed(cell: Cell) -> str:
    return f"{cell:,}" if isinstance(cell, int) else said(cell)


def drawn(sheet: Sheet, *, font: str | None = None) -> list[str]:
    """Return the charts of a table as SVG, all on one scale; an empty text where all of one is withheld."""
    most = max((count for bars in sheet.charts for _, count in bars.rows), default=0)
    given = {"font": font} if font else {}
    return [
        charts.svg(bars, f"chart-{sheet.code}-{number}", most=most, **given) if bars.rows else ""
        for number, bars in enumerate(sheet.charts)
    ]
