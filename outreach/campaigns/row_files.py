"""The women of a campaign as CSV or as a workbook: what became of each, why, and what to do."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import xlsxwriter

from outreach.ground.csv_cells import text_cell
from outreach.texts import campaign_rows as texts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from outreach.campaigns.following import Row

_WIDTHS: Final = (34, 34, 44, 64, 20)


def cells(row: Row) -> tuple[str, str, str, str, str]:
    """Return one woman as a line of a file."""
    outcome = row.outcome
    part = outcome.part.value
    return (
        row.name or texts.NO_NAME,
        texts.OF_ONE[part],
        texts.why(outcome.reason, outcome.code),
        texts.advice(part, outcome.reason),
        str(outcome.code or ""),
    )


def as_csv(rows: Iterable[Row]) -> bytes:
    """Return the lines as CSV that a spreadsheet opens, with no cell that it takes for a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(texts.COLUMNS)
    for row in rows:
        writer.writerow([text_cell(one) for one in cells(row)])
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(rows: Iterable[Row]) -> bytes:
    """Return the lines as a workbook."""
    out = io.BytesIO()
    # In memory: a name must not be left in a temporary folder.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        # The same rows make the same bytes.
        book.set_properties({"created": datetime(2000, 1, 1, tzinfo=UTC)})
        bold = book.add_format({"bold": True})
        page = book.add_worksheet()
        for column, (name, width) in enumerate(zip(texts.COLUMNS, _WIDTHS, strict=True)):
            page.set_column(column, column, width)
            page.write_string(0, column, name, bold)
        for at, row in enumerate(rows, start=1):
            for column, value in enumerate(cells(row)):
                page.write_string(at, column, value)
        page.freeze_panes(1, 0)
    return out.getvalue()
