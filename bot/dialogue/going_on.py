"""What goes on after something came between: the next step of her plan, a form, and "what if later".

Why: a question inside the plan is answered and the plan must not be lost by it; "sí, seguimos" is no wish to
stop; and who closed her case must not meet "no te seguí" when she asks whether she may come back. Whole
messages (`going_on.txt`). Pure; must never store or log.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from bot.components.sound_patterns import is_in, is_whole
from bot.components.spelling import bare, spoken
from bot.dialogue import words
from bot.dialogue.standing import Act

if TYPE_CHECKING:
    from bot.dialogue.standing import Standing

PLAN = "safety.plan"
_LIST = Path(__file__).with_name("going_on.txt")
_STEPS = {
    "plan_two": "dos|2|segundo",
    "plan_three": "tres|3|tercer|tercero",
    "plan_four": "cuatro|4|cuarto",
    "plan_five": "cinco|5|quinto|ultimo",
}
_STEP = re.compile(
    r"\W*(?:(?:y|a ver|dime|cual es|que es|el)\s+)*(?:paso (?P<after>\w+)|(?P<before>\w+) paso)\W*"
)
_MOST_YES = 3
"""Words of a yes before what it is to."""


def resumes(text: str) -> bool:
    """Tell whether she goes on, with or without a yes before it: "sí, seguimos"; never with a no."""
    said = bare(text).replace(",", " ").split()
    lengths = range(min(_MOST_YES, len(said) - 1), 0, -1)
    led = next((n for n in lengths if words.is_yes(" ".join(said[:n]))), 0)
    return words.resumes(text) or (led > 0 and words.resumes(" ".join(said[led:])))


def plan_step(text: str, here: Standing) -> Act | None:
    """Return the step of her plan that comes next, where she asks for it after something else."""
    coming = here.filled.get("plan", "")
    if not here.in_safety or coming not in _STEPS:
        return None
    named = _STEP.fullmatch(bare(text))
    which = (named["after"] or named["before"]) if named else ""
    step = next((step for step, names in _STEPS.items() if which in names.split("|")), "")
    if step:
        return Act(step)
    at_its_question = here.place == PLAN and not here.yes and words.is_yes(text)
    asks = here.place != PLAN and is_whole(_LIST, "next", spoken(text))
    return Act(coming) if at_its_question or asks else None


def asks_for_later(text: str) -> bool:
    """Tell whether she asks if she may come back: "¿y si después ocupo otra vez?"."""
    said = spoken(text)
    return is_whole(_LIST, "later", said) and is_in(_LIST, "time", said) and not is_in(_LIST, "else", said)
