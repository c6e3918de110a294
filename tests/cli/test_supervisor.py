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

from cli.processes.running import Running, Service

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


def test_what_cannot_live_leaves_the_others_alone(tmp_path: Path) -> None:
    """A service that dies at once again and again is an alarm with its last words; the others go on (A2)."""
    started = Started(tmp_path, f"service('web', {FOREVER!r}), service('bad', 'sys.exit(\"no key\")')")
    started.until(lambda: len(started.pids("bad")) == 6, seconds=40)
    assert started.process.poll() is None
    out = started.end(signal.SIGTERM)
    assert started.process.returncode == 0
    assert len(started.pids("web")) == 1
    assert "web stopped" in started.lines()
    assert "ALARMA: «bad» terminó 5 veces seguidas" in out
    assert "lo último que dijo: no key" in out
    assert "Traceback" not in out


def test_what_was_mended_lives_again(tmp_path: Path) -> None:
    """It never gives up: once the reason is gone, the service comes up by itself."""
    reason = tmp_path / "reason"
    reason.touch()
    code = f"from pathlib import Path\nPath({str(reason)!r}).exists() and sys.exit('broken')\n{FOREVER}"
    started = Started(tmp_path, f"service('web', {FOREVER!r}), service('sick', {code!r})")
    started.until(lambda: len(started.pids("sick")) == 5, seconds=30)
    reason.unlink()
    started.until(lambda: "all ready" in started.lines(), seconds=30)
    started.end(signal.SIGTERM)
    assert len(started.pids("web")) == 1


def test_what_the_system_refuses_to_start_ends_nothing(tmp_path: Path) -> None:
    """No memory, no process number, no such program: the others go on."""
    missing = "Service('gone', ('/nowhere',), {}, ready=lambda: False)"
    started = Started(tmp_path, f"service('web', {FOREVER!r}), {missing}")
    started.until(lambda: bool(started.pids("web")))
    time.sleep(2)
    assert started.process.poll() is None
    out = started.end(signal.SIGTERM)
    assert "«gone» terminó" in out


def test_a_closed_terminal_ends_nothing(tmp_path: Path) -> None:
    """Whoever read the output may leave: what is supervised goes on."""
    chatty = "while True: time.sleep(0.05); print('x' * 1000, flush=True)"
    started = Started(tmp_path, f"service('web', {chatty!r})")
    started.until(lambda: bool(started.pids("web")))
    assert started.process.stdout is not None
    started.process.stdout.close()
    time.sleep(2)
    assert started.process.poll() is None
    assert len(started.pids("web")) == 1
    started.process.send_signal(signal.SIGTERM)
    started.process.wait(20)
    assert "web stopped" in started.lines()


@pytest.mark.parametrize("deaths", [1, 2, 5, 7, 1000])
def test_pauses_grow_up_to_half_a_minute(deaths: int) -> None:
    """Each young death waits longer, never longer than half a minute."""
    one = Running(Service("bad", (), {}), lambda _name, _line: None)
    for _ in range(deaths):
        one.could_not_start("OSError")
    assert one.pause == min(0.5 * 2 ** (deaths - 1), 30.0)


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
