"""How an import went, and the cells of one row as they are checked: all errors of a row at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from outreach.single_list import checks
from outreach.single_list.columns import LABELS
from outreach.single_list.date_cells import CellError
from outreach.texts import imports as texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from outreach.single_list.reading import Row

T = TypeVar("T")


Problem = tuple[str, str]
"""A column of ours, or nothing where it is the row as a whole, and what is wrong with it."""


class RowError(ValueError):
    """One row can't be kept; the message says why, without repeating it. `problems` has it by column."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__("; ".join(told(column, what) for column, what in problems) + ".")


def row_error(what: str) -> RowError:
    """Return the error of a row that is wrong as a whole."""
    return RowError(("", what))


@dataclass
class Kept:
    """What became of a row that was kept: `outcome` is `added`, `changed` or `same`.

    `values` are its cells as (column, before, after), in text; an empty one before: there was none.
    """

    outcome: str
    notes: list[str] = field(default_factory=list)
    values: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass
class Tally:
    """The cells of one column: those that give a first value, another one, the same.

    `kept` are those left out because of where the value that stands comes from.
    """

    new: int = 0
    changed: int = 0
    same: int = 0
    kept: int = 0


@dataclass(frozen=True)
class Change:
    """A value that a row replaces."""

    line: int
    column: str
    before: str
    after: str


@dataclass
class Report:
    """What became of a file, or of a part of it.

    `errors` and `notes` are (line, message) of rows that were not kept and of values left out; `wrong` has
    the errors by column. `added`, `changed` and `same` count the rows that were kept; `tallies` their cells.
    """

    kept: int = 0
    added: int = 0
    changed: int = 0
    same: int = 0
    errors: list[tuple[int, str]] = field(default_factory=list)
    wrong: dict[int, tuple[Problem, ...]] = field(default_factory=dict)
    notes: list[tuple[int, str]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    tallies: dict[str, Tally] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)

    def refuse(self, line: int, error: RowError) -> None:
        """Note a row that can't be kept."""
        self.errors.append((line, str(error)))
        self.wrong[line] = error.problems

    def keep(self, line: int, kept: Kept) -> None:
        """Note a row that was kept."""
        self.kept += 1
        setattr(self, kept.outcome, getattr(self, kept.outcome) + 1)
        self.notes += [(line, note) for note in kept.notes]
        for column, before, after in kept.values:
            tally = self.tally(column)
            if before == after:
                tally.same += 1
            elif before:
                tally.changed += 1
                self.changes.append(Change(line, column, before, after))
            else:
                tally.new += 1

    def tally(self, column: str) -> Tally:
        """Return the counts of a column."""
        return self.tallies.setdefault(column, Tally())

    def add(self, part: Report) -> None:
        """Take in what became of a part."""
        for name in ("kept", "added", "changed", "same"):
            setattr(self, name, getattr(self, name) + getattr(part, name))
        self.errors += part.errors
        self.wrong |= part.wrong
        self.notes += part.notes
        self.changes += part.changes
        self.remarks += [remark for remark in part.remarks if remark not in self.remarks]
        for column, theirs in part.tallies.items():
            ours = self.tally(column)
            for name in ("new", "changed", "same", "kept"):
                setattr(ours, name, getattr(ours, name) + getattr(theirs, name))

    def settle(self) -> None:
        """Put errors and notes in the order of their lines."""
        self.errors.sort()
        self.notes.sort()


def told(column: str, what: str) -> str:
    """Return a message about one column of a row, or about the row."""
    return texts.ROW.format(column=LABELS[column], what=what) if column else what


class Cells:
    """Checks the cells of one row, collecting what is wrong."""

    def __init__(self, row: Row) -> None:
        self._row = row
        self.wrong: list[Problem] = [("", texts.EXTRA_CELLS)] if row.extra else []
        self.left_out: list[str] = []

    def __getitem__(self, column: str) -> str:
        """Return a cell's text; empty where there is no such column, or it says that there is nothing."""
        cell = self._row.cells.get(column, "")
        return "" if checks.blank(cell) else cell

    def get(self, column: str, check: Callable[[str], T]) -> T | None:
        """Return a cell's checked value; None where it is empty or wrong."""
        cell = self[column]
        if not cell:
            return None
        if checks.broken(cell):
            self.refuse(column, texts.SHIFTED)
            return None
        try:
            return check(cell)
        except CellError as error:
            self.refuse(column, str(error))
            return None

    def need(self, column: str, check: Callable[[str], T]) -> T | None:
        """Return a cell's checked value, refusing the row where there is none."""
        if not self[column]:
            self.refuse(column, texts.MISSING)
            return None
        return self.get(column, check)

    def refuse(self, column: str, what: str) -> None:
        """Note that a column of this row is wrong."""
        self.wrong.append((column, what))

    def done(self) -> None:
        """Raise `RowError` with all that is wrong."""
        if self.wrong:
            raise RowError(*self.wrong)
