"""What the processes log, well and in trouble: JSON lines with an action, and nothing of hers.

The processes are real; what stands where Rasa and Twilio would answers with her words in every error.
"""

from __future__ import annotations

import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import pytest
import requests
from sqlalchemy import func, select, text
from standins import accepted, receipt, serving
from support import ACCOUNT, TOKEN, environment
from twilio.request_validator import RequestValidator

from models import InboundMessage, OutboxMessage, OutboxState, Turn
from outreach.ground.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy import Engine
    from sqlalchemy.orm import Session, sessionmaker

pytestmark = [pytest.mark.processes, pytest.mark.usefixtures("recovery_key")]
NUMBER, WORD, NAME, REPLY = (
    "5213319283746",
    "canariaescrita",
    "Canarianombre Apellidoraro",
    "respuestacanaria",
)
SECRETS = (NUMBER, NUMBER[3:], WORD, *NAME.split(), REPLY, TOKEN)
OURS = ("webhook", "console", "worker", "clock")


class Outside:
    """Rasa and Twilio at their worst, quoting her."""

    def __init__(self) -> None:
        self.rasa = itertools.count()
        self.sends = itertools.count()

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any] | None:
        """Fail in a few ways first, each with her words in it."""
        quoted = f"{WORD} {NAME} {NUMBER}"
        if path.endswith("/understand"):
            return 500, {"error": quoted}
        if path.endswith("/webhooks/rest/webhook"):
            return self._rasa(body, quoted)
        if method == "POST" and path.endswith("/Messages.json"):
            failures: list[tuple[int, Any] | None] = [
                (503, {"code": 20503, "message": quoted, "status": 503}),
                (429, {"code": 20429, "message": quoted, "status": 429}),
                (400, {"code": 63016, "message": quoted, "status": 400}),
                (200, quoted),
                None,
            ]
            number = next(self.sends)
            return (
                failures[number]
                if number < len(failures)
                else (201, accepted(path, body, f"SM{number:032x}"))
            )
        if path.partition("?")[0].endswith("/Messages.json"):
            return 200, {"messages": [], "next_page_uri": None, "page": 0, "page_size": 50}
        return 500, {"code": 20500, "message": quoted, "status": 500}

    def _rasa(self, body: Any, quoted: str) -> tuple[int, Any] | None:
        answers: list[tuple[int, Any] | None] = [
            (500, {"error": quoted}),
            (200, [{"text": quoted}]),
            (200, [{"recipient_id": quoted, "custom": {"effect": WORD, NAME: quoted}}, receipt(body)]),
            (200, quoted),
            None,
        ]
        number = next(self.rasa)
        return answers[number] if number < len(answers) else (200, [{"text": REPLY}, receipt(body)])


@contextmanager
def process(command: str, env: dict[str, str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run one of the product's processes with a log of its own, and end it with the test."""
    with (folder / f"{command}.log").open("ab") as file:
        made = subprocess.Popen(
            [sys.executable, "-sP", "-m", "cli", command],
            env={**os.environ, **env, "PYTHONPATH": str(ROOT)},
            cwd=ROOT,
            stdout=file,
            stderr=file,
        )
    try:
        yield made
    finally:
        made.send_signal(signal.SIGTERM)
        made.wait(25)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def until(check: Callable[[], bool], seconds: float = 60) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if check():
            return True
        time.sleep(0.2)
    return False


def is_up(url: str) -> bool:
    try:
        return requests.get(url, timeout=3).ok
    except requests.RequestException:
        return False


def post(url: str, number: int, **changes: str) -> int:
    fields = {
        "MessageSid": f"SM{number:032x}",
        "AccountSid": ACCOUNT,
        "From": f"whatsapp:+{NUMBER}",
        "To": "whatsapp:+5213300000000",
        "Body": f"{WORD} {number}, soy {NAME}, mi numero es {NUMBER}",
        "ProfileName": NAME,
        "NumMedia": "0",
    } | changes
    signature = RequestValidator(TOKEN).compute_signature(url, fields)
    return requests.post(url, data=fields, headers={"X-Twilio-Signature": signature}, timeout=20).status_code


def cut_connections(engine: Engine) -> None:
    """Every process loses its connections at once, in the middle of whatever it does."""
    with engine.begin() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )


def trouble_the_console(console: str) -> None:
    """Names and words of hers where they don't belong."""
    for username in (NAME, NUMBER, f"{NAME}\0", WORD * 500):
        with requests.Session() as browser:
            browser.get(f"{console}/entrar", timeout=10)
            browser.post(f"{console}/entrar", data={"username": username, "password": WORD}, timeout=10)
    for path in (f"/casos/{NUMBER}", f"/{WORD}?q={NAME}", "/programa/mujeres?page=" + WORD):
        requests.get(console + path, timeout=10)


@pytest.mark.timeout(300)
def test_no_log_holds_a_word_of_hers(
    engine: Engine, sessions: sessionmaker[Session], database_url: str, tmp_path: Path
) -> None:
    """P4: whatever goes wrong, the logs say what happened by ids, kinds and places alone."""
    webhook, console = free_port(), free_port()
    url = f"http://127.0.0.1:{webhook}/twilio/inbound"
    with serving(Outside().answer) as outside, ExitStack() as stack:
        env = environment(
            tmp_path,
            AVANZA_DATABASE_URL=database_url,
            AVANZA_RASA_URLS=outside,
            TWILIO_API_URL=outside,
            AVANZA_WEBHOOK_PORT=str(webhook),
            AVANZA_CONSOLE_PORT=str(console),
            AVANZA_PUBLIC_URL=f"http://127.0.0.1:{webhook}",
        )
        for command in OURS:
            stack.enter_context(process(command, env, tmp_path))
        assert until(lambda: is_up(f"http://127.0.0.1:{webhook}/readyz"))
        assert until(lambda: is_up(f"http://127.0.0.1:{console}/healthz"))
        for number in range(1, 4):
            assert post(url, number) == 204
        assert post(url, 9, From=f"whatsapp:{NAME}" * 20) == 204
        trouble_the_console(f"http://127.0.0.1:{console}")
        until(lambda: counted(sessions, select(func.count()).select_from(Turn)) > 0, seconds=30)
        cut_connections(engine)
        assert until(lambda: post(url, 4) == 204, seconds=20)
        sent = select(func.count()).where(OutboxMessage.state == OutboxState.SENT)
        until(lambda: counted(sessions, sent) > 0)
        cut_connections(engine)
        time.sleep(3)
    assert counted(sessions, select(func.count()).select_from(InboundMessage)) >= 4
    written = {command: (tmp_path / f"{command}.log").read_text() for command in OURS}
    for command, log in written.items():
        for secret in SECRETS:
            assert secret.casefold() not in log.casefold(), command
        for line in log.splitlines():
            assert json.loads(line)["action"], line
            assert json.loads(line)["service"] == command
    actions = {json.loads(line)["action"] for log in written.values() for line in log.splitlines()}
    assert {"started", "stopped"} <= actions


def counted(sessions: sessionmaker[Session], statement: Any) -> int:
    try:
        with sessions() as session:
            return int(session.scalar(statement) or 0)
    except Exception:  # noqa: BLE001 (its connection was cut too)
        return 0
