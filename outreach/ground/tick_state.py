"""How the clock's ticks go: failures in a row are counted, and told once when they are too many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models import TickState
from outreach.ground import dead_letters

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

CLOCK_LOCK = 4_182_026
"""The advisory lock that the leading clock holds; nothing else in this database locks this number."""
MOST_FAILURES = 5
"""Failures in a row after which a tick becomes a dead letter."""


def _row(session: Session, name: str) -> TickState:
    row = session.get(TickState, name, with_for_update=True)
    if row is None:
        row = TickState(name=name, failures=0)
        session.add(row)
        session.flush()
    return row


def last_well(session: Session, name: str) -> datetime | None:
    """Return when a tick last went well, whichever clock had it; None: never."""
    row = session.get(TickState, name)
    return row.well_at if row is not None else None


def went_well(session: Session, name: str, now: datetime) -> None:
    """Note a run without an error."""
    row = _row(session, name)
    row.failures, row.well_at = 0, now


def failed(session: Session, name: str, error: BaseException, now: datetime) -> int:
    """Count a failure; the one that makes it too many in a row writes a dead letter. Return the count."""
    row = _row(session, name)
    row.failures += 1
    row.failed_at = now
    if row.failures == MOST_FAILURES:
        dead_letters.bury(session, dead_letters.TICK, None, f"{name}: {type(error).__name__}")
    return row.failures
