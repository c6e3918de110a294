"""Words that hold even while a person has the conversation and no model reads it (P6, P9).

Only a message that is nothing but the word counts here; what else she may mean is the dialogue's to
understand, when it is its turn.
"""

from __future__ import annotations

import enum
import re

from outreach.choices import plain


class Command(enum.StrEnum):
    """What she orders in one word."""

    HIDE = "hide"
    STOP = "stop"


WORDS = {
    Command.HIDE: frozenset(
        {"salir", "sal", "salte", "esta aqui", "cambia", "cambia de tema", "disimula", "esconder", "tapar"}
    ),
    Command.STOP: frozenset(
        {"baja", "alto", "stop", "cancelar mensajes", "no mas mensajes", "darme de baja"}
    ),
}
SIGNS = frozenset("🙈🤫")
# He comes; a patrol that comes is no reason to hide.
_COMES = re.compile(
    r"(?:ya|ahi|ay|ai) (?:me )?(?:llego|yego|lego|vino|bino|viene|biene|esta aqui)"
    r"(?: (?:el|mi (?:marido|esposo|viejo|senor|pareja|novio|suegr[ao]|hij[ao]|papa|mama|cunad[ao]|"
    r"herman[ao])))?"
)


def command_in(text: str) -> Command | None:
    """Return the command that a message is, if it is nothing else."""
    words = plain(text)
    if _COMES.fullmatch(words) or (not words and SIGNS & set(text)):
        return Command.HIDE
    return next((command for command, known in WORDS.items() if words in known), None)
