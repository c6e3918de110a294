"""kill -9 at random, from a seed: one process of a name or all of them, while the rest goes on."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import Counter
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from installation import POSTGRES

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

    from looking import Product

# How often each is chosen. Rasa takes the longest to come back: most of the time it should be there.
WEIGHTS = {"webhook": 4, "worker": 5, "clock": 3, "console": 1, "rasa": 1, POSTGRES: 2}


@dataclass
class Killer:
    """What was killed so far, by name."""

    installation: Product
    chance: random.Random
    names: tuple[str, ...]
    pause: tuple[float, float]
    seconds: float
    killed: Counter[str] = field(default_factory=Counter)
    _done: threading.Event = field(default_factory=threading.Event)

    def go_on(self) -> None:
        """Kill after each pause, for the seconds that were given or until told to stop."""
        end = time.monotonic() + self.seconds
        while not self._done.wait(self.chance.uniform(*self.pause)) and time.monotonic() < end:
            self.kill_one()

    def kill_one(self) -> None:
        """Choose a name, then one of its processes or all."""
        name = self.chance.choices(self.names, [WEIGHTS[name] for name in self.names])[0]
        pids = self.installation.pids(name)
        if not pids:
            return
        chosen = pids if self.chance.random() < 0.5 else [self.chance.choice(pids)]
        for pid in chosen:
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        self.killed[name] += 1

    def stop(self) -> None:
        """Kill no more."""
        self._done.set()


@contextmanager
def killing(
    installation: Product,
    chance: random.Random,
    names: tuple[str, ...],
    pause: tuple[float, float],
    seconds: float,
) -> Iterator[Killer]:
    """Kill at random for some seconds, at most while the block runs.

    `pause` is the least and the most seconds between two kills. What is killed again and again is started
    again after longer and longer pauses: who posts until all is taken must not be killed for as long.
    """
    killer = Killer(installation, chance, names, pause, seconds)
    thread = threading.Thread(target=killer.go_on, daemon=True)
    thread.start()
    try:
        yield killer
    finally:
        killer.stop()
        thread.join()
        time.sleep(0.1)
