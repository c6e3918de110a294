"""What is answered to a woman who can't hear or speak a call: whom she may write to.

Why: "no puedo llamar, no oigo" met "marca y deja la llamada abierta", and "¿a dónde escribo?" the addresses
of places. That she is deaf is kept as one word of a slot, and never her message. Pure.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.components.spelling import bare

if TYPE_CHECKING:
    from bot.dialogue.standing import Act, Standing

_DEAF = re.compile(
    r"\b(?:soy|estoy|yo|naci|quede) (?:\w+ ){0,2}?(?:sord(?:a|ita|omuda)|mud(?:a|ita))\b(?! de)|"
    r"\b(?:yo )?(?<!el )(?<!ella )no (?:oigo|escucho|oygo|puedo (?:oir|escuchar))\b"
    r"(?! (?:bien )?(?:a )?(?:el|la|los|las|mi|mis|tu|su|sus|que|nada de|gritos|ruido|pasos|si)\b)|"
    r"\b(?:uso|traigo|tengo) (?:aparato(?:s)? (?:para|de|del|en el) (?:oir|oido|oreja)|auxiliar auditivo|"
    r"discapacidad "
    r"auditiva)\b|\bhablo (?:por|con|en) señas\b|\bmi lengua es (?:la )?de señas\b"
)
_FOR_NOW = re.compile(
    r"\b(?:me dejo|del golpe|del putazo|me zumba|desde (?:ayer|que me))\b|\bno (?:oigo|escucho) de un"
)
"""Deaf of a blow: a doctor comes before whom she may write to."""
_WHERE_TO_WRITE = re.compile(
    r"\b(?:a ?donde|dnd|donde|adonde|a quien|con quien|a que numero|que numero|cual numero|"
    r"como)\b[^.?!]{0,20}?"
    r"\b(?:escri\w+|mand\w+|mensaj\w+|wh?ats\w*|wa?sap\w*|llam\w+|marc\w+|avis\w+|pido ayuda|texte\w+)"
)
_OF_A_CALL = frozenset(
    ("cannot_speak", "keep_talking", "cannot_answer", "nlu_fallback", "out_of_scope", "inform", "where_to_go",
     "what_happens", "reads_you", "cannot_answer_yet", "ask_location", "want_information", "fear_no_credit",
     "decline_attendance", "ask_access", "tell_more", "afraid", "help_again", "want_person", "ask_person")
)  # fmt: skip
"""What would answer a woman who hears: a call left open, an address, or nothing."""


def is_deaf(text: str) -> bool:
    """Tell whether she says that she can't hear or speak a call; not that nobody hears her."""
    line = bare(text)
    return bool(_DEAF.search(line)) and not _FOR_NOW.search(line)


def settled(text: str, act: Act, here: Standing) -> Act:
    """The act, or what is written to instead of called; with what is to be remembered."""
    if not text or here.cover:
        return act
    told, known = is_deaf(text), here.filled.get("deaf") == "yes"
    if told:
        act = replace(act, slots={**act.slots, "deaf": "yes"})
    if not (told or known) or here.filled.get("in_danger") == "self":
        return act
    if act.intent == "immediate_danger" and not act.also:
        return replace(act, also="utter_cannot_hear")
    if not here.in_safety or act.intent not in _OF_A_CALL:
        return act
    asks = bool(_WHERE_TO_WRITE.search(bare(text)))
    person = act.intent in ("want_person", "ask_person") and not asks
    if (told and not person) or asks or act.intent == "cannot_speak":
        return replace(act, intent="cannot_hear", missed=False)
    return act
