"""The processes that are measured, on a database and ports of their own; all stopped and removed at the end.

Ours are started as `./avanza up` starts them. A guardian ends them also where this process is killed.
"""

from __future__ import annotations

import base64
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.posts import ACCOUNT, SENDER, TOKEN
from cli import checks, model
from cli.install.failure import Failure
from cli.install.places import BOT_VENV, MODEL, ROOT, python_of
from cli.install.progress import step
from cli.processes import start
from cli.processes.rasa import rasa_environment
from cli.processes.running import Running, Service
from cli.processes.services import product_services
from outreach.ground.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cli.processes.start import Prepared

_START_SECONDS = 120.0
_HOST = "127.0.0.1"


def free_port() -> int:
    """A port that nothing uses now."""
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        return int(probe.getsockname()[1])


@dataclass
class Stack:
    """An installation that lives as long as the measurement."""

    ready: Prepared
    guardian: subprocess.Popen[str]
    running: list[Running] = field(default_factory=list)
    started_within: dict[str, float] = field(default_factory=dict)
    """Seconds from the start of a process to its first good answer, by its name."""

    @property
    def webhook(self) -> str:
        """Where ours takes her messages."""
        return f"{self.ready.settings.public_url}/twilio/inbound"

    @property
    def rasa(self) -> str:
        """Where our Rasa answers."""
        return self.ready.settings.rasa_urls[0]

    def start_ours(self, *names: str) -> None:
        """Start some of the product's own processes."""
        known = product_services(self.ready.settings, self.ready.env, _HOST, self.ready.fingerprint)
        for service in known:
            if service.name in names:
                self.start(service)

    def start_floor(self) -> str:
        """Start the least Flask app on the webhook's own server; return its inbound address."""
        port = free_port()
        argv = (sys.executable, "-sP", "-m", "benchmarks.floor", "serve", str(port))
        env = {**self.ready.env, "PYTHONPATH": str(ROOT)}
        url = f"http://{_HOST}:{port}"
        self.start(Service("floor", argv, env, lambda: checks.answers(f"{url}/healthz") is not None))
        return f"{url}/twilio/inbound"

    def start_peer(self, twilio: str) -> str:
        """Start Rasa with its own Twilio and REST channels and its default store; return its address."""
        if model.fingerprint_of_file() != self.ready.fingerprint:
            raise Failure("the model was trained anew meanwhile: both sides need the same; measure again")
        folder = self.ready.settings.var / "peer"
        folder.mkdir(exist_ok=True)
        (folder / "endpoints.yml").write_text("{}\n")
        (folder / "credentials.yml").write_text(
            f"rest:\nbenchmarks.rasa_twilio.RedirectedTwilio:\n  account_sid: {ACCOUNT}\n"
            f"  auth_token: {TOKEN}\n  twilio_number: '{SENDER}'\n  api_url: {twilio}\n"
        )
        port = free_port()
        argv = (
            *(str(python_of(BOT_VENV)), "-m", "rasa", "run", "--model", str(MODEL)),
            *("--endpoints", str(folder / "endpoints.yml"), "-i", _HOST, "-p", str(port)),
            *("--credentials", str(folder / "credentials.yml")),
        )
        env = rasa_environment(folder / "state", os.environ)
        url = f"http://{_HOST}:{port}"
        health = f"{url}/webhooks/twilio/"
        self.start(Service("peer", argv, env, lambda: checks.answers(health) is not None))
        return url

    def start(self, service: Service) -> None:
        """Start a process and wait until it works."""
        one = Running(service, lambda _name, _line: None)
        with step(f"start {service.name}"):
            began = time.monotonic()
            one.start()
            self.running.append(one)
            _tell(self.guardian, f"+{one.group}")
            deadline = time.monotonic() + _START_SECONDS
            while service.ready is not None and not service.ready():
                if one.process is None or one.process.poll() is not None or time.monotonic() > deadline:
                    raise Failure(f"{service.name} did not start: {one.last_line[:200]}")
                time.sleep(0.1)
            self.started_within[service.name] = time.monotonic() - began

    def kill(self, name: str) -> None:
        """End a process by SIGKILL, with all it started, and start it again."""
        for one in self.running:
            if one.service.name == name:
                one.kill()
                if one.process is not None:
                    one.process.wait()
                one.start()
                _tell(self.guardian, f"+{one.group}")

    def stop_one(self, name: str) -> None:
        """Stop one process as a person would; nothing where it does not run."""
        for one in [each for each in self.running if each.service.name == name]:
            one.ask_to_stop()
            if one.process is not None:
                with suppress(subprocess.TimeoutExpired):
                    one.process.wait(one.service.stop_seconds)
            one.kill()
            self.running.remove(one)

    def stop(self) -> None:
        """Stop what was started, the last first."""
        for one in reversed(self.running):
            one.ask_to_stop()
            if one.process is not None:
                with suppress(subprocess.TimeoutExpired):
                    one.process.wait(one.service.stop_seconds)
            one.kill()
        self.running.clear()


def _tell(guardian: subprocess.Popen[str], word: str) -> None:
    """See `cli.processes.guardian`; after `bye` it ends."""
    with suppress(OSError, ValueError):
        assert guardian.stdin is not None  # noqa: S101 (opened as a pipe below)
        guardian.stdin.write(f"{word}\n")
        guardian.stdin.flush()
        if word == "bye":
            guardian.wait()


def environment(var: Path, twilio: str) -> Mapping[str, str]:
    """Return the settings of an installation of its own, on ports that nothing uses now."""
    webhook = free_port()
    return {
        "AVANZA_VAR": str(var),
        "AVANZA_SECRET_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        "AVANZA_DATABASE_URL": "",
        "AVANZA_PUBLIC_URL": f"http://{_HOST}:{webhook}",
        "AVANZA_WEBHOOK_PORT": str(webhook),
        "AVANZA_CONSOLE_PORT": str(free_port()),
        "AVANZA_RASA_URLS": f"http://{_HOST}:{free_port()}",
        "AVANZA_QUIET_HOURS": "",
        "AVANZA_SPEECH": "off",
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_WHATSAPP_FROM": SENDER,
        "TWILIO_MESSAGING_SERVICE_SID": "",
        "TWILIO_API_URL": twilio,
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


@contextmanager
def installed(twilio: str, *, team: bool = False, **changes: str) -> Iterator[Stack]:
    """Prepare a database and the model in a folder of their own; remove everything at the end.

    `team`: also the casework team, without which no case can be opened. `changes` are further settings.
    """
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)  # so that the ends below are reached
    (ROOT / "var").mkdir(exist_ok=True)
    var = Path(tempfile.mkdtemp(prefix="bench-", dir=ROOT / "var"))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, var, ignore_errors=True)
        env = {**environment(var, twilio), **changes}
        guardian = subprocess.Popen(
            [sys.executable, "-sP", "-m", "cli.processes.guardian", str(var)],
            stdin=subprocess.PIPE,
            text=True,
            start_new_session=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        stack.callback(_tell, guardian, "bye")
        prepared = start.prepared(load_settings(env), env, lambda _name, _line: None, team=team)
        ready = stack.enter_context(prepared)
        made = Stack(ready, guardian)
        stack.callback(made.stop)
        yield made
