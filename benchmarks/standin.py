"""A stand-in for Twilio's REST API: takes every message after a set delay and says when it did.

Why not the simulator: it keeps ledgers and windows, whose cost would count for both sides. Here a message
costs next to nothing, so that what is measured is the sender. Must never be used to judge correctness.
"""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections import defaultdict
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from collections.abc import Iterator

_DATE = "Mon, 23 Nov 2026 18:00:00 +0000"


class StandIn:
    """What was accepted, for whom and when; `delay` is the seconds that accepting takes."""

    def __init__(self) -> None:
        self.delay = 0.0
        self.url = ""
        self._accepted: dict[str, list[float]] = defaultdict(list)
        self._changed = threading.Condition()
        self._numbers = itertools.count(1)

    def accept(self, path: str, fields: dict[str, str]) -> dict[str, object]:
        """Take one message and answer as Twilio does."""
        if self.delay:
            time.sleep(self.delay)
        with self._changed:
            number = next(self._numbers)
            self._accepted[fields.get("To", "")].append(time.perf_counter())
            self._changed.notify_all()
        return _answer(path, fields, f"SM{number:032x}")

    def count(self, to: str) -> int:
        """How many messages were accepted for an address so far."""
        with self._changed:
            return len(self._accepted[to])

    def wait(self, to: str, position: int, seconds: float) -> float:
        """When the message at `position` (from 0) for an address was accepted; waits for it.

        Raises:
            TimeoutError: it did not come.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._accepted[to]) > position, seconds):
                raise TimeoutError(f"no reply within {seconds:.0f} s")
            return self._accepted[to][position]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # the answer is written in two parts; the second must not wait

    def do_POST(self) -> None:
        """A message, or anything else that is posted."""
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        fields = {name: values[-1] for name, values in parse_qs(raw, keep_blank_values=True).items()}
        server: _Server = self.server  # type: ignore[assignment] # made with this class below
        body = json.dumps(server.standin.accept(self.path, fields)).encode()
        self.send_response(201)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class's name)
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, standin: StandIn) -> None:
        self.standin = standin
        super().__init__(("127.0.0.1", 0), _Handler)


@contextmanager
def standing_in() -> Iterator[StandIn]:
    """Serve on a free port of this machine."""
    standin = StandIn()
    server = _Server(standin)
    standin.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield standin
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _answer(path: str, fields: dict[str, str], sid: str) -> dict[str, object]:
    return {
        "sid": sid,
        "account_sid": path.split("/")[3] if path.count("/") > 2 else "",  # noqa: PLR2004 (Twilio's path)
        "status": "queued",
        "body": fields.get("Body", ""),
        "to": fields.get("To"),
        "from": fields.get("From"),
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
