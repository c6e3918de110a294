"""The whole product as a user meets it: `./avanza up`, with the simulator where Twilio would be.

Started once for all flow tests. What they see is what left for WhatsApp: the simulator's ledger.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import threading
import time
import unicodedata
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import requests
from support import SECRET

from outreach.ground.settings import ROOT
from simulator.__main__ import make_simulator_server
from simulator.app import create_app
from simulator.config import Config, Pace
from simulator.ledger import Question

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from simulator.hub import Hub

ACCOUNT, TOKEN, SENDER = "AC" + "7" * 32, "token-of-the-flow-tests", "whatsapp:+14155238886"
START_SECONDS, ANSWER_SECONDS, QUIET_SECONDS = 300.0, 40.0, 1.0


def free_port() -> int:
    """Return a port that nothing uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class System:
    """The running product: where it answers, and the settings that it runs with."""

    webhook: str
    console: str
    simulator: str
    environment: dict[str, str]
    process: subprocess.Popen[bytes]
    log: Path
    hub: Hub
    """What stands behind the simulator's address; it runs in this process."""

    def ledger(self, phone: str, kind: str = "create") -> list[dict[str, Any]]:
        """Return what the simulator wrote down about a phone, oldest first."""
        return self.hub.ledger.read(Question(phone=phone, kinds=frozenset({kind})))[0]

    def pids(self, command: str) -> list[int]:
        """Return the processes of one of the product's commands, such as `worker`."""
        listed = subprocess.run(["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True)
        found = []
        for line in listed.stdout.splitlines()[1:]:
            pid, _, arguments = line.split(None, 2)
            if re.search(rf"-m cli {command}\b", arguments) and self._is_ours(int(pid)):
                found.append(int(pid))
        return found

    def _is_ours(self, pid: int) -> bool:
        try:
            with open(f"/proc/{pid}/environ", "rb") as file:  # noqa: PTH123 (proc is no ordinary file)
                return (
                    f"AVANZA_WEBHOOK_PORT={self.environment['AVANZA_WEBHOOK_PORT']}".encode() in file.read()
                )
        except OSError:
            return False


@dataclass
class Phone:
    """A woman's phone: she writes, taps and reads."""

    system: System
    number: str
    read: int = 0
    transcript: list[tuple[str, str]] = field(default_factory=list)

    def writes(self, *messages: str, **more: object) -> list[str]:
        """Send one message or a burst, and return the replies that it got."""
        for message in messages:
            self.transcript.append(("ella", message))
            self._post({"body": message} | more)
        return self.reads()

    def taps(self, title: str) -> list[str]:
        """Tap the newest button of this title on her screen, and return the replies."""
        answer = requests.get(
            f"{self.system.simulator}/_simulator/phones", params={"phone": self.number}, timeout=10
        )
        thread = answer.json()["phones"][0]["thread"]
        found = [b["id"] for bubble in thread for b in bubble["buttons"] if b["title"] == title]
        assert found, f"no button {title!r} stands on her screen"
        self.transcript.append(("ella", f"[{title}]"))
        self._post({"body": title, "button_payload": found[-1]})
        return self.reads()

    def sends(self, what: str, **fields: object) -> list[str]:
        """Send something other than text, such as a voice note or a location."""
        self.transcript.append(("ella", f"({what})"))
        self._post(dict(fields))
        return self.reads()

    def _post(self, body: dict[str, object]) -> None:
        answer = requests.post(
            f"{self.system.simulator}/_simulator/inbound", json={"from": self.number, **body}, timeout=30
        )
        answer.raise_for_status()

    def reads(self, *, within: float = ANSWER_SECONDS) -> list[str]:
        """Wait for replies and return the new ones, once no more come; an empty list if none did."""
        deadline, last_seen = time.monotonic() + within, self.read
        quiet_since = time.monotonic()
        while time.monotonic() < deadline:
            count = len(self.system.ledger(self.number))
            if count != last_seen:
                last_seen, quiet_since = count, time.monotonic()
            if count > self.read and time.monotonic() - quiet_since > QUIET_SECONDS:
                break
            time.sleep(0.1)
        new = [text_of(entry) for entry in self.system.ledger(self.number)[self.read :]]
        self.read += len(new)
        self.transcript += [("avanza", text) for text in new]
        return new

    def hears(self, pattern: str, *, within: float = ANSWER_SECONDS) -> str:
        """Wait for a message that nobody asked for and that matches; return it."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            for entry in self.system.ledger(self.number)[self.read :]:
                self.read += 1
                text = text_of(entry)
                self.transcript.append(("avanza", text))
                if re.search(pattern, folded(text)):
                    return text
            time.sleep(0.2)
        raise AssertionError(f"{pattern!r} did not come; so far: {self.transcript[-6:]}")


def text_of(entry: dict[str, Any]) -> str:
    """Return the text that reached her phone, with a template or quick reply filled in."""
    return str(entry.get("text") or "")


def folded(text: str) -> str:
    """Fold case and accents, for comparing."""
    decomposed = unicodedata.normalize("NFD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def said(replies: list[str], *fragments: str) -> bool:
    """Say whether the replies together contain every fragment."""
    whole = folded("\n".join(replies))
    return all(folded(fragment) in whole for fragment in fragments)


@contextmanager
def simulator(webhook: str) -> Iterator[tuple[str, Hub]]:
    """Run the simulator in this process, on a free port."""
    app = create_app(
        Config(
            account_sid=ACCOUNT,
            auth_token=TOKEN,
            from_address=SENDER,
            webhook_url=f"{webhook}/twilio/inbound",
            messaging_service_sid=None,
            demo_phones=(),
            pace=Pace(sent=0, delivered=0, read=0, approval=0),
        )
    )
    server = make_simulator_server(app, "127.0.0.1", 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", app.extensions["simulator"]
    finally:
        server.shutdown()
        server.server_close()
        app.extensions["simulator"].stop()
        thread.join()


def noon_zone() -> str:
    """Return a zone in which it is about noon, so that no hour of the day decides a test."""
    # In these names the sign is that of the way to Greenwich.
    return f"Etc/GMT{datetime.now(UTC).hour - 12:+d}"


@contextmanager
def running(var: Path, database_url: str, **changes: str) -> Iterator[System]:
    """Run `./avanza up` on free ports, wait until it is ready, and stop it at the end."""
    with ExitStack() as stack:
        webhook, console, rasa = free_port(), free_port(), free_port()
        twilio, hub = stack.enter_context(simulator(f"http://127.0.0.1:{webhook}"))
        environment = {
            "AVANZA_VAR": str(var),
            "AVANZA_SECRET_KEY": SECRET,
            "AVANZA_DATABASE_URL": database_url,
            "AVANZA_WEBHOOK_PORT": str(webhook),
            "AVANZA_CONSOLE_PORT": str(console),
            "AVANZA_PUBLIC_URL": f"http://127.0.0.1:{webhook}",
            "AVANZA_RASA_URLS": f"http://127.0.0.1:{rasa}",
            "AVANZA_QUIET_HOURS": "",
            "AVANZA_SPEECH": "off",
            "AVANZA_TIMEZONE": noon_zone(),
            "AVANZA_REMINDER_OFFSETS": "1440,1",
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_WHATSAPP_FROM": SENDER,
            "TWILIO_API_URL": twilio,
        } | changes
        log = var / "up.log"
        with log.open("wb") as file:
            process = subprocess.Popen(
                [str(ROOT / "avanza"), "up"],
                env={**os.environ, **environment},
                stdout=file,
                stderr=file,
                cwd=ROOT,
            )
        stack.callback(_stop, process)
        system = System(
            f"http://127.0.0.1:{webhook}",
            f"http://127.0.0.1:{console}",
            twilio,
            environment,
            process,
            log,
            hub,
        )
        _wait_until_ready(system, f"http://127.0.0.1:{rasa}/webhooks/rest/health")
        yield system


def _wait_until_ready(system: System, rasa: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    waiting = [f"{system.webhook}/healthz", f"{system.console}/healthz", rasa]
    while waiting and time.monotonic() < deadline and system.process.poll() is None:
        try:
            if requests.get(waiting[0], timeout=2).ok:
                waiting.pop(0)
                continue
        except requests.RequestException:
            pass
        time.sleep(0.2)
    if waiting:
        raise AssertionError(f"the product did not start: {system.log.read_text()[-2000:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(25)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
