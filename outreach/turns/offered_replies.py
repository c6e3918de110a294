"""What is on offer to her, and whether a button that she tapped is still part of it.

The product says what is on offer; what she types is read against it by the dialogue
(`bot/dialogue/offered.py`), so that a number has one reader. Payloads are commands of ours. One of an old
button, or a forged one, is no command: its title is text like any other (conversation.md, adversary on the
phone).
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outreach.messages.conversation_state import Choice, PrivateState
    from outreach.messages.inbox import Incoming

# The buttons of templates: they stay valid for as long as the session they ask about.
STANDING = frozenset({"/confirm_attendance", "/decline_attendance"})
GROUP, MOST_OLDER = "/choose_group", 3


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


def tapped(incoming: Incoming, offered: Sequence[Choice], older: Sequence[Choice] = ()) -> str | None:
    """Return the payload of the button she tapped; None where she typed, or the button is not on offer."""
    payload = incoming.payload
    on_offer = {choice.payload for choice in (*offered, *older)} | STANDING
    return payload if payload is not None and payload in on_offer else None


def told(state: PrivateState) -> dict[str, list[dict[str, str]]]:
    """Return what is on offer as the dialogue is told of it with every message."""
    return {"offered": [asdict(c) for c in state.choices], "older": [asdict(c) for c in state.older]}
