"""Asking Rasa: a function from (conversation, text, context) to (replies, effects).

Rasa answers 200 even when it failed inside; an answer without its receipt is a failure here.
"""

from __future__ import annotations

import itertools
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import requests

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence

CONNECT_SECONDS, ANSWER_SECONDS, UNDERSTAND_SECONDS = 2.0, 10.0, 2.0


class RasaError(Exception):
    """Rasa gave no usable answer; the turn is tried again with the same message id."""


@dataclass(frozen=True)
class Understanding:
    """What a text means, judged alone."""

    intent: str
    risk: str
    tier: str


class RasaClient:
    """Asks one of several Rasa servers in turn; dialogue states are in PostgreSQL, so any will do."""

    def __init__(self, urls: Sequence[str]) -> None:
        self._urls = tuple(urls)
        self._next = itertools.cycle(range(len(self._urls)))
        self._local = threading.local()

    @property
    def _http(self) -> requests.Session:
        # requests.Session is not promised to be thread safe; each worker thread keeps its own.
        if not hasattr(self._local, "http"):
            self._local.http = requests.Session()
            self._local.http.trust_env = False
        http: requests.Session = self._local.http
        return http

    def _post(self, path: str, body: dict[str, Any], seconds: float) -> Any:  # noqa: ANN401 (JSON)
        start = next(self._next)
        trouble = "no server"
        for offset in range(len(self._urls)):
            url = self._urls[(start + offset) % len(self._urls)]
            try:
                answer = self._http.post(url + path, json=body, timeout=(CONNECT_SECONDS, seconds))
                answer.raise_for_status()
                return answer.json()
            except requests.ConnectionError as error:
                trouble = type(error).__name__
            except (requests.RequestException, ValueError) as error:
                # The text of such an error may quote the request; only its kind is kept.
                raise RasaError(type(error).__name__) from None
        raise RasaError(trouble)

    def ask(self, conversation_id: uuid.UUID, text: str, metadata: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the items of one turn, in order, receipt included.

        Raises:
            RasaError: no answer, no receipt, or a receipt for another message.
        """
        body = {"sender": str(conversation_id), "message": text, "metadata": metadata}
        items = self._post("/webhooks/rest/webhook", body, ANSWER_SECONDS)
        if not isinstance(items, list) or not items:
            raise RasaError("empty answer")
        receipt = items[-1].get("custom") if isinstance(items[-1], dict) else None
        if not isinstance(receipt, dict) or receipt.get("effect") != "receipt":
            raise RasaError("no receipt")
        if receipt.get("message_id") != metadata["message_id"]:
            raise RasaError("receipt of another message")
        return items

    def understand(self, text: str) -> Understanding:
        """Judge a text alone, without touching any dialogue."""
        data = self._post("/webhooks/rest/understand", {"text": text}, UNDERSTAND_SECONDS)
        try:
            return Understanding(intent=data["intent"], risk=data["risk"], tier=data["tier"])
        except (KeyError, TypeError):
            raise RasaError("unusable understanding") from None
