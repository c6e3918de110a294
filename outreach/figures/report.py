"""What the programme achieved in a quarter, as it may be shown: on the page, in files and on paper alike.

Counts under ten are withheld, and so is what would give them back (`outreach.casework.withheld`). There are
two kinds of quantities, so that no difference of periods gives what a table withholds:

- what happened in a quarter is counted in that quarter alone and rounded down to fives;
- what grows (women followed, graduates' food security) is counted at the quarter's end and rounded down to
  tens, so that two ends next to each other tell of what lies between them no more than "under ten" does.

Shares are of the rounded counts. No table crosses two questions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from models import Agency, Axis, Municipality
from outreach.casework import withheld
from outreach.casework.withheld import SMALL, Table
from outreach.figures import by_lot, counting
from outreach.figures.counting import (
    AGENCY,
    AXIS,
    FOLLOWED,
    GRADUATING,
    MONTH,
    NOT_SAID,
    QUANTITIES,
    QUESTIONS,
    TOWN,
    WHOLE,
)
from outreach.people import food_security

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy.orm import Session

    from outreach.casework.counts import Quarter
    from outreach.figures.by_lot import Compared
    from outreach.figures.counting import Counts, Food, Tally

COARSE: Final = SMALL
"""To what a quantity that grows is rounded down."""
LARGEST_SMALL: Final = SMALL - 1
CENTS: Final = 100
"""In a peso."""


@dataclass(frozen=True)
class Achieved:
    """One quantity: all women and by each question (None, or a table without rows: withheld)."""

    total: int | None
    by: dict[str, Table]


@dataclass(frozen=True)
class FoodReport:
    """Food security of those who had graduated by the quarter's end. Shares are whole percents.

    `covered`: how many of a hundred graduates have both interviews; `share`: of those whose both interviews
    have a grade, how many of a hundred improved.
    """

    both: int | None
    covered: int | None
    graded: int | None
    improved: int | None
    share: int | None
    before: Table
    after: Table


@dataclass(frozen=True)
class Reached:
    """Marks at the door by whether a reminder had arrived; `share`: of a hundred, how many were present."""

    code: str
    marks: int
    present: int
    share: int


@dataclass(frozen=True)
class Report:
    """A quarter as it may be shown; `names` says axes, municipalities and agencies."""

    quarter: Quarter
    women: dict[str, Achieved]
    food: FoodReport
    supports: int | None
    supports_by_kind: Table
    supports_by_agency: Table
    pesos: int | None
    avoided: int | None
    joined: int | None
    reminded: tuple[Reached, ...]
    lot: Compared | None
    names: Mapping[str, Mapping[str, str]]


def names(db: Session) -> dict[str, dict[str, str]]:
    """Return how axes, municipalities and agencies are called, in the order of the tables."""
    axes: dict[str, str] = {}
    for code, name in db.execute(select(Axis.code, Axis.name).order_by(Axis.position, Axis.code)):
        axes.setdefault(code, name)
    towns = db.execute(select(Municipality.code, Municipality.name).order_by(Municipality.name))
    agencies = db.execute(select(Agency.code, Agency.name).order_by(Agency.name))
    return {AXIS: axes, TOWN: dict(towns.all()), AGENCY: dict(agencies.all())}


def make(counts: Counts, quarter: Quarter, known: Mapping[str, Mapping[str, str]]) -> Report:
    """Withhold what must not be shown of a quarter's counts."""
    rows = {MONTH: counting.months_of(quarter), **{name: list(codes) for name, codes in known.items()}}
    supports = withheld.shared_out("kind", counts.supports_by_kind)
    by_agency = {code: counts.supports_by_agency.get(code, 0) for code in rows[AGENCY]}
    return Report(
        quarter,
        {name: _achieved(name, counts.women[name], rows) for name in QUANTITIES},
        _food(counts.food),
        withheld.rounded(sum(counts.supports_by_kind.values())),
        supports,
        withheld.shared_out(AGENCY, by_agency),
        amount(counts.money),
        withheld.rounded(counts.avoided),
        withheld.rounded(counts.joined),
        _reminded(counts.reminded),
        by_lot.compare(counts.lot),
        known,
    )


def _achieved(name: str, tally: Tally, rows: Mapping[str, list[str]]) -> Achieved:
    tables = {}
    for question in QUESTIONS:
        counted = _in_rows(tally.by[question], [*rows[question], *_besides(name, question)])
        if counted.get(NOT_SAID, SMALL) < SMALL:
            # Few without a value are left out: to hide them, a row of thousands would have to go along. The
            # rounded total less the rounded rows leaves open how many they are.
            del counted[NOT_SAID]
        if name == FOLLOWED and question == MONTH:
            # Not parts of a whole: what is followed at three ends of months.
            tables[question] = Table(question, tuple(counted.items()))
        elif question == TOWN or (name, question) == (FOLLOWED, AXIS):
            tables[question] = withheld.shared_out(question, counted)
        else:
            # A woman may be in several rows: groups of several axes, folios of several agencies, months.
            tables[question] = overlapping(question, counted, tally.total)
    if name != FOLLOWED:
        return Achieved(withheld.rounded(tally.total), tables)
    return Achieved(coarse(tally.total), {question: _coarser(table) for question, table in tables.items()})


def overlapping(name: str, counts: Mapping[str, int], total: int) -> Table:
    """Return a table whose rows may hold the same woman and leave nobody out.

    Together the rows are the total at least: where the shown ones lack so much that each withheld row would
    have to be the largest of what is small, all is withheld.
    """
    table = withheld.side_by_side(name, counts, total)
    shown = [count for _, count in table.rows if count is not None]
    few = len(table.rows) - len(shown)
    most = sum(count + withheld.STEP - 1 for count in shown)
    lacking = (withheld.rounded(total) or 0) - most
    return Table(name, ()) if few and lacking >= few * LARGEST_SMALL else table


def _besides(name: str, question: str) -> tuple[str, ...]:
    """Return the rows that a question has beside those with a name."""
    if question == MONTH:
        return ()
    return (WHOLE,) if name == GRADUATING and question == AXIS else (NOT_SAID,)


def _in_rows(counted: Mapping[str, int], codes: Iterable[str]) -> dict[str, int]:
    """Return counts by the rows of a table; what is of none of them stands with those who have no value."""
    rows = {code: counted.get(code, 0) for code in codes}
    if NOT_SAID in rows:
        rows[NOT_SAID] += sum(number for code, number in counted.items() if code not in rows)
    return rows


def amount(money: Mapping[str, int]) -> int | None:
    """Return an amount in pesos as it may be shown, None where it is withheld.

    It is rounded down to so many of the largest supports as counts are rounded to: of how many were given it
    tells no more than their count does.
    """
    if money.get("count", 0) < SMALL:
        return None
    step = withheld.STEP * money["largest"]
    return money["cents"] // step * step // CENTS


def coarse(count: int) -> int | None:
    """Return a count that grows as it may be shown, None where it is withheld."""
    return None if count < SMALL else count - count % COARSE


def _coarser(table: Table) -> Table:
    return Table(
        table.name, tuple((code, None if count is None else coarse(count)) for code, count in table.rows)
    )


def _food(food: Food) -> FoodReport:
    both, graded, graduates = coarse(food.both), coarse(food.graded), coarse(food.graduates)
    outcome = {"improved": food.improved, "others": food.graded - food.improved}
    shown = dict(_coarser(withheld.shared_out("change", outcome)).rows)
    improved = shown.get("improved")
    return FoodReport(
        both,
        percent(both, graduates),
        graded,
        improved,
        percent(improved, graded),
        _coarser(withheld.shared_out("before", {code: food.before[code] for code in food_security.GRADES})),
        _coarser(withheld.shared_out("after", {code: food.after[code] for code in food_security.GRADES})),
    )


def percent(part: int | None, whole: int | None) -> int | None:
    """Return a share of two counts as they are shown, in whole percents; it tells no more than they do."""
    return None if part is None or not whole else round(100 * part / whole)


def _reminded(counted: Mapping[str, int]) -> tuple[Reached, ...]:
    """Return both rows, or none: one withheld cell would follow from the other three and the total."""
    shown = dict(withheld.shared_out("reminded", counted).rows)
    if not shown or None in shown.values():
        return ()
    rows = []
    for code in ("reached", "others"):
        present, absent = shown[f"{code}_present"] or 0, shown[f"{code}_absent"] or 0
        rows.append(Reached(code, present + absent, present, round(100 * present / (present + absent))))
    return tuple(rows)
