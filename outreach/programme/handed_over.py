"""Booking what became of reminders and notices: of a batch in one statement, of hers when she says no."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ARRAY, String, Uuid, func, literal, select, update

from models import Reminder, ReminderState, Session, SessionNotice
from outreach.messages.take_back import take_back

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session as Database

Kind = type[Reminder] | type[SessionNotice]


def note_dropped(db: Database, kind: Kind, reasons: Mapping[uuid.UUID, str]) -> None:
    """Note that these rows are not sent, each with its reason."""
    if not reasons:
        return
    pairs = select(
        func.unnest(literal(list(reasons), ARRAY(Uuid))).label("id"),
        func.unnest(literal(list(reasons.values()), ARRAY(String))).label("reason"),
    ).subquery()
    db.execute(
        update(kind)
        .where(kind.id == pairs.c.id)
        .values(state=ReminderState.DROPPED, reason=pairs.c.reason)
        .execution_options(synchronize_session="fetch")
    )


def note_handed_over(db: Database, kind: Kind, messages: Mapping[uuid.UUID, uuid.UUID]) -> None:
    """Note which outbox row each of these became."""
    if not messages:
        return
    pairs = select(
        func.unnest(literal(list(messages), ARRAY(Uuid))).label("id"),
        func.unnest(literal(list(messages.values()), ARRAY(Uuid))).label("outbox_id"),
    ).subquery()
    db.execute(
        update(kind)
        .where(kind.id == pairs.c.id)
        .values(state=ReminderState.HANDED_OVER, outbox_id=pairs.c.outbox_id)
        .execution_options(synchronize_session="fetch")
    )


def take_back_hers(
    db: Database, woman_id: uuid.UUID, sessions: ColumnElement[bool], reason: str, now: datetime
) -> None:
    """Take back the reminders of a woman that still wait to leave, for those of the sessions."""
    hers = select(Reminder.outbox_id).join(Session, Session.id == Reminder.session_id)
    taken = take_back(db, hers.where(Reminder.woman_id == woman_id, sessions), reason, now)
    db.execute(
        update(Reminder)
        .where(Reminder.woman_id == woman_id, Reminder.outbox_id.in_(taken))
        .values(state=ReminderState.DROPPED, reason=reason)
        .execution_options(synchronize_session="fetch")
    )
