"""Hears that she has taken or done something to herself, wherever a talk of dying stands.

Why: "ya me las tomé" after "¿quieres contarme qué pasa?" was heard as an answer to that, and met the limits
of confidentiality. Once she speaks of dying, what tells that it is done comes before whatever was asked.
Pure; must never store or log what she wrote.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from bot.components.red_flags import flag
from bot.components.sound_patterns import compiled, is_in, read_list
from bot.components.spelling import bare, spoken
from bot.dialogue.standing import Act

if TYPE_CHECKING:
    from bot.dialogue.parse import Understanding
    from bot.dialogue.standing import Standing

_LIST = Path(__file__).with_name("taken.txt")
_BEFORE = re.compile(r"\b(?:no|ni|nunka|tampoko|kasi|iba a|kiero|boi a|kisiera)(?: (?:me|las|los|la|lo|e))*$")
"""Right before it these take it back: "no me las tomé"."""
_OF_ANOTHER = re.compile(r"\bse (?:las |los |la |lo |a )?(?:tom|trag|kort|kolg|inyekt)\w*")
"""It is another who did it: "mi hija ya se las tomó"."""


def is_told(text: str) -> bool:
    """Tell whether a message says that she took or did it; in a talk of dying, and nowhere else."""
    return "done" in _told(text)


def _told(text: str) -> frozenset[str]:
    """Return "done" and "not_done", where a message says so."""
    said = spoken(bare(text))
    if is_in(_LIST, "harmless", said):
        return frozenset()
    found = compiled(_LIST, _patterns("taken")).finditer(said)
    return frozenset("not_done" if _BEFORE.search(said[: one.start()].rstrip()) else "done" for one in found)


def _patterns(name: str) -> str:
    return "|".join(one.pattern("says") for one in read_list(_LIST).sections if one.name == name)


def speaks_of_dying(said: Understanding, here: Standing) -> bool:
    """Tell whether she speaks of dying: in this talk, or in this message as it is heard."""
    in_talk = here.in_safety and here.filled.get("in_danger") == "self"
    return in_talk or (said.intent == "self_harm" and said.tier != "none")


def answered(text: str, said: Understanding, here: Standing) -> Act | None:
    """Return the emergency where she has done it; None where she has not said so."""
    if here.cover or not speaks_of_dying(said, here):
        return None
    heard = flag(text)
    if heard is not None and (heard.name != "suicide" or heard.whom != "self"):
        return None  # another's danger, or his knife, is answered as that
    if _OF_ANOTHER.search(spoken(bare(text))):
        return None
    drowsy = here.filled.get("means") == "yes" and is_in(_LIST, "drowsy", spoken(bare(text)))
    told = _told(text)
    if drowsy or "done" in told:
        return Act("self_harm_now")
    going_on = here.in_safety and here.filled.get("about") != "overdose"
    return Act("self_harm") if "not_done" in told and going_on else None
