"""Taking back what waits: queued rows that have lost their reason are suppressed, in one statement.

The statement locks each row and looks at its state again under that lock, so that what a worker has begun to
send meanwhile is never booked as suppressed (promise P3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import update

from models import OutboxMessage, OutboxState

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.orm import Session


def take_back(
    session: Session, outbox_ids: Select[uuid.UUID | None], reason: str, now: datetime
) -> set[uuid.UUID]:
    """Suppress those of the selected rows that are still queued; return the ids of those."""
    session.flush()
    taken = session.scalars(
        update(OutboxMessage)
        .where(OutboxMessage.id.in_(outbox_ids), OutboxMessage.state == OutboxState.QUEUED)
        .values(state=OutboxState.SUPPRESSED, reason=reason, ended_at=now)
        .returning(OutboxMessage.id)
        .execution_options(synchronize_session="fetch")
    )
    return set(taken)
