"""What a later message of a talk means because of what was told before it.

Why: judged alone, "nadie" after pills is an answer to nothing, "¿es necesario que me revisen?" after
strangling asks for what helps after forced sex, and "me encerré en el baño" is a yes to "¿puedes escribir?".
The words are looked for only where the talk is about that (`in_thread.txt`). Pure; it must never store or log
what it reads.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.components.red_flags import flag, is_blow, laughs, only_told
from bot.components.sound_patterns import is_whole
from bot.components.spelling import bare, spoken
from bot.dialogue import (
    ages,
    denied,
    endings,
    fears,
    first_questions,
    for_another,
    in_place,
    kinds,
    requests,
    said_next,
    words,
)
from bot.dialogue.acts import TOPICS
from bot.dialogue.standing import CLEAR, Act
from bot.dialogue.told_before import (
    BLOW,
    FORCED,
    LIST,
    MAN,
    STRANGLED,
    WITH_CHILD,
    harm_in,
    is_man,
    remembered,
    says,
)

if TYPE_CHECKING:
    from bot.dialogue.parse import Understanding
    from bot.dialogue.standing import Standing

_KEPT = frozenset(
    (
        "quick_exit", "not_safe_now", "opt_out", "opt_in", "change_subject", "other_holds_phone", "not_that",
        "cannot_speak", "how_to_hide", "cry_in_cover", "near_cry_in_cover", "choose_safe_word",
        "no_safe_word", "safe_word_saved", "set_language", "case_hours", "close_case_yes", "missing_daughter",
    )
)  # fmt: skip
"""What she ordered, or what is surer than anything that went before."""
_OF_A_WOMAN = frozenset(
    (
        "immediate_danger", "disclose_violence", "tell_more", "keep_talking", "afraid", "help_again",
        "ask_violence_help", "sexual_violence", "cannot_answer", "nlu_fallback", "out_of_scope", "inform",
        "info_report", "info_shelter", "info_rights", "info_family", "want_information",
        "want_plan", "want_person",
        "ask_person", "see_options", "more_options", "want_listening", "man_asks_help", "perhaps_safety",
        "phone_watched", "affirm", "deny",
    )
) | (TOPICS - {"missing_daughter", "bereaved", "child_writes", "programme_harm", "fear_guilty"})  # fmt: skip
"""What would answer a man as a woman of the programme."""
_AFTER_PILLS = {"alone_now": "taken_alone", "with_someone": "taken_with_someone"}
_OF_VIOLENCE = frozenset(
    ("disclose_violence", "immediate_danger", "tell_more", "sexual_violence", "ask_violence_help", "afraid")
)
_OF_DYING = frozenset(("self_harm", "self_harm_means"))
_BESIDE = frozenset(
    (
        "fear_he_knows", "fear_children_taken", "fear_deported", "fear_jail", "fear_must_report",
        "fear_it_is_my_son", "fear_no_credit", "fear_he_is_police", "fear_borrowed_phone", "fear_no_papers",
        "fear_custody", "fear_he_reports", "fear_alone_money", "fear_guilty", "where_to_go", "what_to_take",
    )
)  # fmt: skip
"""Fears that are answered beside a first disclosure, by their response."""
_NOT_ANSWERED = frozenset(
    ("keep_talking", "cannot_answer", "nlu_fallback", "out_of_scope", "tell_more", "inform")
)


def opens(text: str, said: Understanding, here: Standing) -> Act | None:
    """Return the act for who first asks whether she may tell, or says her age after she was offered to."""
    if here.cover or here.in_safety or here.form_field or said.sure:
        return None
    if is_whole(LIST, "opens", spoken(bare(text))):
        return Act("perhaps_safety", slots={"cried": "yes"})
    if here.place == "safety.perhaps" and (ages.is_minor(text) or _tells_on(text, said, here)):
        return Act("talk_in_confidence")
    return None


_LEAST_TOLD = 4
"""Words from which a message tells something."""


def _tells_on(text: str, said: Understanding, here: Standing) -> bool:
    """Whether she goes on after the open door, in words of which nothing else is surely heard.

    "mis niños están aquí conmigo", after he came home drunk, is no question about the care of children.
    """
    if "?" in text or words.asks(text) or len(text.split()) < _LEAST_TOLD or endings.ends(text):
        return False
    else_said = said.confidence >= CLEAR or in_place.taken(text, said, here) is not None
    return not else_said and in_place.sure_act(said, here.place) is None and cries_of_home(text)


_AT_HOME = re.compile(
    r"\b(?:el|me|nos|mi|mis|nin\w+|ij\w+|kasa|aki|konmigo|miedo|afwera|anoxe|ayer|siempre|borrax\w+|"
    r"tomad\w+)\b"
)


def cries_of_home(text: str) -> bool:
    """Whether a message tells of her, hers or him, as it sounds."""
    return _AT_HOME.search(spoken(bare(text))) is not None


def settled(text: str, act: Act, said: Understanding, here: Standing) -> Act:
    """The act as the talk so far makes it, with what is to be remembered; `text` is empty for a tap."""
    guessed = act.intent == "change_subject" and here.in_safety  # there an order hides, a guess does not
    act = act if here.cover else denied.settled(kinds.settled(text, act, here), said, here)
    if text and not here.cover and for_another.says_it_is_she(text, here):
        act = Act("disclose_violence", slots={"writer": None})
    if act.intent == "missing_daughter":
        return kinds.keeps(act, kinds.remembered(text, act, here))
    if here.cover or (act.intent in _KEPT and not guessed):
        return act
    act = _after_pills(text, act, here) or _of_a_man(text, act, said, here) or act
    if act.intent == "info_health" and here.filled.get("harm") in (STRANGLED, WITH_CHILD):
        act = replace(act, slots={"doctor": here.filled["harm"]})
    if text:
        act = _beside_violence(text, act, said) or _where_she_is(text, act, said, here) or act
        act = _hunted(text, act, here) or act
        act = _of_a_girl(text, act, said, here) or _of_her_body(text, act, said, here) or act
        act = _of_photos(text, here) or act
        act = first_questions.settled(text, said_next.settled(text, act, here), said, here)
        if act.intent == "immediate_danger" and harm_in(text, here.filled.get("harm", "")) == WITH_CHILD:
            act = replace(act, slots={**act.slots, "doctor": WITH_CHILD})
    return remembered(text, act, said, here)


def _flagged(text: str) -> str:
    """The name of a danger to her that is surely told of now; empty where there is none."""
    heard = flag(text)
    return heard.name if heard and heard.risk == "danger" and heard.whom == "her" else ""


def _after_pills(text: str, act: Act, here: Standing) -> Act | None:
    """Pills that were taken stay the emergency until she is cared for or says that it was not so."""
    if not here.in_safety or here.filled.get("about") != "overdose" or _flagged(text):
        return None
    if text and says("undone", text):
        return Act("self_harm")
    if text and says("cared", text):
        return Act("taken_cared")
    if act.intent in _AFTER_PILLS:
        return Act(_AFTER_PILLS[act.intent])
    return Act("taken_again") if text else None


def _of_a_man(text: str, act: Act, said: Understanding, here: Standing) -> Act | None:
    """A man who said so is told plainly whom the programme serves, and is not answered as a woman."""
    known = here.filled.get("writer") == MAN and (
        here.in_safety or act.intent not in ("inform", "affirm", "deny")
    )
    if not (known or (text and is_man(text) and here.in_safety)) or act.intent not in _OF_A_WOMAN:
        return None
    if not here.in_safety and act.intent in ("nlu_fallback", "out_of_scope", "ask_person"):
        return None
    if act.intent == "immediate_danger" or said.risk == "danger":
        return Act("man_danger")
    return Act("man_heard") if known and here.in_safety else Act("man_asks_help")


def _beside_violence(text: str, act: Act, said: Understanding) -> Act | None:
    """Wishes to die beside what is done to her: both are answered, herself first."""
    dying = act.intent in _OF_DYING or says("dying", text)
    if not dying or laughs(text):
        return None
    if act.intent in _OF_VIOLENCE and said.tier != "none":
        return Act("self_harm_and_violence", slots=act.slots)
    harmed = is_blow(text) or says("harmed", text) or bool(_flagged(text))
    return Act("self_harm_and_violence") if act.intent == "self_harm" and harmed else None


def _where_she_is(text: str, act: Act, said: Understanding, here: Standing) -> Act | None:
    """In danger, hidden or kept where she does not know: how she is found, whatever was asked."""
    danger = here.in_safety and here.filled.get("in_danger") == "others"
    danger = danger or (act.intent == "immediate_danger" and said.risk == "danger")
    danger = danger or (here.in_safety and here.filled.get("kind") == kinds.TRAFFICKING)
    if not danger or says("out_again", text) or here.minor:
        return None
    opened = (
        act.intent == "immediate_danger" and not here.case_open and here.filled.get("in_danger") != "others"
    )
    if opened:
        return None  # the danger itself is answered first, and a case is opened
    if says("lost", text):
        return Act("lost_where")
    return Act("hidden_inside") if says("hidden", text) else None


def _hunted(text: str, act: Act, here: Standing) -> Act | None:
    """He who killed one of hers looks for them, or says that she is next."""
    mourns = act.intent == "bereaved" or (here.in_safety and here.filled.get("killed") == "yes")
    if not mourns or act.intent == "immediate_danger" or not says("hunted", text):
        return None
    return Act("immediate_danger", also="utter_bereaved" if act.intent == "bereaved" else "")


def _of_a_girl(text: str, act: Act, said: Understanding, here: Standing) -> Act | None:
    """A girl is answered as one: in danger, threatened to be silent, afraid of being taken away."""
    if not here.minor:
        return None
    if act.intent == "immediate_danger" and only_told(text) and not (said.sure and _flagged(text)):
        return Act("young_told" if here.in_safety else "disclose_violence")
    if act.intent == "immediate_danger" or (here.in_safety and says("threat_of_silence", text)):
        return Act("child_hurt")
    what_then = says("taken_away", text) or says("what_then", text)
    if here.in_safety and what_then and not (said.sure and said.risk == "danger"):
        return Act("what_happens")
    return None


def _of_her_body(text: str, act: Act, said: Understanding, here: Standing) -> Act | None:
    """Whether she has to see a doctor: today, after what was told; a pregnancy told after a blow as well."""
    if not here.in_safety or here.filled.get("in_danger") == "self" or (said.sure and _flagged(text)):
        return None
    before = here.filled.get("harm", "")
    harm = harm_in(text, before)
    if harm == FORCED and requests.fears_for_her_body(text):
        return Act("info_health", slots={"doctor": None})
    if harm in (STRANGLED, WITH_CHILD, BLOW) and before and says("injured", text):
        return Act("info_health", slots={"doctor": harm})
    if before in (STRANGLED, WITH_CHILD) and says("better", text):
        return Act(
            "info_health", slots={"doctor": before}
        )  # what may harm hours later needs a doctor all the same
    asks = says("doctor", text) and not says("no_doctor", text) and bool(harm or requests.is_request(text))
    unheard = act.intent in (*_NOT_ANSWERED, "disclose_violence", "inform")
    told = harm == WITH_CHILD and before != WITH_CHILD and unheard
    if asks or told:
        return Act("info_health", slots={"doctor": None if harm == FORCED else harm or BLOW})
    return None


def _of_photos(text: str, here: Standing) -> Act | None:
    """What she asks after a threat with her photos: whether to pay, how they are taken down."""
    told = here.in_safety and here.filled.get("photos") == "yes"
    return Act("photos_pay") if told and says("pays", text) and not _flagged(text) else None


def beside(text: str, act: Act, said: Understanding, here: Standing) -> Act:
    """A first disclosure with the answer to a fear that stands in the same message."""
    first = act.intent == "disclose_violence" and not here.in_safety and not here.minor and not act.also
    if not first or here.cover:
        return act
    topic = fears.part(text)
    if not topic and said.topic_confidence >= fears.SURE and fears.bears_out(said.topic, text):
        topic = said.topic
    return replace(act, also=f"utter_{topic}") if topic in _BESIDE else act


_POLICE = re.compile(
    r"\b(?:(?:mand|envi)(?:e|en|ame|eme|enme|anos|enos|ennos)|traig(?:a|an|ame|anme)) (?:\w+ ){0,3}"
    r"(?:patrulla|ambulancia|policias?)\b|"
    r"\b(?:quiero|necesito|nesesito|ocupo|urge) (?:una |la )?(?:patrulla|ambulancia)\b(?! de)"
)
_OF_ANOTHER_TIME = re.compile(
    r"\b(?:ayer|ya (?:mande|llame|vino|llego)|si (?:llamo|mando)|no|cuando|puedo)\b"
)


def wants_police(text: str, here: Standing) -> Act | None:
    """A patrol asked for, often with her address: no answer to what was asked, and 911 at once.

    By its words, since the models hear the address alone ("mándame una patrulla, estoy en ...").
    """
    line = bare(text)
    if here.cover or here.form_field or "?" in text or _OF_ANOTHER_TIME.search(line):
        return None
    return Act("immediate_danger") if _POLICE.search(line) else None
