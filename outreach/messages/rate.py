"""The token bucket under the account's limit, shared by all workers through one row.

WhatsApp allows 80 messages a second and sender (Twilio's best practices page). Tokens are leased in blocks,
in transactions of their own, so that the row is no lock that sends queue up for. Nothing here ever sleeps:
who gets no token is told when to ask again. What we initiate leaves the last tokens to conversation.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from models import OutboxKind, TokenBucket

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session, sessionmaker

NAME = "whatsapp"
# So many seconds of tokens the bucket holds; what asks again late by less than this loses nothing.
CAPACITY_SECONDS = 2.0
# The share of a second's tokens that must remain after a send of this kind.
KEPT: Mapping[OutboxKind, float] = {
    OutboxKind.REPLY: 0.0,
    OutboxKind.NOTICE: 0.1,
    OutboxKind.REMINDER: 0.15,
    OutboxKind.CAMPAIGN: 0.35,
}
# So many seconds of tokens must have gathered before a batch gets any.
LEAST_SECONDS = 0.4
REPLY_BLOCK = 5
"""The most tokens that a process leases for its replies at once."""
REPLY_BLOCK_SECONDS = 1.0
_LEASE = text(
    "UPDATE token_bucket b SET tokens = s.level - s.granted, refilled_at = s.at FROM ("
    " SELECT name, level, at, CASE WHEN level - :kept >= :least"
    "  THEN LEAST(:wanted, FLOOR(level - :kept)) ELSE 0 END AS granted FROM ("
    "  SELECT name, GREATEST(refilled_at, :now) AS at, LEAST(:capacity, tokens"
    "   + GREATEST(0, EXTRACT(EPOCH FROM CAST(:now AS timestamptz) - refilled_at)) * :rate) AS level"
    "  FROM token_bucket WHERE name = :name FOR UPDATE) t) s"
    " WHERE b.name = s.name RETURNING s.granted, s.level"
)


@dataclass(frozen=True)
class Lease:
    """Tokens that were granted; where none were, the seconds after which to ask again."""

    granted: int
    wait: float = 0.0


def lease(session: Session, per_second: int, kind: OutboxKind, wanted: int, now: datetime) -> Lease:
    """Take up to `wanted` tokens at once; `per_second` 0 means that there is no limit.

    What we initiate is not given tokens in ones and twos: a batch is worth its statements.
    """
    if per_second <= 0:
        return Lease(wanted)
    capacity = max(1.0, per_second * CAPACITY_SECONDS)
    least = 1.0 if kind is OutboxKind.REPLY else max(1.0, min(wanted, per_second * LEAST_SECONDS))
    kept = min(KEPT[kind] * per_second, capacity - least)
    numbers = {
        "name": NAME, "wanted": wanted, "kept": kept, "least": least,
        "capacity": capacity, "rate": per_second, "now": now,
    }  # fmt: skip
    row = session.execute(_LEASE, numbers).first()
    if row is None:
        full = insert(TokenBucket).values(name=NAME, tokens=capacity, refilled_at=now)
        session.execute(full.on_conflict_do_nothing())
        row = session.execute(_LEASE, numbers).one()
    granted = int(row.granted)
    if granted:
        return Lease(granted)
    return Lease(0, (least + kept - row.level) / per_second)


class Pacer:
    """The tokens that one process holds for its replies: one, and more while they are soon used up.

    What lies unused when its second is over is lost to the bulk: five for each reply cost a campaign 2.4%.
    """

    def __init__(self, per_second: int) -> None:
        self._per_second = per_second
        self._left = 0
        self._size = 1
        self._until = 0.0
        self._lock = threading.Lock()

    def take(self, sessions: sessionmaker[Session], now: datetime) -> float:
        """Take one token and return 0.0, or return the seconds after which to ask again."""
        if self._per_second <= 0:
            return 0.0
        with self._lock:
            if self._left > 0 and time.monotonic() < self._until:
                self._left -= 1
                return 0.0
            self._size = min(2 * self._size, REPLY_BLOCK) if time.monotonic() < self._until else 1
            with sessions.begin() as session:
                found = lease(session, self._per_second, OutboxKind.REPLY, self._size, now)
            self._left, self._until = found.granted, time.monotonic() + REPLY_BLOCK_SECONDS
            if not self._left:
                return found.wait
            self._left -= 1
            return 0.0
