"""Dead letters as staff see them: what was given up, until somebody closes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from models import DeadLetter, TickState
from outreach.ground import dead_letters, jobs
from outreach.staff import audit
from outreach.staff.audit import Action

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from models import Staff

MOST_SHOWN = 200
_OF_CONVERSATIONS = frozenset({jobs.TAKE_TURN, jobs.WAKE_TURN})
OF_ROWS = frozenset({jobs.DELIVER, jobs.RETRY_DELIVERY})
_HERS = frozenset({dead_letters.TURN, dead_letters.INBOUND, dead_letters.DELIVERY})
_OF_NOBODY = frozenset({jobs.DELIVER_BATCH, jobs.FETCH_MEDIA})


def waiting(session: Session, most: int = MOST_SHOWN) -> Sequence[DeadLetter]:
    """Return the open dead letters, oldest first, so many at most."""
    query = select(DeadLetter).where(DeadLetter.closed_at.is_(None))
    return session.scalars(query.order_by(DeadLetter.created_at, DeadLetter.id).limit(most)).all()


def may_go_again(row: DeadLetter) -> bool:
    """Say whether the work can be put back on the queue.

    Only a job over which workers died: it looks anew at what waits, and does nothing where nothing does.
    A turn has ended; a message that can't be read, or was given up, can't be sent as it is.
    """
    if row.kind != dead_letters.JOB:
        return False
    if row.error in _OF_NOBODY:
        return True
    return row.subject_id is not None and row.error in _OF_CONVERSATIONS | OF_ROWS


def again(session: Session, letter_id: uuid.UUID, staff: Staff, now: datetime) -> bool | None:
    """Put the work of one back on the queue and close it; say whether that could be, None: it is closed."""
    row = session.get(DeadLetter, letter_id, with_for_update=True, populate_existing=True)
    if row is None or row.closed_at is not None:
        return None
    if not may_go_again(row):
        return False
    if row.error == jobs.DELIVER_BATCH:
        jobs.defer_batches(session)
    elif row.error == jobs.FETCH_MEDIA:
        jobs.defer_media(session)
    elif row.subject_id is not None and row.error in _OF_CONVERSATIONS:
        jobs.defer_wake(session, row.subject_id, now)
    elif row.subject_id is not None:
        jobs.defer_delivery_retry(session, row.subject_id, now, priority=jobs.REPLY_PRIORITY)
    row.closed_at, row.closed_by = now, staff.id
    audit.record(session, staff.id, Action.DEAD_LETTER_AGAIN, now)
    session.flush()
    return True


def may_be_handed_over(row: DeadLetter) -> bool:
    """Say whether it was about a woman who may be waiting, by its kind alone."""
    if row.subject_id is None:
        return False
    of_hers = row.kind == dead_letters.JOB and row.error in _OF_CONVERSATIONS | OF_ROWS
    return of_hers or row.kind in _HERS


def close_as_handed(session: Session, letter_id: uuid.UUID, staff: Staff, now: datetime) -> bool:
    """Close one whose work a person gets; say whether it was open."""
    return _close(session, letter_id, staff, Action.DEAD_LETTER_HANDED, now)


def works_again(session: Session, rows: Sequence[DeadLetter]) -> frozenset[uuid.UUID]:
    """Return which of the clock's tasks that were given up have gone well since."""
    names = {row.id: row.error.split(":", 1)[0] for row in rows if row.kind == dead_letters.TICK}
    if not names:
        return frozenset()
    states = session.scalars(select(TickState).where(TickState.name.in_(set(names.values()))))
    well = {state.name for state in states if state.failures == 0}
    return frozenset(letter_id for letter_id, name in names.items() if name in well)


def close(session: Session, letter_id: uuid.UUID, staff: Staff, now: datetime) -> bool:
    """Close one; say whether it was open."""
    return _close(session, letter_id, staff, Action.DEAD_LETTER_CLOSED, now)


def _close(session: Session, letter_id: uuid.UUID, staff: Staff, action: Action, now: datetime) -> bool:
    row = session.get(DeadLetter, letter_id, with_for_update=True, populate_existing=True)
    if row is None or row.closed_at is not None:
        return False
    row.closed_at, row.closed_by = now, staff.id
    audit.record(session, staff.id, action, now)
    session.flush()
    return True
