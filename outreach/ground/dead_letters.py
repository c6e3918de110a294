"""Dead letters: work that was given up after its last attempt, kept as a row that a person sees.

A row names the kind of work, the row it was about and the type of what was raised; never a text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from models import DeadLetter

if TYPE_CHECKING:
    import uuid

    from sqlalchemy.orm import Session

TURN, INBOUND, DELIVERY, JOB, TICK = "turn", "inbound", "delivery", "job", "tick"
CAMPAIGN = "campaign"
LONGEST_ERROR = 80


def bury(session: Session, kind: str, subject_id: uuid.UUID | None, error: BaseException | str) -> DeadLetter:
    """Write a dead letter; the same work given up again counts on the open row."""
    name = error if isinstance(error, str) else type(error).__name__
    row = session.scalar(
        select(DeadLetter)
        .where(
            DeadLetter.kind == kind,
            DeadLetter.subject_id.is_not_distinct_from(subject_id),
            DeadLetter.error == name[:LONGEST_ERROR],
            DeadLetter.closed_at.is_(None),
        )
        .limit(1)
        .with_for_update()
    )
    if row is None:
        row = DeadLetter(kind=kind, subject_id=subject_id, error=name[:LONGEST_ERROR], attempts=0)
        session.add(row)
    row.attempts += 1
    session.flush()
    return row


def open_count(session: Session) -> int:
    """Return how many dead letters nobody has closed."""
    return session.scalar(select(func.count()).where(DeadLetter.closed_at.is_(None))) or 0
