"""Handing the notices of moved and cancelled sessions to the outbox, in batches.

They name days by their date, never "mañana": the gate may hold one until her hours of the next day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import ARRAY, Uuid, func, literal, select

from models import (
    Enrolment,
    EnrolmentState,
    Group,
    OutboxKind,
    ReminderState,
    Session,
    SessionChange,
    SessionNotice,
    Workshop,
)
from outreach.ground import dates, programme_rules
from outreach.messages import outbox, templates
from outreach.messages.conversation_state import PrivateState
from outreach.messages.may_send import next_allowed
from outreach.messages.outbox import Outgoing
from outreach.people import conversations
from outreach.programme import handed_over
from outreach.programme.session_notices import SUPERSEDED

if TYPE_CHECKING:
    import uuid
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from sqlalchemy.orm import Session as Database

    from models import Template
    from outreach.ground.settings import Settings
    from outreach.messages.outbox import Content
    from outreach.sealing.crypto import PersonalKey

BATCH = 2000
NAMES = {
    SessionChange.MOVED: templates.SESSION_MOVED,
    SessionChange.CANCELLED: templates.SESSION_CANCELLED,
}


class Owed(NamedTuple):
    """A notice with all that decides about it."""

    id: uuid.UUID
    woman_id: uuid.UUID
    change: SessionChange
    known_starts_at: datetime
    useful_until: datetime
    current: bool
    starts_at: datetime
    place: str
    workshop: str
    programme_id: uuid.UUID
    enrolled: bool


def in_time(rules: Settings, until: datetime, now: datetime) -> bool:
    """Say whether the hours of a programme let a notice leave before it is of no use."""
    return next_allowed(now, rules, PrivateState()) < until


def send_due(db: Database, key: PersonalKey, settings: Settings, now: datetime, limit: int = BATCH) -> int:
    """Hand the next batch to the outbox and drop what is not to be sent; return how many were handled."""
    owed = _owed(db, limit)
    if not owed:
        return 0
    rules = programme_rules.all_rules(db, settings)
    reach = {
        programme_id: conversations.reaches(
            db, [one.woman_id for one in owed if one.programme_id == programme_id], programme_id
        )
        for programme_id in {one.programme_id for one in owed}
    }
    forms = {
        (programme_id, change): templates.of_programme(db, name, programme_id)
        for programme_id in reach
        for change, name in NAMES.items()
    }
    dropped: dict[uuid.UUID, str] = {}
    leaving: list[tuple[uuid.UUID, Outgoing]] = []
    for one in owed:
        where = reach[one.programme_id].get(one.woman_id, conversations.NOWHERE)
        form = forms[one.programme_id, one.change]
        reason = _reason_to_drop(one, now) or where.reason
        if form is None or reason is not None or where.conversation_id is None:
            dropped[one.id] = reason or "template_missing"
            continue
        content = _content(form, one, rules[one.programme_id].timezone)
        outgoing = Outgoing(
            conversation_id=where.conversation_id,
            kind=OutboxKind.NOTICE,
            content=content,
            template_id=form.id,
            expires_at=one.useful_until,
        )
        leaving.append((one.id, outgoing))
    handed_over.note_dropped(db, SessionNotice, dropped)
    made = outbox.enqueue_many(db, key, [outgoing for _, outgoing in leaving])
    ids = (notice_id for notice_id, _ in leaving)
    handed_over.note_handed_over(db, SessionNotice, dict(zip(ids, made, strict=True)))
    return len(owed)


def _owed(db: Database, limit: int) -> list[Owed]:
    locked = db.scalars(
        select(SessionNotice.id)
        .where(SessionNotice.state == ReminderState.PLANNED)
        .order_by(SessionNotice.created_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    enrolled = (
        select(Enrolment.id)
        .where(
            Enrolment.woman_id == SessionNotice.woman_id,
            Enrolment.group_id == Session.group_id,
            Enrolment.state == EnrolmentState.ENROLLED,
        )
        .exists()
    )
    cancelled = SessionNotice.change == SessionChange.CANCELLED
    rows = db.execute(
        select(
            SessionNotice.id,
            SessionNotice.woman_id,
            SessionNotice.change,
            SessionNotice.known_starts_at,
            SessionNotice.useful_until,
            (SessionNotice.revision == Session.revision) & (cancelled == Session.cancelled_at.is_not(None)),
            Session.starts_at,
            Group.place,
            Workshop.name,
            Workshop.programme_id,
            enrolled,
        )
        .join(Session, Session.id == SessionNotice.session_id)
        .join(Group, Group.id == Session.group_id)
        .join(Workshop, Workshop.id == Group.workshop_id)
        .where(SessionNotice.id == func.any(literal(list(locked), ARRAY(Uuid))))
        .order_by(SessionNotice.useful_until)
    )
    return [Owed(*row) for row in rows]


def _reason_to_drop(one: Owed, now: datetime) -> str | None:
    if not one.current:
        return SUPERSEDED
    if now >= one.useful_until:
        return "missed_its_moment"
    return None if one.enrolled else "no_longer_enrolled"


def _content(form: Template, one: Owed, zone: ZoneInfo) -> Content:
    given = {"1": one.workshop, "2": dates.date_and_hour(one.known_starts_at, zone)}
    if one.change is SessionChange.MOVED:
        given |= {"3": dates.date_and_hour(one.starts_at, zone), "4": one.place}
    return templates.filled(form, given)
