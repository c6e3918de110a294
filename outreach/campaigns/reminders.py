"""Reminders of sessions: handed over when due, never late (promise P3), and what she answers to them.

Handing over goes by batches, so that the number of statements follows the batches and never the women. A
reminder whose window is over is dropped and counted.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import ARRAY, Uuid, func, literal, select

from models import (
    Enrolment,
    EnrolmentState,
    Group,
    OutboxKind,
    OutboxMessage,
    Reminder,
    ReminderState,
    Rsvp,
    RsvpAnswer,
    Session,
    Workshop,
)
from outreach.campaigns import due_moments, hold_out, outcomes
from outreach.campaigns.reminder_planning import plan
from outreach.ground import counters, dates, programme_rules
from outreach.messages import outbox, templates
from outreach.messages.outbox import Outgoing
from outreach.people import conversations
from outreach.programme import handed_over, session_notices

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session as Database

    from models import Template
    from outreach.ground.settings import Settings
    from outreach.messages.outbox import Content
    from outreach.sealing.crypto import PersonalKey

__all__ = [
    "answered", "asked_session", "pending", "plan", "send_due",
]  # fmt: skip

BATCH = 2000


class Due(NamedTuple):
    """A reminder that is due, with all that decides about it."""

    id: uuid.UUID
    woman_id: uuid.UUID
    minutes_before: int
    due_at: datetime
    useful_until: datetime | None
    current: bool
    cancelled_at: datetime | None
    starts_at: datetime
    place: str
    programme_id: uuid.UUID
    enrolled: bool
    answer: RsvpAnswer | None

    @property
    def ends_at(self) -> datetime:
        """Until when it is of use; rows of before the windows have none of their own."""
        late = due_moments.lateness(self.minutes_before)
        return self.useful_until or min(self.due_at + late, self.starts_at)


def send_due(db: Database, key: PersonalKey, settings: Settings, now: datetime, limit: int = BATCH) -> int:
    """Hand the next batch to the outbox, drop what is not to be sent; return how many were handled.

    What loses its use first goes first.
    """
    due = _due(db, now, limit)
    if not due:
        return 0
    rules = programme_rules.all_rules(db, settings)
    hand_over = _HandOver(db, now, due)
    shares = hold_out.of_reminders(db)
    dropped: dict[uuid.UUID, str] = {}
    leaving: dict[uuid.UUID, Outgoing] = {}
    for row in due:
        decided = _reason_to_drop(row, now) or hand_over.outgoing(row, rules[row.programme_id])
        if isinstance(decided, str):
            dropped[row.id] = decided
        elif hold_out.without_reminder(key, row.programme_id, row.woman_id, shares):
            dropped[row.id] = outcomes.HELD_OUT
        else:
            leaving[row.id] = decided
    handed_over.note_dropped(db, Reminder, dropped)
    made = outbox.enqueue_many(db, key, leaving.values())
    handed_over.note_handed_over(db, Reminder, dict(zip(leaving, made, strict=True)))
    missed = sum(reason == "missed_its_moment" for reason in dropped.values())
    if missed:
        counters.count(db, counters.REMINDERS_DROPPED, missed)
    return len(due)


def _due(db: Database, now: datetime, limit: int) -> list[Due]:
    locked = db.scalars(
        select(Reminder.id)
        .where(Reminder.state == ReminderState.PLANNED, Reminder.due_at <= now)
        .order_by(Reminder.useful_until.nulls_first(), Reminder.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    if not locked:
        return []
    enrolled = (
        select(Enrolment.id)
        .where(
            Enrolment.woman_id == Reminder.woman_id,
            Enrolment.group_id == Session.group_id,
            Enrolment.state == EnrolmentState.ENROLLED,
        )
        .exists()
    )
    answer = (Rsvp.woman_id == Reminder.woman_id) & (Rsvp.session_id == Session.id)
    rows = db.execute(
        select(
            Reminder.id,
            Reminder.woman_id,
            Reminder.minutes_before,
            Reminder.due_at,
            Reminder.useful_until,
            Reminder.revision == Session.revision,
            Session.cancelled_at,
            Session.starts_at,
            Group.place,
            Workshop.programme_id,
            enrolled,
            Rsvp.answer,
        )
        .join(Session, Session.id == Reminder.session_id)
        .join(Group, Group.id == Session.group_id)
        .join(Workshop, Workshop.id == Group.workshop_id)
        .outerjoin(Rsvp, answer & ~session_notices.outdated())
        .where(Reminder.id == func.any(literal(list(locked), ARRAY(Uuid))))
        .order_by(Reminder.useful_until.nulls_first(), Reminder.due_at)
    )
    return [Due._make(row) for row in rows]


def _reason_to_drop(row: Due, now: datetime) -> str | None:
    if row.cancelled_at is not None:
        return "session_cancelled"
    if not row.current:
        return "session_moved"
    if now >= row.ends_at:
        return "missed_its_moment"
    if not row.enrolled:
        return "no_longer_enrolled"
    return "she_declined" if row.answer is RsvpAnswer.DECLINED else None


class _HandOver:
    """What a batch needs besides its rows: where each woman is reached, and each programme's template."""

    def __init__(self, db: Database, now: datetime, due: Sequence[Due]) -> None:
        self._now = now
        self._reach: dict[uuid.UUID, dict[uuid.UUID, conversations.Reach]] = {}
        self._form: dict[uuid.UUID, Template | None] = {}
        for programme_id in {row.programme_id for row in due}:
            women = (row.woman_id for row in due if row.programme_id == programme_id)
            self._reach[programme_id] = conversations.reaches(db, women, programme_id)
            self._form[programme_id] = templates.of_programme(db, templates.SESSION_REMINDER, programme_id)

    def outgoing(self, row: Due, rules: Settings) -> Outgoing | str:
        """Return the message of a reminder, or why there is none."""
        where = self._reach[row.programme_id].get(row.woman_id, conversations.NOWHERE)
        if where.reason is not None or where.conversation_id is None:
            return where.reason or conversations.NO_NUMBER
        form = self._form[row.programme_id]
        if form is None:
            return "template_missing"
        return Outgoing(
            conversation_id=where.conversation_id,
            kind=OutboxKind.REMINDER,
            content=_content(form, row, rules, self._now),
            template_id=form.id,
            expires_at=row.ends_at,
        )


def _content(form: Template, row: Due, rules: Settings, now: datetime) -> Content:
    zone = rules.timezone
    # "Mañana" is true only for as long as today is.
    same_day = now.astimezone(zone).date() == row.ends_at.astimezone(zone).date()
    when = (
        dates.day_and_hour(row.starts_at, zone, now) if same_day else dates.date_and_hour(row.starts_at, zone)
    )
    return templates.filled(form, {"1": when, "2": row.place})


def asked_session(db: Database, woman_id: uuid.UUID, replied_to: str | None, now: datetime) -> Session | None:
    """Return the session of the reminder she answers: the quoted one, else the last that asked her."""
    asked = (
        select(Session)
        .join(Reminder, Reminder.session_id == Session.id)
        .join(OutboxMessage, OutboxMessage.id == Reminder.outbox_id)
        .where(Reminder.woman_id == woman_id)
    )
    if replied_to:
        quoted = db.scalar(asked.where(OutboxMessage.sid == replied_to).limit(1))
        if quoted is not None:
            return quoted
    return db.scalar(
        asked.where(
            Session.starts_at > now - timedelta(hours=1),
            Session.cancelled_at.is_(None),
            OutboxMessage.state.in_(outbox.TAKEN),
        )
        .order_by(OutboxMessage.seq.desc())
        .limit(1)
    )


def pending(db: Database, woman_id: uuid.UUID, now: datetime) -> bool:
    """Say whether a reminder waits for her answer."""
    return (
        db.scalar(
            select(Reminder.id)
            .join(Session, Session.id == Reminder.session_id)
            .where(
                Reminder.woman_id == woman_id,
                Reminder.state == ReminderState.HANDED_OVER,
                Reminder.revision == Session.revision,
                Session.cancelled_at.is_(None),
                Session.starts_at > now - timedelta(hours=1),
            )
            .limit(1)
        )
        is not None
    )


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
