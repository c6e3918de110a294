"""Says what takes long and how long it took, so that a newcomer never looks at a silent screen."""

from __future__ import annotations

import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

TICK_SECONDS = 1.0


@contextmanager
def step(text: str) -> Iterator[None]:
    """Print `text`, then the seconds that the block took; on a terminal the seconds run along."""
    began = time.monotonic()
    stop = threading.Event()
    alive = sys.stderr.isatty()

    def tick() -> None:
        while not stop.wait(TICK_SECONDS):
            print(f"\r· {text} … {time.monotonic() - began:.0f} s ", end="", file=sys.stderr, flush=True)

    ticker = threading.Thread(target=tick, daemon=True)
    print(f"· {text} …", end="" if alive else "\n", file=sys.stderr, flush=True)
    if alive:
        ticker.start()
    done = False
    try:
        yield
        done = True
    finally:
        stop.set()
        if alive:
            ticker.join()
        mark = "✓" if done else "✗"
        start, pad = ("\r", "   ") if alive else ("", "")
        print(f"{start}{mark} {text}: {time.monotonic() - began:.1f} s{pad}", file=sys.stderr, flush=True)
