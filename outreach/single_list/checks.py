"""Checking cells: one function a kind of value; what is not certain is refused, never guessed.

Each takes the text of one cell and returns its value, or raises `CellError` with what is wrong in words that
don't repeat the cell.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import TYPE_CHECKING

import phonenumbers

from outreach.ground.words import visible
from outreach.people import registry
from outreach.people.details import AXES
from outreach.people.registry import plain_name
from outreach.single_list.date_cells import CellError
from outreach.texts import imports as texts
from outreach.texts import workshops as workshop_texts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from outreach.single_list.date_cells import Order

COUNTRY = "MX"
LONGEST_NAME, LONGEST_PLACE, LONGEST_CODE = 120, 160, 32
MOST_CHILDREN, MOST_SEATS, LONGEST_SESSION = 20, 2000, 12 * 60
AHEAD = timedelta(days=2 * 366)
# Cells that say that there is nothing.
NOTHING = frozenset({"-", "--", "---", ".", "n/a", "na", "n.a.", "s/d", "sd", "nd", "n/d", "null", "sin dato",
                     "sin datos", "no tiene", "s/n"})  # fmt: skip
_EXCEL_ERROR = re.compile(
    r"#(?:n/?[ad]|¡?ref|¡?valor|value|¡?num|name|¿?nombre|¡?div/0|null|#+)[!?]?", re.IGNORECASE
)
# A number or two stands in some lists behind a name; a phone never belongs there.
_NAME = re.compile(r"(?!.*[0-9]{7})[^\W\d_][^\W_]*(?:[ .'\u2019\u00b4`()/-]+[^\W_]+)*[.)]*")
# What a program of an office would work out: = and @ at the beginning, a sign before what is no number.
_FORMULA = re.compile(r"[=@]|[+-](?![0-9., ])")
# Places of a CURP that hold figures, where lists have the letter O (the last is the check digit).
_CURP_LENGTH, _CURP_CENTURY, _CURP_FIGURES = 18, 16, (4, 5, 6, 7, 8, 9, 17)
_ROUNDED = re.compile(r"[0-9]+(?:[.,][0-9]+)?e[+-]?[0-9]+|[0-9]+[.,]0+", re.IGNORECASE)
_SEVERAL = re.compile(r"ext|#|x\s*\d|[a-z]{2,}|[;,/|]|\by\b", re.IGNORECASE)
# Since August 2019 none of 01, 044, 045 is dialled, and no 1 after 52; lists still have them.
_OLD_PREFIX = re.compile(r"^(?:(?:00)?52(?:1|01|044|045)?|01|044|045)(?=[0-9]{10}$)")
_DIGITS = 10
_LINES = frozenset({
    phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE,
    phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
})  # fmt: skip
_HOUR = r"[T ]+([0-9]{1,2}):([0-9]{2})(?::00(?:\.0+)?)?"
_MOMENT = re.compile(rf"([0-9]{{4}})-([0-9]{{1,2}})-([0-9]{{1,2}}){_HOUR}\s*(Z|[+-][0-9]{{2}}:?[0-9]{{2}})?")
_MOMENT_MX = re.compile(
    rf"([0-9]{{1,2}})/([0-9]{{1,2}})/([0-9]{{4}}){_HOUR}\s*([ap]\.? ?m\.?)?", re.IGNORECASE
)
# The country's box, degrees: what lies outside has its sign or its order wrong.
_LATITUDES, _LONGITUDES = (14.0, 33.0), (-119.0, -86.0)
_AXES = {plain_name(name): code for code, name in workshop_texts.AXES.items()} | {
    "ocupacion": "occupation", "oficio": "occupation", "produccion": "production", "salud": "health",
    "alimentacion": "food", "empleo": "employment",
} | {code: code for code in AXES}  # fmt: skip


def blank(cell: str) -> bool:
    """Say whether a cell holds nothing, or says that there is nothing."""
    return cell.casefold() in NOTHING or not cell


def broken(cell: str) -> bool:
    """Say whether a cell is an error of the spreadsheet, such as #REF!."""
    return _EXCEL_ERROR.fullmatch(cell) is not None


def text(cell: str, most: int) -> str:
    """Return free text of at most `most` characters that no office program would take for a formula."""
    if _FORMULA.match(visible(cell).lstrip()):
        raise CellError(texts.FORMULA)
    if len(cell) > most:
        raise CellError(texts.TOO_LONG.format(most=most))
    return cell


def name(cell: str) -> str:
    """Return a person's name: it begins with a letter and has only the marks that names have."""
    if not _NAME.fullmatch(cell):
        raise CellError(texts.NAME)
    return text(cell, LONGEST_NAME)


def whole(cell: str, least: int, most: int) -> int:
    """Return a whole number within its limits; no sign, no fraction, only the figures 0 to 9."""
    if not re.fullmatch(r"[0-9]{1,9}", cell) or not least <= int(cell) <= most:
        raise CellError(texts.NUMBER.format(least=least, most=most))
    return int(cell)


def axis(cell: str, offered: Mapping[str, str] | None = None) -> str:
    """Return the code of an axis by its code or its Spanish name.

    `offered` has code and name of the axes as they stand in the data; without it, the first five.
    """
    plain = plain_name(cell)
    if offered is None:
        found = _AXES.get(plain)
    else:
        named = {plain_name(name): code for code, name in offered.items()} | {code: code for code in offered}
        known = _AXES.get(plain)
        found = named.get(plain) or (known if known in offered else None)
    if found is None:
        raise CellError(
            texts.AXIS if offered is None else texts.AXIS_OF.format(names=", ".join(offered.values()))
        )
    return found


def curp(cell: str) -> str:
    """Return a CURP as RENAPO writes it, also with blanks or with the letter O where a figure stands.

    Its check digit and its date hold for what comes out, so that nothing is guessed. In place 17 a letter
    says that she was born in this century; where she can't have been yet, it is a figure.
    """
    compact = re.sub(r"[\s._-]", "", cell)
    if len(compact) == _CURP_LENGTH:
        compact = "".join(_as_figure(x) if place in _CURP_FIGURES else x for place, x in enumerate(compact))
    century = compact[:_CURP_CENTURY] + _as_figure(compact[_CURP_CENTURY:][:1]) + compact[_CURP_LENGTH - 1 :]
    for form in dict.fromkeys((compact, century)):
        try:
            return registry.check_curp(form)
        except registry.DetailError:
            continue
    raise CellError(texts.CURP)


def _as_figure(letter: str) -> str:
    return "0" if letter in {"o", "O"} else letter


def phone(cell: str) -> str:
    """Return a Mexican number as +52 and ten digits, also where it is written with an old prefix."""
    if _ROUNDED.fullmatch(cell):
        raise CellError(texts.PHONE_ROUNDED)
    if _SEVERAL.search(re.sub(r"(?i)^(?:tel|cel)[éa-z]*\.?:?\s*", "", cell)):
        raise CellError(texts.PHONE_EXTENSION)
    if re.match(r"\s*\+(?!\s*52)", cell):
        raise CellError(texts.PHONE_FOREIGN)
    compact = re.sub(r"[^0-9]", "", cell)
    digits = _OLD_PREFIX.sub("", compact)
    lost = cell.lstrip().startswith("+") and len(compact) == _DIGITS
    if len(digits) != _DIGITS or lost or not cell.isascii():
        raise CellError(texts.PHONE)
    number = phonenumbers.parse(digits, COUNTRY)
    if len(set(digits[2:])) == 1 or digits in _COUNTED or not phonenumbers.is_valid_number(number):
        raise CellError(texts.PHONE_INVALID)
    if phonenumbers.number_type(number) not in _LINES:
        raise CellError(texts.PHONE_INVALID)
    return f"+52{digits}"


# Fillers that numbering plans let through.
_COUNTED = frozenset({"1234567890", "0123456789", "9876543210", "2345678901"})


def coordinate(cell: str, *, latitude: bool) -> float:
    """Return degrees within the country's box."""
    if not re.fullmatch(r"[+-]?[0-9]{1,3}(?:\.[0-9]{1,15})?", cell):
        raise CellError(texts.COORDINATE)
    value = float(cell)
    least, most = _LATITUDES if latitude else _LONGITUDES
    if not math.isfinite(value) or not least <= value <= most:
        raise CellError(texts.COORDINATE_OUTSIDE)
    return value


def moment(cell: str, zone: ZoneInfo, order: Order) -> datetime:
    """Return a day with its hour, local where no zone is written, as an aware moment in UTC."""
    iso, mexican = _MOMENT.fullmatch(cell), _MOMENT_MX.fullmatch(cell)
    try:
        if iso:
            parts = [int(iso[n]) for n in range(1, 6)]
            at = datetime(parts[0], parts[1], parts[2], parts[3], parts[4], tzinfo=_zone(iso[6], zone))
        elif mexican:
            day = order.day_of(int(mexican[1]), int(mexican[2]), int(mexican[3]))
            at = datetime.combine(day, _clock(int(mexican[4]), int(mexican[5]), mexican[6]), zone)
        else:
            raise CellError(texts.STARTS_AT)
        return at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        if isinstance(error, CellError):
            raise
        raise CellError(texts.STARTS_AT) from None


def _zone(written: str | None, zone: ZoneInfo) -> ZoneInfo | timezone:
    if not written:
        return zone
    if written == "Z":
        return UTC
    sign = -1 if written[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(written[1:3]), minutes=int(written[-2:])))


def _clock(hour: int, minute: int, half: str | None) -> time:
    if half:
        if not 1 <= hour <= 12:  # noqa: PLR2004 (hours of half a day)
            raise CellError(texts.STARTS_AT)
        hour = hour % 12 + (12 if half[0] in "pP" else 0)
    return time(hour, minute)


def past_day(day: date, today: date, *, years: int) -> date:
    """Return a day that is neither in the future nor more than `years` back."""
    if day > today:
        raise CellError(texts.DATE_FUTURE)
    if day.year < today.year - years:
        raise CellError(texts.DATE_TOO_OLD)
    return day
