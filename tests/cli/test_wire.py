"""What comes over the wire and is no plain request: refused, never read as one of its own (P1, P10)."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select
from support import ACCOUNT, TOKEN
from twilio.request_validator import RequestValidator

from cli.processes.http_server import Server
from cli.processes.wsgi import LIMITS
from models import InboundMessage
from webhook.app import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session, sessionmaker

    from outreach.ground.settings import Settings

URL = "http://127.0.0.1:8000/twilio/inbound"
HEAD = "POST /twilio/inbound HTTP/1.1\r\nHost: x\r\n"
FORM = "Content-Type: application/x-www-form-urlencoded\r\n"
BEHIND = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
NO_PLAIN_REQUEST = {
    "header bomb": (f"{HEAD}X-Long: {'x' * 40_000}\r\n\r\n", b"431"),
    "many headers": (HEAD + "".join(f"X-{n}: y\r\n" for n in range(8000)) + "\r\n", b"431"),
    "two lengths": (f"{HEAD}Content-Length: 4\r\nContent-Length: 40\r\n\r\nBody", b"400"),
    "a length that is none": (f"{HEAD}Content-Length: +4\r\n\r\nBody", b"400"),
    "a blank before the colon": (f"{HEAD}Content-Length : 4\r\n\r\nBody", b"400"),
    "an odd encoding": (f"{HEAD}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", b"501"),
    "a broken chunk": (f"{HEAD}Transfer-Encoding: chunked\r\n\r\n0x4\r\nBody\r\n0\r\n\r\n", b"400"),
    "a bare line end": (f"{HEAD}X-A: b\nX-C: d\r\n\r\n", b"400"),
    "too long a body": (f"{HEAD}Content-Length: 99999999\r\n\r\n", b"413"),
}


@pytest.fixture
def port(settings: Settings, sessions: sessionmaker[Session]) -> Iterator[int]:
    """Serve the public app as the product does, in a thread of this process."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = Server(create_app(settings, sessions), listening, LIMITS["webhook"])
        over = threading.Event()

        def turn() -> None:
            while not over.is_set():
                server._turn(0.05)

        thread = threading.Thread(target=turn)
        thread.start()
        yield int(listening.getsockname()[1])
        over.set()
        thread.join()
        server.task_dispatcher.shutdown(timeout=5)
        for one in list(server.active_channels.values()):
            one.handle_close()
        server.close()


def _ask(port: int, sent: bytes) -> list[bytes]:
    """Send it, say that nothing more comes, and return the codes of the answers."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as one:
        found = b""
        with suppress(OSError):  # it may be ended before all is sent
            one.sendall(sent)
            one.shutdown(socket.SHUT_WR)
        with suppress(OSError):
            while piece := one.recv(4096):
                found += piece
    return [line.split(b" ")[1] for line in found.splitlines() if line.startswith(b"HTTP/1.")]


def _post(number: int, *, chunked: bool = False, token: str = TOKEN) -> bytes:
    fields = {
        "MessageSid": f"SM{number:032d}",
        "AccountSid": ACCOUNT,
        "From": "whatsapp:+523312345678",
        "Body": f"hola {number}",
    }
    signature = RequestValidator(token).compute_signature(URL, fields)
    body = urlencode(fields).encode()
    length = f"Content-Length: {len(body)}"
    if chunked:
        length = "Transfer-Encoding: chunked"
        body = b"3\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n" % (body[:3], len(body) - 3, body[3:])
    return f"{HEAD}{FORM}X-Twilio-Signature: {signature}\r\n{length}\r\n\r\n".encode() + body


def _stored(sessions: sessionmaker[Session]) -> int:
    with sessions() as session:
        return session.scalar(select(func.count()).select_from(InboundMessage)) or 0


@pytest.mark.parametrize("odd", sorted(NO_PLAIN_REQUEST))
def test_what_is_no_plain_request_is_refused(port: int, sessions: sessionmaker[Session], odd: str) -> None:
    """One refusal, and what stands behind it is not read; a genuine post comes through."""
    sent, code = NO_PLAIN_REQUEST[odd]
    assert _ask(port, sent.encode() + BEHIND) == [code]
    assert _ask(port, _post(1)) == [b"204"]
    assert _stored(sessions) == 1


@pytest.mark.parametrize("chunked", [False, True])
def test_posts_behind_one_another_are_each_answered(
    port: int, sessions: sessionmaker[Session], chunked: bool
) -> None:
    """P1: twenty posts in one go, also in chunks, with a forged one among them: each has its own answer."""
    whole = b"".join(
        _post(number, chunked=chunked, token="another" if number == 7 else TOKEN) for number in range(20)
    )
    assert _ask(port, whole) == [b"403" if number == 7 else b"204" for number in range(20)]
    assert _stored(sessions) == 19


def test_a_chunked_body_hides_no_second_request(port: int, sessions: sessionmaker[Session]) -> None:
    """With a length beside its chunks a post ends where the chunks say, or is refused."""
    smuggled = f"{HEAD}Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\n".encode() + _post(2)
    assert set(_ask(port, smuggled)) <= {b"400", b"403", b"204"}
    assert _stored(sessions) <= 1
