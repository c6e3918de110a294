"""A correction of a part of her name corrects that part: "no, mi apellido es Cobarrubias con b".

Why: the part once replaced the whole, and "Cobarrubias con b" was saved as her name. Where it can't be told
which part she means, the whole name is asked again. Pure; must never store or log.
"""

from __future__ import annotations

import re

from rapidfuzz.distance import Levenshtein

from bot.components.extract import names
from bot.components.extract.tokens import tokens
from bot.components.spelling import bare, spoken
from bot.dialogue import naming

ASK_WHOLE = ""
"""Which part she means can't be told."""
_SURNAME = re.compile(
    r"\b(?:mi |el |mis |los |es mi |en (?:mi|el) )?(?P<which>primer |segundo |primero |ultimo |1er |"
    r"2do )?ape[ly]l?ido?s?(?P<after> materno| paterno)?"
    r"(?: correcto| bien escrito)?\s*(?:[,:]?\s*(?:es|son|va|lleva|era|se escribe|:))?\s+(?P<value>\S.*)$",
    re.IGNORECASE,
)
_GIVEN = re.compile(
    r"\b(?:de|el|en el|mi|es mi)?\s*(?:segundo |primer )?no[mn]bre(?: de pila| completo|"
    r" correcto)?\s*(?:[,:]?\s*(?:es|va|era|se escribe|:))\s+(?P<value>\S.*)$",
    re.IGNORECASE,
)
_SORRY = re.compile(
    r"^\W*(?:(?:no+|perd[oó]n|digo|ay|me equivoqu[eé]|me ekivoke|mejor dicho|es que|disculp[ae]|oiga|oye|"
    r"espere|espera|esta mal)[\s,.:]+)+"
    r"(?:(?:es|soy|era|me llamo|me yamo|se escribe|va|dice|debe decir)\s+)?(?P<value>\S.*)$",
    re.IGNORECASE,
)
_SPELT = re.compile(
    r"[\s,]+(?:(?:es|va|se escribe|lleva|pero)\s+)?(?:con|sin|lleva)\s+(?:la\s+|el\s+|una\s+|"
    r"doble\s+)?(?:[a-zñ]|be|b|ve|uve|ese|zeta|seta|hache|ce|ye|i|"
    r"griega|acento|grande|chica|labial)(?:\s+(?:grande|chica|griega|latina|larga|corta|de \w+|al final|"
    r"y no con \w+|no con \w+|y no \w+|no \w+))*[\s.!]*$|"
    r"[\s,]+(?:no|y no)\s+(?:es\s+)?\w+[\s.!]*$",
    re.IGNORECASE,
)
_ALIKE = 3
"""Letters by which a mended part may differ from the one it mends."""


def mended(text: str, name: str) -> str | None:
    """Return the whole name with the part set right; `ASK_WHOLE` or None where it can't be.

    `name` is her full name as she gave it. `ASK_WHOLE`: which part she means can't be told; None: it corrects
    nothing.
    """
    line = " ".join(text.split())
    surname = _SURNAME.search(line)
    if surname:
        return _with_surname(
            _value(surname["value"]), name, bare(f"{surname['which'] or ''}{surname['after'] or ''}")
        )
    given = _GIVEN.search(line)
    if given:
        return _with_given(_value(given["value"]), name)
    sorry = _SORRY.match(line)
    return _by_likeness(_value(sorry["value"]), name) if sorry else None


def completed(text: str, name: str) -> str | None:
    """Return the whole name where only the second surname was missing: "partida", "meza partida"."""
    given, surnames = naming.split(name)
    if len(surnames) != 1 or not given or not _only_surnames(text):
        return None
    said = naming.capitals(" ".join(text.split()))
    new = _groups(said)
    if len(new) == 1 and bare(new[0]) != bare(surnames[0]):
        return " ".join([*given, surnames[0], new[0]])
    return _with_both(new, given, surnames) if len(new) == 2 else None  # noqa: PLR2004


def _only_surnames(text: str) -> bool:
    """Whether every word is a known surname, and none may be a given name."""
    said = [word for word in tokens(text) if word.bare not in names.PARTICLES]
    return bool(said) and all(names.is_surname(word) and not names.is_given(word) for word in said)


def _with_both(new: list[str], given: list[str], surnames: list[str]) -> str | None:
    """Both surnames, the first of which she had given: "no, espere, Barajas Solís"."""
    same = surnames and Levenshtein.distance(spoken(new[0]), spoken(surnames[0])) <= 1
    return " ".join([*given, *new]) if same else None


def _value(said: str) -> str:
    value = _SPELT.sub("", said)
    return naming.name_in(value, 1, 12) or ""


def _with_surname(value: str, name: str, which: str) -> str | None:
    given, surnames = naming.split(name)
    if not value:
        return ASK_WHOLE
    new = _groups(value)
    if len(new) > 1 or (len(surnames) <= 1 and not which):
        return " ".join([*given, *new])
    if re.search(r"prim|1er|patern", which):
        return " ".join([*given, value, *surnames[1:]])
    if re.search(r"segund|2do|matern|ultim", which):
        return " ".join([*given, *(surnames[:1]), value])
    nearest = _nearest(value, surnames)
    if nearest is None:
        return ASK_WHOLE
    return " ".join([*given, *(value if at == nearest else one for at, one in enumerate(surnames))])


def _with_given(value: str, name: str) -> str | None:
    """A new given name keeps the surnames; a value that holds surnames too is the whole name."""
    given, surnames = naming.split(name)
    if not value:
        return ASK_WHOLE
    if not naming.only_given(value):
        return value if len(_groups(value)) > 1 else _by_likeness(value, name)
    if len(_groups(value)) == 1 and len(given) > 1 and (nearest := _nearest(value, given)) is not None:
        given[nearest] = value
        return " ".join([*given, *surnames])
    return " ".join([value, *surnames])


def _by_likeness(value: str, name: str) -> str | None:
    """Mend by likeness, as in "no, es Yaretzi": one word takes the place of one that is like it."""
    parts = [*naming.split(name)[0], *naming.split(name)[1]]
    new = _groups(value)
    if len(new) == 2 and (both := _with_both(new, *naming.split(name))):  # noqa: PLR2004
        return both
    if len(new) != 1:
        alike = new and len(new) >= len(parts) and _nearest(new[0], parts) is not None
        return value if alike or (len(new) > 2 and not naming.only_given(value)) else None  # noqa: PLR2004
    nearest = _nearest(value, parts)
    if nearest is None:
        return None
    return " ".join(value if at == nearest else one for at, one in enumerate(parts))


def _groups(value: str) -> list[str]:
    given, surnames = naming.split(value)
    return [*given, *surnames]


def _stands_for(short: str, whole: str) -> bool:
    """Whether a part without vowels is the other written short: "Slz" of "Salazar"."""
    few, many = bare(short).strip("."), bare(whole)
    if not re.fullmatch(r"[b-df-hj-np-tv-z]{2,5}", few) or few[0] != many[:1]:
        return False
    letters = iter(many)
    return all(letter in letters for letter in few)


def _nearest(value: str, parts: list[str]) -> int | None:
    """The place of the one part that a mended one is meant for."""
    short = [at for at, one in enumerate(parts) if _stands_for(one, value)]
    if len(short) == 1:
        return short[0]
    said = spoken(value)
    far = {at: Levenshtein.distance(spoken(one), said) for at, one in enumerate(parts)}
    if not far:
        return None
    best = min(far.values())
    places = [at for at, distance in far.items() if distance == best]
    return places[0] if len(places) == 1 and best < min(_ALIKE, max(2, len(said) // 2)) else None
