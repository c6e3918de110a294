"""Hears that it is no violence, so that nothing is believed for her that she did not say.

Why: "no es por violencia" from a woman worn out by nursing her mother was answered "te creo, y no es tu
culpa". Whole messages (`denied.txt`); what stands beside a "pero" is heard as what it tells. Pure; must
never store or log what she wrote.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bot.components.sound_patterns import is_whole
from bot.components.spelling import bare, spoken
from bot.dialogue.standing import Act

if TYPE_CHECKING:
    from bot.dialogue.parse import Understanding
    from bot.dialogue.standing import Standing

_LIST = Path(__file__).with_name("denied.txt")
_BELIEVES = frozenset(("tell_more", "disclose_violence"))


def is_denial(text: str) -> bool:
    """Tell whether a whole message says that it is no violence, or that nobody hits her."""
    said = spoken(bare(text))
    return "?" not in text and any(is_whole(_LIST, one, said) for one in ("no_violence", "no_blows"))


def answered(text: str, said: Understanding, here: Standing) -> Act | None:
    """Return the act for who says that it is none, or that she only wants to talk after that; else None."""
    if here.cover or here.form_field or here.filled.get("in_danger") in ("self", "others"):
        return None
    line = spoken(bare(text))
    if "?" not in text and is_whole(_LIST, "no_violence", line):
        again = here.filled.get("denied") == "yes"  # who is worn out has told nothing to take back
        return Act("not_that" if here.in_safety and not (here.case_open or again) else "not_violence")
    if is_denial(text):
        return Act("not_violence")
    if here.in_safety and is_whole(_LIST, "not_that", line) and not here.case_open:
        return Act("not_that")
    if here.filled.get("denied") == "yes" and not said.sure and is_whole(_LIST, "only_talk", line):
        return Act("want_listening")
    return None


def settled(act: Act, said: Understanding, here: Standing) -> Act:
    """The act without belief in what she denied, unless she surely tells of harm after all."""
    if here.filled.get("denied") == "yes" and act.intent in _BELIEVES and not said.sure:
        return Act("keep_talking")
    return act
