"""Her answer, and the text of a caseworker that waits for it (`outreach.casework.pending`).

Nobody has read what she wrote when that text leaves. So it does not leave where she hides or stops, nor where
the message is of the plain kinds that somebody else with her phone sends: then a person reads it first.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from outreach.casework import pending
from outreach.ground.words import words
from outreach.messages.inbox import Kind
from outreach.turns import commands
from outreach.turns.commands import Command

if TYPE_CHECKING:
    from outreach.casework.pending import Why
    from outreach.messages.inbox import Incoming
    from outreach.turns.turn_context import TurnContext

NO_ANSWER = frozenset({Kind.EDITED, Kind.DELETED, Kind.UNSUPPORTED, Kind.SYSTEM})
# Erring costs her a wait until a caseworker has read it; so "no está" counts although it may be of the gas.
_FORMS = (
    r"\b(?:quien|kien)(?: \w+)? (?:es|eres|son|habla|hablas|escribe|escribes|manda|mandas)\b",
    r"^(?:y |oye )?(?:quien|kien)(?: \w+)?$",
    r"\bde parte de quien\b",
    r"\bde donde (?:es|son|eres|me|nos|le|hablan|escriben|llaman|marcan)\b",
    r"\b(?:que|k) (?:es|significa) esto\b",
    r"\b(?:que|k) (?:numero|cel\w*|tel\w*) es\b",
    r"\bde quien es (?:este|ese)\b",
    r"\b(?:numero|cel\w*|tel\w*|persona) equivocad[oa]\b",
    r"\bse (?:equivoc|confund)\w+|\bte equivocaste\b",
    r"\bno (?:la|lo|te|los|le) conozco\b|\bno soy ella\b",
    r"\bno es (?:ella|su (?:numero|cel\w*|tel\w*))\b",
    r"\bno (?:esta|se encuentra|puede (?:contestar|hablar))\b",
    r"\b(?:anda|esta) (?:ocupada|dormida)\b|\bsalio\b",
    r"\bella (?:no|ahorita|anda|esta|ya|salio|me|te|les)\b|\bcon ella\b",
    r"\bsoy (?:el|la|su) (?:espos|novi|hij|herman|suegr|cunad|duen)\w+",
    r"\bsoy (?:el|la|su) (?:marido|pareja|senor|mama|papa)\b",
    r"\b(?:mi|su) (?:esposa|mujer|senora|vieja|novia)\b",
    r"\b(?:este|el) (?:cel\w*|tel\w*|numero) (?:ya )?(?:no )?es (?:de|mio)\b",
    r"\byo le (?:digo|aviso|paso|comento)\b|\ble paso (?:el|su|tu) (?:recado|mensaje)\b",
)
_SOMEBODY_ELSE = re.compile("|".join(_FORMS))


def may_be_somebody_else(text: str) -> bool:
    """Say whether a message is one that somebody else with her phone would send, in its plain forms."""
    return bool(_SOMEBODY_ELSE.search(words(text)))


def leave_on_her_answer(here: TurnContext) -> None:
    """Let a text that waits for her answer leave with this turn, or stop waiting."""
    answers = [one for one in here.incoming if _answers(one)]
    if not answers or here.state.case_id is None:
        return
    pending.answered(
        here.session,
        here.key,
        here.conversation,
        here.state,
        why_not=_why_not(here, answers),
        turn_id=here.turn.id,
        now=here.now,
    )


def _answers(message: Incoming) -> bool:
    return message.kind not in NO_ANSWER and (message.kind is not Kind.REACTION or bool(message.reaction))


def _why_not(here: TurnContext, answers: list[Incoming]) -> Why | None:
    if here.state.cover:
        return "cover"
    if any(commands.command_in(one.text) is Command.STOP for one in answers):
        return "stop"
    if any(may_be_somebody_else(one.text) for one in answers):
        return "other"
    return None
