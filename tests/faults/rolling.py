"""An installation whose processes are replaced one by one while women write: other code, or another key.

Two webhooks, as behind a proxy: a message that one of them does not take goes to the other, until one has it.
Rasa and Twilio are stand-ins, so that what is measured is ours. The code of before is an earlier commit.
"""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import tarfile
import threading
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Any, Self

import requests
from installation import ACCOUNT, SENDER, TOKEN, free_port
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool
from standins import accepted, receipt, serving
from twilio.request_validator import RequestValidator

from outreach.ground.database import sqlalchemy_url
from outreach.ground.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

START_SECONDS, STOP_SECONDS, TAKE_SECONDS = 300.0, 30.0, 90.0
"""Until a process must answer, on any machine; until one must have ended; until a message must be taken."""
WEBHOOKS = ("webhook", "webhook2")
PROCESSES = (*WEBHOOKS, "worker", "clock", "console")
PUBLIC = "https://avanza.example.org"
CASE = {"effect": "open_case", "urgency": "support", "about": "violence"}


@dataclass
class World:
    """Where Rasa and Twilio would be: what was sent to whom, and when."""

    sent: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    _sids: Iterator[int] = field(default_factory=itertools.count)

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any] | None:
        """Answer as Rasa or as Twilio."""
        if path.endswith("/understand"):
            return 200, {"intent": "greet", "risk": "none", "tier": "none"}
        if path.endswith("/webhook"):
            said = {"recipient_id": body["sender"], "text": "Aquí estoy."}
            if "ayuda" not in body["message"]:
                return 200, [said, receipt(body)]
            case = {"recipient_id": body["sender"], "custom": CASE}
            return 200, [said, case, receipt(body, confidential=True, risk="violence", tier="sure")]
        if path.endswith("/Messages.json") and method == "POST":
            self.sent[body["To"]].append(time.monotonic())
            return 201, accepted(path, body, f"SM{next(self._sids):032d}")
        if method == "GET" and "Messages.json" in path:
            return 200, {"messages": [], "next_page_uri": None, "page": 0, "page_size": 50}
        return 200, {}


def code_of(commit: str, folder: Path) -> Path:
    """Unpack the code of a commit.

    Raises:
        LookupError: this copy of the repository does not have it.
    """
    packed = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True, check=False)
    if packed.returncode:
        raise LookupError(commit)
    with tarfile.open(fileobj=BytesIO(packed.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder


class Rolling:
    """The processes, each of them of some code."""

    def __init__(self, var: Path, url: str, world_url: str) -> None:
        self.var, self.url = var, url
        self.engine = create_engine(sqlalchemy_url(url), poolclass=NullPool)
        self.ports = {name: free_port() for name in (*WEBHOOKS, "console")}
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self._from: dict[str, int] = {}
        self.environment = {
            "AVANZA_VAR": str(var),
            "AVANZA_DATABASE_URL": url,
            "AVANZA_CONSOLE_PORT": str(self.ports["console"]),
            "AVANZA_PUBLIC_URL": PUBLIC,
            "AVANZA_RASA_URLS": world_url,
            "AVANZA_QUIET_HOURS": "",
            "AVANZA_SPEECH": "off",
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_WHATSAPP_FROM": SENDER,
            "TWILIO_API_URL": world_url,
        }

    def command(self, code: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of some code to its end."""
        return subprocess.run(
            [sys.executable, "-sP", "-m", "cli", *arguments],
            cwd=code,
            env=self._environment(code),
            capture_output=True,
            text=True,
            check=False,
        )

    def _environment(self, code: Path, **more: str) -> dict[str, str]:
        outer = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return outer | self.environment | {"PYTHONPATH": str(code)} | more

    def start(self, name: str, code: Path) -> None:
        """Start a process and wait until it answers."""
        port = self.ports.get(name, 0)
        env = self._environment(code, AVANZA_WEBHOOK_PORT=str(port if name in WEBHOOKS else free_port()))
        argv = [sys.executable, "-I", str(ROOT / "cli/install/child.py"), str(os.getpid())]
        argv += [sys.executable, "-sP", "-m", "cli", name.rstrip("2")]
        with (self.var / f"{name}.log").open("ab") as log:
            self._from[name] = log.tell()
            self.running[name] = subprocess.Popen(argv, cwd=code, env=env, stdout=log, stderr=log)
        deadline = time.monotonic() + START_SECONDS
        while not self._answers(name):
            assert self.running[name].poll() is None, f"{name} did not start:\n{self.last_lines(name)}"
            assert time.monotonic() < deadline, f"{name} did not start in time"
            time.sleep(0.2)

    def _answers(self, name: str) -> bool:
        if name not in self.ports:
            return b'"started"' in (self.var / f"{name}.log").read_bytes()[self._from[name] :]
        with suppress(requests.RequestException):
            return requests.get(f"http://127.0.0.1:{self.ports[name]}/healthz", timeout=2).ok
        return False

    def stop(self, name: str, how: signal.Signals = signal.SIGTERM) -> None:
        """End a process, in order or not."""
        self._ended(name, self.running.pop(name), how)

    def _ended(
        self, name: str, process: subprocess.Popen[bytes], how: signal.Signals = signal.SIGTERM
    ) -> None:
        process.send_signal(how)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            # A service manager does the same; what it was at is gone on with by the next one.
            print(f"{name} was killed after {STOP_SECONDS:.0f} s")
            process.kill()
            process.wait()

    def roll(self, code: Path) -> None:
        """Replace the processes one by one; what needs no port runs before the one of before ends."""
        for name in PROCESSES:
            if name not in self.running:
                self.start(name, code)
            elif name in self.ports:
                self.stop(name)
                self.start(name, code)
            else:
                before = self.running.pop(name)
                self.start(name, code)
                self._ended(name, before)

    def end(self) -> None:
        """Kill what is left."""
        for process in self.running.values():
            process.kill()
            process.wait()
        self.engine.dispose()

    def last_lines(self, name: str, count: int = 15) -> str:
        """What a process said last."""
        return "\n".join((self.var / f"{name}.log").read_text(errors="replace").splitlines()[-count:])

    def errors(self) -> list[str]:
        """Return the lines of all logs that tell of an error."""
        marks = ('"level": "error"', '"level":"error"', "Traceback", "ERROR")
        return [
            f"{path.name}: {line}"
            for path in sorted(self.var.glob("*.log"))
            for line in path.read_text(errors="replace").splitlines()
            if any(mark in line for mark in marks)
        ]

    def number(self, statement: str) -> int:
        """The one number that a statement returns."""
        with self.engine.connect() as connection:
            return int(connection.execute(text(statement)).scalar() or 0)


@dataclass
class Writers:
    """Women who write, each once, some of them for the first time."""

    rolling: Rolling
    phones: Iterator[str]
    per_second: float
    text: str = "hola"
    posted: dict[str, tuple[str, float]] = field(default_factory=dict)
    """The phone and the moment of each message that was taken, by its MessageSid."""
    refused: list[str] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        """Begin."""
        self._thread = threading.Thread(target=self._write)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop, and wait until each message is taken or given up."""
        self._stop.set()
        self._thread.join()

    def _write(self) -> None:
        began = time.monotonic()
        with ThreadPoolExecutor(24) as pool:
            for number in itertools.count():
                if self._stop.wait(max(0.0, began + number / self.per_second - time.monotonic())):
                    return
                pool.submit(self._one, number, next(self.phones))

    def _one(self, number: int, phone: str) -> None:
        sid = f"SM{number:08d}{os.urandom(12).hex()}"
        said = {"MessageSid": sid, "From": phone, "To": SENDER, "Body": self.text, "AccountSid": ACCOUNT}
        signature = RequestValidator(TOKEN).compute_signature(f"{PUBLIC}/twilio/inbound", said)
        began = time.monotonic()
        ports = itertools.cycle(
            self.rolling.ports[name] for name in WEBHOOKS[number % 2 :] + WEBHOOKS[: number % 2]
        )
        while time.monotonic() - began < TAKE_SECONDS:
            with suppress(requests.RequestException):
                url = f"http://127.0.0.1:{next(ports)}/twilio/inbound"
                answer = requests.post(url, said, headers={"X-Twilio-Signature": signature}, timeout=15)
                if answer.status_code < 300:
                    self.posted[sid] = (phone, began)
                    return
            time.sleep(0.1)
        self.refused.append(sid)


@dataclass(frozen=True)
class Verdict:
    """What became of the messages."""

    messages: int
    refused: int
    lost: int
    unanswered: int
    doubled: int
    median: float
    slowest: float

    @property
    def kept(self) -> bool:
        """Whether nothing was lost, doubled or late (issue 13: under 30 s of delay)."""
        return not (self.refused or self.lost or self.unanswered or self.doubled) and self.slowest < 30.0


def judged(rolling: Rolling, world: World, writers: Writers, patience: float = 60.0) -> Verdict:
    """Wait for the answers, and look at each message."""
    phones = {phone for phone, _ in writers.posted.values()}
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline and any(phone not in world.sent for phone in phones):
        time.sleep(0.5)
    with rolling.engine.connect() as connection:
        stored = set(connection.execute(text("SELECT message_sid FROM inbound_message")).scalars())
    delays = sorted(
        world.sent[phone][0] - began for phone, began in writers.posted.values() if world.sent.get(phone)
    )
    return Verdict(
        messages=len(writers.posted),
        refused=len(writers.refused),
        lost=len(set(writers.posted) - stored),
        unanswered=sum(1 for phone in phones if not world.sent.get(phone)),
        doubled=sum(1 for phone in phones if len(world.sent.get(phone, ())) > 1),
        median=round(delays[len(delays) // 2], 2) if delays else 0.0,
        slowest=round(delays[-1], 2) if delays else 0.0,
    )


def within(seconds: float, done: Callable[[], bool]) -> float:
    """Wait until something holds; return how long that took."""
    began = time.monotonic()
    while not done():
        assert time.monotonic() - began < seconds, "not in time"
        time.sleep(0.5)
    return time.monotonic() - began


__all__ = ["Rolling", "World", "Writers", "code_of", "judged", "serving", "within"]
