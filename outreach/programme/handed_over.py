"""Booking what became of a batch of reminders or notices, each in one statement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ARRAY, String, Uuid, func, literal, select, update

from models import Reminder, ReminderState, SessionNotice

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

Kind = type[Reminder] | type[SessionNotice]


def note_dropped(session: Session, kind: Kind, reasons: Mapping[uuid.UUID, str]) -> None:
    """Note that these rows are not sent, each with its reason."""
    if not reasons:
        return
    pairs = select(
        func.unnest(literal(list(reasons), ARRAY(Uuid))).label("id"),
        func.unnest(literal(list(reasons.values()), ARRAY(String))).label("reason"),
    ).subquery()
    session.execute(
        update(kind)
        .where(kind.id == pairs.c.id)
        .values(state=ReminderState.DROPPED, reason=pairs.c.reason)
        .execution_options(synchronize_session="fetch")
    )


def note_handed_over(session: Session, kind: Kind, messages: Mapping[uuid.UUID, uuid.UUID]) -> None:
    """Note which outbox row each of these became."""
    if not messages:
        return
    pairs = select(
        func.unnest(literal(list(messages), ARRAY(Uuid))).label("id"),
        func.unnest(literal(list(messages.values()), ARRAY(Uuid))).label("outbox_id"),
    ).subquery()
    session.execute(
        update(kind)
        .where(kind.id == pairs.c.id)
        .values(state=ReminderState.HANDED_OVER, outbox_id=pairs.c.outbox_id)
        .execution_options(synchronize_session="fetch")
    )
