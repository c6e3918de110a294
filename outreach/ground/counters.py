"""Numbers that only grow, kept where several processes can add to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from models import Counter

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

DUPLICATE_INBOUND = "duplicate_inbound"
UNKNOWN_STATUS = "unknown_status"
REMINDERS_DROPPED = "reminders_dropped"
TURNS_FAILED = "turns_failed"
REDACTIONS_REFUSED = "redactions_refused"
FILES_LOST = "files_lost"
NOTES_NOT_HEARD = "notes_not_heard"


def count(session: Session, name: str, by: int = 1) -> None:
    """Add to a counter."""
    statement = insert(Counter).values(name=name, value=by)
    session.execute(
        statement.on_conflict_do_update(index_elements=[Counter.name], set_={"value": Counter.value + by})
    )


def read(session: Session, name: str) -> int:
    """Return a counter, zero where nothing was ever counted."""
    return session.scalar(select(Counter.value).where(Counter.name == name)) or 0
