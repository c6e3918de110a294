"""Keyed hashes of the sounds of a name, by which a woman is found however her name is written.

Mexican Spanish: h is mute, b sounds like v, s like c and z, ll like y, j like g and x; inner vowels are
dropped. What equal hashes tell a thief is in the threat model. The form of a key must not change without
writing all of them anew.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from outreach.ground.words import fold

if TYPE_CHECKING:
    from outreach.sealing.crypto import PersonalKey

# Words of a name that name nobody; María is so common that it separates nothing.
_SILENT = frozenset({"de", "del", "la", "las", "los", "y", "e", "vda", "viuda", "maria", "ma", "m"})
# As registers and certificates shorten them.
_SHORT = {
    "gpe": "guadalupe", "fco": "francisco", "fca": "francisca", "hdez": "hernandez", "hdz": "hernandez",
    "glez": "gonzalez", "gzz": "gonzalez", "gonz": "gonzalez", "rdz": "rodriguez", "rguez": "rodriguez",
    "rodz": "rodriguez", "mtz": "martinez", "mtnez": "martinez", "mnez": "martinez", "lpz": "lopez",
    "fdez": "fernandez", "fdz": "fernandez", "dgz": "dominguez", "dguez": "dominguez", "gtz": "gutierrez",
    "gmz": "gomez", "jmz": "jimenez", "jmnz": "jimenez", "prz": "perez", "rmz": "ramirez", "rmrz": "ramirez",
    "schz": "sanchez", "snchz": "sanchez", "vzqz": "vazquez", "vqz": "vazquez", "alvz": "alvarez",
    "ant": "antonio", "concha": "concepcion", "lupita": "guadalupe", "lupe": "guadalupe",
}  # fmt: skip
_SOUNDS = (
    (r"ph", "f"), (r"ch", "X"), (r"h", ""), (r"qu(?=[ei])", "k"), (r"q", "k"), (r"gu(?=[ei])", "G"),
    (r"g(?=[ei])", "j"), (r"x", "j"), (r"c(?=[eiy])", "s"), (r"c", "k"), (r"z", "s"), (r"v", "b"),
    (r"w", "u"), (r"ll", "y"), (r"(.)\1+", r"\1"),
)  # fmt: skip


def parts(full_name: str) -> list[str]:
    """Return the words of a name that tell women apart, folded, abbreviations written out."""
    words = re.findall(r"[a-z]+", fold(full_name))
    long = [_SHORT.get(word, word) for word in words]
    return [word for word in long if word not in _SILENT and len(word) > 1]


def sound(part: str) -> str:
    """Return the sound key of one word of a name: its first sound, then its consonants."""
    heard = part
    for pattern, by in _SOUNDS:
        heard = re.sub(pattern, by, heard)
    return heard[:1] + re.sub(r"[aeiouy]", "", heard[1:])


def hashes(key: PersonalKey, full_name: str) -> set[bytes]:
    """Return the keyed hashes of the sounds of a name's parts, each 32 bytes."""
    return {key.lookup("name sound", sound(part)) for part in parts(full_name)}


def birth_year_hash(key: PersonalKey, birth_date: str) -> bytes:
    """Return the keyed hash of the year of an ISO date."""
    return key.lookup("birth year", birth_date[:4])
