"""Ends a process by SIGKILL at random moments and starts it again, as a machine that dies does to a queue."""

from __future__ import annotations

import random
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.stack import Stack

_LEAST_SECONDS, _MOST_SECONDS = 2.0, 6.0


@dataclass
class Kills:
    """How many there were."""

    done: int = 0


@contextmanager
def killing(stack: Stack, name: str, count: int, seed: int, busy: Callable[[], bool]) -> Iterator[Kills]:
    """Kill the process `name` up to `count` times meanwhile, seconds apart, each time while it is `busy`."""
    chance, stop, kills = random.Random(seed), threading.Event(), Kills()

    def kill() -> None:
        while kills.done < count and not stop.wait(chance.uniform(_LEAST_SECONDS, _MOST_SECONDS)):
            if busy():
                stack.kill(name)
                kills.done += 1

    thread = threading.Thread(target=kill, daemon=True)
    thread.start()
    try:
        yield kills
    finally:
        stop.set()
        thread.join()
