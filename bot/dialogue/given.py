"""What she gave without being asked: "me quiero inscribir, soy Lupita de Tonalá" answers two questions.

Why: what she has already said is not asked again; the summary asks her to confirm it. Only what can't be
mistaken is taken, and never a detail that is filled already. Pure; must never store or log.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.components.extract.reading import entities
from bot.components.spelling import bare
from bot.dialogue import answers

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from bot.components.extract.tokens import Found

_MYSELF = re.compile(
    r"(?:\bsoy|\bsoi|me llamo|me yamo|mi nombre (?:completo )?es|me dicen|habla|saluda|escribe|servidora)"
    r"(?: (?:la|su servidora))?[\s,:]*$"
)
_LIVES = re.compile(r"(?:\bde|\ben|\bd|\bvivo|\bvibo|aqui|municipio(?: de)?)[\s,:]*$")
_SHORT = 2
"""Words up to which a name is what she is called, not her full name."""


def details(text: str, filled: Mapping[str, str], today: date) -> dict[str, str]:
    """Return the slots that `text` fills beside what it was sent for."""
    slots: dict[str, str] = {}
    for found in entities(text):
        if not set(slots) & set(read := _read(found, text, today)):
            slots |= {name: value for name, value in read.items() if value}
    return {name: value for name, value in slots.items() if _detail_of(name) not in filled}


def _detail_of(slot: str) -> str:
    return slot.removesuffix("_words").removesuffix("_name") if slot != "full_name" else slot


def _read(found: Found, text: str, today: date) -> Mapping[str, str]:
    before = bare(text[: found.start])
    name, value = "", found.value
    if found.entity == "person_name" and _MYSELF.search(before):
        name = "preferred_name" if len(value.split()) <= _SHORT else "full_name"
        value = value.split()[0] if name == "preferred_name" else value
    elif found.entity == "municipality" and found.value and (_LIVES.search(before) or not before.strip()):
        name, value = "municipality", text[found.start : found.end]
    elif found.entity == "date" and re.fullmatch(r"\d{4}-\d\d-\d\d", found.value):
        name = "birth_date"
    elif found.entity == "curp" and found.extra.get("valid"):
        name = "curp"
    elif found.entity == "axis":
        name, value = "axis", found.value
    if not name:
        return {}
    read = answers.read(name, value, today)
    return read.slots if isinstance(read, answers.Answer) else {}
