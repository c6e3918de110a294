"""The reason that a step asks for, such as taking over a colleague's conversation: it stays in the thread."""

from __future__ import annotations

from outreach.casework.opened import DeskError

SHORTEST, LONGEST = 8, 300
"""Letters of a reason."""


class NoReasonError(DeskError):
    """Escribe el motivo en una frase corta: queda en la conversación, solo para el equipo."""


def given(text: str) -> str:
    """Return a reason on one line.

    Raises:
        NoReasonError: there is none, or it is too long.
    """
    said = " ".join(text.split())
    if not SHORTEST <= len(said) <= LONGEST:
        raise NoReasonError(NoReasonError.__doc__)
    return said
