"""Telling those enrolled that a session moved or was cancelled: each woman once, of what changed for her.

A notice is owed when the session changes and handed to the outbox by the clock (`notices_due`). What a woman
knew before is kept with her notice: a session that moves on, or back, before she was told has something else,
or nothing, to tell her.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select

from models import (
    Enrolment,
    EnrolmentState,
    OutboxMessage,
    OutboxState,
    Reminder,
    ReminderState,
    Rsvp,
    Session,
    SessionChange,
    SessionNotice,
)
from outreach.messages.take_back import take_back

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session as Database

SUPERSEDED = "superseded"
ON_ITS_WAY = (OutboxState.QUEUED, OutboxState.SENDING, OutboxState.IN_DOUBT)
ARRIVED = (OutboxState.SENT, OutboxState.DELIVERED, OutboxState.READ)
HAS_LEFT = (OutboxState.SENDING, OutboxState.IN_DOUBT, *ARRIVED)


@dataclass
class Told:
    """How many women were told of a change, are still to be told, and were not, by reason."""

    told: int = 0
    waiting: int = 0
    reasons: dict[str, int] = field(default_factory=dict)

    @property
    def not_told(self) -> int:
        """How many were not and will not be told."""
        return sum(self.reasons.values())


def owe(db: Database, session: Session, change: SessionChange, old_start: datetime, now: datetime) -> int:
    """Plan the notices of a change that was just made; return how many women are to be told.

    `old_start` is when the session was to begin before the change. The caller has locked the session's group,
    so that nobody takes a seat meanwhile.
    """
    moved = change is SessionChange.MOVED
    known = _known_starts(db, session, session.revision - moved, old_start, now)
    enrolled = db.scalars(
        select(Enrolment.woman_id).where(
            Enrolment.group_id == session.group_id, Enrolment.state == EnrolmentState.ENROLLED
        )
    )
    rows = []
    for woman_id in enrolled:
        knew = known.get(woman_id, old_start)
        if moved and knew == session.starts_at:
            continue
        rows.append({
            "id": uuid.uuid4(), "woman_id": woman_id, "session_id": session.id, "revision": session.revision,
            "change": change, "known_starts_at": knew, "created_at": now, "state": ReminderState.PLANNED,
            # The new time is worth knowing until it comes; a cancellation, until she would have set out.
            "useful_until": session.starts_at if moved or knew <= now else knew,
        })  # fmt: skip
    if rows:
        db.execute(insert(SessionNotice), rows)
    return len(rows)


def _known_starts(
    db: Database, session: Session, revision: int, old_start: datetime, now: datetime
) -> dict[uuid.UUID, datetime]:
    """Return the start that each woman knows who does not know the last one, and drop what is overtaken."""
    notices = db.scalars(
        select(SessionNotice)
        .where(SessionNotice.session_id == session.id)
        .order_by(SessionNotice.revision)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    if not notices:
        return {}
    mine = select(SessionNotice.outbox_id).where(SessionNotice.session_id == session.id)
    taken_back = take_back(db, mine, SUPERSEDED, now)
    sent = select(OutboxMessage.id, OutboxMessage.state).where(OutboxMessage.id.in_(mine))
    states = {row_id: state for row_id, state in db.execute(sent)}  # noqa: C416 (rows are no tuples to mypy)
    known: dict[uuid.UUID, datetime] = {}
    for notice in notices:
        state = states.get(notice.outbox_id) if notice.outbox_id else None
        known[notice.woman_id] = old_start
        if notice.state is ReminderState.DROPPED or state not in {*ON_ITS_WAY, *ARRIVED}:
            known[notice.woman_id] = notice.known_starts_at
        if notice.state is ReminderState.PLANNED or notice.outbox_id in taken_back:
            notice.state, notice.reason = ReminderState.DROPPED, SUPERSEDED
    db.flush()
    return known | dict.fromkeys(_reminded(db, session.id, revision), old_start)


def _reminded(db: Database, session_id: uuid.UUID, revision: int) -> Sequence[uuid.UUID]:
    """Who had a reminder of this revision, and so knows its start without a notice."""
    return db.scalars(
        select(Reminder.woman_id)
        .join(OutboxMessage, OutboxMessage.id == Reminder.outbox_id)
        .where(
            Reminder.session_id == session_id,
            Reminder.revision == revision,
            OutboxMessage.state.in_(HAS_LEFT),
        )
    ).all()


def outdated() -> ColumnElement[bool]:
    """Return the SQL of whether an `Rsvp` was given before its session moved, so that it no longer counts."""
    return (
        select(SessionNotice.id)
        .where(
            SessionNotice.woman_id == Rsvp.woman_id,
            SessionNotice.session_id == Rsvp.session_id,
            SessionNotice.change == SessionChange.MOVED,
            SessionNotice.created_at > Rsvp.updated_at,
            SessionNotice.reason.is_distinct_from(SUPERSEDED),
        )
        .exists()
    )


def moved_since() -> ColumnElement[bool]:
    """Return the SQL of whether a session moved for the woman of a `Reminder` after its revision.

    One that moved and came back before she was told has not: what she was reminded of holds.
    """
    return (
        select(SessionNotice.id)
        .where(
            SessionNotice.woman_id == Reminder.woman_id,
            SessionNotice.session_id == Reminder.session_id,
            SessionNotice.change == SessionChange.MOVED,
            SessionNotice.revision > Reminder.revision,
            SessionNotice.reason.is_distinct_from(SUPERSEDED),
        )
        .exists()
    )


def told(db: Database, session_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Told]:
    """Count, for each session that changed, who was told of its last change; one statement for all."""
    last = (Session.cancelled_at.is_(None) & (SessionNotice.change == SessionChange.MOVED)) | (
        Session.cancelled_at.is_not(None) & (SessionNotice.change == SessionChange.CANCELLED)
    )
    rows = db.execute(
        select(
            SessionNotice.session_id,
            SessionNotice.state,
            SessionNotice.reason,
            OutboxMessage.state,
            OutboxMessage.reason,
            func.count(),
        )
        .join(Session, Session.id == SessionNotice.session_id)
        .outerjoin(OutboxMessage, OutboxMessage.id == SessionNotice.outbox_id)
        .where(
            SessionNotice.session_id.in_(list(session_ids)),
            SessionNotice.revision == Session.revision,
            last,
            SessionNotice.reason.is_distinct_from(SUPERSEDED),
        )
        .group_by(
            SessionNotice.session_id,
            SessionNotice.state,
            SessionNotice.reason,
            OutboxMessage.state,
            OutboxMessage.reason,
        )
    )
    found: dict[uuid.UUID, Told] = {}
    for session_id, state, reason, sent, why, count in rows:
        line = found.setdefault(session_id, Told())
        if sent in ARRIVED:
            line.told += count
        elif state is ReminderState.PLANNED or sent in ON_ITS_WAY:
            line.waiting += count
        else:
            name = reason or why or "unknown"
            line.reasons[name] = line.reasons.get(name, 0) + count
    return found
