"""Hears that she is worn out by nursing somebody, or lonely, where that is all she tells.

Why: "estoy cuidando a mi mamá enferma y ya no puedo" and "me siento bien sola" met fillers, and no violence
is to be believed of them. Whoever speaks of dying or of harm beside it is answered as that (`worn_out.txt`).
Pure; must never store or log what she wrote.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from bot.components.red_flags import flag
from bot.components.sound_patterns import is_in, is_whole
from bot.components.spelling import bare, spoken
from bot.dialogue import cries
from bot.dialogue.standing import Act

if TYPE_CHECKING:
    from bot.dialogue.parse import Understanding
    from bot.dialogue.standing import Standing

_LIST = Path(__file__).with_name("worn_out.txt")
_CLAUSE = re.compile(r"[.,;!…\n]+|\b(?:y|pero)\b")
_LONGEST = 30
"""Words up to which what wears her out is only that."""


def told(text: str) -> str:
    """Return "cares" or "lonely" where that is all she tells; else empty."""
    said = spoken(text)
    if len(said.split()) > _LONGEST or is_in(_LIST, "harm_beside", said):
        return ""
    if is_in(_LIST, "cares", said):
        return "cares"
    parts = [spoken(part) for part in _CLAUSE.split(bare(text)) if part.strip()]
    lonely = is_whole(_LIST, "lonely", said) or (parts and all(map(_is_lonely, parts)))
    return "lonely" if lonely else ""


def _is_lonely(said: str) -> bool:
    return is_whole(_LIST, "lonely", said)


def answered(text: str, said: Understanding, here: Standing) -> Act | None:
    """Return the act that answers it; None where danger or dying is spoken of, or a form asks."""
    in_danger = here.filled.get("in_danger") in ("self", "others")
    # A surely heard wish to die is none where she only says that she is lonely.
    low = said.intent == "self_harm" and not is_in(_LIST, "very_low", spoken(text))
    if here.cover or here.form_field or in_danger or (said.sure and not low) or flag(text):
        return None
    worn = "" if "/talk_in_confidence" in dict(here.offers).values() else told(text)
    if worn and not (here.in_safety and here.filled.get("denied") == "yes"):
        return Act("worn_out", slots={"worn": worn})
    again = here.filled.get("denied") == "yes" and not here.in_safety
    return Act("want_listening") if again and cries.is_distressed(text) else None
