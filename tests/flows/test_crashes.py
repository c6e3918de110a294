"""kill -9 of the worker at the two worst moments: nothing lost, nothing twice (P1, P2, P3).

The worker and the clock are real processes; what stands where Rasa or Twilio would kills the worker
at the moment that the test is about.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select, text
from standins import accepted, receipt, serving
from support import environment

from models import InboundMessage, OutboxMessage, OutboxState, Turn, TurnState, utcnow
from outreach.ground.settings import ROOT
from outreach.messages import inbox, outbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy.orm import Session, sessionmaker

    from outreach.sealing.crypto import PersonalKey

pytestmark = [pytest.mark.processes, pytest.mark.usefixtures("recovery_key")]
WOMAN = "whatsapp:+523312345678"
PATIENCE = 120.0


class Outside:
    """Rasa and Twilio, and the worker that they may kill."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.taken: list[dict[str, Any]] = []
        self.worker: subprocess.Popen[bytes] | None = None
        self.kill_at: str | None = None

    def _kill(self, moment: str) -> bool:
        if self.kill_at != moment or self.worker is None:
            return False
        self.kill_at = None
        self.worker.send_signal(signal.SIGKILL)
        self.worker.wait()
        return True

    def has_killed(self) -> bool:
        """Say whether the moment has come."""
        return self.kill_at is None

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any] | None:
        """Answer as Rasa or Twilio would."""
        if path.endswith("/understand"):
            return 200, {"intent": "greet", "risk": "none", "tier": "none"}
        if path.endswith("/webhooks/rest/webhook"):
            self.asked.append(body["metadata"]["message_id"])
            self._kill("rasa answered")
            return 200, [{"text": "Hola, soy un programa."}, receipt(body)]
        if method == "POST" and path.endswith("/Messages.json"):
            message = accepted(path, body, f"SM{len(self.taken)}{uuid.uuid4().hex[:8]}")
            self.taken.append(message)
            self._kill("twilio accepted")
            return 201, message
        if path.partition("?")[0].endswith("/Messages.json"):
            return 200, {"messages": self.taken, "next_page_uri": None, "page": 0, "page_size": 50}
        return 404, {"code": 20404, "message": "", "status": 404}


@contextmanager
def process(command: str, env: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run one of the product's processes, and end it with the test."""
    with log.open("ab") as file:
        made = subprocess.Popen(
            [str(ROOT / "avanza"), command], env={**os.environ, **env}, cwd=ROOT, stdout=file, stderr=file
        )
    try:
        yield made
    finally:
        made.send_signal(signal.SIGTERM)
        made.wait(25)


def until(check: Callable[[], bool]) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + PATIENCE
    while not check():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.2)


def count(sessions: sessionmaker[Session], *where: Any) -> int:
    with sessions() as session:
        return session.scalar(select(func.count()).select_from(OutboxMessage).where(*where)) or 0


@pytest.mark.timeout(300)
@pytest.mark.parametrize("moment", ["rasa answered", "twilio accepted"])
def test_a_worker_killed_at_the_worst_moment(
    moment: str, sessions: sessionmaker[Session], key: PersonalKey, database_url: str, tmp_path: Path
) -> None:
    """P1 to P3: her message is answered once, by one message that Twilio takes once."""
    outside = Outside()
    outside.kill_at = moment
    with serving(outside.answer) as url:
        env = environment(
            tmp_path, AVANZA_DATABASE_URL=database_url, AVANZA_RASA_URLS=url, TWILIO_API_URL=url
        )
        with sessions.begin() as session:
            given = {"MessageSid": ["SM1"], "From": [WOMAN], "Body": ["hola"]}
            inbox.receive(session, key, given, utcnow())
        log = tmp_path / "log"
        with process("worker", env, log) as first:
            outside.worker = first
            until(lambda: first.poll() is not None)
        assert outside.has_killed()
        if moment == "twilio accepted":
            # The minutes that a callback is waited for are not waited for here.
            with sessions.begin() as session:
                session.execute(text("UPDATE outbox_message SET sending_since = now() - interval '5 min'"))
        with process("clock", env, log), process("worker", env, log):
            until(lambda: count(sessions, OutboxMessage.state == OutboxState.SENT) == 1)
            # Time enough for a second answer, were there one.
            time.sleep(4)
    assert [message["body"] for message in outside.taken] == ["Hola, soy un programa."]
    assert len(set(outside.asked)) == 1
    assert len(outside.asked) == (2 if moment == "rasa answered" else 1)
    with sessions() as session:
        assert session.scalar(select(Turn.state)) is TurnState.ANSWERED
        assert session.scalar(select(func.count()).where(InboundMessage.turn_id.is_(None))) == 0
        row = session.scalars(select(OutboxMessage)).one()
        assert row.sid == outside.taken[0]["sid"]
        assert outbox.read_content(key, row).body == "Hola, soy un programa."
