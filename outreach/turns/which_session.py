"""Which of her sessions a message is about, where she names one: "al de costura no", "al otro sí", "los dos".

Why: two reminders wait at once, and an answer put to the wrong one sends her to an empty room. What she
names decides only where it fits one session and no other; else the caller's rule holds. Pure: her words are
read and go no further.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from models import RsvpAnswer
from outreach.ground import dates
from outreach.ground.words import words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from models import Session

Answers = list[tuple["Session", RsvpAnswer]]
_BOTH: Final = re.compile(
    r"\b(?:los (?:dos|2)|ambos|ambas|las dos (?:sesiones|clases)|(?:todos|todas)(?! l[ao]s| mis))\b"
)
_OTHER: Final = re.compile(
    r"\b(?:al|el|la|en el|en la|del|de la) otr[oa]\b(?! (?:dia|vez|semana|horario|grupo))"
)
_PART: Final = re.compile(r"[,.;\n]+|\b(?:pero|y|ni)\b(?= (?:al?|el|la|en|no|si)\b)", re.IGNORECASE)
_NO: Final = re.compile(r"\b(?:no|nel|tampoco|imposible)\b")
_YES: Final = re.compile(r"\b(?:si|voy|boy|ire|ahi (?:estare|nos vemos)|cuenten|puedo)\b")
_HOUR: Final = re.compile(
    r"\b(?:de|a|es) las? (\d{1,2}|una|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce)\b"
)
_HOURS: Final = (
    "una",
    "dos",
    "tres",
    "cuatro",
    "cinco",
    "seis",
    "siete",
    "ocho",
    "nueve",
    "diez",
    "once",
    "doce",
)
_TOMORROW: Final = re.compile(r"(?<!la )(?<!las )\bmanana\b")
_DAYS: Final = ("lunes", "martes", "miercoles", "jueves", "viernes", "sabado", "domingo")
_SAID_ALWAYS: Final = frozenset(
    {
        "casa",
        "centro",
        "salon",
        "comunitario",
        "comunitaria",
        "cultura",
        "colonia",
        "escuela",
        "para",
        "taller",
    }
)
"""Words of many places, which she says of other things too."""
_LEAST_LETTERS, _STEM = 4, 5


def named(text: str, sessions: Sequence[Session], zone: ZoneInfo, now: datetime) -> list[Session]:
    """Return the sessions that she names; empty where she names none, or it is not sure which.

    `sessions`: those it can be about, the last between her and us first.
    """
    said = words(text)
    if len(sessions) < 2:  # noqa: PLR2004 (one and another)
        return []
    if _BOTH.search(said):
        return list(sessions)
    found = [one for one in sessions if _fits(said, one, sessions, zone, now)]
    if len(found) == 1:
        return found
    return [sessions[1]] if not found and _OTHER.search(said) else []


def answers(
    text: str, sessions: Sequence[Session], zone: ZoneInfo, now: datetime, answer: RsvpAnswer
) -> Answers:
    """Return what she answers for which of `sessions`: one answer, or "a costura sí y al huerto no"."""
    mixed: dict[Session, RsvpAnswer] = {}
    for part in (words(part) for part in _PART.split(text)):
        about = named(part, sessions, zone, now)
        no, yes = _NO.search(part), _YES.search(part)
        if len(about) == 1 and (no or yes):
            mixed.setdefault(about[0], RsvpAnswer.DECLINED if no else RsvpAnswer.CONFIRMED)
    if len(set(mixed.values())) > 1:
        return list(mixed.items())
    return [(one, answer) for one in named(text, sessions, zone, now)]


def _fits(said: str, one: Session, sessions: Sequence[Session], zone: ZoneInfo, now: datetime) -> bool:
    return (
        bool(_own_words(one, sessions) & _called(said))
        or _hour_of(one, zone) in _hours(said)
        or _on_its_day(said, one, zone, now)
    )


def _own_words(one: Session, sessions: Sequence[Session]) -> set[str]:
    """Return the beginnings of the words of its workshop and place that no other one has."""
    others = set[str]().union(*(_words_of(other) for other in sessions if other.id != one.id))
    return _words_of(one) - others


def _words_of(one: Session) -> set[str]:
    said = words(f"{one.group.workshop.name} {one.group.place}").split()
    return {word[:_STEM] for word in said if len(word) >= _LEAST_LETTERS and word not in _SAID_ALWAYS}


_CALLED = re.compile(
    r"\b(?:al?|el|la|lo|los|las|del|mi)(?: (?:taller|curso|clase|sesion|grupo))?(?: (?:del?|en))?"
    r"(?: (?:la|el|los|las|hacer))? (\w{4,})"
)
"""How a session is called by its workshop or place: "al de costura", "el huerto", "la clase de cocina"."""


def _called(said: str) -> set[str]:
    return {found[:_STEM] for found in _CALLED.findall(said)}


def _hours(said: str) -> set[int]:
    return {int(one) if one.isdigit() else _HOURS.index(one) + 1 for one in _HOUR.findall(said)}


def _hour_of(one: Session, zone: ZoneInfo) -> int:
    return (one.starts_at.astimezone(zone).hour - 1) % 12 + 1


def _on_its_day(said: str, one: Session, zone: ZoneInfo, now: datetime) -> bool:
    local = one.starts_at.astimezone(zone)
    away = (local.date() - dates.today(zone, now)).days
    near = {0: r"\bhoy\b", 1: _TOMORROW.pattern}.get(away)
    by_name = rf"\b{_DAYS[local.weekday()]}s?\b"
    return bool((near and re.search(near, said)) or re.search(by_name, said))
