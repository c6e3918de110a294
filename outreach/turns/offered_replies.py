"""Answers to buttons: "2", "la dos", the title itself, or a tap. Only what is on offer counts.

Payloads are commands of ours. One that she typed, or one of an old button, is no command: it is
text like any other (conversation.md, adversary on the phone).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from outreach.ground.words import words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outreach.messages.conversation_state import Choice
    from outreach.messages.inbox import Incoming

# The buttons of templates: they stay valid for as long as the session they ask about.
STANDING = frozenset({"/confirm_attendance", "/decline_attendance"})
GROUP, MOST_OLDER = "/choose_group", 3
NUMBERS = {
    "1": 0, "uno": 0, "una": 0, "primero": 0, "primera": 0, "2": 1, "dos": 1, "segundo": 1, "segunda": 1,
    "3": 2, "tres": 2, "tercero": 2, "tercera": 2,
}  # fmt: skip
_FILLERS = re.compile(
    r"^(?:(?:pues|ps|mejor|quiero|escojo|elijo|seria|es|el|la|lo|los|al|numero|num|no\.?|opcion|grupo|a|de)\s+)+"
)


_POLITE = re.compile(
    r"(?:\s+(?:porfa|porfas|porfis|xfa|xfavor|por favor|gracias|grasias|esta bien|si|mejor|seno|señorita))+$"
)


def after(
    said: Sequence[Choice], offered: list[Choice], older: list[Choice], *, stays: bool
) -> tuple[list[Choice], list[Choice]]:
    """Return what is on offer, and which groups still are, after an answer with the buttons `said`.

    `stays`: her message was a digression or was not understood, so that what she was offered still waits.
    """
    if not stays:
        return list(said), []
    groups = [c for c in (*offered, *older) if c.payload.startswith(GROUP)]
    if not said:
        return offered, older
    return list(said), [] if any(c.payload.startswith(GROUP) for c in said) else groups[:MOST_OLDER]


def chosen(incoming: Incoming, offered: list[Choice], older: Sequence[Choice] = ()) -> str | None:
    """Return the payload she chose, or None where her message is not one of the offered answers."""
    if incoming.payload is not None:
        # An old button, or a forged one: its title is read as what she wrote.
        return incoming.payload if is_valid(incoming.payload, offered, older) else None
    return typed(incoming.text, offered, older)


def is_valid(payload: str, offered: Sequence[Choice], older: Sequence[Choice]) -> bool:
    """Say whether a tapped payload is on offer."""
    return payload in {choice.payload for choice in (*offered, *older)} | STANDING


def typed(text: str, offered: Sequence[Choice], older: Sequence[Choice] = ()) -> str | None:
    """Return the payload of the offered answer that she typed, by its title or its number.

    A number is one of `offered`; those of `older` still count by their title.
    """
    said = words(text)
    for choice in (*offered, *older) if said else ():
        if said == words(choice.title):
            return choice.payload
    number = NUMBERS.get(_POLITE.sub("", _FILLERS.sub("", said)))
    return offered[number].payload if number is not None and number < len(offered) else None
