"""When the chat hides, when it only changes the subject, and what is said while it is hidden (promise P9).

Hiding lasts until her word, so it is entered by an exact order, by the button, or by a whole message that
says she can't write where that was asked; a guess changes the subject and no more, and her next word opens
the talk again. Pure; under cover nothing of safety may come out of here but the line that any bot may say.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bot.components.sound_patterns import is_whole
from bot.components.spelling import bare, spoken
from bot.dialogue import answers, cries, fears, lexicon, orders, words
from bot.dialogue.acts import SAFETY
from bot.dialogue.standing import Act

if TYPE_CHECKING:
    from bot.dialogue.parse import Understanding
    from bot.dialogue.standing import Standing

LASTING = 0.8
"""From this a reading in context may do what lasts."""
SURE = 0.6
_ASKS, _WITH_HER = "/not_safe_now", "/with_someone"
_LIST = Path(__file__).with_name("cries.txt")
_GRAVE = re.compile(
    r"\b(?:mat\w*|peg\w*|golp\w*|kuxiy\w*|pistol\w*|arma|maxet\w*|nabaj\w*|aork\w*|kem\w*|sangr\w*|tir\w*|"
    r"ronp\w*|biol\w*|ayud\w*|au\w{1,2}ili\w*)\b"
)
"""With such a word a sure danger is told, and not only that he comes: "ya viene, me va a pegar"."""
_NO_THEN = re.compile(r"^\s*no\s*[,.;\n]+\s*", re.IGNORECASE)
"""The comma of "no, está aquí": without it he is not here."""
_BARE_CRY = re.compile(r"(?:au\w{1,2}ilio|sokoro)(?: \w+){0,3}")
_CRIES = re.compile(
    r"\b(?:ayud\w*|au\w{1,2}ili\w*|sokor\w*|patruy\w*|polisi\w*|anbulansi\w*|emerjensi\w*|911|"
    r"me (?:ba|ban|esta|estan|kiere) \w+|sangr\w*|miedo|resk\w*|salben\w*|salbeme)\b"
)
"""What could be a cry, as it sounds. It decides only that "no te seguí" is not the answer under cover."""
_CRYING_SIGNS = frozenset("🔪🆘😭🚨🤕😱🩸🔫😢😰")
_SENDS_HELP = re.compile(
    r"\b(?:mand\w*|enbi\w*|yam\w*|nesesito|okupo|urje|kiero|ke benga|bengan)\b.*"
    r"\b(?:patruy\w*|polisi\w*|anbulansi\w*)\b"
)


def is_cry(text: str, said: Understanding) -> bool:
    """Danger that is sure, or somebody who has a patrol sent for."""
    return (said.risk == "danger" and said.sure) or bool(_SENDS_HELP.search(spoken(text)))


def is_nearly_a_cry(text: str, said: Understanding) -> bool:
    """Danger that the model is not sure of: "mi hijo también está golpeado", a knife sign, his threat."""
    doubtful = said.risk == "danger" and said.tier != "none" and said.confidence >= SURE
    calls = said.sure and cries.calls_for_help(text)  # "mi marido me pega, ayúdame"
    return doubtful or calls or cries.signs(text) == "strong" or bool(_BARE_CRY.fullmatch(spoken(text)))


def could_be_a_cry(text: str, said: Understanding) -> bool:
    """Anything to which "no te seguí" would be a wrong answer."""
    return said.tier != "none" or bool(_CRIES.search(spoken(text))) or bool(_CRYING_SIGNS & set(text))


def not_by_a_girl(act: Act | None, text: str, here: Standing) -> Act | None:
    """A girl's bare "no" there changes the subject and does not last: she may forget her word."""
    hides_her = act is not None and act.intent == "not_safe_now"
    return Act("change_subject") if hides_her and here.minor and words.is_no(text) else act


def asked_to_write(here: Standing) -> bool:
    """Whether the last question was "can you write safely?"."""
    return any(payload == _ASKS for _, payload in here.offers)


def hides(text: str, said: Understanding, here: Standing) -> Act | None:
    """She can't write, or can't be heard: said as a whole where it was asked, or read surely there."""
    if here.cover or not (here.in_safety or asked_to_write(here)):
        return None
    asked = asked_to_write(here)
    after_a_number = here.filled.get("in_danger") in ("others", "self") or said.risk == "danger"
    if orders.fits(text, "cannot speak whole"):
        # After 911 she speaks of the call. Else a bare "no puedo hablar" says that she can't go on here.
        hidden = orders.fits(text, "cannot talk whole") and not after_a_number
        return Act("not_safe_now" if hidden else "cannot_speak")
    if said.act == "cannot_speak" and said.act_confidence >= SURE:
        return Act("cannot_speak")
    accompanied = any(payload == _WITH_HER for _, payload in here.offers)  # there "está aquí" is good news
    rest = _NO_THEN.sub("", text) if asked else text
    if words.cannot_write(rest) and not accompanied:
        return Act("not_safe_now")
    if asked and {orders.heard(text), orders.ordered(text)} & orders.sounds(lexicon.CANNOT_WRITE):
        return Act("not_safe_now")  # also said twice: "no no puedo"
    whole = spoken(text)
    grave = is_cry(text, said) and bool(_GRAVE.search(whole))
    if asked and is_whole(_LIST, "not_here", whole) and not _NO_THEN.match(text):
        return Act("safe_now")
    cannot = is_whole(_LIST, "not_really", whole) or is_whole(_LIST, "cannot_go_on", whole)
    if asked and cannot and not grave:
        return Act("not_safe_now")
    by_ear = after_a_number and here.filled.get("in_danger") != "self"
    if by_ear and not grave and cries.would_be_heard(text):
        return Act("cannot_speak")
    sure = asked and said.act == "hide" and said.act_confidence >= LASTING
    sure = sure and not fears.plain_topic(text, here)  # "no le vaya a decir a mi mamá" is what she fears
    return Act("not_safe_now") if sure and not is_cry(text, said) else None


def not_by_guess(act: Act, text: str, said: Understanding, here: Standing) -> Act:
    """A guess that she wants to hide: danger is answered as such, all else by a change of subject."""
    guessed = act.intent in ("quick_exit", "change_subject") and said.intent == "quick_exit"
    if guessed and here.in_safety and is_whole(_LIST, "left", spoken(text)):
        return Act("safe_now")  # he is gone: nothing is to be hidden
    if act.intent != "quick_exit" or "quick_exit" in (orders.command(text), orders.command_among(text)):
        return act
    told = is_cry(text, said) and _GRAVE.search(spoken(text))
    return Act("immediate_danger" if told else "change_subject")


_HOUR_FIRST = re.compile(
    r"^\W*(?:(?:pues|ps|pos|si|ok|mejor|yo creo|creo que|puede ser|seria|que sea|hasta|como|tipo|"
    r"a ver)[\s,]+)*"
    r"(?:mañana|manana|(?:en|por) las? (?:mañana|manana|tarde|noche)s?|a las? \d{1,2}|(?:despues|"
    r"antes) de las? "
    r"\d{1,2}|las? \d{1,2}|(?:el |los )?(?:lunes|martes|miercoles|jue[vb]es|[vb]iernes|sabados?|domingos?)|"
    r"entre semana|de \d{1,2} a \d{1,2})\b"
)
HOURS_KEPT = "utter_do_hours_kept"
"""The response that keeps her hours without a word, beside whatever else is answered."""


def with_hours(act: Act, text: str, said: Understanding, here: Standing) -> Act:
    """The act with the hour that her answer begins with: "mañana porfa, ahorita está él aquí" hides."""
    asked = here.expects in ("case_hours", "set_contact_hours")
    danger = said.risk == "danger" and said.intent not in ("quick_exit", "phone_watched")
    kept = act.intent in (here.expects, "ask_hours") or act.also or here.cover or danger
    if not asked or kept or not _HOUR_FIRST.match(bare(text)):
        return act
    return replace(act, entities={**act.entities, "words": answers.plain(text, 160)}, also=HOURS_KEPT)


def under_cover(act: Act, text: str, said: Understanding) -> Act:
    """What is answered while the chat is hidden: the same to whoever holds the phone, with or without a case.

    A cry gets the line that any bot may say, whatever else of safety one about the workshops. Chatter is
    answered as chatter is everywhere.
    """
    if is_cry(text, said):
        return Act("cry_in_cover")
    if is_nearly_a_cry(text, said):
        return Act("near_cry_in_cover")
    unclear = act.missed and could_be_a_cry(text, said)
    return Act("change_subject") if act.intent in SAFETY or unclear else act
