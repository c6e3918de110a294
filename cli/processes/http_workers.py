"""Several processes that serve one app on one port: started, started again where they die, stopped together.

The listening socket is made once and handed to each, so that what waits in its queue outlives a process.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from cli.install.places import ROOT
from cli.processes.http_server import BACKLOG
from outreach.ground import logs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_STOP_SECONDS = 2.6
_LOOK_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 10.0
_YOUNG_SECONDS = 10.0
log = logs.get("avanza.http")


def listener(host: str, port: int) -> socket.socket:
    """Listen on a port; a restart may take it again at once."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=BACKLOG)


class _Worker:
    """One process, and when it may be started again."""

    def __init__(self, program: Sequence[str], listening: socket.socket, env: Mapping[str, str]) -> None:
        self._program, self._listening, self._env = program, listening, env
        self._pause = 0.0
        self._begun = self._again_at = 0.0
        self.process: subprocess.Popen[bytes] | None = None

    def look_after(self) -> None:
        """Start it where it does not run."""
        now = time.monotonic()
        if self.process is not None and self.process.poll() is not None:
            log.error("worker died", action="http_worker_died", code=self.process.returncode)
            young = now - self._begun < _YOUNG_SECONDS
            self._pause = min(2 * self._pause + 0.2, _LONGEST_PAUSE_SECONDS) if young else 0.0
            self._again_at, self.process = now + self._pause, None
        if self.process is None and now >= self._again_at:
            self._start(now)

    def _start(self, now: float) -> None:
        launcher = Path(__file__).parents[1] / "install" / "child.py"
        descriptor = self._listening.fileno()
        argv = [sys.executable, "-I", str(launcher), str(os.getpid()), *self._program, str(descriptor)]
        self._begun = now
        self.process = subprocess.Popen(
            argv,
            env=dict(self._env),
            stdin=subprocess.DEVNULL,
            pass_fds=[descriptor],
        )


def serve(program: Sequence[str], listening: socket.socket, processes: int, env: Mapping[str, str]) -> None:
    """Keep `processes` processes serving until SIGTERM or SIGINT, then let them finish.

    `program` is run with the number of the listening descriptor as its last argument.
    """
    # Not an `Event`: a handler that sets one hangs where the main thread has its lock in hand.
    asked: SimpleQueue[int] = SimpleQueue()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda number, _frame: asked.put(number))
    whole = {**env, "PYTHONPATH": str(ROOT)}
    workers = [_Worker(program, listening, whole) for _ in range(processes)]
    try:
        while True:
            for one in workers:
                one.look_after()
            with suppress(Empty):
                asked.get(timeout=_LOOK_SECONDS)
                return
    finally:
        listening.close()
        _stop([one.process for one in workers if one.process is not None])


def _stop(running: list[subprocess.Popen[bytes]]) -> None:
    for process in running:
        process.terminate()
    deadline = time.monotonic() + _STOP_SECONDS
    for process in running:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
