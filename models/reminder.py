"""Reminders of sessions, the rules by which they are made, and notices of changes; what became of each."""

from __future__ import annotations

import enum
import uuid

from sqlalchemy import CheckConstraint, Enum, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Created, Id, Moment


class ReminderState(enum.StrEnum):
    """Planned, handed to the outbox, dropped with a reason, or answered by her."""

    PLANNED = "planned"
    HANDED_OVER = "handed_over"
    DROPPED = "dropped"
    ANSWERED = "answered"


class ReminderFor(enum.StrEnum):
    """Whom of those enrolled a rule reminds, as things stand when the reminder leaves."""

    ENROLLED = "enrolled"
    UNCONFIRMED = "unconfirmed"  # who has not said that she comes
    ABSENT = "absent"  # who was absent from the session before


class ReminderRule(Base):
    """That a session is reminded of `minutes_before` its start, to whom and with which template.

    Rules of a workshop replace those of its programme (`workshop_id` empty), also where all are stopped; a
    programme without any has the offsets of its settings. `since` is when the rule came to be as it is: what
    was over by then is not owed. `template_name` finds the newest version of a template; empty: the usual one
    of reminders.
    """

    __tablename__ = "reminder_rule"

    id: Mapped[Id]
    programme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("programme.id", ondelete="CASCADE"))
    workshop_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"))
    minutes_before: Mapped[int]
    whom: Mapped[ReminderFor] = mapped_column(
        Enum(ReminderFor, native_enum=False, length=16, values_callable=lambda e: [m.value for m in e])
    )
    template_name: Mapped[str | None] = mapped_column(String(64))
    since: Mapped[Moment]
    stopped_at: Mapped[Moment | None]
    created_at: Mapped[Created]

    __table_args__ = (
        CheckConstraint("minutes_before > 0", name="minutes_before"),
        Index(
            "uq_reminder_rule_offset",
            "programme_id",
            "workshop_id",
            "minutes_before",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        Index(None, "workshop_id"),
    )


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
