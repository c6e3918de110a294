"""How many statements PostgreSQL runs meanwhile, by all processes: counted in its own log.

The embedded server has no pg_stat_statements. Parameters are kept out of the log. Logging costs time, so that
what is timed is measured without it.
"""

from __future__ import annotations

import re
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, text

from outreach.ground.database import sqlalchemy_url

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_STATEMENT = re.compile(rb"LOG:  (?:statement|execute [^:]*): *(\w+)")
_FRAME = frozenset({b"BEGIN", b"COMMIT", b"ROLLBACK", b"SAVEPOINT", b"RELEASE", b"SET", b"SHOW"})
_IDLE_SECONDS = 6.0


@dataclass
class Count:
    """Statements of a stretch of time, those that frame a transaction left out."""

    statements: int = 0
    seconds: float = 0.0
    idle_per_second: float = 0.0

    @property
    def beyond_idle(self) -> float:
        """What is left when the polling of an idle system is taken off."""
        return self.statements - self.idle_per_second * self.seconds


@contextmanager
def counted(database_url: str, log: Path) -> Iterator[Count]:
    """Count what runs while the block runs; a few idle seconds before it are taken as what polling costs."""
    count = Count()
    _log_all(database_url, on=True)
    try:
        time.sleep(1.0)  # until all processes have read the setting
        idle_from = log.stat().st_size
        time.sleep(_IDLE_SECONDS)
        began, start = time.perf_counter(), log.stat().st_size
        count.idle_per_second = _statements(log, idle_from, start) / _IDLE_SECONDS
        yield count
        count.seconds = time.perf_counter() - began
        count.statements = _statements(log, start, log.stat().st_size)
    finally:
        _log_all(database_url, on=False)


def _log_all(database_url: str, *, on: bool) -> None:
    engine = create_engine(sqlalchemy_url(database_url), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"ALTER SYSTEM SET log_statement = '{'all' if on else 'none'}'"))
        connection.execute(text("ALTER SYSTEM SET log_parameter_max_length = 0"))
        connection.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()


def _statements(log: Path, start: int, end: int) -> int:
    with log.open("rb") as file:
        file.seek(start)
        lines = file.read(end - start)
    return sum(found.upper() not in _FRAME for found in _STATEMENT.findall(lines))
