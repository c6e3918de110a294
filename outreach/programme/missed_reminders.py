"""Reminders that did not reach a woman though they were owed to her: counted, and listed with the reason.

What is no longer owed is left out: sessions that were cancelled or moved, seats taken after the moment. So is
whom it would have interrupted (`in_conversation`): that she wrote for so long just then would be said by
name, and a case makes her write (P4). The rules' page counts those, for a whole workshop.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select, union_all

from models import Group, OutboxKind, OutboxMessage, OutboxState, Reminder, ReminderState, Session, Woman
from outreach.programme.overview import name_of

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Subquery
    from sqlalchemy.orm import Session as Database

    from outreach.sealing.crypto import PersonalKey

# A dropped reminder of these reasons was not owed, or no longer.
NOT_OWED = (
    "enrolled_later", "session_moved", "session_cancelled", "she_declined", "no_longer_enrolled",
    "she_confirmed", "she_came", "rule_came_later", "known_too_late", "held_out", "in_conversation",
)  # fmt: skip
ENDED_BADLY = (OutboxState.FAILED, OutboxState.UNDELIVERED, OutboxState.EXPIRED, OutboxState.SUPPRESSED)


@dataclass(frozen=True)
class MissedReminder:
    """A reminder that did not reach her, and why."""

    name: str
    group: str
    starts_at: datetime
    due_at: datetime
    reason: str


def _missed(since: datetime, now: datetime) -> Subquery:
    """Id and reason of each, from two indexes: reminders that were dropped, messages that ended badly."""
    dropped = select(Reminder.id, Reminder.reason).where(
        Reminder.state == ReminderState.DROPPED, Reminder.due_at >= since, Reminder.due_at <= now
    )
    ended = (
        select(Reminder.id, OutboxMessage.reason)
        .join(OutboxMessage, OutboxMessage.id == Reminder.outbox_id)
        .where(
            Reminder.state != ReminderState.DROPPED,
            OutboxMessage.kind == OutboxKind.REMINDER,
            OutboxMessage.state.in_(ENDED_BADLY),
            OutboxMessage.ended_at >= since,
        )
    )
    both = union_all(dropped, ended).subquery()
    reason = func.coalesce(both.c.reason, "unknown").label("reason")
    return (
        select(both.c.id, reason)
        .join(Reminder, Reminder.id == both.c.id)
        .join(Session, Session.id == Reminder.session_id)
        .where(reason.not_in(NOT_OWED), Session.cancelled_at.is_(None))
        .subquery()
    )


def count(db: Database, since: datetime, now: datetime) -> int:
    """Count them, without reading a name."""
    return db.scalar(select(func.count()).select_from(_missed(since, now))) or 0


def listed(
    db: Database, key: PersonalKey, since: datetime, now: datetime, *, limit: int = 200
) -> list[MissedReminder]:
    """Return the latest of them, newest first."""
    missed = _missed(since, now)
    rows = db.execute(
        select(Woman, Group.code, Session.starts_at, Reminder.due_at, missed.c.reason)
        .join(Reminder, Reminder.id == missed.c.id)
        .join(Woman, Woman.id == Reminder.woman_id)
        .join(Session, Session.id == Reminder.session_id)
        .join(Group, Group.id == Session.group_id)
        .order_by(Reminder.due_at.desc(), Reminder.id)
        .limit(limit)
    )
    return [MissedReminder(name_of(key, woman), *rest) for woman, *rest in rows]
