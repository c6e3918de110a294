"""Her own age where she says it, and who may enrol by it.

Why: below the programme's least age nothing of an enrolment is saved, with a guardian a person takes over,
and a girl who tells of violence is a child at risk also where her age was only said in the chat. Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.components.extract.births import age_on
from bot.components.extract.figures import ages
from bot.components.extract.reading import entities
from bot.components.extract.tokens import tokens
from bot.components.wordlist import sounded

if TYPE_CHECKING:
    from datetime import date

ADULT = 18
YOUNGEST = 8
"""Years from which an age may be the writer's own: "tengo 5, ya grandes" counts her children."""
_MINE = sounded("tengo, tng, tego, tngo, cumpli, cumplo, edad, soy de, kumpli")
_FILLERS = sounded("apenas, solo, nomas, ya, como, los, mis, es, de")


def own(text: str) -> int | None:
    """Return the age that she gives as hers: "tengo 15 años", "ya cumplí 16"; not her daughter's."""
    words = tokens(text)
    if next(ages(words), None) is None:  # most texts: spares them the reading of all else
        return None
    for found in entities(text):
        if found.entity != "age" or int(found.value) < YOUNGEST:
            continue
        before = [word.sound for word in words if word.end <= found.start]
        while before and before[-1] in _FILLERS:
            before.pop()
        alone = len(words) <= 2 and not before  # noqa: PLR2004 # "15 años"
        if alone or (before and before[-1] in _MINE):
            return int(found.value)
    return None


def is_minor(text: str) -> bool:
    """Tell whether she says that she is under 18."""
    age = own(text)
    return age is not None and age < ADULT


def barred(age: int, least: int, guardian_under: int) -> str | None:
    """Return the act that ends an enrolment at this age: too young, or only with a guardian; None: go on."""
    if age < least:
        return "too_young"
    return "needs_guardian" if age < guardian_under else None


def by_year(year: object, today: date) -> int | None:
    """Return the highest age of who was born in a year said without the day; None where none was said."""
    return today.year - int(year) if isinstance(year, str) and year.isdecimal() else None


def on(birth_date: str, today: date) -> int:
    """Return the age of a birth date in ISO form."""
    return age_on(today.fromisoformat(birth_date), today)
