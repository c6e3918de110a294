"""Municipalities as registers and people write them: capitals, no accents, short names, INEGI codes.

Exact after folding, never by likeness: what is not certain is None and asked again. The other names stand in
`place_names.csv`, held equal to those of the dialogue by a test.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from models import Municipality
from outreach.people.registry import plain_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy.orm import Session

FILE = Path(__file__).with_name("place_names.csv")
_AROUND = re.compile(r"^(?:mpio|municipio)(?: de)? | (?:jalisco|jal)$")
_DIGITS = re.compile(r"[0-9]{1,5}")
_STATE, _CODE = 2, 5


def fold(text: str) -> str:
    """Return the words of a place's name without accents, case, dots and commas."""
    return " ".join(re.sub(r"[^\w]", " ", plain_name(text)).split())


@cache
def other_names() -> dict[str, tuple[str, ...]]:
    """Return the other names of municipalities by code, folded."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return {row["code"]: tuple(fold(n) for n in row["also"].split(";")) for row in csv.DictReader(file)}


def shortened(name: str) -> Iterable[str]:
    """Yield how a long name is cut short: "autlan de navarro" is autlan, "san pedro tlaquepaque" its last."""
    words = name.split()
    for at, word in enumerate(words[1:], 1):
        if word in {"de", "del"}:
            yield " ".join(words[:at])
            break
    if words[0] in {"el", "la"}:
        yield " ".join(words[1:])
    if words[0] == "san" and len(words) > 2:  # noqa: PLR2004 (san, a saint, a name)
        yield " ".join(words[2:])


class Reader:
    """Reads the municipalities of a table of codes and names."""

    def __init__(self, rows: Mapping[str, str]) -> None:
        self._names = dict(rows)
        full: dict[str, set[str]] = defaultdict(set)
        short: dict[str, set[str]] = defaultdict(set)
        for code, name in rows.items():
            full[fold(name)].add(code)
            for other in other_names().get(code, ()):
                full[other].add(code)
            for cut in shortened(fold(name)):
                short[cut].add(code)
        self._codes = {name: codes for name, codes in (short | full).items() if name}
        self._states = {code[:_STATE] for code in rows}

    def code(self, written: str) -> str | None:
        """Return the INEGI code (five digits) of what is written, or None where that is not certain."""
        said = fold(written)
        if _DIGITS.fullmatch(said):
            return self._numbered(said)
        for form in (said, _AROUND.sub("", said), _AROUND.sub("", _AROUND.sub("", said))):
            found = self._codes.get(form, set())
            if len(found) == 1:
                return next(iter(found))
        return None

    def _numbered(self, digits: str) -> str | None:
        if len(digits) == _CODE:
            return digits if digits in self._names else None
        # Within one state registers leave the state's two digits out.
        if len(self._states) != 1 or len(digits) > _CODE - _STATE:
            return None
        code = next(iter(self._states)) + digits.zfill(_CODE - _STATE)
        return code if code in self._names else None

    def name(self, code: str) -> str:
        """Return the official name of a code."""
        return self._names[code]


def reader(session: Session) -> Reader:
    """Return a reader of the municipalities that the installation has."""
    return Reader({row.code: row.name for row in session.scalars(select(Municipality))})
