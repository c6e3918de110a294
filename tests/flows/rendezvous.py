"""Lets several players do one thing at the same moment; one of them is told to do it.

Whoever ends without having come is not waited for, so that a script that fails holds up no other.
"""

from __future__ import annotations

import threading

LONGEST_SECONDS = 240.0


class Rendezvous:
    """A place where `expected` players meet once."""

    def __init__(self, expected: int) -> None:
        self._missing = expected
        self._came: list[int] = []
        self._changed = threading.Condition()

    def arrive(self, who: int) -> bool:
        """Wait until all have come who still will; whether this one is the first of them."""
        with self._changed:
            self._came.append(who)
            self._missing -= 1
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._missing <= 0, LONGEST_SECONDS)
            return self._came[0] == who

    def leave(self, who: int) -> None:
        """Say that this one has ended; does nothing where it had come."""
        with self._changed:
            if who not in self._came:
                self._missing -= 1
                self._changed.notify_all()
