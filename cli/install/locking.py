"""One at a time in this folder: a second command waits for the first and then finds the work done."""

from __future__ import annotations

import fcntl
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cli import words
from cli.install.places import TOOLS

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def alone(what: str) -> Iterator[None]:
    """Hold the lock named `what`; it goes with the process, however that ends."""
    TOOLS.mkdir(exist_ok=True)
    with (TOOLS / f"{what}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(words.WAITING, file=sys.stderr, flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
