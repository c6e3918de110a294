"""What staff read of an import: the rows to correct with the cell that is wrong, the values that change.

And the same rows as a workbook, with the headers of the file they came in, so that it can be corrected and
brought in again.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import xlsxwriter

from models import ImportState
from outreach.people import axes, places
from outreach.single_list import import_parts
from outreach.single_list.grids import column_letters
from outreach.single_list.report import told
from outreach.texts import imports as texts
from outreach.texts.columns import LABELS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy.orm import Session

    from models import ImportRun
    from outreach.sealing.crypto import PersonalKey
    from outreach.single_list.import_parts import Outcome, Wrong

PAGE = 50
SAMPLE = 3
_WIDTH: Final = 20
"""Characters: how wide the columns of the workbook are."""


@dataclass(frozen=True)
class Found:
    """One thing to see to: the line, the cell as its program names it (or empty), and what it is."""

    line: int
    cell: str
    text: str


@dataclass(frozen=True)
class Replaced:
    """A value that a row replaces, in words."""

    line: int
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Some:
    """A page of a long list; `more` is the line after which the next one begins, or None."""

    lines: list[Found]
    more: int | None


def _parts(
    db: Session, key: PersonalKey, run: ImportRun, *, after: int = 0, problems_only: bool = False
) -> Iterator[Outcome]:
    checked = run.state in {ImportState.CHECKING, ImportState.CHECKED}
    purpose = import_parts.CHECKED if checked else import_parts.KEPT
    return import_parts.outcomes(db, key, run.id, purpose, after=after, problems_only=problems_only)


def refused(db: Session, key: PersonalKey, run: ImportRun, *, after: int = 0) -> Some:
    """Return what is wrong with the rows after a line of the file, in its order, at least `PAGE` of them."""
    columns = import_parts.read_about(key, run).columns
    places_of = {column: place for place, column in enumerate(columns) if column}
    found: list[Found] = []
    rows = 0
    for part in _parts(db, key, run, after=after, problems_only=True):
        for row in part.wrong:
            if row.line <= after:
                continue
            if rows == PAGE:
                return Some(found, found[-1].line)
            rows += 1
            found += _found(places_of, row)
    return Some(found, None)


def _found(places_of: Mapping[str, int], row: Wrong) -> list[Found]:
    """What is wrong with a row, from its left to its right."""
    by_place = sorted(row.problems, key=lambda problem: places_of.get(problem[0], -1))
    return [
        Found(
            row.line,
            f"{column_letters(places_of[column])}{row.line}" if column in places_of else "",
            told(column, what),
        )
        for column, what in by_place
    ]


def left_out(db: Session, key: PersonalKey, run: ImportRun, *, after: int = 0) -> Some:
    """Return what was left out of the rows that were kept."""
    found: list[Found] = []
    for part in _parts(db, key, run, after=after):
        for line, note in part.notes:
            if line <= after:
                continue
            if len(found) >= PAGE and line != found[-1].line:
                return Some(found, found[-1].line)
            found.append(Found(line, "", note))
    return Some(found, None)


def replaced(db: Session, key: PersonalKey, run: ImportRun, *, most: int = PAGE) -> list[Replaced]:
    """Return the first values that the file replaces, as they were and as they become."""
    names, of_axes = places.reader(db), axes.all_names(db)

    def said(column: str, value: str) -> str:
        if column == "municipality":
            return names.name(value)
        return of_axes.get(value, value) if column == "axis" else value

    found: list[Replaced] = []
    for part in _parts(db, key, run):
        for change in part.changes:
            before, after = said(change.column, change.before), said(change.column, change.after)
            found.append(Replaced(change.line, LABELS[change.column], before, after))
            if len(found) == most:
                return found
    return found


def sample(db: Session, key: PersonalKey, run: ImportRun) -> list[list[str]]:
    """Return the first rows as they stand in the file, to see whether it was read right."""
    return [cells for _, cells in import_parts.rows_of(db, key, run.id, 0)[:SAMPLE]]


def corrections(db: Session, key: PersonalKey, run: ImportRun) -> bytes:
    """Return the refused rows as a workbook: line, what is wrong, and the cells under their headers."""
    about = import_parts.read_about(key, run)
    rows = (row for part in _parts(db, key, run, problems_only=True) for row in part.wrong)
    return workbook(about.header, rows)


def workbook(header: list[str], rows: Iterator[Wrong]) -> bytes:
    """Return refused rows as a workbook, every cell of it a text: none is worked out as a formula."""
    out = io.BytesIO()
    # In memory: a name must not be left in a temporary folder.
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet(texts.TO_CORRECT_SHEET)
    bold = book.add_format({"bold": True})
    wrong = book.add_format({"text_wrap": True})
    titles = [texts.LINE_COLUMN, texts.WRONG_COLUMN, *header]
    for place, title in enumerate(titles):
        sheet.write_string(0, place, title, bold)
    for number, row in enumerate(rows, start=1):
        sheet.write_string(number, 0, str(row.line))
        sheet.write_string(number, 1, "; ".join(told(*problem) for problem in row.problems), wrong)
        for place, cell in enumerate(row.cells, start=2):
            sheet.write_string(number, place, cell)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, 0, len(texts.LINE_COLUMN))
    sheet.set_column(1, 1, 3 * _WIDTH)
    sheet.set_column(2, len(titles), _WIDTH)
    book.close()
    return out.getvalue()
