"""CURP: its shape, its date and its check digit (Instructivo normativo de la CURP; domain facts, section 5).

Why: a CURP that can be wrong is worse than none. Must never be asked for help against violence.
"""

from __future__ import annotations

import re
from datetime import date

_ALPHABET = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ"
_STATES = "AS|BC|BS|CC|CL|CM|CS|CH|DF|DG|GT|GR|HG|JC|MC|MN|MS|NT|NL|OC|PL|QT|QR|SP|SL|SR|TC|TS|TL|VZ|YN|ZS|NE"
_SHAPE = re.compile(
    r"[A-Z][AEIOUX][A-Z]{2}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[HMX]"
    rf"(?:{_STATES})[B-DF-HJ-NP-TV-Z]{{3}}[0-9A-Z]\d"
)
LENGTH = 18
_FIGURES = str.maketrans("OIL", "011")


def check_digit(first_seventeen: str) -> str:
    """The last figure, weighted 18 down to 2."""
    total = sum(_ALPHABET.index(c) * (18 - i) for i, c in enumerate(first_seventeen))
    return str((10 - total % 10) % 10)


def _valid(curp: str) -> bool:
    if not _SHAPE.fullmatch(curp) or check_digit(curp[:17]) != curp[17]:
        return False
    century = 1900 if curp[16].isdigit() else 2000
    try:
        date(century + int(curp[4:6]), int(curp[6:8]), int(curp[8:10]))
    except ValueError:
        return False
    return True


def find(text: str) -> str | None:
    """The valid CURP in `text`, tolerant of spaces, hyphens and of O or I typed for a figure."""
    letters = re.sub(r"[\s.\-]", "", text.upper())
    for start in range(len(letters) - LENGTH + 1):
        piece = letters[start : start + LENGTH]
        mended = piece[:4] + piece[4:10].translate(_FIGURES) + piece[10:17] + piece[17].translate(_FIGURES)
        if _valid(mended):
            return mended
    return None
