"""Reads an answer to the notice: a plain yes in her words, a no, or another wish that is asked back once.

Why: consent lasts, so a wish to come ("apúnteme") is no consent by itself, and a name is no refusal. The
model in context decides what is a yes; here is only what follows where it is not sure. Pure; must never store
or log.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.components.reading import SURE, vetoed
from bot.components.spelling import bare
from bot.dialogue import given, words
from bot.dialogue.standing import CLEAR, LEAST_CONFIDENCE, Act

if TYPE_CHECKING:
    from bot.dialogue.parse import Understanding
    from bot.dialogue.standing import Standing

PLACE = "consent.notice"
BEFORE_IT = "consent.read_notice"
ASKED = "consent_asked"
"""The slot that says that her yes was asked back."""
_YES, _NO = "consent_yes", "consent_no"
_SURE_NO = 0.9
_REFUSES = re.compile(
    r"\b(?:no|ni|nel|nop|nah|nombre|tampoco|nunca|mejor|prefiero|sin|quite|quiten|siempre)\b|👎"
)
"""Without a word of these a text is a no where the model is nearly certain: "Esperanza nomás" is a name."""
_MOST_WORDS = 12
_THE_NOTICE = re.compile(r"\b(?:aviso|abiso|privacidad|pribasida\w*|privasida\w*)\b")
_LOST = re.compile(
    r"\bno (?:le |lo |te )?(?:entiend\w+|entendi)\b|\bexpli[ckq]\w+\b|\bcomo (?:esta )?(?:eso|asi)\b|"
    r"^\W*(?:y )?(?:como|komo) le (?:h?ago)\W*$"
)
_WISHES = frozenset(("enroll", "affirm"))


def answered(text: str, said: Understanding, here: Standing) -> Act | None:
    """Return the act of an answer to the notice that is no sure yes or no; None where that reading stands."""
    if said.tier != "none" or here.place not in (PLACE, BEFORE_IT):
        return None
    if here.place == BEFORE_IT:
        return Act("enroll") if _THE_NOTICE.search(bare(text)) and words.asks(text) else None
    if asks_if_not(text):
        return Act("ask_notice", slots={"notice_plain": "yes"})
    if _LOST.search(bare(text)) and said.act != _YES:
        return Act("ask_notice")
    sure = said.act_confidence >= SURE
    if sure and said.act in (_YES, _NO) and not is_a_stray_no(text, said):
        return None
    if _asks_what_it_is(text, said):
        return Act("ask_notice")
    wishes = said.intent in _WISHES and said.confidence >= LEAST_CONFIDENCE
    if not wishes or words.asks(text) or vetoed(_YES, text) or len(text.split()) > _MOST_WORDS:
        return None
    told = given.details(text, here.filled, here.today) if not here.registered else {}
    if ASKED in here.filled and said.confidence >= CLEAR:
        return Act("accept_notice", slots={**told, "wanted": "enroll"})
    return Act("ask_consent_back", slots={**told, "wanted": "enroll"})


_IF_NOT = re.compile(
    r"^\W*(?:(?:y|pero|oiga|oye|entonces|bueno)\W+)*(?:(?:que|q|k|ke) (?:pasa|pasaria|sucede|hago|"
    r"me pasa)\W+)?"
    r"si (?:yo )?no (?:les |le |te |los |las |se (?:los|las) |quiero |puedo |me )*(?:do[iy]|d[ae]r\w*|"
    r"acept\w+|asept\w+|"
    r"digo|decir\w*|firm\w+|pong\w+|poner\w*|mand\w+|quiero|estoy de acuerdo)\b"
)
"""What becomes of her who does not give them: a question, and no refusal."""


def asks_if_not(text: str) -> bool:
    """Tell whether she asks what happens if she gives no data or does not agree."""
    line = " ".join(bare(text).split())
    return _IF_NOT.search(line) is not None and not re.search(r"\b(?:mejor|prefiero|entonces no)\b", line)


def is_stray(text: str, said: Understanding, here: Standing) -> bool:
    """Tell whether the reading at the notice is a no without a word of one."""
    return here.place == PLACE and (is_a_stray_no(text, said) or asks_if_not(text))


def is_a_stray_no(text: str, said: Understanding) -> bool:
    """Tell whether a no was read into words that hold none."""
    return said.act == _NO and said.act_confidence < _SURE_NO and not _REFUSES.search(bare(text))


def _asks_what_it_is(text: str, said: Understanding) -> bool:
    return bool(_THE_NOTICE.search(bare(text))) and said.act not in (_YES, _NO)
