"""The ordinary conversation: finer questions, a seat she believes in, hunger, an absence beside its reason.

Why: what the intents are too coarse for is settled here, after the intent and before the rules. Pure; must
never answer inside a talk on safety, nor turn a choice she made into something else.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.components.spelling import bare, spoken_words
from bot.dialogue import (
    absence,
    answers,
    consenting,
    corrections,
    households,
    lasting,
    questions,
    readers,
    tongues,
    words,
)
from bot.dialogue.acts import DIGRESSIONS, SAFETY
from bot.dialogue.parse import UNKNOWN
from bot.dialogue.standing import CLEAR, Act

if TYPE_CHECKING:
    from bot.dialogue.ask import Ask
    from bot.dialogue.parse import Understanding
    from bot.dialogue.standing import Standing

ABOUT = {topic: topic for topic in ("bring", "duration", "teachers", "politics", "online", "absence")} | {
    "money": "support"
}
"""Questions answered from what coordinators edit, by the topic of the answer."""
NEEDS = frozenset(("ramp", "deaf", "blind"))
_LASTS = frozenset(("opt_out", "opt_in"))
REFINED = (DIGRESSIONS - _LASTS) | {
    UNKNOWN, "out_of_scope", "inform", "ask_again", "affirm", "deny", "goodbye", "thank", "greet", "repeat",
    "confirm_attendance", "decline_attendance", "reschedule", "notify_late", "drop_out", "enroll",
    "see_sessions", "set_contact_hours", "ask_hours", "perhaps_safety",
}  # fmt: skip
"""Readings that a nearer one may take the place of."""
PLAIN = frozenset(
    ("affirm", "deny", "goodbye", "thank", "greet", "repeat", "enroll", "set_contact_hours", "delete_my_data")
)
"""Readings that are seldom wrong: there only a line that is nearly hers takes the place."""
FOR_SURE = 0.75
IN_A_FORM = (DIGRESSIONS - _LASTS) | {"ask_again"}
"""The same while a form asks: there an answer stays an answer."""
OTHER_NEWS = frozenset(("notify_late", "reschedule", "drop_out"))
"""News of a session that no likeness to "siempre no" takes the place of."""
ANY_WORDS = frozenset(("preferred_name", "full_name", "locality"))
NO_NAME = frozenset((*ABOUT, *NEEDS, "attended", "start", "my_number", "cant_read", "send_pin"))
OF_RECORD = frozenset(("seat_back", "keeps_seat", "wrong_detail"))
"""What changes or tells her seat or her data: only a line that is nearly hers."""
NEARLY = 0.85
"""Where a form takes any words for a name, a question has to be nearly one of the lines."""
LEAST_WORDS = 3
"""Words of a beginning or an end that can be a question by themselves."""
LONGEST_MORE = 20
BESIDE = 0.8
"""How alike such a part has to be."""
_REASON = re.compile(
    r"\b(?:oiga|oye|disculpe|porque|pork|pq|xq|es que|esque|ya que|(?:me )?tengo (?:que|q|k|ke)|debo)\b",
    re.IGNORECASE,
)
"""Where a reason begins; the model hears its words as well."""
BESIDE_MORE = frozenset(
    (
        *ABOUT, *NEEDS, "attended", "start", "my_number", "cant_read", "send_pin", "after_next", "seat_back",
        "keeps_seat", "wrong_detail",
    )
)  # fmt: skip
KIND_SIGNS = frozenset("🙏😊🙂☺😀😁😄😃😂🤣😅🥰😘🤗👏🌷🌹🌸🌻💐❤💕💖✨🎉")
OF_GROUPS = frozenset(("other_group", "show_groups"))
FOR_SURE_OF_GROUPS = 0.6
CHANGES = {"change_no": "decline_attendance", "change_yes": "confirm_attendance"}
OF_HER_SEAT = frozenset(
    (
        "ask_next_session", "ask_enrolment_status", "see_sessions", "ask_after_next", "confirm_attendance",
        "decline_attendance", "reschedule", "notify_late", "drop_out",
    )
)  # fmt: skip
"""What only she can ask who has a seat; one who has none is told so once, and then believed."""
PITCHED_AFTER = frozenset(
    (
        "ask_programme", "ask_requirements", "ask_cost", "ask_childcare", "ask_support", "ask_certificate",
        "ask_workshops", "ask_location", "ask_about", "ask_start", "ask_info",
    )
)  # fmt: skip
"""Plain questions of somebody who may want to come: after the first one she is told how, and never again."""
HUNGER = 0.6
HUNGER_FOR_SURE = 0.7
"""Likeness from which hunger is heard though the model heard a child at risk or violence."""
ABSENT_BEFORE = frozenset(
    (
        "decline_attendance",
        "reschedule",
        "ask_enrolment_status",
        "ask_next_session",
        "notify_late",
        "drop_out",
    )
)
"""What a session that she missed may be taken for; nothing of the next one changes by it."""
HEARD_AS_ELSE = frozenset(
    ("child_at_risk", "disclose_violence", "ask_violence_help", "support_for_other", "perhaps_safety")
)


def wish(text: str, said: Understanding, here: Standing) -> Act | None:
    """Outside a form: a wish about groups, or an answer to the notice that is no sure yes or no."""
    if here.form_field:
        return None
    return at_once(text, said, here) or consenting.answered(text, said, here)


_NOT_THEN = re.compile(
    r"\b(?:no|ni|ya no) (?:me |nos |le )?(?:\w+ ){0,2}(?:escrib|mand|habl|marq|marc|llam|molest)\w*"
)


_PART = re.compile(r"\d|\b(?:mañana|manana|tarde|noche|mediodia|madrugada)s?\b")


def _only_when_not(line: str) -> bool:
    """Tell whether she only says when she is not to be written to: "no me escriban de noche"."""
    return _NOT_THEN.search(line) is not None and len(_PART.findall(line)) == 1 and not re.search(r"\d", line)


def hours(text: str) -> Act:
    """The hours that she names; asked for where she only finds fault with those of a message."""
    if readers.finds_fault(text):
        return Act("ask_hours_sorry")
    if _only_when_not(bare(text)):
        return Act("ask_hours")
    plainly = readers.names_a_span(text) if words.wants_change(text) else readers.names_hours(text)
    return Act("set_contact_hours", {"words": answers.plain(text, 160)}) if plainly else Act("ask_hours")


def at_once(text: str, said: Understanding, here: Standing) -> Act | None:
    """A wish about groups that no reading of the place takes the place of: to be told, to see them."""
    if here.in_safety or here.cover or said.sure or said.intent == "opt_out":
        return None
    topic, likeness = questions.topic(text)
    if topic in ABOUT and likeness >= questions.CERTAIN and said.intent in HEARD_AS_ELSE:
        return _finer(topic, text, here)  # "cuánto dura" asks for no help
    if topic not in OF_GROUPS or likeness < (FOR_SURE_OF_GROUPS if said.tier == "none" else FOR_SURE):
        return None
    return _finer(topic, text, here)


def refined(text: str, act: Act, said: Understanding, here: Standing) -> Act:
    """The finer reading of a message that chose nothing on offer; the act itself where there is none."""
    asks = here.form_field in ANY_WORDS and act.intent == "inform"
    faint = act.intent == "opt_in" and said.confidence < CLEAR and not here.form_field
    fits = asks or faint or act.intent in (IN_A_FORM if here.form_field else REFINED)
    if here.in_safety or said.tier == "sure" or act.corrects or not fits:
        return act
    language = _of_language(text, act, said, here)
    if language:
        return language
    hungry = None if here.form_field else _hungry(text, act, said, here)
    if hungry:
        return hungry
    if act.missed and not here.form_field and not here.open_offer and not words.has_words(text):
        kind = _of_signs(text)
        return Act(kind) if kind else act
    topic, likeness = questions.topic(text)
    if not here.form_field and act.intent in PITCHED_AFTER:
        before = _before_its_reason(text)
        topic, likeness = before if before[0] else (topic, likeness)
    lost = act.missed or faint or act.intent == "repeat"
    if lost and likeness < BESIDE and said.tier == "none" and not here.form_field:
        beside, how_much = _beside_more(text)
        topic, likeness = (beside, how_much) if beside else (topic, likeness)
    if asks and (topic not in NO_NAME or likeness < NEARLY):
        return act
    if topic in (*CHANGES, *OF_RECORD) and act.intent in OTHER_NEWS:
        return act
    if topic in OF_RECORD and likeness < FOR_SURE:
        return act
    plain = topic == "hungry" or (act.intent in PLAIN and said.confidence >= CLEAR)
    plain = plain and likeness < FOR_SURE
    return (_finer(topic, text, here) if topic and not plain else None) or act


def _beside_more(text: str) -> tuple[str, float]:
    """The question that begins or ends what is lost: "cuánto dura oiga, tengo que recoger al niño"."""
    said = text.split()
    if len(said) > LONGEST_MORE:
        return "", 0.0
    ends = range(LEAST_WORDS, len(said) - 1)
    parts = [" ".join(said[:n]) for n in ends] + [" ".join(said[-n:]) for n in ends]
    clauses = [clause for clause in text.split(",") if len(clause.split()) >= LEAST_WORDS]
    found = (questions.topic(part) for part in (*clauses, *parts))
    nearly = [one for one in found if one[0] in BESIDE_MORE and one[1] >= BESIDE]
    return max(nearly, key=lambda one: one[1], default=("", 0.0))


def _before_its_reason(text: str) -> tuple[str, float]:
    """The question where its reason stands behind it: "cuánto dura, tengo que recoger al niño"."""
    asked, reason = (*_REASON.split(text, maxsplit=1), "")[:2]
    if len(asked.split()) < LEAST_WORDS - 1 or not reason.strip():
        return "", 0.0
    topic, likeness = questions.topic(asked)
    return (topic, likeness) if topic in BESIDE_MORE and likeness >= BESIDE else ("", 0.0)


def _hungry(text: str, act: Act, said: Understanding, here: Standing) -> Act | None:
    """Nothing to eat, or how many they are, said after it."""
    if questions.hunger(text, alone=said.risk == "danger") >= HUNGER:
        return Act("hunger")
    told = act.missed and "hunger_told" in here.filled and _of_household(text, here)
    return Act("hunger_told") if told else None


def _of_household(text: str, here: Standing) -> bool:
    return households.says_household(text) or households.says_where(text, here)


def _of_signs(text: str) -> str:
    """What a message of kind signs alone is; one of sorrow is none of these."""
    if words.is_yes(text):
        return "affirm"
    signs = {sign for sign in text if unicodedata.category(sign) == "So"}
    return "thank" if signs and signs <= KIND_SIGNS else ""


def _of_language(text: str, act: Act, said: Understanding, here: Standing) -> Act | None:
    """Who writes in another language, or has said that hers is another, never meets "no te seguí"."""
    lost = act.missed or act.intent == "ask_again"
    if here.interpreter and lost:
        return Act("language_waits")
    named = words.names_language(text) if lost else None
    if named:
        return Act("set_language", {"language": named})
    foreign = said.tier == "none" and tongues.is_english(text) and not here.interpreter
    return Act("set_language", {"language": "Inglés"}) if foreign else None


def _finer(topic: str, text: str, here: Standing) -> Act | None:
    if topic in CHANGES:
        fits = here.has_session and not here.form_field and says_no(text) == (topic == "change_no")
        return Act(CHANGES[topic]) if fits else None
    if topic == "seat_back" and (here.has_seat or not here.registered or says_no(text)):
        return Act("ask_enrolment_status") if here.has_seat and "?" in text else None
    unlike = topic == "hunger" and households.speaks_of_none(text)
    if unlike or (topic == "wrong_detail" and here.form_field):
        return None
    if topic in ABOUT:
        return Act("ask_about", {"question": ABOUT[topic]})
    if topic in NEEDS:
        return Act("ask_access", slots={"access": topic})
    if topic == "food_survey" and (not here.registered or here.form_field):
        return None
    return Act(_of_record(topic, text, here) or ACTS[topic])


def _of_record(topic: str, text: str, here: Standing) -> str:
    """The act where it depends on what is known of her; empty where it is the topic's own."""
    if topic == "has_seat" and (here.has_seat or "?" in text):
        return "ask_enrolment_status"
    if topic == "start" and here.has_session:
        return "ask_next_session"
    if topic == "other_group" and "other_group_told" in here.filled and here.case_open:
        return "other_group_again"
    return "look_for_groups" if topic == "show_groups" and here.registered else ""


def says_no(text: str) -> bool | None:
    """Whether the last yes or no in `text` is a no: opposites are never a likeness apart. None: neither."""
    said = [word for word in spoken_words(text) if word in ("si", "no")]
    return said[-1] == "no" if said else None


ACTS = {
    "attended": "see_sessions",
    "start": "ask_start",
    "info": "ask_info",
    "cant_read": "cant_read",
    "who_is_this": "bot_challenge",
    "my_number": "ask_my_number",
    "send_pin": "ask_location",
    "after_next": "ask_after_next",
    "classmates": "ask_classmates",
    "hunger": "hunger",
    "hungry": "hungry",
    "food_survey": "ask_food_survey",
    "has_seat": "believes_seat",
    "keeps_seat": "ask_enrolment_status",
    "seat_back": "seat_back",
    "wrong_detail": "update_details",
    "other_group": "other_group",
    "show_groups": "ask_workshops",
}


def settled(text: str, act: Act, said: Understanding, here: Standing) -> Act:
    """The act as the rules get it: hunger, an absence beside a disclosure, a seat that is not known."""
    if act.intent == "told_early" and not (here.consented or "notice_shown" in here.filled):
        # Nobody agrees to a notice that she has not read (LGPDPPSO art. 22).
        act = replace(act, intent="enroll")
    by_voice = "cant_read" in here.filled or here.interpreter or (here.unheard and not here.cover)
    if act.intent == "media_voice" and by_voice and not here.in_safety:
        return _asked_again(here) or Act("voice_for_person")
    act = corrections.set_right(text, lasting.still_asked(act, here), here)
    act = corrections.with_value(act, text, here) if act.intent == "update_details" else act
    if here.cover:  # the act of anything of safety is dropped after this
        return _of_seat(_again(act, here), here)
    if text and not here.in_safety and _is_hunger(text, act, said):
        return Act("hunger", soft=said.tier != "none")
    if text and act.intent in ABSENT_BEFORE and said.tier == "none" and absence.over(text, here):
        return Act("ask_about", {"question": "absence"})
    if text and act.intent == "decline_attendance" and not absence.meant(text, here):
        if absence.supposes(text):
            return Act("ask_about", {"question": "absence"})
        return _of_seat(Act("ask_next_session" if absence.speaks_of_next(text) else "perhaps_safety"), here)
    if text and act.intent in SAFETY and here.has_session and absence.told(text):
        return Act("absence_heard") if act.intent == "perhaps_safety" else replace(act, also=absence.NOTED)
    return _of_seat(_again(act, here), here)


def _asked_again(here: Standing) -> Act | None:
    """What waits for her answer, asked again where her note was not made out; None where nothing waits."""
    if not here.unheard or "cant_read" in here.filled or here.interpreter:
        return None
    if here.form_field:
        return Act("ask_again", slots={"again": None})
    return Act(UNKNOWN, missed=True) if here.open_offer and here.fresh else None


def _is_hunger(text: str, act: Act, said: Understanding) -> bool:
    """Hunger that the model took for violence; alone, where it is sure of that or heard danger."""
    if act.intent not in HEARD_AS_ELSE or (said.sure and said.risk == "danger"):
        return False
    return questions.hunger(text, alone=said.sure or said.risk == "danger") >= HUNGER_FOR_SURE


def _again(act: Act, here: Standing) -> Act:
    """What a person was asked for already is not asked for a second time."""
    told = act.intent == "hunger" and "hunger_told" in here.filled and here.case_open
    return Act("hunger_again") if told else act


def _of_seat(act: Act, here: Standing) -> Act:
    if act.intent == "believes_seat" and here.has_seat:
        return Act("ask_enrolment_status")
    believes = act.intent == "believes_seat"
    if here.has_seat or not (believes or act.intent in OF_HER_SEAT):
        return act
    if "seat_asked" in here.filled and here.case_open:
        return Act("seat_again")
    return Act("believes_seat") if believes or "no_seat_told" in here.filled else Act("no_seat")


def facts(ask: Ask, act: Act, here: Standing) -> dict[str, object]:
    """The slots of the ordinary conversation that the rules and the texts look at in this turn."""
    context, was = ask.context, here.filled
    pitched = "pitched" in was or act.intent in ("refuse_notice", "bot_challenge")
    shown = "notice_shown" in was and act.intent != "refuse_notice"
    return {
        "has_seat": here.has_seat,
        "looked_in": None,
        "question": None,
        "access": None,
        "notice_where": context.notice,
        "notice_shown": "yes" if shown else None,
        "greets": "again" if shown else "first",
        "pitched": "yes" if pitched else None,
        "pitch": "none" if pitched or here.has_seat or here.in_safety else _pitch(act, ask, shown=shown),
        **({"no_seat_told": None, "seat_asked": None} if here.has_seat else {}),
    }


def _pitch(act: Act, ask: Ask, *, shown: bool) -> str:
    if act.intent not in PITCHED_AFTER:
        return "none"
    if not ask.context.flag("consented"):
        return "permission" if shown else "notice"
    return "groups" if ask.context.flag("registered") else "enrol"


def has_seat(ask: Ask) -> bool:
    """Whether the product knows of a seat of hers, or of a place on a waiting list."""
    flag = ask.context.flag
    return flag("enrolled") or flag("waitlisted") or flag("has_session") or flag("reminder_pending")
