"""The supervisor with real processes: restarts, order of the end, and nothing left when it is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.processes

# A supervisor of small services, each a line of Python; `says` appends to a journal the test reads.
PROGRAM = """
import os, sys
from pathlib import Path
from cli.install.failure import guarded
from cli.processes.running import Service
from cli.processes.supervisor import Supervisor

journal = Path(sys.argv[1])
def service(name, code, **more):
    head = (
        "import os, signal, sys, time\\n"
        f"def says(word):\\n    open({str(journal)!r}, 'a').write(f'{name} {{word}}\\\\n')\\n"
        "def stop(*_):\\n    says('stopped')\\n    sys.exit(0)\\n"
        "signal.signal(signal.SIGTERM, stop)\\nsays(f'started {os.getpid()}')\\n"
    )
    return Service(name, (sys.executable, "-c", head + code), dict(os.environ), **more)

services = [%s]
def ready():
    open(journal, "a").write("all ready\\n")
sys.exit(guarded(lambda: Supervisor(services, lambda name, line: print(name, line), None).run(ready) or 0))
"""
FOREVER = "while True: time.sleep(0.05)"


class Started:
    """A supervisor process and its journal."""

    def __init__(self, folder: Path, services: str) -> None:
        self.journal = folder / "journal"
        program = textwrap.dedent(PROGRAM) % services
        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        argv = [sys.executable, "-c", program, str(self.journal)]
        self.process = subprocess.Popen(
            argv, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def lines(self) -> list[str]:
        """What was written so far."""
        return self.journal.read_text().splitlines() if self.journal.exists() else []

    def until(self, condition: Callable[[], bool], seconds: float = 15) -> list[str]:
        """Wait for a condition; return the journal."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, self.lines()
            time.sleep(0.05)
        return self.lines()

    def end(self, number: int) -> str:
        """Send a signal, wait for the end, return what was printed."""
        self.process.send_signal(number)
        out, _ = self.process.communicate(timeout=20)
        return out

    def pids(self, name: str) -> list[int]:
        """The processes that a service has been."""
        return [int(line.split()[2]) for line in self.lines() if line.startswith(f"{name} started")]


def test_stops_in_the_given_order(tmp_path: Path) -> None:
    """SIGTERM ends the services rank by rank, lets each finish, and exits 0."""
    first, second = f"service('web', {FOREVER!r}, stop_rank=0)", f"service('work', {FOREVER!r}, stop_rank=1)"
    started = Started(tmp_path, f"{second}, {first}")
    started.until(
        lambda: bool(started.pids("web") and started.pids("work") and "all ready" in started.lines())
    )
    started.end(signal.SIGTERM)
    assert started.process.returncode == 0
    assert started.lines()[-2:] == ["web stopped", "work stopped"]


def test_restarts_what_dies(tmp_path: Path) -> None:
    """A killed service is started again while the others go on."""
    started = Started(tmp_path, f"service('web', {FOREVER!r}), service('work', {FOREVER!r})")
    started.until(lambda: len(started.pids("web")) == 1 and len(started.pids("work")) == 1)
    os.kill(started.pids("web")[0], signal.SIGKILL)
    started.until(lambda: len(started.pids("web")) == 2)
    out = started.end(signal.SIGINT)
    assert len(started.pids("work")) == 1
    assert "web" in out


def test_gives_up_on_what_cannot_live(tmp_path: Path) -> None:
    """A service that dies at once again and again ends the whole with one line that quotes its last words."""
    started = Started(tmp_path, f"service('work', {FOREVER!r}), service('bad', 'sys.exit(\"no key\")')")
    out, _ = started.process.communicate(timeout=30)
    assert started.process.returncode == 1
    assert "«bad» termina una y otra vez al arrancar; lo último que dijo: no key" in out
    assert "Traceback" not in out
    assert "work stopped" in started.lines()


def test_waits_for_what_it_needs(tmp_path: Path) -> None:
    """A service starts only when the one that it comes after answers."""
    marker = tmp_path / "open"
    ready = f"ready=lambda: Path({str(marker)!r}).exists()"
    waits = f"service('work', {FOREVER!r}, after='rasa')"
    started = Started(tmp_path, f"service('rasa', {FOREVER!r}, {ready}), {waits}")
    started.until(lambda: bool(started.pids("rasa")))
    time.sleep(0.7)
    assert not started.pids("work")
    marker.touch()
    started.until(lambda: bool(started.pids("work")))
    started.end(signal.SIGTERM)


def test_no_service_waits_for_ever(tmp_path: Path) -> None:
    """Caseworkers get in even where Rasa does not come up: a wait may have an end."""
    never = f"service('rasa', {FOREVER!r}, ready=lambda: False)"
    waits = f"service('pages', {FOREVER!r}, after='rasa', wait_at_most=1.0)"
    started = Started(tmp_path, f"{never}, {waits}")
    started.until(lambda: bool(started.pids("pages")))
    assert "all ready" not in started.lines()
    started.end(signal.SIGTERM)


def test_kills_what_does_not_stop(tmp_path: Path) -> None:
    """A service that ignores SIGTERM, and its own child, are gone when the supervisor is."""
    deaf = (
        "import subprocess\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"says(f'child {{child.pid}}')\n{FOREVER}"
    )
    started = Started(tmp_path, f"service('deaf', {deaf!r}, stop_seconds=0.5)")
    lines = started.until(lambda: any("child" in line for line in started.lines()))
    child = int(next(line.split()[2] for line in lines if "child" in line))
    started.end(signal.SIGTERM)
    assert _gone(child)
    assert _gone(started.pids("deaf")[0])


def test_nothing_outlives_a_killed_supervisor(tmp_path: Path) -> None:
    """After kill -9 of the supervisor its services end by themselves."""
    started = Started(tmp_path, f"service('web', {FOREVER!r}), service('work', {FOREVER!r})")
    started.until(lambda: bool(started.pids("web") and started.pids("work")))
    started.process.kill()
    started.process.communicate()
    assert _gone(started.pids("web")[0])
    assert _gone(started.pids("work")[0])


def _gone(pid: int, seconds: float = 10) -> bool:
    """Whether the process ends in time; one that nobody has waited for yet counts as ended."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            argv = ["ps", "-o", "stat=", "-p", str(pid)]
            state = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
        except subprocess.CalledProcessError:
            return True
        if state.strip().startswith("Z"):
            return True
        time.sleep(0.05)
    return False
