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

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

TURN, SEND = "turn", "send"
_AGAIN_SECONDS = 0.02


def number(purpose: str, conversation_id: uuid.UUID) -> int:
    """Return the 64-bit number under which PostgreSQL knows a lock."""
    digest = sha256(f"{purpose}:{conversation_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


@contextmanager
def held(
    engine: Engine, purpose: str, conversation_id: uuid.UUID, *, patience: float = 0.0
) -> Iterator[sessionmaker[Session] | None]:
    """Hold a conversation's lock; yields the sessions on its connection, None where another has it.

    `patience` is for how many seconds to wait for it.
    """
    lock = {"lock": number(purpose, conversation_id)}
    with engine.connect() as connection:
        if not _taken(connection, lock, time.monotonic() + patience):
            yield None
            return
        try:
            yield sessionmaker(connection, expire_on_commit=False)
        finally:
            _let_go(connection, lock)


def _taken(connection: Connection, lock: dict[str, int], until: float) -> bool:
    while True:
        got = bool(connection.execute(text("SELECT pg_try_advisory_lock(:lock)"), lock).scalar_one())
        connection.commit()
        if got or time.monotonic() >= until:
            return got
        time.sleep(_AGAIN_SECONDS)


def _let_go(connection: Connection, lock: dict[str, int]) -> None:
    try:
        connection.rollback()
        connection.execute(text("SELECT pg_advisory_unlock(:lock)"), lock)
        connection.commit()
    except SQLAlchemyError:
        # A connection that broke took the lock with it; one that may still have it must not be used again.
        connection.invalidate()
