"""The dated sessions of a group: added, and cancelled with their reminders."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from models import Group, OutboxMessage, OutboxState, Reminder, ReminderState, Session
from outreach.messages import outbox

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session as Database

LONGEST_SESSION = 12 * 60


class TimetableError(ValueError):
    """This can't be done to a session; the message says why, for the coordinator."""


def create_session(db: Database, group: Group, starts_at: datetime, minutes: int, now: datetime) -> Session:
    """Add a dated session to a group; its reminders are planned by the clock.

    Raises:
        TimetableError: in the past, of no length, or at the same time as another of the group.
    """
    if starts_at <= now:
        raise TimetableError("La sesión tiene que ser en el futuro.")
    if not 0 < minutes <= LONGEST_SESSION:
        raise TimetableError("La duración va en minutos, hasta 12 horas.")
    ends_at = starts_at + timedelta(minutes=minutes)
    near = db.scalars(
        select(Session).where(
            Session.group_id == group.id,
            Session.cancelled_at.is_(None),
            Session.starts_at < ends_at,
            Session.starts_at > starts_at - timedelta(minutes=LONGEST_SESSION),
        )
    )
    if any(other.starts_at + timedelta(minutes=other.minutes) > starts_at for other in near):
        raise TimetableError("A esa hora el grupo ya tiene una sesión.")
    count = db.scalar(select(func.count()).where(Session.group_id == group.id)) or 0
    code = f"{group.code}-{count + 1}-{int(starts_at.timestamp()) // 60:x}"[-48:]
    made = Session(group_id=group.id, code=code, starts_at=starts_at, minutes=minutes)
    db.add(made)
    db.flush()
    return made


def cancel_session(db: Database, session: Session, now: datetime) -> int:
    """Cancel a session and its reminders; return how many women had been reminded already.

    Raises:
        TimetableError: it is cancelled already, or over.
    """
    db.flush()
    db.refresh(session, with_for_update=True)
    if session.cancelled_at is not None:
        raise TimetableError("Esta sesión ya estaba cancelada.")
    if session.starts_at <= now:
        raise TimetableError("Esta sesión ya pasó.")
    session.cancelled_at = now
    reminded = set()
    rows = db.execute(
        select(Reminder, OutboxMessage)
        .outerjoin(OutboxMessage, OutboxMessage.id == Reminder.outbox_id)
        .where(Reminder.session_id == session.id)
        .with_for_update(of=Reminder)
    )
    for reminder, message in rows:
        if reminder.state is ReminderState.PLANNED:
            reminder.state, reminder.reason = ReminderState.DROPPED, "session_cancelled"
        elif message is not None and not outbox.advance(
            message, OutboxState.SUPPRESSED, reason="session_cancelled"
        ):
            reminded.add(reminder.woman_id)
    db.flush()
    return len(reminded)
