"""Whether she speaks of the hours of her messages, and not of a session's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.components.spelling import bare
from bot.dialogue.parse import UNKNOWN

if TYPE_CHECKING:
    from bot.dialogue.parse import Understanding

_HOURS_OF_MESSAGES = re.compile(
    r"\b(?:hora|horas|horario|horarios|ora|oras|orario)\b[^.?!]{0,25}\b(?:mensaj\w*|msj\w*|avisos?|avisan|"
    r"recordatorios?|(?:me )?(?:escrib|mand)[ae]n?)\b|"
    r"\b(?:mensaj\w*|msj\w*|avisos?|recordatorios?|(?:me |que me )(?:escrib|mand|avis)[ae]n)\b[^.?!]{0,25}"
    r"\b(?:a )?otr[ao] (?:hora|horario|ora|dia)\b"
)
_OF_A_SESSION = frozenset(("reschedule", "update_details", "ask_next_session", "inform", "opt_in", UNKNOWN))


def of_messages(text: str, said: Understanding) -> bool:
    """Tell whether she wants other hours for her messages: a change of those moves no session."""
    return (
        said.tier == "none" and said.intent in _OF_A_SESSION and bool(_HOURS_OF_MESSAGES.search(bare(text)))
    )
