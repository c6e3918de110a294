"""The door into Rasa for our worker: a turn, an understanding, and the state of health.

Why: Rasa's own REST channel answers 200 with nothing when it failed and logs the text; here a failure is a
500 with the error's class alone. Must never log or echo what she wrote.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, response

from bot.dialogue.ask import AskError, clean, read_ask
from bot.dialogue.turn import Dialogue
from bot.serving.burst import understanding
from bot.serving.straight import straightened
from bot.serving.tracker_store import SealedTrackerStore
from bot.serving.warm import warm_up

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from rasa.core.agent import Agent
    from rasa.core.tracker_store import TrackerStore
    from sanic.request import Request
    from sanic.response import HTTPResponse

logger = logging.getLogger(__name__)


class NotReadyError(RuntimeError):
    """The server runs without its model or its own tracker store."""


class AvanzaChannel(InputChannel):
    """`/webhooks/rest/{webhook,understand,health}`."""

    def __init__(self) -> None:
        self._dialogue: Dialogue | None = None
        self._processor: Any = None
        self._fingerprint = ""
        self._warming: asyncio.Task[None] | None = None
        self._turns: dict[str, asyncio.Lock] = {}

    @classmethod
    def name(cls) -> str:
        """Replaces Rasa's own channel of this name."""
        return "rest"

    @classmethod
    def from_credentials(cls, _credentials: dict[str, Any] | None) -> AvanzaChannel:
        """Made by Rasa from `credentials.yml`, which has nothing to say to it."""
        return cls()

    def blueprint(self, _on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The three routes."""
        routes = Blueprint("avanza", "bot.serving.channel")

        @routes.post("/webhook")
        async def take_turn(request: Request) -> HTTPResponse:
            return await _answered(self._take(request))

        @routes.post("/understand")
        async def understand(request: Request) -> HTTPResponse:
            return await _answered(self._understood(request))

        @routes.get("/health")
        async def health(request: Request) -> HTTPResponse:
            return await _answered(self._health(request))

        return routes

    async def _take(self, request: Request) -> object:
        ask = read_ask(request.json)
        dialogue = self._dialogue_of(request.app.ctx.agent)
        lock = self._turns.setdefault(ask.sender, asyncio.Lock())
        try:
            async with lock:
                return await dialogue.take(ask)
        finally:
            if not lock.locked():
                self._turns.pop(ask.sender, None)

    async def _understood(self, request: Request) -> object:
        body = request.json
        if not isinstance(body, dict) or not isinstance(body.get("text"), str):
            raise AskError("text")
        said = await understanding(request.app.ctx.agent, clean(body["text"]))
        return {"intent": said.intent, "confidence": said.confidence, "risk": said.risk, "tier": said.tier}

    async def _health(self, request: Request) -> object:
        agent = request.app.ctx.agent
        self._dialogue_of(agent)
        await self._warmed(agent)
        return {
            "status": "ok",
            "fingerprint": self._fingerprint,
            "tracker_store": type(_own_store(agent)).__name__,
        }

    async def _warmed(self, agent: Agent) -> None:
        """Wait for the one warm-up of this model; whoever asks may hang up meanwhile, it goes on."""
        if self._warming is None or (self._warming.done() and self._warming.exception()):
            self._warming = asyncio.create_task(warm_up(agent))
        await asyncio.shield(self._warming)

    def _dialogue_of(self, agent: Agent) -> Dialogue:
        """The dialogue of the loaded model, made anew when another model was loaded."""
        if agent is None or agent.processor is None:
            raise NotReadyError("no model is loaded")
        if self._dialogue is None or self._processor is not agent.processor:
            store = _own_store(agent)
            if not isinstance(store, SealedTrackerStore):
                raise NotReadyError("the tracker store is not ours")
            store.domain = agent.processor.domain
            straightened(agent.processor)
            self._dialogue = Dialogue(
                agent.processor, store, lambda text, after: understanding(agent, text, after)
            )
            self._processor, self._warming = agent.processor, None
            self._fingerprint = fingerprint(Path(agent.processor.model_path))
        return self._dialogue


def _own_store(agent: Agent) -> TrackerStore:
    """The store inside the wrapper in which Rasa would forget on error."""
    return getattr(agent.tracker_store, "_tracker_store", agent.tracker_store)


def fingerprint(model: Path) -> str:
    """The trained model's own digest, by which its file is known."""
    return hashlib.sha256(model.read_bytes()).hexdigest()[:16] if model.is_file() else model.name


async def _answered(work: Awaitable[Any]) -> HTTPResponse:
    """The result as JSON; a wrong request is 400, any failure 500, each named by its class alone."""
    try:
        return response.json(await work)
    except AskError as error:
        return response.json({"error": "AskError", "field": str(error)}, status=400)
    except NotReadyError as error:
        return response.json({"error": str(error)}, status=503)
    except Exception as error:  # noqa: BLE001 # the turn failed; its text must not reach a log
        logger.error("turn failed: %s", type(error).__name__)  # noqa: TRY400 # a traceback may carry her words
        return response.json({"error": type(error).__name__}, status=500)
