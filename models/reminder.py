"""Reminders of sessions: the truth about when each is due, and what became of it."""

from __future__ import annotations

import enum
import uuid

from sqlalchemy import Enum, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Created, Id, Moment


class ReminderState(enum.StrEnum):
    """Planned, handed to the outbox, dropped with a reason, or answered by her."""

    PLANNED = "planned"
    HANDED_OVER = "handed_over"
    DROPPED = "dropped"
    ANSWERED = "answered"


class Reminder(Base):
    """One reminder of one session to one woman, `minutes_before` its start."""

    __tablename__ = "reminder"

    id: Mapped[Id]
    woman_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("woman.id", ondelete="CASCADE"))
    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("workshop_session.id", ondelete="CASCADE"))
    minutes_before: Mapped[int]
    due_at: Mapped[Moment]
    state: Mapped[ReminderState] = mapped_column(
        Enum(ReminderState, native_enum=False, length=16, values_callable=lambda e: [m.value for m in e]),
        default=ReminderState.PLANNED,
    )
    reason: Mapped[str | None] = mapped_column(String(64))
    outbox_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("outbox_message.id", ondelete="SET NULL"))
    created_at: Mapped[Created]

    __table_args__ = (
        Index("uq_reminder_woman_session_offset", "woman_id", "session_id", "minutes_before", unique=True),
        Index("ix_reminder_due", "due_at", postgresql_where=text("state = 'planned'")),
        Index(None, "outbox_id"),
    )
