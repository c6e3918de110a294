"""A report as tables with words: the same ones on the page, as CSV and XLSX, and on paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from outreach.figures.counting import AGENCY, AXIS, MONTH, NOT_SAID, QUANTITIES, TOWN, WHOLE
from outreach.people import food_security
from outreach.texts import results as texts

if TYPE_CHECKING:
    from outreach.figures.by_lot import Compared
    from outreach.figures.report import FoodReport, Report

ORDER: Final = (AXIS, MONTH, AGENCY, TOWN)
_SPECIAL: Final = {NOT_SAID: texts.NOT_SAID, WHOLE: texts.WHOLE}


@dataclass(frozen=True)
class Share:
    """A share in whole percents."""

    percent: int


Cell = int | Share | None
"""A count, a share, or None: withheld."""


@dataclass(frozen=True)
class Bars:
    """A chart of one column of a table, by its rows."""

    title: str
    rows: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Sheet:
    """One table: `columns` has the name of the first column too; charts show what is not withheld of it."""

    code: str
    title: str
    hint: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]
    charts: tuple[Bars, ...] = ()

    @property
    def hidden(self) -> bool:
        """Whether all of it is withheld."""
        return all(cell is None for _, cells in self.rows for cell in cells)


def of(report: Report) -> list[Sheet]:
    """Return the tables of a report, in the order in which they are read."""
    return [
        _headlines(report),
        *_food(report.food),
        *(_by(report, question) for question in ORDER),
        *_supports(report),
        _reminded(report),
        *([lot(report.lot, texts.LOT_REMINDERS_HINT)] if report.lot else []),
    ]


def said(cell: Cell) -> str:
    """Say a cell, without separators, as a file holds it."""
    if cell is None:
        return texts.HIDDEN
    return texts.SHARE.format(percent=cell.percent) if isinstance(cell, Share) else str(cell)


def _headlines(report: Report) -> Sheet:
    values = {
        **{name: report.women[name].total for name in QUANTITIES},
        "supports": report.supports,
        "pesos": report.pesos,
        "avoided": report.avoided,
        "joined": report.joined,
    }
    rows = tuple((texts.HEADLINE_ROWS[name], (value,)) for name, value in values.items())
    return Sheet("headlines", texts.HEADLINES, "", (texts.ROW, texts.COUNT), rows)


def _food(food: FoodReport) -> list[Sheet]:
    shares = {"covered": food.covered, "share": food.share}
    rows = []
    for name, label in texts.FOOD_ROWS.items():
        share = shares.get(name)
        value: Cell = (None if share is None else Share(share)) if name in shares else getattr(food, name)
        rows.append((label, (value,)))
    first = Sheet("food", texts.FOOD, texts.FOOD_HINT, (texts.ROW, texts.COUNT), tuple(rows))
    before, after = dict(food.before.rows), dict(food.after.rows)
    grades = {code: texts.grade(code) for code in food_security.GRADES}
    second = Sheet(
        "grades",
        texts.FOOD_GRADES,
        texts.FOOD_GRADES_HINT,
        (texts.GRADE, texts.BEFORE, texts.AFTER),
        tuple((name, (before.get(code), after.get(code))) for code, name in grades.items()),
        _pair_of_bars(grades, before, after),
    )
    return [first, second]


def _pair_of_bars(
    grades: dict[str, str], before: dict[str, int | None], after: dict[str, int | None]
) -> tuple[Bars, ...]:
    pairs = ((texts.BEFORE, before), (texts.AFTER, after))
    return tuple(
        Bars(title, tuple((name, count) for code, name in grades.items() if (count := counts.get(code))))
        for title, counts in pairs
    )


def _by(report: Report, question: str) -> Sheet:
    """Return women by one question; rows of which nothing is shown stand as one."""
    columns = [dict(report.women[name].by[question].rows) for name in QUANTITIES]
    codes = list(dict.fromkeys(code for column in columns for code in column))
    rows = [(_named(report, question, code), tuple(column.get(code) for column in columns)) for code in codes]
    shown = [row for row in rows if any(cell is not None for cell in row[1])]
    if len(shown) < len(rows) and question != MONTH:
        shown.append((texts.OTHERS, (None,) * len(columns)))
    graduated = tuple((name, cells[-1]) for name, cells in shown if isinstance(cells[-1], int))
    title = texts.BY[question]
    return Sheet(
        question,
        title,
        texts.BY_HINTS[question],
        (texts.FIRST_COLUMN[question], *(texts.QUANTITIES[name] for name in QUANTITIES)),
        tuple(shown) or ((texts.OTHERS, (None,) * len(columns)),),
        (Bars(texts.QUANTITIES["graduating"], graduated),) if question == AXIS and graduated else (),
    )


def _named(report: Report, question: str, code: str) -> str:
    if question == MONTH:
        return texts.month(code)
    return _SPECIAL.get(code) or report.names[question].get(code, code)


def _supports(report: Report) -> list[Sheet]:
    kinds, agencies = report.supports_by_kind.rows, report.supports_by_agency.rows
    named = tuple((_named(report, AGENCY, code), (count,)) for code, count in agencies)
    nothing = ((texts.OTHERS, (None,)),)
    return [
        Sheet("supports", texts.SUPPORTS, "", (texts.SUPPORT, texts.SUPPORTS_COUNT),
              tuple((name, (count,)) for name, count in kinds) or nothing),
        Sheet("supports_by_agency", texts.SUPPORTS_BY_AGENCY, "",
              (texts.FIRST_COLUMN[AGENCY], texts.SUPPORTS_COUNT), named or nothing),
    ]  # fmt: skip


def _reminded(report: Report) -> Sheet:
    found = {row.code: (row.marks, row.present, Share(row.share)) for row in report.reminded}
    none: tuple[Cell, ...] = (None, None, None)
    rows = tuple((label, found.get(code, none)) for code, label in texts.REMINDED_ROWS.items())
    return Sheet("reminded", texts.REMINDED, texts.REMINDED_HINT, texts.REMINDED_COLUMNS, rows)


def lot(found: Compared, hint: str) -> Sheet:
    """Return the table of women with and without a message by lot."""
    rows = tuple(
        (texts.LOT_ROWS[name], (women, came, Share(round(100 * came / women))))
        for name, women, came in (
            ("with", found.with_women, found.with_came),
            ("without", found.without_women, found.without_came),
        )
    )
    return Sheet("lot", texts.LOT, hint, texts.LOT_COLUMNS, rows)
