"""A birth date as women write it where one was asked: "15 de agosto del 89", "15 8 89", "150889".

The same reading as `days`, and what only an answer to that question may mean: figures apart by blanks, the
month as a number between two "de". It says why a date can't be, so that the second question helps. It must
never guess a year that was not said.
"""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from bot.components.extract import days
from bot.components.extract.tokens import tokens
from bot.components.spelling import bare

YOUNGEST, OLDEST = 5, 110
"""Ages in years outside of which the year was mistyped."""
_APART = re.compile(
    r"(?<!\d)(\d{1,2})\s*(?:[-/.,]|\s|del?\b|d\b|dl\b)\s*(?:mes\s+)?(\d{1,2})"
    r"\s*(?:[-/.,]|\s|del?\b|d\b|dl\b)\s*(?:a[nñ]o\s+)?(\d{4}|\d{2})(?!\d)"
)
_PART = re.compile(r"(?<!\d)(?:\d{1,2}\s*[-/]\s*\d{1,2}|(?:19|20)\d{2})(?!\d)")


class Part(NamedTuple):
    """What was said of a date; `year` as she said it, so 89 may stand for 1989."""

    year: int | None
    month: int
    day: int


def birth_date(text: str, today: date) -> date | str | None:
    """Return the date; or "impossible", "age" or "year" (one part is missing); None where no date is said."""
    said = _said(text)
    if said is None:
        return "year" if _part_of_one(text) else None
    if said.year is None:
        return "year"
    year = said.year
    if year < days.CENTURY:
        year += 2000 if year <= (today.year - YOUNGEST) % 100 else 1900
    try:
        found = date(year, said.month, said.day)
    except ValueError:
        return "impossible"
    return found if YOUNGEST <= age_on(found, today) <= OLDEST else "age"


def age_on(born: date, today: date) -> int:
    """Return the age in whole years."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _said(text: str) -> Part | None:
    line = bare(text)
    written = [Part(*parts) for parts, _, _ in days.written_parts(line)]
    apart = [Part(int(m[3]), int(m[2]), int(m[1])) for m in _APART.finditer(line)]
    named = [Part(*parts) for parts, _, _ in days.named_parts(tokens(line))]
    found = [*written, *named, *apart]
    return next((one for one in found if one.year is not None), found[0] if found else None)


def _part_of_one(text: str) -> bool:
    """Tell whether something of a date is there: a month alone, a year, day and month in figures."""
    return bool(_PART.search(bare(text))) or any(
        one.entity == "date" and one.value.startswith("--") for one in days.dates(text, tokens(text))
    )
