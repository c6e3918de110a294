"""Hours and days as she writes them: "de 10 a 2", "entre semana en las tardes", "nunca los domingos".

What can't be read with certainty is not guessed: she is asked again, for at a wrong hour another may read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from outreach.messages.conversation_state import PrivateState

from outreach.ground import dates
from outreach.ground.words import fold
from outreach.texts import herself as texts

WHOLE_DAY = ("07:00", "21:00")
SPANS = {
    "manana": ("08:00", "12:00"),
    "mediodia": ("12:00", "15:00"),
    "tarde": ("13:00", "19:00"),
    "noche": ("18:00", "22:00"),
}
EVERY_DAY = frozenset(range(7))
"""Monday is 0."""
_DAYS = (r"lun\w*", r"mart[ei]\w*", r"mier\w*", r"[jh]ue[bv]\w*", r"[bv]iern\w*", r"sa[bv]a\w*", r"doming\w*")
_NAMES = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
_WEEK, _WEEKEND = frozenset(range(5)), frozenset((5, 6))
_FROM_TO = re.compile(rf"({'|'.join(_DAYS)})\s+(?:a|al|hasta)\s+(?:el\s+)?({'|'.join(_DAYS)})")
_BUT = re.compile(r"\b(?:menos|excepto|salvo|pero no|no|nunca|ni|tampoco)\b(?!\s+importa)")
_RANGE = re.compile(
    r"(?:de|entre)?\s*(?:las?\s+)?(\d{1,2})(?::(\d{2}))?\s*(am|pm)?\s*(?:a|y|-|hasta)\s*(?:las?\s+)?(\d{1,2})(?::(\d{2}))?\s*(am|pm)?"
)
_AFTER = re.compile(r"(?:despues|apartir|a partir|desde)\s+(?:de\s+)?(?:las?\s+)?(\d{1,2})")
_BEFORE = re.compile(r"(?:antes|hasta)\s+(?:de\s+)?(?:las?\s+)?(\d{1,2})")
_AT = re.compile(
    r"\b(?:a|como|tipo|sobre|desde|para) las?\s+(\d{1,2})(?::(\d{2})|( y media))?\s*(am|pm)?"
    r"(?:\s*(?:de|en|por) (?:la|el) (manana|tarde|noche|mediodia))?"
)
"""One hour alone: she is written to within it."""
_IN_FIGURES = {
    word: str(n)
    for n, word in enumerate(
        ("dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once", "doce"), 2
    )
}
_HOUR_WORD = re.compile(rf"\b(las|de|y|entre|a) ({'|'.join(_IN_FIGURES)})\b|\b(a la) una\b")
_WHENEVER = re.compile(r"\b(cualquier|a la hora que|todo el dia|a toda hora|da igual|cuando sea|siempre)")
NOON, DAY = 12, 24
EARLIEST_ASSUMED = 7


@dataclass(frozen=True)
class Hours:
    """From and until (`HH:MM`, local), and the weekdays (Monday is 0), in which she may be written to."""

    start: str
    end: str
    days: frozenset[int] = EVERY_DAY


def _clock(hour: int, minute: int = 0) -> str | None:
    return f"{hour:02d}:{minute:02d}" if 0 <= hour < DAY and 0 <= minute < 60 else None  # noqa: PLR2004 (minutes)


def _guess(hour: int, mark: str | None) -> int:
    """An hour without am or pm is one of the day: 2 means 14, 10 means 10."""
    if mark == "pm" and hour < NOON:
        return hour + NOON
    if mark is None and 0 < hour < EARLIEST_ASSUMED:
        return hour + NOON
    return hour


def read_hours(words: str) -> Hours | None:
    """Return when she may be written to, or None where that can't be read with certainty."""
    plain = re.sub(r"\bmedio dia\b", "mediodia", fold(words))
    plain = _HOUR_WORD.sub(
        lambda found: f"{found[1]} {_IN_FIGURES[found[2]]}" if found[2] else "a la 1", plain
    )
    wanted, refused = _apart(plain)
    days = _days(wanted, refused)
    if not days:
        return None
    if _span(refused) is not None and not _WHENEVER.search(refused):
        # "No en la noche" says when not to; what is left is no one stretch, unless she names it too.
        span = _span(wanted)
    else:
        span = _span(wanted) or (WHOLE_DAY if days != EVERY_DAY else None)
    return Hours(*span, days) if span else None


def _apart(plain: str) -> tuple[str, str]:
    """What she wants, and what she refuses: after "no", "menos", "nunca", or before a last "no"."""
    wanted, refused = [], []
    for part in re.split(r"[,.;\n]|\bpero si\b|\bsolo\b|\bmejor\b|\bnomas\b", plain):
        but = _BUT.search(part)
        before, after = (part[: but.start()], part[but.end() :]) if but else (part, "")
        if but and not after.strip():
            before, after = "", before
        wanted.append(before)
        refused.append(after)
    return " , ".join(wanted), " , ".join(refused)


def _named(plain: str) -> frozenset[int]:
    found = set()
    for first, last in _FROM_TO.findall(plain):
        start, end = _number(first), _number(last)
        found |= {day % 7 for day in range(start, end + 1 if end >= start else end + 8)}
    found |= {n for n, pattern in enumerate(_DAYS) if re.search(rf"\b{pattern}", plain)}
    if re.search(r"\bentre semana", plain):
        found |= _WEEK
    if re.search(r"\bfin(?:es)? de semana", plain):
        found |= _WEEKEND
    return frozenset(found)


def _number(word: str) -> int:
    return next(n for n, pattern in enumerate(_DAYS) if re.fullmatch(pattern, word))


def _days(wanted: str, refused: str) -> frozenset[int]:
    return (_named(wanted) or EVERY_DAY) - _named(refused)


def _span(plain: str) -> tuple[str, str] | None:
    found = _RANGE.search(plain)
    if found:
        start = _guess(int(found[1]), found[3])
        end = _guess(int(found[4]), found[6])
        if end <= start and end < NOON:
            end += NOON
        first, last = _clock(start, int(found[2] or 0)), _clock(end, int(found[5] or 0))
        return (first, last) if first and last and first < last else None
    for pattern, build in ((_AFTER, "after"), (_BEFORE, "before")):
        one = pattern.search(plain)
        if one:
            hour = _clock(_guess(int(one[1]), None))
            if hour is None:
                return None
            span = (hour, WHOLE_DAY[1]) if build == "after" else (WHOLE_DAY[0], hour)
            return span if span[0] < span[1] else None
    alone = _AT.search(plain)
    if alone:
        return _within(alone)
    for word, span in SPANS.items():
        if word in plain:
            return span
    return WHOLE_DAY if _WHENEVER.search(plain) else None


def _within(alone: re.Match[str]) -> tuple[str, str] | None:
    """The hour that begins at the one she names."""
    late = "pm" if alone[5] in ("tarde", "noche", "mediodia") else "am" if alone[5] else alone[4]
    hour, minute = _guess(int(alone[1]), late), 30 if alone[3] else int(alone[2] or 0)
    first, last = _clock(hour, minute), _clock(hour + 1, minute)
    return (first, last) if first and last else None


def days_in_words(days: frozenset[int]) -> str:
    """Return `todos los días`, `de lunes a viernes`, or the days one by one."""
    if days == EVERY_DAY:
        return "todos los días"
    ordered = sorted(days)
    if len(ordered) > 2 and ordered == list(range(ordered[0], ordered[-1] + 1)):  # noqa: PLR2004 (two are named)
        return f"de {_NAMES[ordered[0]]} a {_NAMES[ordered[-1]]}"
    names = [_NAMES[day] for day in ordered]
    return " y ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def in_words(hours: Hours) -> str:
    """Return what she is told of her hours once they are kept."""
    start, end = dates.span(hours.start, hours.end)
    text = texts.HOURS_ANY if (hours.start, hours.end) == WHOLE_DAY else texts.HOURS_SET
    return text.format(days=days_in_words(hours.days), start=start, end=end)


_EVERY_DAY_SAID = re.compile(
    r"\b(?:todos los dias|diario|diari\w*|cualquier dia|toda la semana|cuando sea|siempre)\b"
)


def beside_earlier(state: PrivateState, hours: Hours, words: str) -> Hours:
    """Join hours with those kept before: "y los domingos no" leaves her "de 10 a 12" as it is."""
    plain = fold(words)
    if state.contact_from is None or state.contact_until is None or _WHENEVER.search(plain):
        return hours
    start, end, days = hours.start, hours.end, hours.days
    if (start, end) == WHOLE_DAY and days != EVERY_DAY:
        start, end = state.contact_from, state.contact_until
    if days != EVERY_DAY and _BUT.search(plain) and state.contact_days:
        days = days & frozenset(state.contact_days) or days
    if days == EVERY_DAY and not _EVERY_DAY_SAID.search(plain) and state.contact_days:
        days = frozenset(state.contact_days)
    return Hours(start, end, days)


def keep_hours(state: PrivateState, hours: Hours, words: str) -> None:
    """Note when she may be written to, and how she said it."""
    state.contact_from, state.contact_until = hours.start, hours.end
    state.contact_days = sorted(hours.days)
    state.contact_words = words[:80]
