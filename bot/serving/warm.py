"""The first turns after a start, held with nobody, before the server says that it is ready.

Why: word lists are read, patterns compiled and rules placed when they are first needed; whoever wrote first
would wait for it. Must never touch a kept conversation, nor say ready where a turn fails.
"""

from __future__ import annotations

import gc
from itertools import islice
from typing import TYPE_CHECKING, Any

from bot.dialogue.ask import Ask, Context
from bot.dialogue.turn import Dialogue
from bot.serving.burst import understanding
from bot.serving.tracker_store import condense, expand

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rasa.core.agent import Agent
    from rasa.shared.core.domain import Domain
    from rasa.shared.core.trackers import DialogueStateTracker

TURNS = 40
_OPENING = "/enroll"
"""A form is under way in all turns but the first."""


class _Nowhere:
    """A tracker store for one conversation that is forgotten with it."""

    def __init__(self, domain: Domain) -> None:
        self._domain = domain
        self._state: dict[str, Any] | None = None

    async def save(self, tracker: DialogueStateTracker) -> None:
        self._state = condense(tracker)

    async def retrieve(self, sender: str) -> DialogueStateTracker | None:
        return expand(sender, self._state, self._domain) if self._state else None


async def warm_up(agent: Agent) -> None:
    """Hold a short conversation made of the bot's own sentences; raises where a turn fails."""
    dialogue = Dialogue(
        agent.processor, _Nowhere(agent.domain), lambda text, after: understanding(agent, text, after)
    )
    context = Context(flags={"consented": True})
    said = ["", *islice(_sentences(agent), TURNS - 1)]
    for number, text in enumerate(said):
        payload = "" if number else _OPENING
        await dialogue.take(Ask("nobody", text, str(number), payload, "text", context))
    _settle()


def _settle() -> None:
    """Spare each turn the search for garbage in all that is there to stay: libraries, model, lists."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def _sentences(agent: Agent) -> Iterator[str]:
    for name, variations in sorted(agent.domain.responses.items()):
        if not name.startswith("utter_ask"):
            yield from (str(one["text"])[:200] for one in variations[:1] if one.get("text"))
