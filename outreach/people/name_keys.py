"""Keyed hashes of the sounds of a name, by which a woman is found however her name is written.

Mexican Spanish: h is mute, b sounds like v, s like c and z, ll like y, j like g and x, y at the beginning
like j (Yudith); most inner vowels are dropped. What equal hashes tell a thief is in the threat model. The
form of a key must not change without writing all of them anew.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from outreach.ground.words import fold

if TYPE_CHECKING:
    from outreach.sealing.crypto import PersonalKey

# Words of a name that name nobody; María is so common that it separates nothing.
_SILENT = frozenset({"de", "del", "la", "las", "los", "y", "e", "vda", "viuda", "maria", "ma", "m", "da"})
# As registers and certificates shorten them, and the names by which women are called.
_SHORT = {
    "gpe": "guadalupe", "fco": "francisco", "fca": "francisca", "hdez": "hernandez", "hdz": "hernandez",
    "hrdz": "hernandez", "hnz": "hernandez", "glez": "gonzalez", "gzz": "gonzalez", "gonz": "gonzalez",
    "glz": "gonzalez", "gzlz": "gonzalez", "rdz": "rodriguez", "rguez": "rodriguez", "rodz": "rodriguez",
    "rgz": "rodriguez", "rdgz": "rodriguez", "mtz": "martinez", "mtnez": "martinez", "mnez": "martinez",
    "mrtz": "martinez", "lpz": "lopez", "fdez": "fernandez", "fdz": "fernandez", "dgz": "dominguez",
    "dguez": "dominguez", "gtz": "gutierrez", "gtez": "gutierrez", "gmz": "gomez", "jmz": "jimenez",
    "jmnz": "jimenez", "prz": "perez", "rmz": "ramirez", "rmrz": "ramirez", "schz": "sanchez",
    "snchz": "sanchez", "schez": "sanchez", "vzqz": "vazquez", "vqz": "vazquez", "alvz": "alvarez",
    "mdz": "mendez", "sta": "santa", "sto": "santo", "concha": "concepcion", "conchita": "concepcion",
    "lupita": "guadalupe", "lupe": "guadalupe", "chayo": "rosario", "lety": "leticia", "leti": "leticia",
    "paty": "patricia", "pati": "patricia", "vero": "veronica", "gaby": "gabriela", "gabi": "gabriela",
    "tere": "teresa", "chela": "graciela", "licha": "alicia", "meche": "mercedes", "chabela": "isabel",
}  # fmt: skip
# In this order. The names of the first lines come from Nahuatl, English and French.
_SOUNDS = tuple(
    (re.compile(pattern), by)
    for pattern, by in (
        (r"tlalli", "tlali"), (r"^x(?=o)", "s"), (r"(?:tl|lt)$", "l"), (r"elle$", "el"), (r"x$", "s"),
        (r"^s(?=[ckmnpt])", "es"), (r"ph", "f"), (r"ch", "X"), (r"^y(?=[^aeiouy]|$)", "i"), (r"h", ""),
        (r"qu(?=[ei])", "k"), (r"q", "k"), (r"gu(?=[ei])", "j"), (r"g(?=[eiy])", "j"), (r"x", "j"),
        (r"c(?=[eiy])", "s"), (r"c", "k"), (r"z", "s"), (r"v", "b"), (r"n(?=[bp])", "m"), (r"w", "u"),
        (r"ll", "y"), (r"^y", "j"), (r"(.)\1+", r"\1"),
    )
)  # fmt: skip
_VOWELS = str.maketrans("eiyou", "eeeoo")


def parts(full_name: str) -> list[str]:
    """Return the words of a name that tell women apart, folded, abbreviations written out."""
    words = re.findall(r"[a-z]+", fold(full_name))
    long = [_SHORT.get(word, word) for word in words]
    return [word for word in long if word not in _SILENT and len(word) > 1]


def sound(part: str) -> str:
    """Return the sound key of one word of a name.

    Its first sound, the next vowel (e like i, o like u), its consonants, and an a or o at its end.
    """
    heard = part
    for pattern, by in _SOUNDS:
        heard = pattern.sub(by, heard)
    rest = heard[1:]
    vowel = re.search(r"[aeiouy]", rest)
    end = re.search(r"[iy]?[ao]$", rest)
    return (
        heard[:1]
        + (vowel[0].translate(_VOWELS) if vowel else "")
        + re.sub(r"[aeiouy]", "", rest)
        + (end[0].replace("y", "i") if end else "")
    )


def slips(heard: str) -> set[str]:
    """Return the sound keys one slip away: a sound left out, added, for another, or before its neighbour."""
    cuts = [(heard[:at], heard[at:]) for at in range(len(heard) + 1)]
    found = {a + b[1:] for a, b in cuts if b} | {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    for a, b in cuts:
        found |= {a + sound_of_it + b for sound_of_it in _HEARD}
        found |= {a + sound_of_it + b[1:] for sound_of_it in _HEARD if b}
    return {one for one in found if len(one) > 1}


_HEARD = "abdefgijklmnoprstuXy"
"""The letters of which sound keys are made."""


def hashes(key: PersonalKey, full_name: str) -> set[bytes]:
    """Return the keyed hashes of the sounds of a name's parts, each 32 bytes."""
    return {key.lookup("name sound", sound(part)) for part in parts(full_name)}


def birth_year_hash(key: PersonalKey, birth_date: str) -> bytes:
    """Return the keyed hash of the year of an ISO date."""
    return key.lookup("birth year", birth_date[:4])
