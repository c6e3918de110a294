"""Words that hold even while a person has the conversation and no model reads it (P6, P9).

Only a message that is nothing but the word counts here; what else she may mean is the dialogue's to
understand, when it is its turn.
"""

from __future__ import annotations

import enum

from outreach.choices import plain


class Command(enum.StrEnum):
    """What she orders in one word."""

    HIDE = "hide"
    STOP = "stop"


WORDS = {
    Command.HIDE: frozenset(
        {
            "salir",
            "sal",
            "salte",
            "ya llego",
            "ya vino",
            "ya esta aqui",
            "ya viene",
            "esta aqui",
            "cambia",
            "tapar",
        }
    ),
    Command.STOP: frozenset(
        {"baja", "alto", "stop", "cancelar mensajes", "no mas mensajes", "darme de baja"}
    ),
}


def command_in(text: str) -> Command | None:
    """Return the command that a message is, if it is nothing else."""
    words = plain(text)
    return next((command for command, known in WORDS.items() if words in known), None)
