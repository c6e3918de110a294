"""How many they are at home and where, said after nothing to eat was told.

Why: a person has to find them, and "de Tonalá" after "somos 5" met "creo que no te seguí". Pure; must never
store or log.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.components.spelling import bare
from bot.dialogue import answers

if TYPE_CHECKING:
    from bot.dialogue.standing import Standing

_HOUSEHOLD = re.compile(
    r"\bsomos (?:como )?(?:\d+|un[oa]?|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez)\b"
)
_WHERE = re.compile(
    r"^\W*(?:(?:y|pues|si|somos|estamos|vivimos|vivo|es|soy)\W+)*"
    r"(?:de|en|por|aca|aqui|col\w*|la colonia|colonia)\b(?! (?:nada|que|eso|acuerdo))"
)
_MOST_WORDS = 8


_OF_NONE = re.compile(
    r"\W*(?:(?:yo|pues|ya|aqui|ahorita|no|ni)\W+)*tengo (?:hij\w+|niñ\w+|nadie)(?: \w+){0,2}\W*"
)


def speaks_of_none(text: str) -> bool:
    """Whether she only says that she has no children: "no tengo hijos" is no hunger."""
    return _OF_NONE.fullmatch(bare(text)) is not None


def says_household(text: str) -> bool:
    """Whether she says how many they are at home."""
    return bool(_HOUSEHOLD.search(bare(text)))


def says_where(text: str, here: Standing) -> bool:
    """Whether a short answer says where they live: "de Tonalá", "en la colonia Jalisco"."""
    short = len(text.split()) <= _MOST_WORDS and "?" not in text
    return short and (bool(_WHERE.match(bare(text))) or bool(answers.read_municipality(text, here.today)))
