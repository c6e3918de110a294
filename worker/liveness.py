"""Ends a process that lives and does nothing any more, so that it is started again.

A supervisor sees a process that ended, not one that hangs: a clock whose threads all wait for something that
never comes keeps its lock, so that no other clock leads. What was under way is cut off as by a crash, which
every tick and every job allows for.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger("avanza.worker")
LOOK_SECONDS = 10.0
HUNG = os.EX_TEMPFAIL
"""The exit code."""


def _end() -> None:
    # Not `sys.exit`: what hangs would be waited for.
    os._exit(HUNG)


class Liveness:
    """Watches that `seen` is called; `seconds` without it, found at two looks in a row, end the process.

    Two, so that a process which was stopped and goes on has its time to be seen first.
    """

    def __init__(self, name: str, seconds: float, *, end: Callable[[], None] = _end) -> None:
        self._name, self._seconds, self._end = name, seconds, end
        self._last = time.monotonic()
        self._hung = False
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="liveness", daemon=True)

    def seen(self) -> None:
        """Note that the process gets on with its work."""
        self._last = time.monotonic()

    def start(self) -> None:
        """Begin to watch."""
        self.seen()
        self._thread.start()

    def stop(self) -> None:
        """Watch no more: a stop that was asked for has limits of its own."""
        self._over.set()

    def look(self) -> None:
        """End the process where it hung at the look before, too."""
        self._hung, before = time.monotonic() - self._last > self._seconds, self._hung
        if self._hung and before:
            log.critical("hangs", extra={"action": "process_hangs", "kind": self._name})
            self._end()

    def _run(self) -> None:
        while not self._over.wait(LOOK_SECONDS):
            self.look()
