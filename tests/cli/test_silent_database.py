"""A database that is connected and says nothing any more: Twilio is told in time, then all goes on (P1)."""

from __future__ import annotations

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pytest
import requests
import webhook_command
from psycopg import conninfo
from sqlalchemy import func, select
from support import ACCOUNT, TOKEN
from twilio.request_validator import RequestValidator

from cli.processes.wsgi import LIMITS
from models import InboundMessage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy.orm import Session, sessionmaker

pytestmark = [pytest.mark.processes, pytest.mark.timeout(400)]
TWILIO_SECONDS = 15.0
WAITING = 2 * LIMITS["webhook"].threads + 14
"""More than both processes have threads."""


class Way:
    """The way to the database over TCP, on which nothing gets through for as long as it is cut."""

    def __init__(self, database_url: str) -> None:
        parts = conninfo.conninfo_to_dict(database_url)
        self._there = f"{parts['host']}/.s.PGSQL.{parts.get('port') or 5432}"
        self._server = socket.create_server(("127.0.0.1", 0), backlog=256)
        self._open = threading.Event()
        self._open.set()
        host = f"127.0.0.1:{self._server.getsockname()[1]}"
        self.url = f"postgresql://{parts.get('user', 'postgres')}@{host}/{parts['dbname']}"
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    @contextmanager
    def cut(self) -> Iterator[None]:
        """Let nothing through, and tell nobody: what is sent is acknowledged, and stays here."""
        self._open.clear()
        try:
            yield
        finally:
            self._open.set()

    def close(self) -> None:
        """Take no more connections, and wait for the end of those that there are."""
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for one in self._threads:
            one.join()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                here, _ = self._server.accept()
                self._threads.append(threading.Thread(target=self._carry, args=(here,)))
                self._threads[-1].start()

    def _carry(self, here: socket.socket) -> None:
        with here, socket.socket(socket.AF_UNIX) as there:
            there.connect(self._there)
            back = threading.Thread(target=self._pass_on, args=(there, here))
            back.start()
            self._pass_on(here, there)
            back.join()

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                self._open.wait()
                sink.sendall(data)
        for one in (source, sink):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


class Webhook:
    """The running command, as Twilio and whoever looks after it see it."""

    def __init__(self, port: int) -> None:
        self.base = f"http://127.0.0.1:{port}"

    def post(self, number: int) -> tuple[int, float]:
        """Post a signed message as Twilio does; return the status and the seconds that it took."""
        fields = {
            "MessageSid": f"SM{number:032x}",
            "AccountSid": ACCOUNT,
            "From": f"whatsapp:+521331234{number:04d}",
            "To": "whatsapp:+5213300000000",
            "Body": "hola",
        }
        url = f"{self.base}/twilio/inbound"
        signature = RequestValidator(TOKEN).compute_signature(url, fields)
        began = time.monotonic()
        answer = requests.post(url, fields, headers={"X-Twilio-Signature": signature}, timeout=60)
        return answer.status_code, time.monotonic() - began

    def says(self, path: str) -> int:
        """Return the status of a page, 0 where nothing comes within three seconds, as its supervisor asks."""
        with suppress(requests.RequestException):
            return requests.get(f"{self.base}/{path}", timeout=3).status_code
        return 0


@pytest.fixture
def way(database_url: str) -> Iterator[Way]:
    made = Way(database_url)
    yield made
    made.close()


@pytest.fixture
def webhook(way: Way, tmp_path: Path) -> Iterator[Webhook]:
    with webhook_command.running(way.url, tmp_path) as (_process, port):
        yield Webhook(port)


def test_twilio_is_told_before_it_turns_away(
    webhook: Webhook, way: Way, sessions: sessionmaker[Session]
) -> None:
    """P1: 503 within Twilio's 15 s for each of more messages than threads; afterwards all are taken again."""
    assert all(webhook.post(number)[0] == 204 for number in range(6))  # each process has connections
    with ThreadPoolExecutor(WAITING) as pool:
        with way.cut():
            waiting = [pool.submit(webhook.post, number) for number in range(100, 100 + WAITING)]
            alive = []
            while not all(one.done() for one in waiting):
                alive.append(webhook.says("healthz"))
                time.sleep(0.5)
            told = [one.result() for one in waiting]
            assert {status for status, _ in told} == {503}
            assert max(seconds for _, seconds in told) < TWILIO_SECONDS
            assert set(alive) == {200}
        _until(lambda: webhook.says("readyz") == 200, 5)
        again = list(pool.map(webhook.post, range(100, 100 + WAITING)))
    assert {status for status, _ in again} == {204}
    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(InboundMessage)) == 6 + WAITING


def _until(check: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.2)
