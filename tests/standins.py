"""Servers that stand where Rasa or Twilio would, told by a test what to do at the worst moment."""

from __future__ import annotations

import itertools
import json
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Answer = Callable[[str, str, Any], tuple[int, Any] | None]


@dataclass(frozen=True)
class Raw:
    """An answer that is no JSON, with headers in place of the usual ones."""

    content: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


class _Handler(BaseHTTPRequestHandler):
    """Hands each request to the test's function; None closes the connection without an answer."""

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(length).decode(errors="replace")  # a voice note is no text
        is_json = "json" in (self.headers.get("Content-Type") or "")
        body: Any = json.loads(raw) if is_json and raw else {k: v[-1] for k, v in parse_qs(raw).items()}
        answer = self.server.answer(self.command, self.path, body)  # type: ignore[attr-defined] # set in `serving`
        if answer is None:
            self.close_connection = True
            return
        status, data = answer
        raw_answer = data if isinstance(data, Raw) else None
        payload = raw_answer.content if raw_answer else json.dumps(data).encode()
        headers = {"Content-Type": "application/json", "Content-Length": str(len(payload))}
        self.send_response(status)
        for name, value in (headers | (raw_answer.headers if raw_answer else {})).items():
            self.send_header(name, value)
        self.end_headers()
        with suppress(BrokenPipeError):
            # Whoever asked may have been killed meanwhile.
            self.wfile.write(payload)

    do_GET = do_POST = do_DELETE = _serve

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class's name)
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    """Lets a whole batch of calls connect at once."""

    request_queue_size = 128


@contextmanager
def serving(answer: Answer) -> Iterator[str]:
    """Serve `answer(method, path, body) -> (status, json)` on a free port; yield its address."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.answer = answer  # type: ignore[attr-defined] # read by the handler
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def receipt(body: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return the receipt that ends an answer of the dialogue."""
    custom = {
        "effect": "receipt",
        "message_id": body["metadata"]["message_id"],
        "intent": "greet",
        "confidence": 0.9,
        "risk": "none",
        "tier": "none",
        "confidential": False,
        "entities": [],
    }
    return {"recipient_id": body["sender"], "custom": custom | changes}


def accepted(path: str, body: dict[str, str], sid: str) -> dict[str, Any]:
    """Return Twilio's answer to a message that it took."""
    now = format_datetime(datetime.now(UTC))
    return {
        "sid": sid,
        "status": "queued",
        "body": body.get("Body", ""),
        "to": body.get("To"),
        "from": body.get("From"),
        "account_sid": path.split("/")[3],
        "direction": "outbound-api",
        "date_created": now,
        "date_updated": now,
        "date_sent": None,
        "num_segments": "1",
        "num_media": "0",
        "error_code": None,
        "error_message": None,
        "price": None,
        "price_unit": None,
        "messaging_service_sid": None,
        "api_version": "2010-04-01",
        "uri": f"{path}/{sid}.json",
        "subresource_uris": {},
    }


def opening_cases(*effects: dict[str, Any], voice: bytes = b"") -> Answer:
    """Return a Rasa that asks for `effects` at "ayuda", and a Twilio that takes all and has `voice`."""
    sids = itertools.count()

    def answer(method: str, path: str, body: Any) -> tuple[int, Any] | None:
        if path.endswith("/understand"):
            return 200, {"intent": "greet", "risk": "none", "tier": "none"}
        if path.endswith("/webhook"):
            return 200, _told(body, effects if "ayuda" in body["message"] else ())
        if voice and "/Media/" in path:
            return (204, Raw()) if method == "DELETE" else (200, Raw(voice))
        if path.endswith("/Messages.json"):
            return 201, accepted(path, body, f"SM{next(sids):032d}")
        return 200, {}

    return answer


def _told(body: dict[str, Any], effects: tuple[dict[str, Any], ...]) -> list[dict[str, Any]]:
    """One text, the effects, and the receipt of a confidential turn where there are any."""
    confidence = {"confidential": True, "risk": "violence", "tier": "sure"} if effects else {}
    said = {"recipient_id": body["sender"], "text": "Aquí estoy. Escríbeme lo que necesites."}
    done = [{"recipient_id": body["sender"], "custom": effect} for effect in effects]
    return [said, *done, receipt(body, **confidence)]
