"""A cry without a story: "ayuda" again, fear alone, a knife among the emojis, means to die at hand.

Why: what could be a cry must never meet "no te seguí". These are whole messages, compared by sound: each says
so little that no model can be sure of it. Pure; it must never store or log what it reads.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from bot.components.extract.tokens import one_off
from bot.components.red_flags import flag, laughs
from bot.components.sound_patterns import is_in, is_whole, read_list
from bot.components.spelling import bare, spoken, spoken_words
from bot.dialogue import in_place, taken
from bot.dialogue.standing import Act

if TYPE_CHECKING:
    from bot.dialogue.parse import Understanding
    from bot.dialogue.standing import Standing

_LIST = Path(__file__).with_name("cries.txt")
_STRONG_SIGNS = frozenset("🔪🤕🆘🩸🔫🗡⚰🚑")
_ASKS_WHO_IS_NEAR = "safety.self_harm"
_AFTER_ANOTHERS = frozenset(("/want_person", "/see_options", "/not_that"))
"""What is offered after another's thoughts of dying, and nowhere else."""
_BY_EAR = 14
"""Words of a message that can be of the call alone."""
_DRAWN_OUT = re.compile(r"([aeiou])\1+")
_SHOUTED = re.compile(r"([aeiou])\1{2,}|!{2,}")
_LEAST_OF_A_CRY = 4
"""Letters of a word that may be a misspelt cry."""
_CRYING_SIGNS = frozenset("😭😢😰😱😨😥😿💔🥺😞😖😣😩")


@cache
def _words(*sections: str) -> frozenset[str]:
    """The single words of sections of the list, as they sound."""
    listed = read_list(_LIST)
    found = (one.lines.get("says", []) for one in listed.sections if one.name in sections)
    return frozenset(listed.sounding(word) for words in found for word in words)


def _cry_words(text: str) -> list[str]:
    """The words of a message as they sound, drawn-out and misspelt cries as the cries they are.

    "ayuuuda", "ayda" and "axilio" are no other words; what stands beside a cry is left as it is.
    """
    said = spoken_words(_DRAWN_OUT.sub(r"\1", bare(text)))
    return [_as_cry(word) for word in said]


@cache
def _as_cry(word: str) -> str:
    if word in _words("help", "beside_help", "no_cry") or len(word) < _LEAST_OF_A_CRY:
        return word
    return next(
        (cry for cry in sorted(_words("help")) if len(cry) > _LEAST_OF_A_CRY and one_off(cry, word)), word
    )


def asks_help(text: str) -> bool:
    """Tell whether the message is a call for help and nothing else: "porfavor ayudaaa"."""
    words = set(_cry_words(text))
    return bool(words & _words("help")) and words <= _words("help", "beside_help")


def calls_for_help(text: str) -> bool:
    """Tell whether a call for help stands in a message, beside whatever she tells."""
    return is_in(_LIST, "calls", " ".join(_cry_words(text)))


def _loudly(text: str) -> bool:
    """More than a question how the chat works: "auxilio", "es urgente", "ayudaaa", the same word twice."""
    words = _cry_words(text)
    twice = sum(word in _words("help") for word in words) > 1
    return bool(_words("loud") & set(words)) or twice or bool(_SHOUTED.search(bare(text)))


def is_afraid(text: str) -> bool:
    """Tell whether she says that she is afraid, of him or of nothing named; not of an exam."""
    return is_whole(_LIST, "afraid", spoken(text))


def is_distressed(text: str) -> bool:
    """Tell whether she says that she can't go on like this, and nothing else."""
    return is_whole(_LIST, "distress", spoken(text))


def signs(text: str) -> str:
    """Return "strong" or "crying" for a message of signs alone, else ""."""
    if re.search(r"[a-zñ0-9]", bare(text)):
        return ""
    return "strong" if _STRONG_SIGNS & set(text) else "crying" if _CRYING_SIGNS & set(text) else ""


def could_be(text: str) -> bool:
    """Tell whether a message that was not understood may be a cry: it then meets an open door."""
    said = spoken(text)
    words = is_in(_LIST, "could_be", said) and not is_in(_LIST, "no_cry_in", said)
    return bool(signs(text) or (words and not laughs(text)))


def would_be_heard(text: str) -> bool:
    """Tell whether she says or asks that he would hear a call: "¿y no me oye si marco?"."""
    said = spoken(text)
    return is_in(_LIST, "by_ear", said) and "nadie" not in said.split() and len(said.split()) <= _BY_EAR


def breaks(text: str) -> bool:
    """Tell whether he is breaking what is in the house, drunk or in a rage; not a child or a cat."""
    return is_in(_LIST, "breaks", spoken(text))


def is_hit(text: str) -> bool:
    """Tell whether she says when she is hit: "me pega si llego tarde" is no notice that she is late."""
    return is_in(_LIST, "hit_when", spoken(text))


def is_missing(text: str) -> bool:
    """Tell whether one of hers has not come back since a time; not to a workshop."""
    said = spoken(text)
    gone = is_in(_LIST, "gone", said) and is_in(_LIST, "since", said)
    return gone and not (is_in(_LIST, "programme", said) or is_in(_LIST, "back", said))


def answered(text: str, said: Understanding, here: Standing) -> Act | None:
    """Return the act that answers a cry; None where there is none or it is told in more words."""
    if here.cover or here.form_field in ("preferred_name", "full_name", "locality"):
        return None
    dying = _of_dying(text, said, here)
    if dying:
        return dying
    if flag(text) is None and (_of_a_child(text, said) or is_missing(text)):
        return Act("child_at_risk" if _of_a_child(text, said) else "missing_daughter")
    if said.sure and not (here.in_safety and said.risk != "danger" and is_afraid(text)):
        return None
    if (breaks(text) or is_hit(text)) and flag(text) is None and not laughs(text):
        told = "tell_more" if here.in_safety else "disclose_violence"
        return Act("immediate_danger" if breaks(text) and said.risk == "danger" else told)
    again = bool(here.filled.get("cried"))
    if asks_help(text) and (again or _loudly(text) or here.in_safety):
        return Act("afraid" if here.filled.get("cried") == "again" else "help_again")
    if is_afraid(text) or signs(text) == "strong" or (signs(text) == "crying" and (again or here.in_safety)):
        return Act("afraid")
    if signs(text) == "crying" or (is_distressed(text) and not here.in_safety):
        return Act("afraid" if again else "perhaps_safety")
    return None


def _of_a_child(text: str, said: Understanding) -> bool:
    """Whether a child with the marks of blows is told of, by a teacher or an aunt, and no model is sure."""
    line = spoken(text)
    marked_by_blows = is_in(_LIST, "child_hurt", line) and not is_in(_LIST, "child_hurt_not", line)
    return marked_by_blows and not said.sure


def _of_dying(text: str, said: Understanding, here: Standing) -> Act | None:
    """Means at hand or taken, inside a talk of dying or with a word of it: the emergency comes first."""
    heard = flag(text)
    if here.filled.get("in_danger") == "self" and asks_help(text):
        return Act("keep_talking")
    if here.place == _ASKS_WHO_IS_NEAR and heard is None:
        # Her answer to what was asked, though elsewhere "estoy sola" may be danger.
        chosen = in_place.chosen(text, here)
        if chosen or is_whole(_LIST, "alone", spoken(text)):
            return chosen or Act("alone_now")
    if heard is None and is_in(_LIST, "childs_dying", spoken(text)):
        return Act("other_suicide", slots={"of_child": "yes"})
    if {payload for _, payload in here.offers} == _AFTER_ANOTHERS and _means(spoken(text)):
        return Act("other_suicide")  # "le encontré pastillas" is of whom she spoke
    heard = heard if said.sure else None  # what is flagged is sure
    whom = heard.whom if heard and heard.name == "suicide" else ""
    if whom in ("child", "other"):
        return Act("other_suicide", slots={"of_child": "yes" if whom == "child" else None})
    told = whom == "self" or said.intent == "self_harm" or here.filled.get("in_danger") == "self"
    if not told or (heard is not None and heard.name not in ("suicide", "weapon")):
        return None
    return _of_means(text, here)


def _of_means(text: str, here: Standing) -> Act | None:
    """Means to die that are named in a talk of dying: put away, taken, or at hand."""
    said_text = spoken(text)
    if is_in(_LIST, "undone_now", said_text) and here.filled.get("in_danger") == "self":
        return Act("keep_talking")  # "ya no lo hice" is no goodbye
    if is_in(_LIST, "undone", said_text):
        return None
    if taken.is_told(text):
        return Act("self_harm_now")
    return Act("self_harm_means") if is_in(_LIST, "at_hand", said_text) else None


def _means(said_text: str) -> bool:
    """Tell whether means to die are named as found or taken, not as put away."""
    return is_in(_LIST, "anothers", said_text) and not is_in(_LIST, "undone", said_text)


def open_door(here: Standing) -> Act:
    """Return what meets a message that was not understood and may be a cry."""
    return Act(
        "keep_talking" if here.in_safety else "afraid" if here.filled.get("cried") else "perhaps_safety"
    )


def marked(text: str, said: Understanding, act: Act, here: Standing) -> Act:
    """Return the act with a mark for the next turn, where this message may have been a cry."""
    cried = (
        said.perhaps or asks_help(text) or bool(signs(text)) or is_distressed(text) or act.intent == "afraid"
    )
    if here.cover or not cried:
        return act
    return replace(act, slots={**act.slots, "cried": "again" if act.intent == "help_again" else "yes"})
