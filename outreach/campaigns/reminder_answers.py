"""What she answers to a reminder, tied to the session that it was about.

A quoted message decides. Else her words are about what was last between us: the session that she was asked
about last, or the one she answered for since. So "siempre no" takes back the yes that she gave just before,
also where another session was asked about in between.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select, union_all

from models import OutboxMessage, Reminder, ReminderState, Rsvp, Session, SessionNotice
from outreach.messages import outbox
from outreach.programme import session_notices

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Subquery
    from sqlalchemy.orm import Session as Database

ANSWERABLE_AFTER = timedelta(hours=1)
"""So long after its start an answer without a quote is still about a session."""


def asked_session(db: Database, woman_id: uuid.UUID, replied_to: str | None, now: datetime) -> Session | None:
    """Return the session that she answers about: that of the quoted message, else the last between us."""
    if replied_to:
        told = _told(woman_id)
        quoted = db.scalar(
            select(Session)
            .join(told, told.c.session_id == Session.id)
            .join(OutboxMessage, OutboxMessage.id == told.c.outbox_id)
            .where(OutboxMessage.sid == replied_to)
            .limit(1)
        )
        if quoted is not None:
            return quoted
    return next(iter(asked_sessions(db, woman_id, now)), None)


def asked_sessions(db: Database, woman_id: uuid.UUID, now: datetime) -> Sequence[Session]:
    """Return the sessions to come that she was asked or told about, the last between us first."""
    told = _told(woman_id)
    # At rest a message keeps the day of its leaving alone; it left when it was due, or soon after.
    said_at = func.greatest(
        func.coalesce(OutboxMessage.sending_since, OutboxMessage.created_at), told.c.due_at
    )
    last_said = func.max(said_at)
    answered_at = func.max(Rsvp.updated_at)
    return db.scalars(
        select(Session)
        .join(told, told.c.session_id == Session.id)
        .join(OutboxMessage, OutboxMessage.id == told.c.outbox_id)
        .outerjoin(
            Rsvp,
            (Rsvp.woman_id == woman_id) & (Rsvp.session_id == Session.id) & ~session_notices.outdated(),
        )
        .where(
            Session.starts_at > now - ANSWERABLE_AFTER,
            Session.cancelled_at.is_(None),
            OutboxMessage.state.in_(outbox.TAKEN),
        )
        .group_by(Session.id)
        .order_by(
            func.greatest(last_said, answered_at).desc(), func.max(OutboxMessage.seq).desc(), Session.id
        )
    ).all()


def _told(woman_id: uuid.UUID) -> Subquery:
    """Session and message of every reminder and notice to her, and from when on it was to leave."""
    return union_all(
        select(Reminder.session_id, Reminder.outbox_id, Reminder.due_at).where(Reminder.woman_id == woman_id),
        select(SessionNotice.session_id, SessionNotice.outbox_id, SessionNotice.created_at).where(
            SessionNotice.woman_id == woman_id
        ),
    ).subquery()


def pending(db: Database, woman_id: uuid.UUID, now: datetime) -> bool:
    """Say whether a reminder waits for her answer."""
    return (
        db.scalar(
            select(Reminder.id)
            .join(Session, Session.id == Reminder.session_id)
            .where(
                Reminder.woman_id == woman_id,
                Reminder.state == ReminderState.HANDED_OVER,
                ~session_notices.moved_since(),
                Session.cancelled_at.is_(None),
                Session.starts_at > now - ANSWERABLE_AFTER,
            )
            .limit(1)
        )
        is not None
    )


def waits(db: Database, woman_id: uuid.UUID, session_id: uuid.UUID) -> bool:
    """Say whether a reminder of this session still waits for her answer."""
    query = select(Reminder.id).where(
        Reminder.woman_id == woman_id,
        Reminder.session_id == session_id,
        Reminder.state == ReminderState.HANDED_OVER,
    )
    return db.scalar(query.limit(1)) is not None


def answered(db: Database, woman_id: uuid.UUID, session_id: uuid.UUID) -> None:
    """Note that she has answered for a session; nothing waits any more."""
    for row in db.scalars(
        select(Reminder).where(
            Reminder.woman_id == woman_id,
            Reminder.session_id == session_id,
            Reminder.state == ReminderState.HANDED_OVER,
        )
    ):
        row.state = ReminderState.ANSWERED
