"""How the clock's ticks go: failures in a row are counted, and told once when they are too many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy.dialects.postgresql import insert

from models import TickState
from outreach.ground import dead_letters

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

CLOCK_LOCK = 4_182_026
"""The advisory lock that the leading clock holds; nothing else in this database locks this number."""
SERVES: Final = {"webhook": "serve_webhook", "console": "serve_console"}
"""Under which name each app notes that it answers, as a tick notes that it went well."""
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


def beat(session: Session, name: str, now: datetime) -> None:
    """Note that something answers; several processes may note the same at once."""
    row = insert(TickState).values(name=name, failures=0, well_at=now)
    session.execute(row.on_conflict_do_update(index_elements=[TickState.name], set_={"well_at": now}))


def failed(session: Session, name: str, error: BaseException, now: datetime) -> int:
    """Count a failure; one that makes it too many in a row writes a dead letter. Return the count.

    Closed while it still fails, it comes again after as many more: what does not work is never out of sight.
    """
    row = _row(session, name)
    row.failures += 1
    row.failed_at = now
    if row.failures % MOST_FAILURES == 0:
        dead_letters.bury(session, dead_letters.TICK, None, f"{name}: {type(error).__name__}")
    return row.failures
