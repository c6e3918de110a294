"""Progress of a training: who trains passes a `Tell` down, and nobody is told unless someone asks.

A message is a stage's name, or `NAME:DONE/ALL` inside a long one. It must carry nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

Tell = Callable[[str], None]
MARK = "stage:"
_EVERY_SECONDS = 2.0


def nobody(_: str) -> None:
    """Tell nobody."""


def printed(message: str) -> None:
    """Print a line that the command line puts into words for people."""
    print(f"{MARK}{message}", flush=True)


class Counting:
    """Tells how far a long loop is, at most every two seconds."""

    def __init__(self, name: str, whole: int, tell: Tell) -> None:
        self._name = name
        self._whole = whole
        self._tell = tell
        self._told = monotonic()

    def at(self, done: int) -> None:
        """Tell that `done` steps of all are done, where it is time to."""
        now = monotonic()
        if now - self._told >= _EVERY_SECONDS or done == self._whole:
            self._told = now
            self._tell(f"{self._name}:{done}/{self._whole}")
