"""Dates as registers write them: ISO, Mexican day first, month names, Excel's serial numbers.

Whether 05/08/1989 is August or May shows only beside the other cells of its column: where one has a day over
12 in first place and none in second, the column is day first. Else it is refused, as is a year of two
figures that fits two centuries.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from outreach.people.registry import plain_name
from outreach.texts import imports as texts

if TYPE_CHECKING:
    from collections.abc import Iterable


class CellError(ValueError):
    """One cell can't be kept; the message says why, without repeating it."""


_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?)?")
_BASIC = re.compile(r"((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})")
_NUMBERS = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})(?: 0?0:00(?::00)?)?")
_NAMED = re.compile(r"([0-9]{1,2})(?:[ /.-]+|\s+del?\s+)([a-z]+)\.?(?:[ /.-]+|\s+del?\s+)([0-9]{4}|[0-9]{2})")
_FIRST_TWO = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-][0-9]{2}")
_SERIAL = re.compile(r"[0-9]{4,5}")
_MONTHS = {
    "ene": 1, "enero": 1, "jan": 1, "feb": 2, "febrero": 2, "mar": 3, "marzo": 3,
    "abr": 4, "abril": 4, "apr": 4,
    "may": 5, "mayo": 5, "jun": 6, "junio": 6, "jul": 7, "julio": 7, "ago": 8, "agosto": 8, "aug": 8,
    "sep": 9, "sept": 9, "set": 9, "septiembre": 9, "setiembre": 9, "oct": 10, "octubre": 10,
    "nov": 11, "noviembre": 11, "dic": 12, "diciembre": 12, "dec": 12,
}  # fmt: skip
MONTHS = 12
_EPOCH, _FIRST_SERIAL = date(1899, 12, 30), 3000
"""Excel counts days from here; serials under 3000 (before 1908) are rather years."""
OLDEST, YOUNGEST, CENTURY = 100, 5, 100


@dataclass(frozen=True)
class Order:
    """What a column of dates shows: `day_first` (or None where nothing shows it), on the local day `today`.

    `of_births`: a year of two figures is one in which somebody who lives was born.
    """

    today: date
    day_first: bool | None
    of_births: bool = True

    def day_of(self, first: int, second: int, year: int) -> date:
        """Return the day that two numbers and a year mean."""
        if first > MONTHS >= second or first == second:
            return _date(year, second, first)
        if second > MONTHS >= first or self.day_first is None:
            raise CellError(texts.DATE_AMBIGUOUS)
        if not self.day_first:
            raise CellError(texts.DATE_AMBIGUOUS)
        return _date(year, second, first)

    def full_year(self, written: str) -> int:
        """Return a year of four figures; two figures only where one century is possible."""
        if len(written) == 4:  # noqa: PLR2004 (figures of a year)
            return int(written)
        ages = range(YOUNGEST, OLDEST + 1) if self.of_births else range(15)
        years = {self.today.year - age for age in ages}
        found = [century + int(written) for century in (1900, 2000) if century + int(written) in years]
        if len(found) != 1:
            raise CellError(texts.DATE_CENTURY)
        return found[0]


def day_first(cells: Iterable[str]) -> bool | None:
    """Look at a whole column: True where its dates have the day first, False where they can't have it.

    None where no cell shows it. A column that shows both is read as neither.
    """
    day = month = False
    for cell in cells:
        found = _FIRST_TWO.match(cell.strip())
        if found:
            day |= int(found[1]) > MONTHS >= int(found[2])
            month |= int(found[2]) > MONTHS >= int(found[1])
    return False if month else (day or None)


def order_of(cells: Iterable[str], today: date, *, of_births: bool = True) -> Order:
    """Return the order of day and month that the unambiguous cells of a column show."""
    return Order(today, day_first(cells), of_births)


def read_date(cell: str, order: Order) -> date:
    """Return the day of a cell.

    Raises:
        CellError: no date, or one that may mean two days.
    """
    said = plain_name(cell)
    if found := _ISO.fullmatch(cell):
        return _date(int(found[1]), int(found[2]), int(found[3]))
    if found := _BASIC.fullmatch(cell):
        return _date(int(found[1]), int(found[2]), int(found[3]))
    if found := _NUMBERS.fullmatch(cell):
        return order.day_of(int(found[1]), int(found[3]), order.full_year(found[4]))
    if (found := _NAMED.fullmatch(said)) and found[2] in _MONTHS:
        return _date(order.full_year(found[3]), _MONTHS[found[2]], int(found[1]))
    if _SERIAL.fullmatch(cell) and int(cell) >= _FIRST_SERIAL:
        return _EPOCH + timedelta(days=int(cell))
    raise CellError(texts.DATE)


def _date(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise CellError(texts.DATE) from None
