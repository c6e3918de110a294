"""Who writes, where it is not she: somebody else holds her phone.

Why: from there this is a workshops bot; nothing of safety is offered or explained, and her data are neither
shown nor erased. Under the model of speakers stands a list of whole messages (`speaker.txt`). A woman whose
partner is a woman discloses: a message that says what is done to her is never his.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from bot.components.red_flags import flag
from bot.components.sound_patterns import is_in, is_whole
from bot.components.spelling import bare, spoken
from bot.dialogue.standing import CLEAR, Act

if TYPE_CHECKING:
    from bot.dialogue.parse import Understanding
    from bot.dialogue.standing import Standing

_LIST = Path(__file__).with_name("speaker.txt")
_SURE = 0.9
_OF_HER = re.compile(
    r"\b(?:mi|su|tu|la) (?:espos\w+|mujer|señora|vieja|novia|hija|mama|madre|nuera|jefa|hermana)\b|"
    r"\b(?:ella|de ella|con ella|a ella|sus datos|su (?:cel\w*|telefono|numero|nombre))\b"
)
"""Who speaks of the woman whose phone it is; without it a model's guess hides nothing."""
_WIFE = re.compile(r"\b(?:espos\w+|mujer|señora|vieja|novia|ella|sus datos)\b")
_OF_WORKSHOPS = frozenset(
    ("ask_next_session", "ask_location", "ask_workshops", "ask_requirements", "ask_enrolment_status",
     "enroll", "ask_certificate", "confirm_attendance", "decline_attendance", "notify_late", "ask_childcare",
     "ask_support", "reschedule", "ask_cost")
)  # fmt: skip
"""What a daughter asks for her mother: "mi mamá quiere saber cuándo es su taller" hides nothing."""
_SAYS_WHOSE = re.compile(r"\bsoy (?:el|su) (?:esposo|marido|novio|pareja|hombre|señor)\b")
_HIS_WIFE = re.compile(r"(?<!eres )(?<!soy )(?<!como )\bmi (?:mujer|esposa|señora|vieja)\b")
_SIGNS = re.compile(r"[.!?;:…,¿¡]+")


def holds_her_phone(text: str, said: Understanding, *, guess: bool = True) -> bool:
    """Tell whether somebody else writes with her phone: her husband, her son.

    `guess`: the model of speakers counts. In the middle of her own talk it does not: "no le digan a mi mamá".
    """
    plain = bare(text)
    if is_in(_LIST, "done", spoken(plain)):
        return False
    sure = guess and said.speaker == "partner" and said.speaker_confidence >= _SURE
    sure = sure and said.tier != "sure" and bool(_OF_HER.search(plain))
    asks = said.intent in _OF_WORKSHOPS and said.confidence >= CLEAR
    sure = sure and not (asks and not _WIFE.search(plain))
    if _SAYS_WHOSE.search(plain):
        return flag(text) is None
    sentences = [part for line in text.split("\n") for part in _SIGNS.split(bare(line))]
    parts = [part for part in map(spoken, (plain, *sentences)) if part]
    return (sure or any(is_whole(_LIST, "holds", part) for part in parts)) and flag(text) is None


def heard_of_his_wife(text: str, said: Understanding) -> bool:
    """Tell whether a voice in the middle of her talk speaks of its wife, and of nothing that is done to it.

    Few of a stranger's words are heard as they stand in the list, and hers is the voice that is expected. A
    woman whose partner is a woman tells what is done to her; "eres mi mujer" is what she was called.
    """
    plain = bare(text)
    return (
        said.tier != "sure" and said.risk != "danger" and flag(text) is None and bool(_HIS_WIFE.search(plain))
    )


def spares_children(text: str) -> bool:
    """Tell whether she says that it is she who is hurt, and not the children."""
    return is_in(_LIST, "spares", spoken(text))


def is_near(text: str) -> bool:
    """Tell whether he is there, is coming or looks for her."""
    return is_in(_LIST, "near", spoken(text))


def other(text: str, said: Understanding, here: Standing) -> Act | None:
    """Return the act that makes this a workshops bot, where somebody else writes; under cover it is one."""
    if here.filled.get("hurts") == "she" and here.in_safety and not _SAYS_WHOSE.search(bare(text)):
        return None  # "ella" is of whom she told
    holds = holds_her_phone(text, said, guess=not here.in_safety)
    holds = holds or (here.by_voice and here.in_safety and heard_of_his_wife(text, said))
    if here.cover and (holds or is_whole(_LIST, "asks", spoken(text))):
        return Act("change_subject", recognised=holds)
    return Act("other_holds_phone") if holds else None  # to hide by what is only asked would be too much
