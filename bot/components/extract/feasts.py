"""Feast days by which women know their birthday: "el día de las madres", "la Virgen", "Navidad".

Only days that fall on the same date each year: Easter, Carnival and Father's Day move, and say no day.
Sources: Ley Federal del Trabajo art. 74 and the general Roman calendar as it is kept in Mexico.
"""

from __future__ import annotations

import re

_DAY = r"(?:el )?(?:mero )?dias? (?:de |del |d )?"
_FEASTS: tuple[tuple[str, int, int], ...] = (
    (r"(?:ano|año) nuevo", 1, 1),
    (r"(?:los )?(?:santos )?(?:reyes(?: magos)?|rellez|rreyes)", 1, 6),
    (
        r"(?:la )?(?:virgen de )?(?:la )?(?:candelaria|calendaria)|(?:la )?virgen(?:sita|cita)? de san juan",
        2,
        2,
    ),
    (r"(?:la )?constitucion", 2, 5),
    (r"san balentin|san valentin|(?:el )?amor y la amistad|(?:los )?(?:novios|enamorados)", 2, 14),
    (r"(?:la )?bandera", 2, 24),
    (r"(?:el )?(?:se[nñ]or |sr )?san jose", 3, 19),
    (r"(?:la )?primavera", 3, 21),
    (r"benito juarez|natalicio de juarez", 3, 21),
    (r"(?:el |los )?ni[nñ][oa]s?(?! dios)", 4, 30),
    (r"(?:el )?trabajo|(?:los )?trabajadores", 5, 1),
    (r"(?:la )?santa cruz|(?:la )?cruz|(?:los )?albaniles|(?:los )?albañiles", 5, 3),
    (r"(?:la )?batalla de puebla", 5, 5),
    (r"(?:las? )?(?:madres?|mamas?|madresitas?|madrecitas?)", 5, 10),
    (r"(?:el |los )?maestr[oa]s?|san isidro(?: labrador)?", 5, 15),
    (r"san antonio(?: de padua)?", 6, 13),
    (r"san juan(?: bautista)?", 6, 24),
    (r"san pedro(?: y san pablo)?", 6, 29),
    (r"(?:la )?virgen del carmen", 7, 16),
    (r"(?:se[nñ]or |santo )?santiago(?: apostol)?", 7, 25),
    (r"santa ana|(?:la |se[nñ]ora )*santana", 7, 26),
    (r"san lorenzo", 8, 10),
    (r"(?:la )?asuncion(?: de la virgen)?|(?:la )?virgen de la asuncion", 8, 15),
    (r"san agustin", 8, 28),
    (r"(?:la )?independensia|(?:la )?independencia|(?:el )?desfile", 9, 16),
    (r"san miguel(?: arcangel)?", 9, 29),
    (r"san fran[sc]isco(?: de asis)?", 10, 4),
    (r"(?:la )?virgen de zapopan|(?:la )?(?:romeria|llevada)(?: de la virgen)?|(?:la )?raza", 10, 12),
    (r"san judas(?: tadeo)?", 10, 28),
    (r"todos (?:los )?santos", 11, 1),
    (r"(?:los )?(?:fieles )?(?:muertos|difuntos)", 11, 2),
    (r"(?:la )?revolu[sc]ion", 11, 20),
    (r"santa [sc]ecilia|(?:los )?musicos", 11, 22),
    (r"(?:la )?(?:inmaculada|purisima)(?: con[sc]ep[sc]ion)?", 12, 8),
    (
        r"(?:la )?(?:(?:virgen|birjen)(?:sita|cita)?(?: de guadalupe)?(?! del? [a-z])|guadalupana|guadalupe)",
        12,
        12,
    ),
    (r"(?:la )?noche ?buena", 12, 24),
    (r"(?:la )?nabidad|(?:la )?navidad|(?:el )?nino dios|(?:el )?niño dios", 12, 25),
    (r"(?:los )?(?:santos )?ino[sc]entes", 12, 28),
    (r"(?:el )?(?:ano|año) viejo", 12, 31),
)
_SURE = re.compile(
    r"\b(?:en |la |las |los |el |para |por )*(?P<feast>(?:ano|año) (?:nuevo|viejo)|na[bv]idad|noche ?buena|"
    r"(?:santos )?reyes(?: magos)?|san balentin|san valentin|todos (?:los )?santos|"
    r"(?:los )?santos inocentes)\b"
)
_NAMED = tuple((re.compile(rf"\b{_DAY}(?:{pattern})\b"), month, day) for pattern, month, day in _FEASTS)


def feast(line: str) -> tuple[int, int] | None:
    """Return (month, day) of the one feast that a bare line names as a day; None where it is not one."""
    found = {(month, day) for pattern, month, day in _NAMED if pattern.search(line)}
    for sure in _SURE.finditer(line):
        found |= {(m, d) for pattern, m, d in _FEASTS if re.fullmatch(pattern, sure["feast"])}
    return found.pop() if len(found) == 1 else None
