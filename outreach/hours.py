"""Hours as she writes them: "de 10 a 2", "en las tardes", "despues de las 5"."""

from __future__ import annotations

import re
import unicodedata

WHOLE_DAY = ("07:00", "21:00")
SPANS = {"manana": ("08:00", "12:00"), "mediodia": ("12:00", "15:00"), "tarde": ("13:00", "19:00")}
_RANGE = re.compile(
    r"(?:de|entre)?\s*(?:las?\s+)?(\d{1,2})(?::(\d{2}))?\s*(am|pm)?\s*(?:a|y|-|hasta)\s*(?:las?\s+)?(\d{1,2})(?::(\d{2}))?\s*(am|pm)?"
)
_AFTER = re.compile(r"(?:despues|apartir|a partir)\s+de\s+(?:las?\s+)?(\d{1,2})")
_BEFORE = re.compile(r"(?:antes|hasta)\s+(?:de\s+)?(?:las?\s+)?(\d{1,2})")
NOON, DAY = 12, 24
EARLIEST_ASSUMED = 7


def _plain(words: str) -> str:
    decomposed = unicodedata.normalize("NFD", words.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def _clock(hour: int, minute: int = 0) -> str | None:
    return f"{hour:02d}:{minute:02d}" if 0 <= hour < DAY and 0 <= minute < 60 else None  # noqa: PLR2004 (minutes)


def _guess(hour: int, mark: str | None) -> int:
    """An hour without am or pm is one of the day: 2 means 14, 10 means 10."""
    if mark == "pm" and hour < NOON:
        return hour + NOON
    if mark is None and 0 < hour < EARLIEST_ASSUMED:
        return hour + NOON
    return hour


def read_hours(words: str) -> tuple[str, str] | None:
    """Return (from, until) as `HH:MM`, or None where no span can be read with certainty."""
    plain = _plain(words)
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
    for word, span in SPANS.items():
        if word in plain:
            return span
    if re.search(r"(cualquier|a la hora que|todo el dia|da igual)", plain):
        return WHOLE_DAY
    return None
