"""`python -m bot.talk MODEL`: the dialogue without a server or a database, one JSON line in, one out.

Why: pytest lives in the product's environment and Rasa in its own; so do people who try a text by hand.
What a text means may be given with it ("understood"), which tries the dialogue alone; else the model judges.
State is kept as the tracker store keeps it, but in this process, so it must never serve a woman.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import time
from typing import TYPE_CHECKING, Any

import structlog
from rasa.core.agent import Agent

from bot.dialogue.ask import read_ask
from bot.dialogue.parse import RISK_OF, Understanding
from bot.dialogue.turn import Dialogue
from bot.serving.burst import in_context, meaning_of, understanding
from bot.serving.straight import straightened
from bot.serving.tracker_store import condense, expand

if TYPE_CHECKING:
    from rasa.shared.core.domain import Domain
    from rasa.shared.core.trackers import DialogueStateTracker


class StatesInMemory:
    """The tracker store's states without its seal and its table."""

    def __init__(self, domain: Domain) -> None:
        self.domain = domain
        self.states: dict[str, str] = {}

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep what the store would keep."""
        self.states[tracker.sender_id] = json.dumps(condense(tracker), ensure_ascii=False)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Give back what was kept."""
        state = self.states.get(sender_id)
        return None if state is None else expand(sender_id, json.loads(state), self.domain)


class Driver:
    """One loaded model and the conversations held with it."""

    def __init__(self, model: str) -> None:
        self.agent = Agent.load(model)
        straightened(self.agent.processor)
        self.store = StatesInMemory(self.agent.domain)
        self.given: Understanding | None = None
        self.dialogue = Dialogue(self.agent.processor, self.store, self.understand)

    async def understand(self, text: str, after: str) -> Understanding:
        """What was given with the text, else what the model says; what it means there is the model's."""
        if self.given is None:
            return await understanding(self.agent, text, after)
        if self.given.act or self.given.topic or self.given.speaker:
            return self.given
        return in_context(meaning_of(self.agent.processor), self.given, text, after)

    async def answer(self, line: dict[str, Any]) -> dict[str, Any]:
        """Answer one request: a turn, the kept state, or the domain's responses."""
        if "state" in line:
            return {"state": self.store.states.get(line["state"])}
        if "domain" in line:
            domain = self.agent.domain
            return {"responses": domain.responses, "intents": sorted(domain.intents)}
        self.given = _given(line.get("understood"))
        began = time.process_time()
        try:
            items = await self.dialogue.take(read_ask(line["ask"]))
        except Exception as error:  # noqa: BLE001 # the test shows it
            return {"error": f"{type(error).__name__}: {error}"}
        return {"items": items, "milliseconds": (time.process_time() - began) * 1000}


def _given(label: dict[str, Any] | None) -> Understanding | None:
    if label is None:
        return None
    intent = label["intent"]
    risk = label.get("risk") or RISK_OF.get(intent, "none")
    tier = label.get("tier") or ("none" if risk == "none" else "sure")
    act, topic, speaker = (str(label.get(key, "")) for key in ("act", "topic", "speaker"))
    return Understanding(
        intent,
        float(label.get("confidence", 0.9)),
        risk,
        tier,
        act=act,
        act_confidence=_sure_of(act),
        topic=topic,
        topic_confidence=_sure_of(topic),
        speaker=speaker,
        speaker_confidence=_sure_of(speaker),
    )


def _sure_of(name: str) -> float:
    return 0.95 if name else 0.0


def main() -> None:
    """Answer each line of standard input with one line."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    driver = Driver(sys.argv[1])
    print("ready", flush=True)
    loop = asyncio.new_event_loop()
    for line in sys.stdin:
        print(json.dumps(loop.run_until_complete(driver.answer(json.loads(line)))), flush=True)


if __name__ == "__main__":
    main()
