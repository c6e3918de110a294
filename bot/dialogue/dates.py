"""Birth dates as women write them: "15 de agosto del 89", "150889", "15/8/1989", "nací en agosto 15 de 1989".

Why: the form asks once and must understand nearly all. Must never guess a year that was not said.
"""

from __future__ import annotations

import re
from datetime import date

from bot.components.spelling import bare

MONTHS = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
    "noviembre", "diciembre",
)  # fmt: skip
_STEMS = {
    "en": 1, "fe": 2, "mar": 3, "ab": 4, "av": 4, "may": 5, "ma": 5, "jun": 6, "yun": 6, "jul": 7, "yul": 7,
    "ag": 8, "se": 9, "oc": 10, "ok": 10, "no": 11, "di": 12,
}  # fmt: skip
_UNITS = (
    "cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once", "doce",
    "trece", "catorce", "quince", "dieciseis", "diecisiete", "dieciocho", "diecinueve", "veinte", "veintiuno",
    "veintidos", "veintitres", "veinticuatro", "veinticinco", "veintiseis", "veintisiete", "veintiocho",
    "veintinueve", "treinta",
)  # fmt: skip
_TENS = {
    "treinta": 30, "cuarenta": 40, "cincuenta": 50, "sesenta": 60, "setenta": 70, "ochenta": 80,
    "noventa": 90,
}  # fmt: skip
YOUNGEST, OLDEST = 10, 110
"""Ages in years outside of which the year was mistyped."""
_WORD_MONTH = re.compile(
    r"\b(ene\w*|feb\w*|mar(?:zo|so|z|s)?|abr\w*|avr\w*|ma[yi]\w*|jun\w*|jul\w*|ag[ou]\w*|[sz]e[pt]\w*|o[ck]t\w*|"
    r"no[vb]\w*|di[csz]\w*)\b"
)


def _tens_and_units(found: re.Match[str]) -> str:
    if found[1] in _TENS and found[2] in _UNITS[:10]:
        return str(_TENS[found[1]] + _UNITS.index(found[2]))
    return found[0]


def _figures(text: str) -> str:
    """The text with spelled numbers as figures: "quince de agosto de mil novecientos ochenta y nueve"."""
    text = re.sub(r"\bmil novecientos\b", "19", text)
    text = re.sub(r"\bdos mil\b(?: (?=\w))?", "20 ", text)
    text = re.sub(r"\b([a-z]+nta) y ([a-z]+)\b", _tens_and_units, text)
    numbers = {w: i for i, w in enumerate(_UNITS)} | _TENS | {"primero": 1, "un": 1}
    text = re.sub(r"\b[a-z]+\b", lambda m: str(numbers[m[0]]) if m[0] in numbers else m[0], text)
    text = re.sub(r"\b(19|20) (\d{2})\b", r"\1\2", text)
    return re.sub(r"\b20 (\d)\b", r"200\1", text)


def _month(word: str) -> int:
    for length in (3, 2):
        if word[:length] in _STEMS:
            return _STEMS[word[:length]]
    return 0


def _year(figures: str, today: date) -> int:
    year = int(figures)
    if len(figures) > 2:  # noqa: PLR2004 # 89 is 1989, 05 is 2005
        return year
    return 2000 + year if year <= (today.year - 5) % 100 else 1900 + year


def _made(day: str, month: int, year: str, today: date) -> date | str:
    try:
        found = date(_year(year, today), month, int(day))
    except ValueError:
        return "impossible"
    age = today.year - found.year - ((today.month, today.day) < (found.month, found.day))
    return found if YOUNGEST <= age <= OLDEST else "age"


def birth_date(text: str, today: date) -> date | str | None:
    """The date; or "impossible", "age" or "year" (none was said); or None where no date is in the text."""
    line = _figures(bare(text))
    iso = re.search(r"\b(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})\b", line)
    if iso:
        return _made(iso[3], int(iso[2]), iso[1], today)
    usual = re.search(r"\b(\d{1,2})\s*[-/., ]\s*(\d{1,2})\s*[-/., ]\s*(\d{4}|\d{2})\b", line)
    if usual:
        return _made(usual[1], int(usual[2]), usual[3], today)
    joined = re.search(r"\b(\d{2})(\d{2})(\d{4}|\d{2})\b", line)
    if joined:
        return _made(joined[1], int(joined[2]), joined[3], today)
    month = _WORD_MONTH.search(line)
    if not month:
        return "year" if re.search(r"\b\d{1,2}[-/]\d{1,2}\b|\b(19|20)\d{2}\b", line) else None
    years, short = re.findall(r"\b\d{4}\b", line), re.findall(r"\b\d{1,2}\b", line)
    if not short or not (years or short[1:]):
        return "year"
    day, year = short[0], (years or short[1:])[0]
    return _made(day, _month(month[0]), year.zfill(2), today)


def in_words(day: date) -> str:
    """The date as she reads it: "15 de agosto de 1989"."""
    return f"{day.day} de {MONTHS[day.month - 1]} de {day.year}"
