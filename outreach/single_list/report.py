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


class RowError(ValueError):
    """One row can't be kept; the message says why, without repeating it."""


@dataclass
class Report:
    """Rows kept, (line, message) of those that were not, of values left out, and what holds for the file."""

    kept: int = 0
    errors: list[tuple[int, str]] = field(default_factory=list)
    notes: list[tuple[int, str]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def settle(self) -> None:
        """Put errors and notes in the order of their lines."""
        self.errors.sort()
        self.notes.sort()


def told(column: str, what: str) -> str:
    """Return a message about one column of a row."""
    return texts.ROW.format(column=LABELS[column], what=what)


class Cells:
    """Checks the cells of one row, collecting what is wrong."""

    def __init__(self, row: Row) -> None:
        self._row = row
        self.wrong: list[str] = [texts.EXTRA_CELLS] if row.extra else []
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
        self.wrong.append(told(column, what))

    def done(self) -> None:
        """Raise `RowError` with all that is wrong."""
        if self.wrong:
            raise RowError("; ".join(self.wrong) + ".")
