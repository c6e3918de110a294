"""What the simulator's tests share: invented names, a product that listens, and the control API.

The product here is a real HTTP server that checks signatures with Twilio's own RequestValidator and says
what it was told to say; it stands where the webhook will be.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qsl

from twilio.request_validator import RequestValidator

if TYPE_CHECKING:
    import requests

ACCOUNT = "AC" + "1" * 32
TOKEN = "token-of-tests"
SENDER = "whatsapp:+14155238886"
WOMAN = "+5213312345678"
SERVICE = "MG" + "2" * 32


@dataclass
class Received:
    """One post that reached the product."""

    path: str
    params: dict[str, str]
    headers: dict[str, str]
    genuine: bool


@dataclass
class Product:
    """What listens where the webhook will be: answers `answers` in turn, then 204."""

    url: str = ""
    received: list[Received] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    delay: float = 0

    def statuses(self) -> list[str]:
        """The statuses of the callbacks, in the order they came."""
        return [post.params["MessageStatus"] for post in self.received if "MessageStatus" in post.params]


class ProductServer(ThreadingHTTPServer):
    """The product's address, and what came there."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.product = Product(f"http://127.0.0.1:{self.server_port}")


class Handler(BaseHTTPRequestHandler):
    """Takes posts and writes them down."""

    def do_POST(self) -> None:
        """Take one post."""
        product = cast("ProductServer", self.server).product
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        params = dict(parse_qsl(body, keep_blank_values=True))
        signature = self.headers.get("X-Twilio-Signature", "")
        genuine = RequestValidator(TOKEN).validate(product.url + self.path, params, signature)
        product.received.append(Received(self.path, params, dict(self.headers), genuine))
        time.sleep(product.delay)
        self.send_response(product.answers.pop(0) if product.answers else 204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""


@dataclass
class Levers:
    """The simulator's address and its control API."""

    url: str
    session: requests.Session

    def post(self, path: str, data: object = None, expect: int = 200) -> dict[str, Any]:
        """Pull a lever."""
        answer = self.session.post(f"{self.url}/_simulator/{path}", json=data if data is not None else {})
        assert answer.status_code == expect, answer.text
        return dict(answer.json())

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        """Read something."""
        return dict(self.session.get(f"{self.url}/_simulator/{path}", params=query).json())

    def write(self, body: str = "", sender: str = WOMAN, **more: Any) -> dict[str, Any]:
        """Write to the product as a woman."""
        return self.post("inbound", {"from": sender, "body": body, **more})

    def fault(self, do: dict[str, Any], count: int | None = 1, **match: str) -> None:
        """Order a fault."""
        self.post("faults", [{"match": match, "count": count, "do": do}])

    def settle(self) -> None:
        """Wait until nothing is under way."""
        assert self.post("settle")["settled"]

    def ledger(self, *kinds: str) -> list[dict[str, Any]]:
        """What happened."""
        return list(self.get("ledger", kind=list(kinds))["entries"])
