"""A Mexican name in its parts: given names as a set, two surnames, a husband's name behind `de`.

Lists hold one cell or three; what is kept is one text, given names first. Pure functions: no text is stored.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from outreach.ground.words import fold
from outreach.people import name_keys

NICKNAMES = Path(__file__).with_name("nicknames.csv")
_PARTICLES = frozenset({"de", "del", "la", "las", "los", "y"})
_WIDOW = frozenset({"vda", "viuda"})
_MARIA = frozenset({"maria", "ma", "m"})
# Advocations of Mary and the like, which follow a given name with their particle: Maria de los Angeles.
_DEVOTIONS = frozenset({
    "angeles", "carmen", "jesus", "luz", "rosario", "refugio", "socorro", "pilar", "consuelo", "dolores",
    "rocio", "sagrario", "lourdes", "milagros", "mercedes", "remedios", "soledad", "guadalupe", "cielo",
    "mar", "sol", "fatima", "lucero", "belen", "rayo", "alba", "paz", "nieves", "montserrat",
})  # fmt: skip
# Given names that often stand second; between one more given name and one surname a third word is a surname.
_SECOND = frozenset({
    "guadalupe", "elena", "isabel", "teresa", "luisa", "fernanda", "carmen", "elizabeth", "alejandra",
    "patricia", "gabriela", "cristina", "eugenia", "antonia", "magdalena", "esther", "ester", "lucia",
    "concepcion", "dolores", "jose", "paola", "laura", "beatriz", "rosa", "veronica", "cecilia", "victoria",
    "josefina", "leticia", "mercedes", "margarita", "esperanza", "lourdes", "refugio", "rosario", "angelica",
    "karina", "daniela", "sofia", "belen", "ivonne", "maria", "luz", "ines", "graciela", "irene", "julia",
    "alicia", "silvia", "raquel", "araceli", "rocio", "susana", "martha", "marta", "amalia", "estela",
    "jazmin", "michelle", "valeria", "andrea", "noemi", "judith", "edith", "socorro", "consuelo",
    "soledad", "milagros", "ana", "adriana", "yolanda", "mariana", "natalia", "ximena", "jimena", "olivia",
})  # fmt: skip
# Surnames that begin with a bare `de`; any other `de X` at the end is a husband's.
_BORN_DE = frozenset({"leon", "anda", "dios", "luna", "alba", "santiago", "jesus", "avila", "aquino", "haro"})
_SURNAMES = 2


@dataclass(frozen=True)
class Name:
    """The parts, folded; `given` sorted and without María, which `maria` tells, unless it is all there is."""

    given: tuple[str, ...] = ()
    first: str = ""
    second: str = ""
    married: str = ""
    maria: bool = False


@cache
def nicknames() -> dict[str, str]:
    """Return the names that women are called by, each with what a register writes."""
    with NICKNAMES.open(encoding="utf-8", newline="") as file:
        return {row["short"]: row["long"] for row in csv.DictReader(file)}


@lru_cache(maxsize=16384)
def _long(word: str) -> str:
    """An abbreviation or a nickname written out."""
    if word in _MARIA:
        return "maria"
    out = name_keys.parts(word)
    return nicknames().get(out[0] if out else word, out[0] if out else word)


@lru_cache(maxsize=65536)
def sound(word: str) -> str:
    """Return how a part sounds."""
    return name_keys.sound(word)


def _units(full_name: str) -> list[tuple[str, str]]:
    """The words with the particles before each: ("de la", "cruz")."""
    units: list[tuple[str, str]] = []
    before: list[str] = []
    for word in re.findall(r"[a-z]+", fold(full_name)):
        if word in _PARTICLES or word in _WIDOW:
            before.append("vda" if word in _WIDOW else word)
        else:
            units.append((" ".join(before), _long(word)))
            before = []
    return units


def split(full_name: str) -> Name:
    """Return the parts of a name."""
    units = _units(full_name)
    if not units:
        return Name()
    given = [units.pop(0)[1]]
    # Maria del Carmen, Luz de los Angeles: with another word left, a devotion belongs to the given names.
    while len(units) > 1 and units[0][0] and units[0][1] in _DEVOTIONS:
        given.append(units.pop(0)[1])
    if len(units) == 1 and units[0][0] and units[0][1] in _DEVOTIONS and given[-1] == "maria":
        given.append(units.pop(0)[1])
    married = _married(units)
    while len(units) > _SURNAMES or (len(units) == _SURNAMES and _given(units[0])):
        given.append(units.pop(0)[1])
    surnames = [word for _, word in units]
    rest = sorted({word for word in given if word != "maria"}) or ["maria"]
    first, second = [*surnames, "", ""][:_SURNAMES]
    return Name(tuple(rest), first, second, married, "maria" in given)


def _given(unit: tuple[str, str]) -> bool:
    """Say whether the word before the last is a second given name: Rosa Elena García."""
    return not unit[0] and unit[1] in _SECOND


def _married(units: list[tuple[str, str]]) -> str:
    """Take a husband's name from the end, where there is another surname before it."""
    if len(units) > 1:
        particle, word = units[-1]
        if "vda" in particle or (particle == "de" and word not in _BORN_DE):
            units.pop()
            return word
    return ""
