"""What she tells of violence: the act that answers it, and whether a message tells at all.

Why: the model says how grave it is; whether it is hers, a child's or another's, and what her body may need
today, is settled here, before anything else is read into her words. Pure; must never store or log.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.components import sexual
from bot.components.red_flags import flag, is_blow, only_told
from bot.components.spelling import bare
from bot.dialogue import ages, fears, in_place, readers, requests, speaker, words
from bot.dialogue.acts import SAFETY_CONTRACT
from bot.dialogue.standing import SHORT, Act
from bot.dialogue.told_before import says

if TYPE_CHECKING:
    from bot.dialogue.parse import Understanding
    from bot.dialogue.standing import Standing

WHO_READS = "safety.who_reads"


def of_safety(text: str, said: Understanding, here: Standing) -> Act:
    """Return the act that answers what is told of violence, or of danger."""
    if said.intent not in SAFETY_CONTRACT:
        intent = "immediate_danger" if said.risk == "danger" else "disclose_violence"
    elif said.risk == "danger" and said.intent in ("disclose_violence", "ask_violence_help", "phone_watched"):
        intent = "immediate_danger"
    else:
        intent = said.intent
    if intent == "quick_exit" and not here.secret:
        if said.risk != "danger":
            return Act("change_subject")
        intent = "immediate_danger"  # nothing is on her screen yet: her cry counts, not that he is coming
    if here.in_safety and said.risk != "danger" and ages.is_minor(text):
        return Act("young_told")
    return _with_doctor(text, _of_body(text, intent, said, here) or _of_kind(text, intent, said, here))


def _with_doctor(text: str, act: Act) -> Act:
    """Strangling and a blow while she is with child harm without a mark: she is sent to a doctor as well."""
    heard = flag(text) if act.intent == "immediate_danger" else None
    return replace(act, slots={**act.slots, "doctor": heard.name}) if heard and heard.doctor else act


def _of_body(text: str, intent: str, said: Understanding, here: Standing) -> Act | None:
    """Sexual violence that may lately have been: what helps within 72 and 120 hours is offered, once."""
    mine, others = sexual.told(text), intent in ("child_at_risk", "support_for_other")
    if "health_told" in here.filled or not (mine or (others and sexual.of_other(text))):
        return None
    if not sexual.perhaps_lately(text):
        return None
    heard = flag(text)
    if intent == "immediate_danger" and heard and heard.name == "forced_sex" and not speaker.is_near(text):
        return Act("sexual_violence", slots={"health_due": here.minor, "lately": "yes"})
    if others or intent in ("immediate_danger", "self_harm"):
        now = {"happens_now": True} if others and said.risk == "danger" else {}
        return Act(intent, slots={"health_due": True, **now})
    return Act("sexual_violence", slots={"health_due": here.minor})


_LEAVES = re.compile(
    r"\b(?:me )?(?:quiero|kiero|voy a|boy a|pienso|necesito|tengo que|quisiera|me voy a) (?:salir|"
    r"salirme|ir|irme|largarme|"
    r"escapar|escaparme|huir|mudarme)(?: (?!mundo)\w+){0,3}? (?:de (?:mi|la|esta|su) casa|del pueblo|"
    r"del rancho|"
    r"con mis (?:hij\w+|niñ\w+)|(?:a|con) la casa de mi (?:mama|hermana|tia|papa|familia))\b"
)


def _leaves_home(text: str) -> bool:
    """Whether she speaks of leaving her home, heard as a wish to die, and there is no word of dying in it."""
    line = bare(text)
    dies = says("dying", text) or flag(text) is not None or _OF_THE_DEAD.search(line)
    return _LEAVES.search(line) is not None and not dies


_OF_THE_DEAD = re.compile(r"\b(?:muri\w+|muert\w+|difunt\w+|fallec\w+|cielo|dios|panteon|mundo|siempre)\b")


def _of_kind(text: str, intent: str, said: Understanding, here: Standing) -> Act:
    hers = words.is_hers(text) and (here.minor or only_told(text))
    if intent == "child_at_risk" and said.risk != "danger" and hers:
        intent = "disclose_violence"
    if intent == "child_at_risk" and said.risk != "danger" and speaker.spares_children(text):
        intent = "disclose_violence"
    if intent == "self_harm" and here.filled.get("in_danger") != "self" and _leaves_home(text):
        intent = "disclose_violence"
    if intent == "disclose_violence" and here.in_safety:
        return Act("tell_more")
    if intent == "ask_violence_help":
        refused = here.in_safety and words.refuses(text)
        return Act("keep_talking" if refused else requests.need(text, here) or intent)
    if intent in ("child_at_risk", "support_for_other") and said.risk == "danger":
        if here.minor:  # a child who writes while it goes on is told what to do, and no law
            if fears.is_touched(text) or (is_blow(text) and only_told(text)):
                return Act("disclose_violence")
            return Act("child_hurt" if is_blow(text) else "child_writes")
        return Act(intent, slots={"happens_now": True})
    return Act(intent)


def tells(text: str, said: Understanding, here: Standing) -> bool:
    """She tells of violence, and it is neither a name nor the answer to who reads this phone."""
    if here.form_field == "contact_hours" and said.risk != "danger" and readers.only_hours(text):
        return False
    if words.is_bare_help(text) and not here.in_safety:
        return False  # the first time it may be help with the chat; `cries` hears the second
    told = said.sure or sexual.told(text)
    return told and not (here.cover or _only_a_name(text, said, here) or _who_reads(text, said, here))


def _who_reads(text: str, said: Understanding, here: Standing) -> bool:
    """Asked who reads this phone, "mi esposo me lo revisa" is the answer."""
    if said.intent != "phone_watched" or said.risk == "danger":
        return False
    if here.form_field == "phone_shared":
        return readers.phone_is_shared(text) is not None
    return here.place == WHO_READS and in_place.read(text, said, here) is not None


def _only_a_name(text: str, said: Understanding, here: Standing) -> bool:
    """Socorro is a name and El Refugio a place: where one was asked, a bare one is an answer."""
    if here.form_field not in ("preferred_name", "full_name", "locality", "municipality"):
        return False
    bare_place = said.intent == "ask_violence_help" and len(text.split()) <= SHORT
    return bare_place or words.is_name_that_alarms(text)
