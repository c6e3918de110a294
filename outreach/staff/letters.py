"""Dead letters as staff see them: what was given up, until somebody closes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from models import DeadLetter
from outreach.staff import audit
from outreach.staff.audit import Action

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from models import Staff

MOST_SHOWN = 200


def waiting(session: Session) -> Sequence[DeadLetter]:
    """Return the open dead letters, oldest first, 200 at most."""
    query = select(DeadLetter).where(DeadLetter.closed_at.is_(None))
    return session.scalars(query.order_by(DeadLetter.created_at, DeadLetter.id).limit(MOST_SHOWN)).all()


def close(session: Session, letter_id: uuid.UUID, staff: Staff, now: datetime) -> bool:
    """Close one; say whether it was open."""
    row = session.get(DeadLetter, letter_id, with_for_update=True, populate_existing=True)
    if row is None or row.closed_at is not None:
        return False
    row.closed_at, row.closed_by = now, staff.id
    audit.record(session, staff.id, Action.DEAD_LETTER_CLOSED, now)
    session.flush()
    return True
