"""One clock at a time: whoever holds the advisory lock leads, and another takes over when it dies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from outreach.ground.tick_state import CLOCK_LOCK

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine


class Leadership:
    """Holds PostgreSQL's session-level advisory lock on a connection of its own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None

    def held(self) -> bool:
        """Say whether this process leads now, trying to become leader where nobody is."""
        try:
            if self._connection is not None:
                # A connection that broke took the lock with it.
                self._connection.execute(text("SELECT 1"))
                return True
            connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            took = connection.execute(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": CLOCK_LOCK})
            if took.scalar_one():
                self._connection = connection
                return True
            connection.close()
        except SQLAlchemyError:
            self.release()
        return False

    def release(self) -> None:
        """Give the lead up."""
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None
