"""What the model says of her words, also where they are more than it reads at once.

A cry in the middle of a flood counts as one at its end: long text is judged part by part, the last first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.turns.give_up import DANGER, UNKNOWN
from outreach.turns.rasa import RasaError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outreach.turns.gather import Waiting
    from outreach.turns.rasa import RasaClient
    from outreach.turns.turn import Ask

NONE = "none"
MOST_REMEMBERED = 20_000


class Harmless:
    """Parts that were judged and are no danger, by their hash: those of a flood come again and again."""

    def __init__(self) -> None:
        self._seen: set[int] = set()

    def __contains__(self, part: str) -> bool:
        return hash(part) in self._seen

    def add(self, part: str) -> None:
        """Remember one; of too many, forget all."""
        if len(self._seen) >= MOST_REMEMBERED:
            self._seen.clear()
        self._seen.add(hash(part))


def is_danger(rasa: RasaClient, waiting: Waiting, harmless: Harmless | None = None) -> bool:
    """Judge what waits.

    Raises:
        RasaError: it could not be judged.
    """
    for part in reversed(waiting.parts or (waiting.text,)):
        if harmless is not None and waiting.parts and part in harmless:
            continue
        if rasa.understand(part).risk == DANGER:
            return True
        if harmless is not None and waiting.parts:
            harmless.add(part)
    return False


def worst(rasa: RasaClient, ask: Ask) -> str:
    """Return the text that the dialogue is to read: of cut words the last that are danger, or at risk at all.

    Raises:
        RasaError: they could not be judged.
    """
    at_risk = None
    for part in reversed(ask.parts):
        risk = rasa.understand(part).risk
        if risk == DANGER:
            return part
        if risk != NONE and at_risk is None:
            at_risk = part
    return at_risk or ask.text


def risk_of(rasa: RasaClient, parts: Sequence[str]) -> str:
    """Return the worst that the model says of these, `UNKNOWN` where there are none or it does not answer."""
    found = UNKNOWN
    try:
        for part in parts:
            risk = rasa.understand(part).risk
            if risk == DANGER:
                return risk
            found = risk if found in {UNKNOWN, NONE} else found
    except RasaError:
        return UNKNOWN
    return found
