"""Reminders of sessions: handed over when due, never late (promise P3).

Handing over goes by batches, so that the number of statements follows the batches and never the women. A
reminder whose window is over is dropped and counted; one of a rule that is no longer in force is taken away
without a trace, so that it may come back with its rule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import ARRAY, Uuid, delete, false, func, literal, select
from sqlalchemy.orm import aliased

from models import (
    Attendance,
    AttendanceState,
    Enrolment,
    EnrolmentState,
    Group,
    OutboxKind,
    Reminder,
    ReminderFor,
    ReminderState,
    Rsvp,
    RsvpAnswer,
    Session,
    Workshop,
)
from outreach.campaigns import due_moments, hold_out, outcomes, reminder_rules
from outreach.campaigns.reminder_answers import answered, asked_session, asked_sessions, pending, waits
from outreach.campaigns.reminder_planning import plan
from outreach.ground import counters, dates
from outreach.messages import outbox, templates
from outreach.messages.outbox import Outgoing
from outreach.people import conversations
from outreach.programme import handed_over, session_notices

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import InstrumentedAttribute
    from sqlalchemy.orm import Session as Database

    from models import Template
    from outreach.campaigns.reminder_rules import Rule, Rules
    from outreach.ground.settings import Settings
    from outreach.messages.outbox import Content
    from outreach.sealing.crypto import PersonalKey

__all__ = [
    "answered", "asked_session", "asked_sessions", "pending", "plan", "send_due", "waits",
]  # fmt: skip

BATCH = 2000
WITHDRAWN = "withdrawn"
"""No rule calls for it any more: it is taken away, not dropped."""
COMES = (RsvpAnswer.CONFIRMED, RsvpAnswer.LATE)


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
    workshop: str
    workshop_id: uuid.UUID
    programme_id: uuid.UUID
    enrolled: bool
    answer: RsvpAnswer | None
    absent: bool

    @property
    def ends_at(self) -> datetime:
        """Until when it is of use; rows of before the windows have none of their own."""
        late = due_moments.lateness(self.minutes_before)
        return self.useful_until or min(self.due_at + late, self.starts_at)


def send_due(db: Database, key: PersonalKey, settings: Settings, now: datetime, limit: int = BATCH) -> int:
    """Hand the next batch to the outbox, drop what is not to be sent; return how many were handled.

    What loses its use first goes first.
    """
    locked = _lock(db, now, limit)
    if not locked:
        return 0
    rules = reminder_rules.in_force(db, settings)
    due = _read(db, locked, rules)
    hand_over = _HandOver(db, now, due, rules)
    shares = hold_out.of_reminders(db)
    dropped: dict[uuid.UUID, str] = {}
    leaving: dict[uuid.UUID, Outgoing] = {}
    for row in due:
        rule = rules[row.programme_id].of(row.workshop_id).get(row.minutes_before)
        decided = _reason_to_drop(row, rule, now) or hand_over.outgoing(row, rule)
        if isinstance(decided, str):
            dropped[row.id] = decided
        elif hold_out.without_reminder(key, row.programme_id, row.woman_id, shares):
            dropped[row.id] = outcomes.HELD_OUT
        else:
            leaving[row.id] = decided
    withdrawn = [row_id for row_id, reason in dropped.items() if reason == WITHDRAWN]
    if withdrawn:
        db.execute(delete(Reminder).where(Reminder.id == func.any(literal(withdrawn, ARRAY(Uuid)))))
    handed_over.note_dropped(db, Reminder, {row: why for row, why in dropped.items() if why != WITHDRAWN})
    made = outbox.enqueue_many(db, key, leaving.values())
    handed_over.note_handed_over(db, Reminder, dict(zip(leaving, made, strict=True)))
    missed = sum(reason == "missed_its_moment" for reason in dropped.values())
    if missed:
        counters.count(db, counters.REMINDERS_DROPPED, missed)
    return len(due)


def _lock(db: Database, now: datetime, limit: int) -> Sequence[uuid.UUID]:
    return db.scalars(
        select(Reminder.id)
        .where(Reminder.state == ReminderState.PLANNED, Reminder.due_at <= now)
        .order_by(Reminder.useful_until.nulls_first(), Reminder.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()


def _read(db: Database, locked: Sequence[uuid.UUID], rules: Mapping[uuid.UUID, Rules]) -> list[Due]:
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
            Workshop.name,
            Workshop.id,
            Workshop.programme_id,
            enrolled,
            Rsvp.answer,
            was_absent() if any(one.is_for_absent for one in rules.values()) else false(),
        )
        .join(Session, Session.id == Reminder.session_id)
        .join(Group, Group.id == Session.group_id)
        .join(Workshop, Workshop.id == Group.workshop_id)
        .outerjoin(Rsvp, answer & ~session_notices.outdated())
        .where(Reminder.id == func.any(literal(list(locked), ARRAY(Uuid))))
        .order_by(Reminder.useful_until.nulls_first(), Reminder.due_at)
    )
    return [Due._make(row) for row in rows]


def was_absent(
    woman_id: InstrumentedAttribute[uuid.UUID] = Reminder.woman_id,
) -> ColumnElement[bool]:
    """Return the SQL of whether the woman of a row was absent from the session before, by the list."""
    before = aliased(Session)
    last = (
        select(before.id)
        .where(
            before.group_id == Session.group_id,
            before.starts_at < Session.starts_at,
            before.cancelled_at.is_(None),
        )
        .order_by(before.starts_at.desc())
        .limit(1)
        .correlate_except(before)
        .scalar_subquery()
    )
    return (
        select(Attendance.id)
        .where(
            Attendance.woman_id == woman_id,
            Attendance.session_id == last,
            Attendance.state == AttendanceState.ABSENT,
        )
        .correlate_except(Attendance, before)
        .exists()
    )


def _reason_to_drop(row: Due, rule: Rule | None, now: datetime) -> str | None:
    if row.cancelled_at is not None:
        return "session_cancelled"
    if not row.current:
        return "session_moved"
    if rule is None:
        return WITHDRAWN
    if now >= row.ends_at:
        return "missed_its_moment"
    if not row.enrolled:
        return "no_longer_enrolled"
    if row.answer is RsvpAnswer.DECLINED:
        return "she_declined"
    return not_meant(rule.whom, row.answer, absent=row.absent)


def not_meant(whom: ReminderFor, answer: RsvpAnswer | None, *, absent: bool) -> str | None:
    """Return why a rule is not for a woman who is enrolled and has not said no; None where it is."""
    match whom:
        case ReminderFor.ENROLLED:
            return None
        case ReminderFor.UNCONFIRMED:
            return "she_confirmed" if answer in COMES else None
        case ReminderFor.ABSENT:
            return None if absent else "she_came"


class _HandOver:
    """What a batch needs besides its rows: where each woman is reached, and the templates of the rules."""

    def __init__(
        self, db: Database, now: datetime, due: Sequence[Due], rules: Mapping[uuid.UUID, Rules]
    ) -> None:
        self._now = now
        self._rules = rules
        self._reach: dict[uuid.UUID, dict[uuid.UUID, conversations.Reach]] = {}
        self._usual: dict[uuid.UUID, Template | None] = {}
        for programme_id in {row.programme_id for row in due}:
            women = (row.woman_id for row in due if row.programme_id == programme_id)
            self._reach[programme_id] = conversations.reaches(db, women, programme_id)
            self._usual[programme_id] = templates.of_programme(db, templates.SESSION_REMINDER, programme_id)
        chosen = {
            rule.template_name
            for row in due
            if (rule := rules[row.programme_id].of(row.workshop_id).get(row.minutes_before)) is not None
        }
        self._chosen = {name: templates.by_name(db, name) for name in chosen if name is not None}

    def outgoing(self, row: Due, rule: Rule | None) -> Outgoing | str:
        """Return the message of a reminder, or why there is none."""
        where = self._reach[row.programme_id].get(row.woman_id, conversations.NOWHERE)
        if where.reason is not None or where.conversation_id is None:
            return where.reason or conversations.NO_NUMBER
        chosen = rule.template_name if rule is not None else None
        # A template that was withdrawn since is as none: the usual one says the same.
        form = (self._chosen.get(chosen) if chosen is not None else None) or self._usual[row.programme_id]
        if form is None:
            return "template_missing"
        content = _content(form, row, self._rules[row.programme_id].settings, self._now)
        if content is None:
            return "template_missing"
        return Outgoing(
            conversation_id=where.conversation_id,
            kind=OutboxKind.REMINDER,
            content=content,
            template_id=form.id,
            expires_at=row.ends_at,
        )


def _content(form: Template, row: Due, rules: Settings, now: datetime) -> Content | None:
    zone = rules.timezone
    # "Mañana" is true only for as long as today is.
    same_day = now.astimezone(zone).date() == row.ends_at.astimezone(zone).date()
    when = (
        dates.day_and_hour(row.starts_at, zone, now) if same_day else dates.date_and_hour(row.starts_at, zone)
    )
    return filled(form, when, row.place, row.workshop)


def filled(form: Template, when: str, place: str, workshop: str) -> Content | None:
    """Return what a reminder says: {{1}} is when, {{2}} where, {{3}} the workshop. None: it wants more."""
    wanted = templates.samples_of(form)
    given = {"1": when, "2": place, "3": workshop}
    if not wanted.keys() <= given.keys():
        return None
    return templates.filled(form, {name: given[name] for name in wanted})
