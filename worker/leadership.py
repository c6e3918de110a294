"""One clock at a time: whoever holds the advisory lock leads, and another takes over when it dies."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from outreach.ground.tick_state import CLOCK_LOCK

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

_TAKE = text("SELECT pg_try_advisory_lock(:lock), pg_backend_pid()")
_WHO = text("SELECT pg_backend_pid()")
LATELY_SECONDS = 60.0


class Outage:
    """How long this process, which ran, could not reach the database: what nobody could note meanwhile."""

    def __init__(self) -> None:
        self._since: float | None = None
        self._seconds, self._over_at = 0.0, float("-inf")

    def goes_on(self) -> None:
        """Note an attempt that failed."""
        if self._since is None:
            self._since = time.monotonic()

    def is_over(self) -> None:
        """Note one that did not."""
        if self._since is not None:
            self._over_at = time.monotonic()
            self._seconds, self._since = self._over_at - self._since, None

    def lately(self) -> float:
        """Return how many seconds one lasted that ended in the last minute, else 0."""
        return self._seconds if time.monotonic() - self._over_at < LATELY_SECONDS else 0.0


outage = Outage()


class Leadership:
    """Holds PostgreSQL's session-level advisory lock on a connection of its own.

    The lock is gone with its session: where the network was cut, or a standby took the primary's place,
    another clock may lead while this process has heard of nothing. So whoever is about to act asks first
    (`held`). Where the other end is silent the asking ends in seconds, by the limits of the connection.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None
        self._session = 0
        self._lock = threading.Lock()

    def elect(self) -> bool:
        """Become leader where nobody is; say whether this process leads."""
        with self._lock:
            return self._still_held() or self._taken()

    def held(self) -> bool:
        """Ask the session that has the lock, and say whether this process leads now; nothing is taken."""
        with self._lock:
            return self._still_held()

    def release(self) -> None:
        """Give the lead up."""
        with self._lock:
            self._drop()

    def _still_held(self) -> bool:
        if self._connection is None:
            return False
        try:
            # Another session behind the same connection is a pooler's: the lock is not there.
            if self._connection.execute(_WHO).scalar_one() == self._session:
                return True
        except SQLAlchemyError:
            pass
        self._drop()
        return False

    def _taken(self) -> bool:
        try:
            self._connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            took, self._session = self._connection.execute(_TAKE, {"lock": CLOCK_LOCK}).one()
        except SQLAlchemyError:
            outage.goes_on()
            self._drop()
            return False
        outage.is_over()
        if not took:
            self._connection.close()
            self._connection = None
        return bool(took)

    def _drop(self) -> None:
        """A connection that may still have the lock is not used again."""
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None
