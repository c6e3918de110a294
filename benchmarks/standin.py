"""A stand-in for Twilio's REST API: takes every message after a set delay and says when it did.

Why not the simulator: it keeps ledgers and windows, whose cost would count for both sides. Here a message
costs next to nothing (`python -m benchmarks.standin` measures it), so that what is measured is the sender.
It remembers what it took, by our own outbox id, so that lost and doubled messages can be counted; it knows no
windows, templates or faults, and must never be used to judge what a message may say.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
import threading
import time
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from benchmarks.measure import figures, run

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_DATE = "Mon, 23 Nov 2026 18:00:00 +0000"
_HEAD = b"HTTP/1.1 %d OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"


@dataclass(frozen=True)
class Taken:
    """One accepted message; `at` is of `time.perf_counter`, `outbox_id` of its status callback's address."""

    sid: str
    to: str
    body: str
    outbox_id: str
    at: float
    date: str = _DATE
    """When it was taken, as Twilio writes it: a sender in doubt looks for it by this."""


class StandIn:
    """What was accepted, for whom and when; `delay` is the seconds that accepting takes."""

    def __init__(self) -> None:
        self.delay = 0.0
        self.url = ""
        self._taken: list[Taken] = []
        self._by_phone: dict[str, list[Taken]] = defaultdict(list)
        self._contents: dict[str, str] = {}
        self.files: dict[str, bytes] = {}
        """Files of hers by their SID; what is deleted is gone."""
        self._changed = threading.Condition()
        self._numbers = itertools.count(1)

    def answer(self, method: str, target: str, body: bytes) -> tuple[int, dict[str, Any] | bytes]:
        """Answer one request, after its delay has passed."""
        parts = urlsplit(target)
        if "/Media/" in parts.path:
            return self._file(method, parts.path.rpartition("/")[2].removesuffix(".json"))
        if "/v1/Content" in parts.path:
            return self._content(method, body)
        if method == "GET":
            return 200, self._listed(parts.path, parse_qs(parts.query).get("To", [""])[0])
        fields = {
            name: values[-1] for name, values in parse_qs(body.decode(), keep_blank_values=True).items()
        }
        if not parts.path.endswith("/Messages.json"):
            return 200, _message(parts.path, "", fields.get("Body", ""), parts.path.rpartition("/")[2][:-5])
        return 201, self._accept(parts.path, fields)

    def _file(self, method: str, sid: str) -> tuple[int, dict[str, Any] | bytes]:
        if sid not in self.files:
            return 404, {}
        if method != "DELETE":
            return 200, self.files[sid]
        del self.files[sid]
        return 204, b""

    def _content(self, method: str, body: bytes) -> tuple[int, dict[str, Any]]:
        """A content made, its approval asked for, or its state."""
        if method == "GET":
            return 200, {"whatsapp": {"status": "approved"}}
        sid = f"HX{next(self._numbers):032x}"
        types = json.loads(body or b"{}").get("types", {})
        self._contents[sid] = next((str(kind.get("body", "")) for kind in types.values()), "")
        return 201, {"sid": sid, "status": "received"}

    def _accept(self, path: str, fields: dict[str, str]) -> dict[str, Any]:
        to, sid = fields.get("To", ""), f"SM{next(self._numbers):032x}"
        body = fields.get("Body") or self._filled(fields)
        outbox_id = parse_qs(urlsplit(fields.get("StatusCallback", "")).query).get("o", [""])[0]
        taken = Taken(sid, to, body, outbox_id, time.perf_counter(), _date())
        with self._changed:
            self._taken.append(taken)
            self._by_phone[to].append(taken)
            self._changed.notify_all()
        return _message(path, to, body, sid)

    def learn(self, contents: Mapping[str, str]) -> None:
        """Know these contents (sid, text) as if they had been made here."""
        self._contents |= contents

    def _filled(self, fields: Mapping[str, str]) -> str:
        """The text of a content with its variables, as Twilio lists it: a sender in doubt compares it."""
        body = self._contents.get(fields.get("ContentSid", ""), "")
        for name, value in json.loads(fields.get("ContentVariables") or "{}").items():
            body = body.replace("{{" + name + "}}", value)
        return body

    def _listed(self, path: str, to: str) -> dict[str, Any]:
        with self._changed:
            found = [
                _message(path, one.to, one.body, one.sid) | {"date_created": one.date}
                for one in self._by_phone.get(to, ())
            ]
        return {"messages": found, "next_page_uri": None, "page": 0, "page_size": 100}

    def taken(self, since: int = 0) -> list[Taken]:
        """All that was accepted, in order, from the message at `since` on."""
        with self._changed:
            return self._taken[since:]

    def total(self) -> int:
        """How many messages were accepted so far, for all addresses."""
        with self._changed:
            return len(self._taken)

    def count(self, to: str) -> int:
        """How many messages were accepted for an address so far."""
        with self._changed:
            return len(self._by_phone[to])

    def wait(self, to: str, position: int, seconds: float, words: str = "") -> float:
        """When the message at `position` (from 0) for an address was accepted; waits for it.

        `words`: the first from `position` on that holds them is meant.

        Raises:
            TimeoutError: it did not come.
        """
        with self._changed:
            found = self._changed.wait_for(lambda: self._first(to, position, words), seconds)
        if found is None:
            raise TimeoutError(f"no reply within {seconds:.0f} s")
        return found.at

    def _first(self, to: str, position: int, words: str) -> Taken | None:
        return next((one for one in self._by_phone[to][position:] if words in one.body), None)


class _Connection(asyncio.Protocol):
    """One kept connection: requests come one after the other, each answered before the next."""

    def __init__(self, standin: StandIn) -> None:
        self._standin = standin
        self._data = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where answers go."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 (of a TCP server)
        self._transport = transport

    def close(self) -> None:
        """Hang up, whatever is owed."""
        if self._transport is not None:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        """Take the next part of a request; answer when it is whole."""
        self._data += data
        while (end := self._data.find(b"\r\n\r\n")) >= 0:
            first, *lines = self._data[:end].decode("latin-1").split("\r\n")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
            whole = end + 4 + int(headers.get("content-length", "0"))
            if len(self._data) < whole:
                return
            body, self._data = self._data[end + 4 : whole], self._data[whole:]
            method, target, _ = first.split(" ", 2)
            loop = asyncio.get_running_loop()
            loop.call_later(self._standin.delay, self._answer, method, target, body)

    def _answer(self, method: str, target: str, body: bytes) -> None:
        status, data = self._standin.answer(method, target, body)
        payload = data if isinstance(data, bytes) else json.dumps(data).encode()
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(_HEAD % (status, len(payload)) + payload)


@contextmanager
def standing_in() -> Iterator[StandIn]:
    """Serve on a free port of this machine, on a thread with an event loop of its own."""
    standin = StandIn()
    loop = asyncio.new_event_loop()
    connections: list[_Connection] = []

    def connection() -> _Connection:
        connections.append(_Connection(standin))
        return connections[-1]

    listening = loop.create_server(connection, "127.0.0.1", 0, backlog=512)
    server = loop.run_until_complete(listening)
    standin.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield standin
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        for one in connections:
            one.close()
        loop.run_until_complete(
            asyncio.sleep(0)
        )  # a transport closes its socket at the next turn of the loop
        loop.close()


def _date() -> str:
    return time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime())


def _message(path: str, to: str, body: str, sid: str) -> dict[str, Any]:
    return {
        "sid": sid,
        "account_sid": path.split("/")[3] if path.count("/") > 2 else "",  # noqa: PLR2004 (Twilio's path)
        "status": "queued",
        "body": body,
        "to": to,
        "from": None,
        "direction": "outbound-api",
        "date_created": _DATE,
        "date_updated": _DATE,
        "date_sent": None,
        "num_segments": "1",
        "num_media": "0",
        "error_code": None,
        "error_message": None,
        "price": None,
        "price_unit": None,
        "messaging_service_sid": None,
        "api_version": "2010-04-01",
        "uri": path,
        "subresource_uris": {},
    }


def main() -> int:
    """Measure the stand-in alone: 16 kept connections, no delay, client and server in one process."""
    from benchmarks.posts import Client, Post  # noqa: PLC0415 (only this measurement posts by itself)

    body = b"To=whatsapp%3A%2B5213312345678&Body=gracias&StatusCallback=http%3A%2F%2Fx%2Fs%3Fo%3D1"
    post = Post("/2010-04-01/Accounts/AC/Messages.json", body, {"Content-Type": "x-www-form-urlencoded"})
    with standing_in() as twilio:
        clients = [Client(twilio.url) for _ in range(16)]

        def one(who: int, _number: int) -> float:
            began = time.perf_counter()
            clients[who].send(post, expect=201)
            return (time.perf_counter() - began) * 1000

        run(16, 200, one)
        began = time.process_time()
        measured = run(16, 4000, one)
        busy = time.process_time() - began
    seen = figures([measured])
    print(f"{seen.per_second:.0f} requests a second, p99 {seen.p99_ms:.1f} ms")
    print(f"{busy / seen.requests * 1e6:.0f} us of processor time a request, the client's share included")
    return 0


if __name__ == "__main__":
    sys.exit(main())
