"""Slow and idle connections never hold the public door: a genuine post is acknowledged at once (A3)."""

from __future__ import annotations

import http.client
import signal
import socket
import time
import uuid
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode

import psutil
import pytest
import webhook_command
from sqlalchemy import create_engine, func, select
from support import ACCOUNT, TOKEN, admin, named
from twilio.request_validator import RequestValidator

from cli.processes.wsgi import LIMITS
from console.requests import LARGEST_FORM
from models import InboundMessage
from outreach.ground.database import make_sessions, sqlalchemy_url
from webhook.app import LARGEST_REQUEST

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy.orm import Session, sessionmaker

pytestmark = [pytest.mark.processes, pytest.mark.timeout(400)]
SLOW = 200
PROMISED_SECONDS = 0.2
CANARY = "palabra-canaria"
HEAD = f"POST /twilio/inbound HTTP/1.1\r\nHost: x\r\nX-Word: {CANARY}\r\n"
HALF_A_HEADER = HEAD.encode()
HALF_A_BODY = f"{HEAD}Content-Length: 900\r\n\r\nBody={CANARY}".encode()
CHUNKED = f"{HEAD}Transfer-Encoding: chunked\r\n\r\n5\r\n{CANARY[:5]}\r\n".encode()
ASKED_TO_GO_ON = f"{HEAD}Content-Length: 900\r\nExpect: 100-continue\r\n\r\n".encode()
IDLE_AFTER_A_REQUEST = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
SILENT = b""
WAYS = {
    "half a header": (HALF_A_HEADER,),
    "half a body": (HALF_A_BODY,),
    "idle": (IDLE_AFTER_A_REQUEST, SILENT),
    "mixed": (HALF_A_HEADER, HALF_A_BODY, CHUNKED, ASKED_TO_GO_ON, IDLE_AFTER_A_REQUEST, SILENT),
}


class Webhook:
    """The running command and its port."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
        self.process, self.port, self.log = process, port, log
        self._sids = iter(range(1, 1000))

    def post(self) -> float:
        """Post one signed message over a connection of its own; return the seconds until 204."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        taken = self.post_over(connection)
        connection.close()
        return taken

    def post_over(self, connection: http.client.HTTPConnection) -> float:
        """Post one signed message; return the seconds until 204."""
        fields = {
            "MessageSid": f"SM{next(self._sids):032x}",
            "AccountSid": ACCOUNT,
            "From": "whatsapp:+5213312345678",
            "To": "whatsapp:+5213300000000",
            "Body": "ayuda por favor",
            "NumMedia": "0",
        }
        url = f"http://127.0.0.1:{self.port}/twilio/inbound"
        signature = RequestValidator(TOKEN).compute_signature(url, fields)
        headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
        began = time.monotonic()
        connection.request("POST", "/twilio/inbound", urlencode(fields), headers)
        with connection.getresponse() as answer:
            answer.read()
        taken = time.monotonic() - began
        assert answer.status == 204
        return taken

    def slow(self, count: int, ways: tuple[bytes, ...]) -> list[socket.socket]:
        """Open connections that never come to an end."""
        made = []
        for number in range(count):
            one = socket.create_connection(("127.0.0.1", self.port), timeout=5)
            one.sendall(ways[number % len(ways)])
            made.append(one)
        return made

    def workers(self) -> list[psutil.Process]:
        """The processes that serve."""
        return list(psutil.Process(self.process.pid).children())


class Lasting(NamedTuple):
    """A running command, and sessions on its database."""

    webhook: Webhook
    sessions: sessionmaker[Session]


@pytest.fixture
def webhook(database_url: str, tmp_path: Path) -> Iterator[Webhook]:
    """Run `./avanza webhook` as it is run on its own."""
    with webhook_command.running(database_url, tmp_path) as (process, port):
        yield warmed(Webhook(process, port, tmp_path / "log"))


@pytest.fixture(scope="module")
def lasting(server: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lasting]:
    """One for the tests that leave it as it was."""
    name, var = f"slow_{uuid.uuid4().hex[:12]}", tmp_path_factory.mktemp("var")
    admin(server, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    engine = create_engine(sqlalchemy_url(named(server, name)), hide_parameters=True)
    with webhook_command.running(named(server, name), var) as (process, port):
        yield Lasting(warmed(Webhook(process, port, var / "log")), make_sessions(engine))
    engine.dispose()
    admin(server, f"DROP DATABASE {name} WITH (FORCE)")


def warmed(made: Webhook) -> Webhook:
    """Have each of its processes connect and import what it needs."""
    for _ in range(6):
        made.post()
    return made


def until(check: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


def is_closed(one: socket.socket) -> bool:
    """Whether the server has ended the connection; what it answered before is read away."""
    one.setblocking(False)
    try:
        while one.recv(4096):
            pass
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


@pytest.mark.parametrize("way", sorted(WAYS))
def test_slow_connections_cost_a_genuine_post_nothing(lasting: Lasting, way: str) -> None:
    """200 connections that never finish stand open; each genuine post is stored and answered at once."""
    webhook, sessions = lasting
    before = stored(sessions)
    slow = webhook.slow(SLOW, WAYS[way])
    try:
        times = sorted(webhook.post() for _ in range(20))
    finally:
        for one in slow:
            one.close()
    assert times[len(times) // 2] < PROMISED_SECONDS
    assert stored(sessions) == before + 20
    assert CANARY not in webhook.log.read_text()


def test_each_slow_connection_comes_to_its_end(lasting: Lasting) -> None:
    """A request has ten seconds, a byte now and then notwithstanding; nothing of it is logged."""
    webhook = lasting.webhook
    slow = webhook.slow(12, (HALF_A_HEADER, HALF_A_BODY, CHUNKED))
    began = time.monotonic()
    dripping = webhook.slow(1, (HALF_A_HEADER,))[0]
    while not is_closed(dripping):
        assert time.monotonic() - began < 20, "it may send a byte a second for ever"
        dripping.setblocking(True)
        try:
            dripping.sendall(b"X-A: b\r\n")
        except OSError:
            break
        time.sleep(0.5)
    until(lambda: all(is_closed(one) for one in slow), seconds=5)
    for one in (*slow, dripping):
        one.close()
    assert CANARY not in webhook.log.read_text()


def test_more_connections_than_it_takes(webhook: Webhook) -> None:
    """Where too many are open, the one that waited longest goes: a genuine post always finds a place."""
    slow = webhook.slow(2500, (HALF_A_BODY,))
    try:
        assert webhook.post() < 5.0
        assert any(is_closed(one) for one in slow)
    finally:
        for one in slow:
            one.close()


def test_what_waits_is_bounded(webhook: Webhook, sessions: sessionmaker[Session]) -> None:
    """Many large requests that never end don't fill the memory; a genuine post is stored all the same."""
    before = stored(sessions)
    head = f"{HEAD}Content-Length: {LARGEST_REQUEST}\r\n\r\n".encode()
    slow = []
    try:
        for _ in range(150):
            one = socket.create_connection(("127.0.0.1", webhook.port), timeout=5)
            slow.append(one)
            with suppress(OSError):  # it may be the one that goes
                one.sendall(head + b"x" * (LARGEST_REQUEST - 1))
        assert webhook.post() < 5.0
    finally:
        for one in slow:
            one.close()
    assert stored(sessions) == before + 1
    assert all(one.memory_info().rss < 400 * 1024 * 1024 for one in webhook.workers())


def test_an_answer_without_a_body_keeps_its_connection(lasting: Lasting) -> None:
    """Whoever posts again need not connect again, unless it asked for the end."""
    webhook = lasting.webhook
    connection = http.client.HTTPConnection("127.0.0.1", webhook.port, timeout=10)
    webhook.post_over(connection)
    kept = connection.sock
    webhook.post_over(connection)
    assert kept is not None
    assert connection.sock is kept
    connection.close()
    with socket.create_connection(("127.0.0.1", webhook.port), timeout=5) as asked:
        asked.sendall(b"POST /twilio/inbound HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        until(lambda: is_closed(asked), seconds=6)


def test_the_apps_say_what_is_too_long() -> None:
    """P1: what the app takes, the server hands over."""
    assert LIMITS["webhook"].body_bytes > LARGEST_REQUEST
    assert LIMITS["console"].body_bytes > LARGEST_FORM


def test_a_dead_process_is_replaced(webhook: Webhook) -> None:
    """Kill -9 of one of its processes: the other answers, and a new one comes."""
    first = webhook.workers()
    assert len(first) == 2
    first[0].kill()
    webhook.post()
    until(lambda: len(webhook.workers()) == 2 and first[0] not in webhook.workers())
    webhook.post()


def test_it_stops_at_once_with_slow_connections_open(webhook: Webhook) -> None:
    """SIGTERM waits for no client, leaves no process behind, and exits 0."""
    workers = webhook.workers()
    slow = webhook.slow(20, WAYS["mixed"])
    began = time.monotonic()
    webhook.process.send_signal(signal.SIGTERM)
    assert webhook.process.wait(20) == 0
    assert time.monotonic() - began < 12
    assert not [one for one in workers if one.is_running()]
    for one in slow:
        one.close()


def test_nothing_outlives_its_parent(webhook: Webhook) -> None:
    """Kill -9 of the command ends the processes that serve."""
    workers = webhook.workers()
    webhook.process.kill()
    webhook.process.wait()
    _, alive = psutil.wait_procs(workers, timeout=5)
    assert not alive


def stored(sessions: sessionmaker[Session]) -> int:
    with sessions() as session:
        return session.scalar(select(func.count()).select_from(InboundMessage)) or 0
