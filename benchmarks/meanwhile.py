"""A woman who writes while thousands of messages leave: how long she waits for her answer."""

from __future__ import annotations

import itertools
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from benchmarks.measure import Round
from benchmarks.posts import Client, inbound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.stack import Stack
    from benchmarks.standin import StandIn

_PAUSE_SECONDS, _PATIENCE_SECONDS = 1.5, 120.0
_numbers = itertools.count()


@dataclass
class Asked:
    """Milliseconds from each post to the acceptance of its answer; `unanswered` did not get one."""

    times: list[float] = field(default_factory=list)
    unanswered: int = 0
    refused: int = 0

    def as_round(self) -> Round:
        """The times as one round of one client."""
        return Round(tuple(self.times), max(sum(self.times) / 1000, 0.001))


@contextmanager
def writing(stack: Stack, twilio: StandIn) -> Iterator[Asked]:
    """Have one woman after the other write a typed message and wait for its answer, until the block ends."""
    asked, done = Asked(), threading.Event()

    def one() -> None:
        phone = f"whatsapp:+521331900{next(_numbers):04d}"
        client = Client(stack.webhook)
        began = time.perf_counter()
        try:
            client.send(inbound(stack.webhook, phone, "gracias"))
            asked.times.append((twilio.wait(phone, 0, _PATIENCE_SECONDS) - began) * 1000)
        except TimeoutError:
            asked.unanswered += 1
        except (RuntimeError, OSError):
            asked.refused += 1
        finally:
            client.close()

    def on_and_on() -> None:
        while not done.wait(_PAUSE_SECONDS):
            one()

    thread = threading.Thread(target=on_and_on, daemon=True)
    thread.start()
    try:
        yield asked
    finally:
        done.set()
        thread.join()
