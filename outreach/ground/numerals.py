"""Numbers that people or other systems typed, read strictly.

`str.isdigit` takes "²", `int` takes "٣" and refuses what is very long, `float` takes "nan", "inf" and "1e5":
none of them is a check. Nothing here guesses: what is not plainly a number is None.
"""

from __future__ import annotations

import re

_WHOLE = re.compile(r"[0-9]+")
_DEGREES = re.compile(r"[+-]?[0-9]{1,3}(?:\.[0-9]{1,20})?")
LATITUDE, LONGITUDE = 90.0, 180.0


def whole(raw: str, most: int) -> int | None:
    """Return a whole number in ASCII figures from 0 to `most`; leading zeros do not count."""
    figures = raw.strip()
    if not _WHOLE.fullmatch(figures):
        return None
    figures = figures.lstrip("0") or "0"
    return int(figures) if len(figures) <= len(str(most)) and int(figures) <= most else None


def degrees(raw: str, most: float) -> float | None:
    """Return decimal degrees from -`most` to `most`, with a decimal point and no exponent."""
    figures = raw.strip()
    value = float(figures) if _DEGREES.fullmatch(figures) else None
    return value if value is not None and abs(value) <= most else None


def place(latitude: str | None, longitude: str | None) -> tuple[str, str] | None:
    """Return both parts of a place as they came, or None where they are no place on Earth."""
    if latitude is None or longitude is None:
        return None
    if degrees(latitude, LATITUDE) is None or degrees(longitude, LONGITUDE) is None:
        return None
    return latitude.strip(), longitude.strip()
