"""Reminders of sessions and notices of their changes: when each is due, and what became of it."""

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
    """One reminder of one session to one woman, `minutes_before` its start, for one revision of the session.

    It may leave from `due_at` until `useful_until`, a window that belongs to its offset.
    """

    __tablename__ = "reminder"

    id: Mapped[Id]
    woman_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("woman.id", ondelete="CASCADE"))
    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("workshop_session.id", ondelete="CASCADE"))
    minutes_before: Mapped[int]
    revision: Mapped[int] = mapped_column(default=1, server_default="1")
    due_at: Mapped[Moment]
    useful_until: Mapped[Moment | None]
    state: Mapped[ReminderState] = mapped_column(
        Enum(ReminderState, native_enum=False, length=16, values_callable=lambda e: [m.value for m in e]),
        default=ReminderState.PLANNED,
    )
    reason: Mapped[str | None] = mapped_column(String(64))
    outbox_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("outbox_message.id", ondelete="SET NULL"))
    created_at: Mapped[Created]

    __table_args__ = (
        Index(
            "uq_reminder_woman_session_offset",
            "woman_id",
            "session_id",
            "minutes_before",
            "revision",
            unique=True,
        ),
        Index(None, "session_id"),
        Index("ix_reminder_dropped", "due_at", postgresql_where=text("state = 'dropped'")),
        Index("ix_reminder_due", "due_at", postgresql_where=text("state = 'planned'")),
        Index(None, "outbox_id"),
    )


class SessionChange(enum.StrEnum):
    """What happened to a session that those enrolled are told."""

    MOVED = "moved"
    CANCELLED = "cancelled"


class SessionNotice(Base):
    """The one message that tells a woman that a revision of a session moved or was cancelled.

    `known_starts_at` is the start that she knew before: a session that moves back to it before she was told
    has nothing to tell her.
    """

    __tablename__ = "session_notice"

    id: Mapped[Id]
    woman_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("woman.id", ondelete="CASCADE"))
    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("workshop_session.id", ondelete="CASCADE"))
    revision: Mapped[int]
    change: Mapped[SessionChange] = mapped_column(
        Enum(SessionChange, native_enum=False, length=16, values_callable=lambda e: [m.value for m in e])
    )
    known_starts_at: Mapped[Moment]
    useful_until: Mapped[Moment]
    state: Mapped[ReminderState] = mapped_column(
        Enum(ReminderState, native_enum=False, length=16, values_callable=lambda e: [m.value for m in e]),
        default=ReminderState.PLANNED,
    )
    reason: Mapped[str | None] = mapped_column(String(64))
    outbox_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("outbox_message.id", ondelete="SET NULL"))
    created_at: Mapped[Created]

    __table_args__ = (
        Index("uq_session_notice", "woman_id", "session_id", "revision", "change", unique=True),
        Index("ix_session_notice_planned", "created_at", postgresql_where=text("state = 'planned'")),
        Index(None, "session_id"),
        Index(None, "outbox_id"),
    )
