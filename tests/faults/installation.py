"""The whole product under its supervisor on an embedded PostgreSQL of its own, and the simulator beside it.

Knows which processes are its own by the port in their environment, so that nothing else is ever killed, and
ends all of them whatever happened.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import requests
from looking import Product, about, all_pids, command_line, environment_of, named
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool
from support import SECRET

from outreach.ground.database import sqlalchemy_url
from outreach.ground.settings import ROOT
from simulator.__main__ import make_simulator_server
from simulator.app import create_app
from simulator.config import Config, Pace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

    from simulator.hub import Hub

ACCOUNT, TOKEN, SENDER = "AC" + "8" * 32, "token-of-the-fault-tests", "whatsapp:+14155238886"
START_SECONDS, STOP_SECONDS = 180.0, 25.0
POSTGRES = "postgresql"


@dataclass
class Installation(Product):
    """What runs, where it answers, and its database looked at from outside."""

    var: Path
    environment: dict[str, str]
    webhook: str
    hub: Hub
    process: subprocess.Popen[bytes]
    engine: Engine = field(init=False)

    @property
    def log(self) -> Path:
        """All that the supervisor and its processes said."""
        return self.var / "up.log"

    def pids(self, name: str) -> list[int]:
        """The processes that run now under one of the names of `PATTERNS`, or of PostgreSQL."""
        if name == POSTGRES:
            return self._postgres()
        return named(self._ours(), name)

    def _postgres(self) -> list[int]:
        with suppress(OSError, ValueError):
            postmaster = int((self.var / "postgresql/postmaster.pid").read_text().split("\n", 1)[0])
            if "postgres" in command_line(postmaster):
                return [postmaster, *_children(postmaster)]
        return []

    def _ours(self) -> list[int]:
        mark = f"AVANZA_WEBHOOK_PORT={self.environment['AVANZA_WEBHOOK_PORT']}\0".encode()
        return [pid for pid in all_pids() if pid != os.getpid() and mark in environment_of(pid)]

    def connect(self) -> None:
        """Learn from the webhook where the database is."""
        for pid in self.pids("webhook"):
            found = re.search(rb"AVANZA_DATABASE_URL=([^\0]+)", environment_of(pid))
            if found:
                self.engine = create_engine(sqlalchemy_url(found[1].decode()), poolclass=NullPool)
                return
        raise AssertionError("the webhook runs without a database")

    @property
    def gave_up(self) -> bool:
        """Whether the supervisor has ended, which nobody asked of it."""
        return self.process.poll() is not None

    def answers(self) -> bool:
        """Say whether the webhook, the console and Rasa all answer."""
        urls = (
            f"{self.webhook}/healthz",
            f"http://127.0.0.1:{self.environment['AVANZA_CONSOLE_PORT']}/healthz",
            f"{self.environment['AVANZA_RASA_URLS']}/webhooks/rest/health",
        )
        with suppress(requests.RequestException):
            return all(requests.get(url, timeout=2).ok for url in urls)
        return False

    def end(self) -> None:
        """Stop it in order; kill what is left."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(STOP_SECONDS)
        left = [*self._ours(), *self._postgres()]
        for pid in left:
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        shutil.rmtree(self.var, ignore_errors=True)


def _children(parent: int) -> list[int]:
    of_parent = re.compile(rb"\) \S %d " % parent)
    return [pid for pid in all_pids() if of_parent.search(about(pid, "stat"))]


def free_port() -> int:
    """Return a port that nothing uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _remove_leftovers() -> None:
    """Remove the folders of runs that were killed themselves; their processes have ended with them."""
    (ROOT / "var").mkdir(exist_ok=True)
    for folder in (ROOT / "var").glob("faults-*-*"):
        if not Path(f"/proc/{folder.name.split('-')[1]}").exists():
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def simulator(webhook: str, host: str = "127.0.0.1") -> Iterator[tuple[str, Hub]]:
    """Run the simulator in this process; callbacks follow each other after a moment, as Twilio's do."""
    app = create_app(
        Config(
            account_sid=ACCOUNT,
            auth_token=TOKEN,
            from_address=SENDER,
            webhook_url=f"{webhook}/twilio/inbound",
            pace=Pace(sent=0.05, delivered=0.2, read=0.3, approval=0),
        )
    )
    server = make_simulator_server(app, host, 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    hub: Hub = app.extensions["simulator"]
    try:
        yield f"http://{host}:{server.server_port}", hub
    finally:
        server.shutdown()
        server.server_close()
        hub.stop()
        thread.join()


@contextmanager
def installed(**changes: str) -> Iterator[Installation]:
    """Run `up` on free ports and an embedded PostgreSQL until the block ends; nothing of it is left."""
    with ExitStack() as stack:
        # Not pytest's folder: where root runs this, PostgreSQL runs as another user, who can't read that one.
        _remove_leftovers()
        var = Path(tempfile.mkdtemp(prefix=f"faults-{os.getpid()}-", dir=ROOT / "var"))
        webhook = free_port()
        url, hub = stack.enter_context(simulator(f"http://127.0.0.1:{webhook}"))
        environment = {
            "AVANZA_VAR": str(var),
            "AVANZA_SECRET_KEY": SECRET,
            "AVANZA_DATABASE_URL": "",
            "AVANZA_WEBHOOK_PORT": str(webhook),
            "AVANZA_CONSOLE_PORT": str(free_port()),
            "AVANZA_PUBLIC_URL": f"http://127.0.0.1:{webhook}",
            "AVANZA_RASA_URLS": f"http://127.0.0.1:{free_port()}",
            "AVANZA_QUIET_HOURS": "",
            "AVANZA_SPEECH": "off",
            "AVANZA_REMINDER_OFFSETS": "1440",
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_WHATSAPP_FROM": SENDER,
            "TWILIO_API_URL": url,
            "PYTHONPATH": str(ROOT),
        } | changes
        # Tied to this process: where pytest is killed, the supervisor is asked to stop.
        argv = [sys.executable, "-I", str(ROOT / "cli/install/child.py"), str(os.getpid())]
        argv += [sys.executable, "-sP", "-m", "cli", "up"]
        with (var / "up.log").open("wb") as file:
            process = subprocess.Popen(
                argv, env={**os.environ, **environment}, stdout=file, stderr=file, cwd=ROOT
            )
        made = Installation(var, environment, f"http://127.0.0.1:{webhook}", hub, process)
        stack.callback(made.end)
        deadline = time.monotonic() + START_SECONDS
        while not made.answers():
            assert not made.gave_up, f"it did not start: {made.log.read_text()[-2000:]}"
            assert time.monotonic() < deadline, f"it did not start in time: {made.log.read_text()[-2000:]}"
            time.sleep(0.3)
        made.connect()
        yield made
