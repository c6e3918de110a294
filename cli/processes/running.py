"""One supervised process: how it is started, heard, probed and ended. The supervisor decides when.

A restart waits longer each time the process dies young, up to half a minute, and never ends: what is wrong
may be mended meanwhile. A person is told (`Running.alarming`).
"""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

Sink = Callable[[str, str], None]
"""Takes a service's name and one line of its log."""

YOUNG_SECONDS = 20.0
ALARM_EVERY = 5
"""Young deaths in a row until a person is told, and told again."""
MOST_MISSES = 3
LONGEST_PAUSE_SECONDS = 30.0
_FIRST_PAUSE_SECONDS = 0.5
_MOST_DOUBLINGS = 10


@dataclass(frozen=True)
class Service:
    """What to run. `stop_rank` orders the end: the lowest stops first, equal ranks together."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str]
    ready: Callable[[], bool] | None = None
    """Answers whether it works; asked often until it does, then now and then. None: alive is enough."""
    after: str | None = None
    """Another service that must be ready first."""
    wait_at_most: float = math.inf
    """Seconds since the supervisor began after which it no longer waits for the other."""
    stop_rank: int = 0
    stop_seconds: float = 5.0
    longest_pause: float = LONGEST_PAUSE_SECONDS
    """Seconds between a death and the next start, however often it died young."""


@dataclass
class Running:
    """The living side of a service."""

    service: Service
    sink: Sink
    process: subprocess.Popen[str] | None = None
    started_at: float = 0.0
    start_again_at: float = 0.0
    pause: float = 0.0
    """Seconds that the next start waits after the last death."""
    young_deaths: int = 0
    misses: int = 0
    ready: bool = False
    told_ready: bool = False
    last_line: str = ""
    _probe_at: float = 0.0
    _probing: threading.Lock = field(default_factory=threading.Lock)

    @property
    def group(self) -> int | None:
        """The process group, which outlives the process while a grandchild lives."""
        return self.process.pid if self.process else None

    def start(self) -> None:
        """Start it in a session of its own, so that a Ctrl-C reaches the supervisor alone."""
        launcher = Path(__file__).parents[1] / "install" / "child.py"
        self.process = subprocess.Popen(
            [sys.executable, "-I", str(launcher), str(os.getpid()), *self.service.argv],
            env=dict(self.service.env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        self.started_at = time.monotonic()
        self.ready, self.misses, self.told_ready = self.service.ready is None, 0, False
        threading.Thread(target=self._listen, args=(self.process,), daemon=True).start()

    def _listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None  # noqa: S101 (opened as a pipe above)
        for raw in process.stdout:
            line = raw.rstrip()
            if line:
                self.last_line = line
                self.sink(self.service.name, line)

    def died(self) -> int | None:
        """The exit code where it ended by itself, once; plans when to start it again."""
        if self.process is None or (code := self.process.poll()) is None:
            return None
        self.kill()
        self.process = None
        self.ready = False
        self._count_death()
        return code

    def _count_death(self) -> None:
        now = time.monotonic()
        self.young_deaths = self.young_deaths + 1 if now - self.started_at < YOUNG_SECONDS else 1
        doublings = min(self.young_deaths - 1, _MOST_DOUBLINGS)
        self.pause = min(_FIRST_PAUSE_SECONDS * 2**doublings, self.service.longest_pause)
        self.start_again_at = now + self.pause

    def could_not_start(self, why: str) -> None:
        """Count a start that the system refused (no memory, no process number) like a young death."""
        self.started_at, self.last_line, self.process = time.monotonic(), why, None
        self._count_death()

    @property
    def alarming(self) -> bool:
        """Whether a person must be told, right after a death."""
        return self.young_deaths > 0 and self.young_deaths % ALARM_EVERY == 0

    def probe(self) -> None:
        """Ask in the background whether it works; often until it does, every few seconds after."""
        now = time.monotonic()
        if self.service.ready is None or self.process is None or now < self._probe_at:
            return
        self._probe_at = now + (5.0 if self.ready else 0.4)
        threading.Thread(target=self._ask, args=(self.process,), daemon=True).start()

    def _ask(self, process: subprocess.Popen[str]) -> None:
        if not self._probing.acquire(blocking=False):
            return
        try:
            assert self.service.ready is not None  # noqa: S101 (probe() looked)
            works = self.service.ready()
            if process is self.process:
                self.misses = 0 if works or not self.ready else self.misses + 1
                self.ready = self.ready or works
        finally:
            self._probing.release()

    @property
    def stuck(self) -> bool:
        """Whether it lives but has not answered several times in a row."""
        return self.misses >= MOST_MISSES

    def ask_to_stop(self) -> None:
        """SIGTERM to the process; it knows how to end its own children in order."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL to the whole group, grandchildren included."""
        if self.group is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.group, signal.SIGKILL)
