"""Days as she says them: "el juebes", "pasado mañana", "15 de agosto del 89", "150889".

Values: a weekday 0 (Monday) to 6; a date in ISO, `--MM-DD` without a year, `--MM` the month alone, `---DD`
the day alone, or days from today (`+1`).
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from bot.components.extract.numbers import spelled, value_of
from bot.components.extract.tokens import Found, one_off
from bot.components.spelling import sound
from bot.components.wordlist import listed, sounded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.components.extract.tokens import Token

_DAYS = {
    sound(name): number
    for number, names in enumerate(
        (
            ("lunes", "lune", "luns", "lunez"),
            ("martes", "marts", "marte", "maltes"),
            ("miercoles", "miercols", "miercole", "mierkoles", "mercoles", "mircoles", "miercolez"),
            ("jueves", "juebs", "jueve", "jueces", "guebes", "juves"),
            ("viernes", "vierns", "vierne", "biernes", "viernez"),
            ("sabado", "sabados", "savado", "sabdo", "sabao", "saado", "savao"),
            ("domingo", "domingos", "dmingo", "domngo"),
        )
    )
    for name in names
}
_NOT_DAYS = sounded(
    """
    martas, mares, cartes, marta, sabas, viene, viena, marque, marques, sabes, luces, vienen, martha, sabe,
    dominga, viernesito, pierne, lunas, tiernes, jefes, juegos
    """
)
_LONG = 5

_RELATIVE = {
    sound(name): days
    for days, names in (
        (0, ("hoy", "oy", "oi", "hoi")),
        (1, ("mañana", "mñn", "mnn", "mñna", "mañna", "mñana", "manana")),
        (-1, ("ayer", "aier", "ayr", "aller")),
        (-2, ("antier", "antes de ayer", "antayer")),
    )
    for name in names
}
_TOMORROW = sound("mañana")
_OF_THE_DAY = listed(
    """
    la, las, l, dla, dela, enla, una, esta, laz, esa, cada, toda, todas, xla, porla
    """
)
_MONTHS = {
    sound(name): month
    for month, names in enumerate(
        (
            ("enero", "ene", "enro"),
            ("febrero", "feb", "febreo"),
            ("marzo", "mar", "marso"),
            ("abril", "abr", "avril"),
            ("mayo", "may", "mallo", "maio"),
            ("junio", "jun"),
            ("julio", "jul"),
            ("agosto", "ago", "ajosto", "agsto"),
            ("septiembre", "sept", "setiembre", "sep", "septienbre"),
            ("octubre", "oct", "otubre", "octbre"),
            ("noviembre", "nov", "nobienbre"),
            ("diciembre", "dic", "disienbre"),
        ),
        1,
    )
    for name in names
}
_SHORT_MONTHS = {"mar", "ene", "may", "ago", "dic", "sep", "oct", "nov", "feb", "abr", "jun", "jul"}
_NUMERIC = re.compile(r"(?<![\d/.-])(\d{1,2})\s?[/.-]\s?(\d{1,2})\s?[/.-]\s?(\d{4}|\d{2})(?![\d/-])")
_ISO = re.compile(r"(?<![\d/.-])((?:19|20)\d{2})[/.-](\d{1,2})[/.-](\d{1,2})(?![\d/-])")
_JOINED = re.compile(r"(?<![\d/.-])(\d{2})(\d{2})(\d{4}|\d{2})(?![\d/-])(?!\s*\d)")
_OF = {"de", "d", "del", "dl", "of"}
_MONTH_ALONE = listed(
    """
    en, desde, hasta, para, pa, pal, asta, desd, dsd, de, d, n, por, a
    """
)
_BEFORE_DAY = {"el", "dia", "pal", "del", "dl", "al"}
_AFTER_DAY = listed(
    """
    , y, i, o, que, q, no, si, a, pero, por, porfa, ahi, alli, alla, porfabor, porfavor, entonces, asi, en,
    mejor, maestra, seño, señorita, voy, hay, ay, es, cuando, este, pq, xq, porque, xfa, tambien, me,
    nuestra
    """
)
_LAST_DAY = 31
CENTURY = 100
"""A year under this one was said by its last two figures."""
_LEAST_YEAR_SAID = 10
_YEARS = range(1900, 2101)
_YOUNGEST_BIRTH = 20
"""A year of two figures up to this one is of the 2000s."""


def weekdays(words: Sequence[Token]) -> Iterator[Found]:
    """Yield days of the week."""
    for word in words:
        number = _DAYS.get(word.sound)
        if number is None and len(word.sound) >= _LONG and word.sound not in _NOT_DAYS:
            near = {
                n
                for name, n in _DAYS.items()
                if len(name) >= _LONG and name[0] == word.sound[0] and one_off(name, word.sound)
            }
            number = near.pop() if len(near) == 1 else None
        if number is not None:
            yield Found("weekday", str(number), word.start, word.end)


Parts = tuple[int | None, int, int]
"""Year as it was said (89 for 1989; None: not said), month, day; perhaps of no day of the calendar."""


def _iso(parts: Parts) -> str | None:
    year, month, day = parts
    if year is not None and year < CENTURY:
        year += 2000 if year <= _YOUNGEST_BIRTH else 1900
    try:
        found = date(year or 2000, month, day)
    except ValueError:
        return None
    return found.isoformat() if year is not None else f"--{month:02d}-{day:02d}"


def written_parts(text: str) -> Iterator[tuple[Parts, int, int]]:
    """Yield what dates in figures say, and where; also those that no calendar has."""
    for pattern in (_ISO, _NUMERIC, _JOINED):
        for match in pattern.finditer(text):
            parts = [int(part) for part in match.groups()]
            year, month, day = parts if pattern is _ISO else reversed(parts)
            yield (year, month, day), match.start(), match.end()


def _year_at(words: Sequence[Token], at: int) -> tuple[int, int] | None:
    """Return (year, words used) of "de 1984", "del 79", "de mil novecientos ochenta y uno", "2001"."""
    start = at
    while at < len(words) and words[at].bare in _OF | {"año", "ano"}:
        at += 1
    if at >= len(words):
        return None
    first = value_of(words[at])
    if words[at].bare == "mil" and at + 2 < len(words) and words[at + 1].sound == sound("novecientos"):
        rest = spelled(words, at + 2)
        return (1900 + rest[0], at + 2 + rest[1] - start) if rest else None
    if words[at].bare == "dos" and at + 1 < len(words) and words[at + 1].bare == "mil":
        rest = spelled(words, at + 2) if at + 2 < len(words) else None
        return (2000 + rest[0], at + 2 + rest[1] - start) if rest else (2000, at + 2 - start)
    if first is not None and first in _YEARS:
        return first, at + 1 - start
    rest = spelled(words, at)
    if rest and (rest[0] < _LEAST_YEAR_SAID and not words[at].text.startswith("0")):
        return None  # "de 1 9 8 5", "de cinco": one figure is no year
    if rest and (at > start or (words[at].text.isdecimal() and len(words[at].text) > 1)):
        return rest[0], at + rest[1] - start
    return None


def _month(word: Token) -> int | None:
    month = _MONTHS.get(word.sound)
    if month is not None:
        return month
    if len(word.sound) > _LONG:
        near = {m for name, m in _MONTHS.items() if len(name) > _LONG - 1 and one_off(name, word.sound)}
        return near.pop() if len(near) == 1 else None
    return None


def _has_day(words: Sequence[Token], at: int) -> bool:
    back = at - 1
    while back >= 0 and words[back].bare in _OF:
        back -= 1
    before = value_of(words[back]) if back >= 0 else None
    after = spelled(words, at + 1) if at + 1 < len(words) else None
    return (before is not None and words[back].bare not in {"un", "una"}) or after is not None


def _day_before(words: Sequence[Token], at: int) -> tuple[int, int | None]:
    """Return (first word, day) of the number that stands before the month's name."""
    back = at - 1
    while back >= 0 and words[back].bare in _OF:
        back -= 1
    for first in (back - 2, back):  # "treinta y uno" takes three words
        number = spelled(words, first) if first >= 0 else None
        if number and first + number[1] == back + 1:
            return first, number[0]
    return at, None


def _months_alone(words: Sequence[Token]) -> Iterator[Found]:
    for at, word in enumerate(words):
        month = _month(word)
        if month is None or _has_day(words, at) or not at or word.bare in _SHORT_MONTHS:
            continue
        if words[at - 1].bare in _MONTH_ALONE:
            yield Found("date", f"--{month:02d}", word.start, word.end)


def named_parts(words: Sequence[Token]) -> Iterator[tuple[Parts, int, int]]:
    """Yield what "15 de agosto (del 89)" or "agosto 15 (de 1989)" says, and where; also of no real day."""
    for at, word in enumerate(words):
        month = _month(word)
        if month is None or not _has_day(words, at):
            continue
        start, day = _day_before(words, at)
        end = at + 1
        if (
            day is None
            and end < len(words)
            and (number := spelled(words, end))
            and word.bare not in _SHORT_MONTHS
        ):
            day, end = number[0], end + number[1]
        if day is None:
            continue
        year = _year_at(words, end)
        last = end + (year[1] if year else 0)
        yield (year[0] if year else None, month, day), words[start].start, words[last - 1].end


def _bare_days(words: Sequence[Token]) -> Iterator[Found]:
    """Yield "el 14", "pal 20", "dia veinte": a day of a month that goes without saying."""
    for at in range(1, len(words)):
        number = spelled(words, at)
        if number is None or not 0 < number[0] <= _LAST_DAY or words[at - 1].bare not in _BEFORE_DAY:
            continue
        end = at + number[1]
        cut = end < len(words) and any(c in words[end].after for c in ",.;?!")
        after = words[end].bare if end < len(words) else ""
        if words[at].bare not in {"un", "uno", "una"} and (cut or after in _AFTER_DAY):
            yield Found("date", f"---{number[0]:02d}", words[at].start, words[end - 1].end)


def _near_dates(words: Sequence[Token]) -> Iterator[Found]:
    for at, word in enumerate(words):
        days = _RELATIVE.get(word.sound)
        if days is None:
            continue
        before = words[at - 1].bare if at else ""
        start = word.start
        if word.sound == _TOMORROW or days == 1:
            if before in _OF_THE_DAY:
                continue
            if words[at - 1].sound == sound("pasado") and at:
                days, start = 2, words[at - 1].start
        yield Found("date", f"+{days}" if days >= 0 else str(days), start, word.end)


def dates(text: str, words: Sequence[Token]) -> Iterator[Found]:
    """Yield dates: written in figures, with the month's name, and near ones ("hoy", "mañana")."""
    for parts, start, end in (*written_parts(text), *named_parts(words)):
        value = _iso(parts)
        if value:
            yield Found("date", value, start, end)
    yield from _months_alone(words)
    yield from _near_dates(words)
    yield from _bare_days(words)


_MONTH_NAMES = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
    "noviembre", "diciembre",
)  # fmt: skip


def in_words(day: date) -> str:
    """Return the date as she reads it: "15 de agosto de 1989"."""
    return f"{day.day} de {_MONTH_NAMES[day.month - 1]} de {day.year}"
