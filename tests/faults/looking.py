"""What every product under faults is looked at with: its database from outside, and its own processes."""

from __future__ import annotations

import re
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Engine

    from simulator.hub import Hub

SQL_SECONDS = 60.0
PATTERNS = {
    "webhook": r"wsgi:webhook|-m cli webhook\b",
    "console": r"wsgi:console|-m cli console\b",
    "worker": r"-m cli worker\b",
    "clock": r"-m cli clock\b",
    "rasa": r"-m rasa run|-m cli rasa\b",
}


class Product:
    """What who writes to it and who judges it need to know."""

    hub: Hub
    webhook: str
    engine: Engine

    @property
    def gave_up(self) -> bool:
        """Whether a supervisor has ended, which nobody asked of it."""
        raise NotImplementedError

    def pids(self, name: str) -> list[int]:
        """Return the processes that run now under a name."""
        raise NotImplementedError

    def rows(self, statement: str, **values: object) -> Sequence[Any]:
        """All rows of a statement; tried again while PostgreSQL is away."""
        deadline = time.monotonic() + SQL_SECONDS
        while True:
            try:
                with self.engine.begin() as connection:
                    found = connection.execute(text(statement), values)
                    return found.all() if found.returns_rows else []
            except DBAPIError:
                if time.monotonic() > deadline or self.gave_up:
                    raise
                time.sleep(0.5)

    def number(self, statement: str, **values: object) -> int:
        """The one number that a statement returns."""
        return int(self.rows(statement, **values)[0][0] or 0)


def all_pids() -> list[int]:
    """Every process of this machine."""
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def about(pid: int, name: str) -> bytes:
    """Read a file of /proc; empty where the process has ended."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/{name}").read_bytes()
    return b""


def environment_of(pid: int) -> bytes:
    """The environment that a process was started with."""
    return about(pid, "environ")


def command_line(pid: int) -> str:
    """How a process was started."""
    return about(pid, "cmdline").replace(b"\0", b" ").decode(errors="replace")


def named(pids: Sequence[int], name: str) -> list[int]:
    """Return those that were started under one of the names of `PATTERNS`."""
    return [pid for pid in pids if re.search(PATTERNS[name], command_line(pid))]
