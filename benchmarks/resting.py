"""`./avanza up` as one process tree: how long it takes to be ready, what each part uses while nothing comes.

Memory is counted so that pages which several processes share are shared out among them (PSS); PostgreSQL's
are nearly all shared.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from benchmarks.stack import environment
from cli import checks
from cli.install.failure import Failure
from cli.install.places import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SERVICES = ("webhook", "console", "worker", "clock", "rasa", "metrics")
POSTGRES, SUPERVISOR = "postgres", "supervisor"
_READY_SECONDS, _STOP_SECONDS, _LOOK_SECONDS = 180.0, 30.0, 0.05
_STEP = re.compile(r"^✓ (?P<name>.+): (?P<seconds>[\d.]+) s$")
_READY = re.compile(r"^Avanza está listo \((?P<seconds>[\d.]+) s\)")


@dataclass(frozen=True)
class Used:
    """What one part of it uses: processes, megabytes, and thousandths of a core."""

    processes: int
    megabytes: float
    millicores: float


class Installation:
    """A folder in which `up` can be run more than once."""

    def __init__(self, var: Path, env: Mapping[str, str]) -> None:
        self.var = var
        self._env = env
        self.output = var / "up.txt"
        self.process: subprocess.Popen[bytes] | None = None

    def up(self) -> float:
        """Start it; return the seconds until both ports answer, that is until she would be answered.

        Raises:
            Failure: it ended, or did not come up in time.
        """
        began = time.monotonic()
        argv = [sys.executable, "-sP", "-m", "cli", "up"]
        launcher = ROOT / "cli/install/child.py"
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-I", str(launcher), str(os.getpid()), *argv],
                cwd=ROOT, env=dict(self._env), stdout=output, stderr=output, stdin=subprocess.DEVNULL,
            )  # fmt: skip
        ports = (self._env["AVANZA_WEBHOOK_PORT"], self._env["AVANZA_CONSOLE_PORT"])
        while not all(checks.answers(f"http://127.0.0.1:{port}/healthz") for port in ports):
            if self.process.poll() is not None or time.monotonic() - began > _READY_SECONDS:
                raise Failure("`up` did not come up")
            time.sleep(_LOOK_SECONDS)
        return time.monotonic() - began

    def down(self) -> float:
        """Stop it as a person would; return the seconds that it took."""
        if self.process is None:
            return 0.0
        began = time.monotonic()
        self.process.terminate()
        try:
            self.process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise Failure(f"`up` did not stop within {_STOP_SECONDS:.0f} s") from None
        finally:
            self.process = None
        return time.monotonic() - began

    def parts(self) -> dict[str, list[psutil.Process]]:
        """Return the processes of each part, by its name."""
        if self.process is None:
            return {}
        above = psutil.Process(self.process.pid)
        found: dict[str, list[psutil.Process]] = {SUPERVISOR: [above], POSTGRES: self._postgres()}
        for child in above.children():
            with suppress(psutil.Error):
                tree = [child, *child.children(recursive=True)]
                found.setdefault(_part_of(child.cmdline()), []).extend(tree)
        return found

    def _postgres(self) -> list[psutil.Process]:
        data = str((self.var / "postgresql").resolve())
        running = psutil.process_iter(["name", "cwd"])
        return [one for one in running if one.info["name"] == POSTGRES and one.info["cwd"] == data]


def _part_of(command: list[str]) -> str:
    return next((word for word in command if word in SERVICES), SUPERVISOR)


@contextmanager
def installation(twilio: str) -> Iterator[Installation]:
    """Make an installation of its own; stop and remove it at the end."""
    (ROOT / "var").mkdir(exist_ok=True)
    var = Path(tempfile.mkdtemp(prefix="bench-", dir=ROOT / "var"))
    made = Installation(var, {**os.environ, **environment(var, twilio), "PYTHONPATH": str(ROOT)})
    try:
        yield made
    finally:
        with suppress(Failure):
            made.down()
        shutil.rmtree(var, ignore_errors=True)


def watch(parts: Mapping[str, list[psutil.Process]], seconds: float) -> dict[str, Used]:
    """Return what each part uses over so many seconds; one that ends meanwhile is left out."""
    before = {name: _worked(processes) for name, processes in parts.items()}
    began = time.monotonic()
    time.sleep(seconds)
    passed = time.monotonic() - began
    return {
        name: Used(
            len(processes), _held(processes), max(0.0, _worked(processes) - before[name]) / passed * 1000
        )
        for name, processes in parts.items()
    }


def _worked(processes: list[psutil.Process]) -> float:
    """Seconds of processor time so far."""
    total = 0.0
    for one in processes:
        with suppress(psutil.Error):
            times = one.cpu_times()
            total += times.user + times.system
    return total


def _held(processes: list[psutil.Process]) -> float:
    """Megabytes, shared pages shared out where the system tells them apart."""
    total = 0
    for one in processes:
        with suppress(psutil.Error):
            full = one.memory_full_info()
            total += getattr(full, "pss", 0) or full.uss
    return total / 2**20


def steps_of(log: str) -> list[tuple[str, float]]:
    """Return the steps that a run of `setup` or `demo` has printed, with their seconds."""
    steps = []
    for line in log.splitlines():
        if found := _STEP.match(line.strip()):
            steps.append((found["name"], float(found["seconds"])))
        elif ready := _READY.match(line.strip()):
            steps.append(("from the demo's start to ready", float(ready["seconds"])))
    return steps
