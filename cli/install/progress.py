"""Says what takes long and how long it took, so that a newcomer never looks at a silent screen."""

from __future__ import annotations

import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

TICK_SECONDS = 1.0
LEAST_SECONDS_APART = 4.0
"""Between two lines of one step where the output is no terminal: a log is to be read."""
_CLEAR_LINE = "\r\x1b[K"


class Tell(Protocol):
    """Says with what a step is busy now."""

    def __call__(self, detail: str, *, begins: bool = False) -> None:
        """Say it; what `begins` has its line in a log however soon it comes after the last one."""


@contextmanager
def step(text: str) -> Iterator[Tell]:
    """Print `text`, then the seconds that the block took; on a terminal the seconds run along.

    The block is given a function to say with what the step is busy now.
    """
    began, told = time.monotonic(), 0.0
    stop = threading.Event()
    alive = sys.stderr.isatty()
    busy_with = ""

    def tell(detail: str, *, begins: bool = False) -> None:
        nonlocal busy_with, told
        busy_with = f" ({detail})"
        if not alive and (begins or time.monotonic() - told >= LEAST_SECONDS_APART):
            told = time.monotonic()
            print(f"  {text}: {detail}, {told - began:.0f} s", file=sys.stderr, flush=True)

    def tick() -> None:
        while not stop.wait(TICK_SECONDS):
            line = f"{_CLEAR_LINE}· {text}{busy_with} … {time.monotonic() - began:.0f} s "
            print(line, end="", file=sys.stderr, flush=True)

    ticker = threading.Thread(target=tick, daemon=True)
    print(f"· {text} …", end="" if alive else "\n", file=sys.stderr, flush=True)
    if alive:
        ticker.start()
    done = False
    try:
        yield tell
        done = True
    finally:
        stop.set()
        if alive:
            ticker.join()
        mark = "✓" if done else "✗"
        start = _CLEAR_LINE if alive else ""
        print(f"{start}{mark} {text}: {time.monotonic() - began:.1f} s", file=sys.stderr, flush=True)
