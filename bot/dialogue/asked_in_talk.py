"""What she asks for inside a talk on safety, or right beside one: a roof, the law of families, her own data.

Why: said in few words these are details of nothing to the models of single messages, and a woman who stands
in the street met "Te estoy leyendo". Never before danger, nor while she speaks of dying. Pure; it must never
store or log what it reads.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from bot.components import sexual
from bot.components.red_flags import flag, is_blow
from bot.components.sound_patterns import is_in, is_whole
from bot.components.spelling import bare, spoken
from bot.dialogue import answers, grievance, questions
from bot.dialogue.standing import Act
from bot.dialogue.told_before import FRIEND

if TYPE_CHECKING:
    from bot.dialogue.parse import Understanding
    from bot.dialogue.standing import Standing

_LIST = Path(__file__).with_name("asked_in_talk.txt")
_SURELY = 0.85
_HUNGER = 0.6
_LONGEST_LAW = 16
"""Words up to which a question of law is one; a longer message is a story."""
_AGE = re.compile(r"\W*(?:el |ella |mi \w+ )?tiene(?: como)? (?:\d+|\w+ años)\b")


def is_age(text: str) -> bool:
    """Tell whether a message only says how old somebody is, which begins as a question does ("tiene 19")."""
    return "?" not in text and _AGE.match(bare(text)) is not None


def answered(text: str, said: Understanding, here: Standing) -> Act | None:
    """Return the act that answers it; None where nothing of this is asked, or danger comes first."""
    if here.cover or here.form_field or (said.sure and said.risk == "danger") or flag(text) is not None:
        return None
    if here.filled.get("in_danger") == "self":
        return None
    if not here.in_safety:
        return _complaint_goes_on(text, said, here) or _law(text, here)
    if here.filled.get("photos") == "yes" and _says("photo_law", text):
        return Act("photos_law")
    return _of_hers(text, said) or _of_a_roof(text) or _of_law(text, here) or _of_people(text, here)


def _says(section: str, text: str) -> bool:
    return is_in(_LIST, section, spoken(bare(text)))


def _is(section: str, text: str) -> bool:
    return is_whole(_LIST, section, spoken(bare(text)))


def _harmed(text: str) -> bool:
    return is_blow(text) or sexual.told(text)


def _of_hers(text: str, said: Understanding) -> Act | None:
    """Her data and her complaint are the programme's, wherever she asks for them."""
    if said.intent == "delete_my_data" and said.confidence >= _SURELY and said.tier == "none":
        return Act("delete_my_data")
    complains = said.intent == "complain" and said.confidence >= _SURELY and _says("complains", text)
    return Act("complain") if complains and said.tier == "none" else None


def _of_a_roof(text: str) -> Act | None:
    if _is("put_out", text) or (_says("put_out_in", text) and not _harmed(text)) or _is("open", text):
        return Act("where_to_go")
    return Act("hunger") if questions.hunger(text, alone=True) >= _HUNGER and not _harmed(text) else None


def _law(text: str, here: Standing) -> Act | None:
    """A divorce, alimony, the house: asked of a lawyer, and no cry; never beside blows."""
    short = len(text.split()) <= _LONGEST_LAW
    asks = short and _says("family_law", text) and not (_says("not_law", text) or _harmed(text))
    other = here.minor or "kind" in here.filled  # of the police or a hospital other places hear complaints
    return Act("info_family") if asks and not other else None


def _of_law(text: str, here: Standing) -> Act | None:
    friend = here.place == "safety.other_woman" or here.filled.get("writer") == FRIEND
    if friend and _says("will_not_report", text):
        return Act("other_unwilling")
    return _law(text, here)


def _of_people(text: str, here: Standing) -> Act | None:
    if _is("hides_the_chat", text):
        return Act("how_to_hide")
    if _is("plan", text) and not here.filled.get("in_plan"):
        return Act("want_plan")  # by its title, also where it is not among the three on offer
    lonely = here.filled.get("denied") == "yes"  # "nadie me habla" is then of her days
    waits = here.place != "safety.case" and not lonely
    return Act("want_person") if waits and _is("no_answer_yet", text) else None


def _complaint_goes_on(text: str, said: Understanding, here: Standing) -> Act | None:
    """What the staff did beside, told where a complaint is told: part of it, whatever the model hears."""
    if here.place != grievance.PLACE or here.expects != "complaint_told" or said.tier == "none":
        return None
    fault = _says("staff_fault", text) and not _harmed(text)
    return Act(here.expects, {"words": answers.plain(text, 160)}) if fault else None
