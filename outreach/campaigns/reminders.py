"""Reminders of sessions: planned ahead, handed over when due, never late.

A reminder whose moment was missed by more than the grace is dropped and counted (promise P3).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, exists, select
from sqlalchemy.dialects.postgresql import insert

from models import (
    Enrolment,
    EnrolmentState,
    OutboxKind,
    OutboxMessage,
    Reminder,
    ReminderState,
    Rsvp,
    RsvpAnswer,
    Session,
    Woman,
)
from outreach.ground import counters, dates
from outreach.messages import conversation_state, outbox, templates
from outreach.messages.may_send import latest_allowed, next_allowed
from outreach.messages.outbox import Content
from outreach.people import registry

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlalchemy.orm import Session as Database

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

GRACE = timedelta(minutes=15)
# Moved out of her quiet hours, a reminder still needs this much time before the session to be of use.
USEFUL_BEFORE = timedelta(minutes=30)
PLAN_AHEAD = timedelta(days=2)


def plan(db: Database, key: PersonalKey, settings: Settings, now: datetime, limit: int = 1000) -> int:
    """Plan reminders of sessions that are near and have none yet; return how many were new.

    The database finds what is missing, so that a tick with nothing to do costs one query an offset.
    """
    return sum(_plan_offset(db, key, settings, minutes, now, limit) for minutes in settings.reminder_offsets)


def _plan_offset(
    db: Database, key: PersonalKey, settings: Settings, minutes: int, now: datetime, limit: int
) -> int:
    before = timedelta(minutes=minutes)
    planned = exists().where(
        Reminder.woman_id == Enrolment.woman_id,
        Reminder.session_id == Session.id,
        Reminder.minutes_before == minutes,
    )
    rows = db.execute(
        select(Session, Enrolment, Woman)
        .join(Enrolment, Enrolment.group_id == Session.group_id)
        .join(Woman, Woman.id == Enrolment.woman_id)
        .where(
            Session.starts_at > now,
            Session.starts_at <= now + before + PLAN_AHEAD,
            Session.cancelled_at.is_(None),
            Enrolment.state == EnrolmentState.ENROLLED,
            # What fell due before she enrolled was never owed to her.
            Enrolment.created_at <= Session.starts_at - before,
            ~planned,
        )
        .limit(limit)
    ).all()
    new = 0
    for session, seat, woman in rows:
        due = _due(db, key, settings, woman, session, minutes)
        owed = due >= seat.created_at
        new += owed
        db.execute(
            insert(Reminder)
            .values(
                woman_id=woman.id,
                session_id=session.id,
                minutes_before=minutes,
                due_at=due,
                state=ReminderState.PLANNED if owed else ReminderState.DROPPED,
                reason=None if owed else "enrolled_later",
            )
            .on_conflict_do_nothing(
                index_elements=[
                    Reminder.woman_id,
                    Reminder.session_id,
                    Reminder.minutes_before,
                    Reminder.revision,
                ]
            )
        )
    return new


def replan(db: Database, session_id: uuid.UUID) -> None:
    """Forget what was planned for a session whose time has changed; the next tick plans it anew."""
    db.execute(
        delete(Reminder).where(Reminder.session_id == session_id, Reminder.state == ReminderState.PLANNED)
    )


def _due(
    db: Database, key: PersonalKey, settings: Settings, woman: Woman, session: Session, minutes: int
) -> datetime:
    """Return when to remind: at the offset, or moved out of quiet hours, later if still of use."""
    raw = session.starts_at - timedelta(minutes=minutes)
    conversation = registry.conversation_for(db, key, woman)
    state = conversation_state.read(key, conversation) if conversation else conversation_state.PrivateState()
    later = next_allowed(raw, settings, state)
    if later == raw or later <= session.starts_at - USEFUL_BEFORE:
        return later
    return latest_allowed(raw, settings, state)


def send_due(db: Database, key: PersonalKey, settings: Settings, now: datetime, limit: int = 200) -> int:
    """Hand what is due to the outbox, drop what is not to be sent; return how many were handled."""
    rows = db.scalars(
        select(Reminder)
        .where(Reminder.state == ReminderState.PLANNED, Reminder.due_at <= now)
        .order_by(Reminder.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        reason = _reason_to_drop(db, row, now)
        if reason is None:
            reason = _hand_over(db, key, settings, row, now)
        if reason is not None:
            row.state, row.reason = ReminderState.DROPPED, reason
            if reason == "missed_its_moment":
                counters.count(db, counters.REMINDERS_DROPPED)
    return len(rows)


def _reason_to_drop(db: Database, row: Reminder, now: datetime) -> str | None:
    session = db.get_one(Session, row.session_id)
    if session.cancelled_at is not None:
        return "session_cancelled"
    if now > row.due_at + GRACE or now >= session.starts_at:
        return "missed_its_moment"
    seat = db.scalar(
        select(Enrolment.id).where(
            Enrolment.woman_id == row.woman_id,
            Enrolment.group_id == session.group_id,
            Enrolment.state == EnrolmentState.ENROLLED,
        )
    )
    if seat is None:
        return "no_longer_enrolled"
    answer = db.scalar(
        select(Rsvp.answer).where(Rsvp.woman_id == row.woman_id, Rsvp.session_id == row.session_id)
    )
    return "she_declined" if answer is RsvpAnswer.DECLINED else None


def _hand_over(
    db: Database, key: PersonalKey, settings: Settings, row: Reminder, now: datetime
) -> str | None:
    woman = db.get_one(Woman, row.woman_id)
    conversation = registry.conversation_for(db, key, woman)
    if conversation is None:
        return "no_address"
    if conversation.opted_out_at is not None:
        return "opted_out"
    template = templates.by_name(db, templates.SESSION_REMINDER)
    if template is None:
        return "template_missing"
    session = db.get_one(Session, row.session_id)
    variables = {
        "1": dates.day_and_hour(session.starts_at, settings.timezone, now),
        "2": session.group.place,
    }
    content = Content(
        body=templates.render(template, variables),
        buttons=templates.buttons_of(template),
        variables=variables,
    )
    message = outbox.enqueue(
        db,
        key,
        conversation.id,
        OutboxKind.REMINDER,
        content,
        template_id=template.id,
        expires_at=min(row.due_at + GRACE, session.starts_at),
    )
    row.state, row.outbox_id = ReminderState.HANDED_OVER, message.id
    return None


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
        asked.where(Session.starts_at > now - timedelta(hours=1), OutboxMessage.state.in_(outbox.TAKEN))
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
