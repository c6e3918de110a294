"""One at a time for a conversation: PostgreSQL's advisory locks, held across a slow call.

A transaction must not stay open while Rasa or Twilio is waited for, so its row locks can't serve. These are
held by a pooled connection that is idle meanwhile; a process that dies lets go of them. They need session
pooling, as `LISTEN` does.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from hashlib import sha256
from typing import TYPE_CHECKING

import psycopg
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

TURN, SEND = "turn", "send"
_AGAIN_SECONDS = 0.02
_TAKE = "SELECT pg_try_advisory_lock(%s)"
_LET_GO = "SELECT pg_advisory_unlock(%s)"
# Under a conversation's turn nothing leaves: its transactions need not wait for the disk one by one. The
# next that does wait (a reply is marked as being sent) sees to all before it: the log is one (decision 80).
_TAKE_TURN = (
    "SELECT CASE WHEN pg_try_advisory_lock(%s) THEN set_config('synchronous_commit', 'off', false) END"
)
_LET_GO_OF_TURN = "SELECT pg_advisory_unlock(%s), set_config('synchronous_commit', NULL, false)"


def number(purpose: str, conversation_id: uuid.UUID) -> int:
    """Return the 64-bit number under which PostgreSQL knows a lock."""
    digest = sha256(f"{purpose}:{conversation_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


class Pinned:
    """One connection for the locks of a conversation and the transactions made under them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._held: dict[int, str] = {}
        self.sessions: sessionmaker[Session] = sessionmaker(connection, expire_on_commit=False)

    def take(self, purpose: str, conversation_id: uuid.UUID, *, patience: float = 0.0) -> bool:
        """Take a lock, waiting for it up to so many seconds; say whether it was got."""
        lock, until = number(purpose, conversation_id), time.monotonic() + patience
        taking, letting_go = (_TAKE_TURN, _LET_GO_OF_TURN) if purpose == TURN else (_TAKE, _LET_GO)
        while not self._one(taking, lock):
            if time.monotonic() >= until:
                return False
            time.sleep(_AGAIN_SECONDS)
        self._held[lock] = letting_go
        return True

    def let_go(self, purpose: str, conversation_id: uuid.UUID) -> None:
        """Let go of a lock; others see what was committed under it."""
        self._let_go(number(purpose, conversation_id))

    def let_go_of_all(self) -> None:
        """Let go of what is still held."""
        for lock in tuple(self._held):
            self._let_go(lock)

    def _let_go(self, lock: int) -> None:
        letting_go = self._held.pop(lock, None)
        if letting_go is None:
            return
        try:
            self._connection.rollback()
            self._one(letting_go, lock)
        except (SQLAlchemyError, psycopg.Error):
            # A connection that broke took the lock with it; one that may still have it is not used again.
            self._connection.invalidate()

    def _one(self, statement: str, lock: int) -> bool:
        """Run a statement in one round trip: outside a transaction, by the driver itself."""
        driver: psycopg.Connection = self._connection.connection.driver_connection  # type: ignore[assignment] # typed as Any
        driver.autocommit = True
        try:
            row = driver.execute(statement, [lock]).fetchone()
        finally:
            if not driver.closed:
                driver.autocommit = False
        return bool(row and row[0])


@contextmanager
def pinned(engine: Engine) -> Iterator[Pinned]:
    """Yield a connection of its own; whatever is held at the end is let go."""
    with engine.connect() as connection:
        made = Pinned(connection)
        try:
            yield made
        finally:
            made.let_go_of_all()
