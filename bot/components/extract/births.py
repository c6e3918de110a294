"""A birth date as women write it where one was asked: "15 de agosto del 89", "15 8 89", "150889".

The same reading as `days`, and what only an answer to that question may mean: figures apart by blanks, the
month as a number between two "de", a year before the day, a feast for the day. It says why a date can't be,
so that the second question helps. It must never guess a year that was not said: one figure is no year, and
two that make a girl of her are asked again whole.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from bot.components.extract import days
from bot.components.extract.feasts import feast
from bot.components.extract.numbers import spelled
from bot.components.extract.tokens import tokens
from bot.components.spelling import bare, sound

if TYPE_CHECKING:
    from bot.components.extract.tokens import Token

YOUNGEST, OLDEST = 5, 110
"""Ages in years outside of which the year was mistyped."""
_APART = re.compile(
    r"(?<!\d)(\d{1,2})\s*(?:[-/.,]|\s|del?\b|d\b|dl\b)\s*(?:mes\s+)?(\d{1,2})"
    r"\s*(?:[-/.,]|\s|del?\b|d\b|dl\b)\s*(?:a[nñ]o\s+)?(\d{4}|\d{2})(?!\d)"
)
GIRL = 14
"""Years of age under which two figures of a year are not enough to tell the century."""
_SINGLE = re.compile(r"(?<!\d)\d(?:[ .,-]+\d){3,7}(?![ .,-]*\d)")
_CUT_YEAR = re.compile(r"\b(19|20)\s*(?:y|i|con)\s*(\d\d)\b")
_MONTHS = (
    r"ene\w*|feb\w*|mar[sz]\w*|a[bv]r\w*|ma[yl]l?o|jun\w*|jul\w*|ago\w*|sep\w*|set\w*|oc?t\w*|no[bv]\w*|"
    r"di[cs]\w*"
)
_APART_YEAR = re.compile(
    rf"(\b(?:\d{{1,2}}\W+(?:del?\W+|mes\W+)*\d{{1,2}}|{_MONTHS})\W+(?:del?\W+|d\W+|dl\W+|a[nñ]o\W+)*)"
    r"(19|20)\s+(\d\d)(?!\d)"
)
_COUNTED_DAYS = re.compile(r"(\d)\s+dias?(?:\s+del?\s+mes)?(?=\s+(?:de|del|d)\s)|\bdel? mes (?=de )")
_YEARS = re.compile(r"(?<![\d/.-])(1[89]\d{2}|20\d{2})(?![\d/-])")
_LATE_YEAR = re.compile(r"(?:\b(?:del?|ano|año|en)\s+(?:el )?|^|\s)(\d\d)\W*$")
_EARLY_YEAR = re.compile(
    r"\b(?:en el|en|del|ano|año) (?:ano |año )?(?:del? )?(\d\d)\b(?!\s*(?:anos|años|de|del|/|-))"
)
_AN_AGE = re.compile(r"\b(?:tengo|tng|cumpl\w+|edad|edad de|con|ya|son)\s*$")
"""What stands before an age: "el 3 de mayo y tengo 60"."""
_LAST_DAY = 31
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
    short = year < days.CENTURY
    if short:
        year += 2000 if year <= (today.year - YOUNGEST) % 100 else 1900
    try:
        found = date(year, said.month, said.day)
    except ValueError:
        return "impossible"
    return found if (GIRL if short else YOUNGEST) <= age_on(found, today) <= OLDEST else "age"


def year_alone(text: str, today: date) -> int | None:
    """Return the year where a text says only that: "1985", "en el 85", "creo que nací en mil novecientos"."""
    line = in_figures(text)
    if _said(text) is not None:
        return None
    whole = {int(found) for found in _YEARS.findall(line)}
    if not whole and (found := re.fullmatch(r"\D*(\d\d)\D*", line)):
        short = int(found[1])
        whole = (
            {short + (2000 if short <= (today.year - GIRL) % 100 else 1900)} if _says_year(line) else set()
        )
    return next(iter(whole)) if len(whole) == 1 and _can_be(min(whole), today) else None


def day_alone(text: str) -> tuple[int, int] | None:
    """Return (month, day) where a text says these without a year."""
    said = _said(text)
    if said is None and (
        found := re.fullmatch(
            r"\D*(\d{1,2})\s*(?:[-/.,]|\s|del?\b)\s*(?:mes\s+)?(\d{1,2})\D*", in_figures(text)
        )
    ):
        said = Part(None, int(found[2]), int(found[1]))
    if said is None or said.year is not None:
        return None
    try:
        date(2000, said.month, said.day)
    except ValueError:
        return None
    return said.month, said.day


def _says_year(line: str) -> bool:
    """Tell whether two figures are said as a year: "del 85", "en el 85", "año 85"; a bare "85" is one too."""
    alone = re.fullmatch(r"\W*(\d\d)\W*", line)
    if alone:
        return int(alone[1]) > _LAST_DAY
    return bool(re.search(r"\b(?:ano|año|del|en|soy de|naci)\b", line)) and not re.search(
        r"\b(?:anos|años|tengo)\b", line
    )


def _can_be(year: int, today: date) -> bool:
    return YOUNGEST <= today.year - year <= OLDEST


def age_on(born: date, today: date) -> int:
    """Return the age in whole years."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


_FIRST = re.compile(r"\b([1-9])(?:ro|ero|er|do|to|o|º|°)\b(?=\W+d)")
_WHOLE_MONTHS = {
    "ene": "enero", "feb": "febrero", "abr": "abril", "jun": "junio", "jul": "julio", "ago": "agosto",
    "sep": "septiembre", "oct": "octubre", "nov": "noviembre", "dic": "diciembre",
}  # fmt: skip
_SHORT_MONTH = re.compile(r"\b(ene|feb|abr|jun|jul|agos?|agoto|sept?|oct|nov|dic)\b\.?(?=\W+(?:del?\W+)?\d)")
_UNITS = r"(un[oa]?|dos|tres|cuatro|cinco|seis|siete|ocho|nueve)\b"
_GLUED = (
    (re.compile(rf"\b(?:ve?inti|veinte\s*[yi])\s*{_UNITS}"), r"veinti\1"),
    (re.compile(rf"\b(?:die[cs]i|die[sz]\s*[yi])\s*{_UNITS}"), r"dieci\1"),
    (
        re.compile(
            rf"\b(treinta|cuarenta|[cs]in[cq]u?[eu]nta|sesenta|setenta|ochenta|noventa)\s*[yi]\s*{_UNITS}"
        ),
        r"\1 y \2",
    ),
)
"""Numbers in words as they are cut or joined: "veinti uno", "diez y seis", "ochentaicinco"."""


def in_figures(text: str) -> str:
    """Return a bare text with its numbers in figures: "ocho de marso de 1 9 8 5" is "8 de marso de 1985"."""
    line = _FIRST.sub(r"\1", bare(text))
    line = _SHORT_MONTH.sub(lambda found: _WHOLE_MONTHS[found[1][:3]], line)
    for pattern, whole in _GLUED:
        line = pattern.sub(whole, line)
    words, out, at, last = tokens(line), "", 0, 0
    while at < len(words):
        value, used = _number(words, at)
        out += line[last : words[at].start] + (value or line[words[at].start : words[at].end])
        at += used
        last = words[at - 1].end
    line = out + line[last:]
    line = _SINGLE.sub(_joined, line)
    line = _CUT_YEAR.sub(r"\1\2", line)
    line = _APART_YEAR.sub(r"\1\2\3", line)
    return _COUNTED_DAYS.sub(r"\1", line)


def _number(words: list[Token], at: int) -> tuple[str, int]:
    """Return the figures of the number in words at `at`, and how many words it takes; "" where it is none."""
    thousand = _thousand(words, at)
    if thousand:
        return thousand
    if words[at].text.isdecimal():
        return "", 1
    number = spelled(words, at)
    if number is None or words[at].bare in {"un", "una"}:
        return "", 1
    return str(number[0]), number[1]


def _thousand(words: list[Token], at: int) -> tuple[str, int] | None:
    """Return the year of "mil novecientos ochenta y uno" or "dos mil tres"."""
    base, used = 0, 0
    sounds = [word.sound for word in words[at : at + 3]]
    if sounds[:2] == [sound("mil"), sound("novecientos")]:
        base, used = 1900, 2
    elif sounds[:2] == [sound("dos"), sound("mil")] or sounds[:2] == ["2", sound("mil")]:
        base, used = 2000, 2
    if not used:
        return None
    rest = spelled(words, at + used) if at + used < len(words) else None
    return (str(base + rest[0]), used + rest[1]) if rest else (str(base), used)


def _joined(found: re.Match[str]) -> str:
    """Join figures that were written one by one: a year, or a whole date that ends in one."""
    figures = re.sub(r"\D", "", found[0])
    year = figures[-4:] if figures[-4:-2] in {"19", "20"} else ""
    before = figures[: -len(year)] if year else figures
    if year and not before:
        return year
    half = len(before) // 2
    if year and len(before) in (2, 4):
        return f"{before[:half]} {before[half:]} {year}"
    return figures if len(figures) == 6 else found[0]  # noqa: PLR2004 # ddmmyy


def _said(text: str) -> Part | None:
    line = in_figures(text)
    written = [Part(*parts) for parts, _, _ in days.written_parts(line)]
    apart = [Part(int(m[3]), int(m[2]), int(m[1])) for m in _APART.finditer(line)]
    named = [Part(*parts) for parts, _, _ in days.named_parts(tokens(line))]
    found = [*written, *named, *apart]
    whole = next((one for one in found if one.year is not None), None)
    if whole is not None:
        return whole
    day = feast(line)
    part = found[0] if found else (Part(None, *day) if day else None)
    return part._replace(year=_year_elsewhere(line)) if part else None


def _year_elsewhere(line: str) -> int | None:
    """Return the one year that stands apart from the day: "en el 2000 el dos de febrero"."""
    years = {int(found) for found in _YEARS.findall(line)}
    if len(years) == 1:
        return years.pop()
    ends = [*_EARLY_YEAR.finditer(line), *_LATE_YEAR.finditer(line)]
    short = [int(found[1]) for found in ends if not _AN_AGE.search(line[: found.start(1)])]
    short = [year for year in short if year > _LAST_DAY]
    return short[0] if short and not years and len(set(short)) == 1 else None


def _part_of_one(text: str) -> bool:
    """Tell whether something of a date is there: a month alone, a year, day and month in figures."""
    return bool(_PART.search(in_figures(text))) or any(
        one.entity == "date" and one.value.startswith("--") for one in days.dates(text, tokens(text))
    )
