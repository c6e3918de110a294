"""Well-known towns and colonies of Jalisco and the municipality each lies in.

Why: asked for her municipality a woman writes the place she lives in: Ajijic, Tesistán, Oblatos. The table
holds public geography (INEGI, Catálogo Único de Claves de Áreas Geoestadísticas, and the colonies of the
larger cities), by no means all. A name that lies in several is given with all of them: the dialogue asks.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple

from bot.components.extract.tokens import one_off
from bot.components.spelling import spoken_words

FILE = Path(__file__).with_name("localities.csv")
_LITTLE = frozenset(
    ("de", "del", "la", "el", "las", "los", "kolonia", "kol", "frak", "barrio", "pueblo", "en")
)
_FUZZY_FROM = 6
"""Letters from which a name of one word may be a letter off."""
_SURE = 6
"""Letters from which a name of one word counts inside a text."""


class Locality(NamedTuple):
    """A place by its usual name, and the codes of the municipalities in which one of that name lies."""

    name: str
    codes: tuple[str, ...]


def _key(text: str) -> str:
    words = spoken_words(text)
    while len(words) > 1 and words[0] in _LITTLE:
        words = words[1:]
    return " ".join(words)


@cache
def _known() -> dict[str, Locality]:
    with FILE.open(encoding="utf-8", newline="") as rows:
        found = [Locality(row["name"], tuple(row["codes"].split(";"))) for row in csv.DictReader(rows)]
    return {_key(one.name): one for one in found}


def find(text: str) -> Locality | None:
    """Return the locality that a whole text names, "la colonia oblatos" too; None where it names none."""
    said = _key(text)
    exact = _known().get(said)
    if exact or len(said) < _FUZZY_FROM or " " in said:
        return exact
    near = [one for key, one in _known().items() if len(key) >= _FUZZY_FROM and one_off(key, said)]
    return near[0] if len({one.codes for one in near}) == 1 else None


def among(text: str) -> Locality | None:
    """Return the one locality whose name of two words or more, or a long one, stands in a text."""
    said = f" {' '.join(spoken_words(text))} "
    found = {one for key, one in _known().items() if (" " in key or len(key) >= _SURE) and f" {key} " in said}
    return max(found, key=lambda one: len(one.name), default=None)
