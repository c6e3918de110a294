"""How long each kind of data is kept, by which document, and what is kept apart until it is deleted."""

from __future__ import annotations

import enum
import uuid
from datetime import date

from sqlalchemy import Boolean, CheckConstraint, Date, Enum, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Cipher, Created, Id, Moment


class DataKind(enum.StrEnum):
    """What has a period of its own. Cases are not here: the casework team decides about them."""

    WOMAN = "woman"  # a whole record with all that hangs on it, since she was last heard or seen
    SUPPORT = "support"
    ATTENDANCE = "attendance"
    INTERVIEW = "interview"
    REQUEST = "request"


class RetentionStep(enum.StrEnum):
    """What the clock did with data of a kind."""

    ANNOUNCED = "announced"
    BLOCKED = "blocked"
    ERASED = "erased"


def _kind() -> Enum:
    return Enum(DataKind, native_enum=False, length=16, values_callable=lambda e: [m.value for m in e])


class RetentionRule(Base):
    """How many months a kind of data is kept, and how many more it is blocked before it is deleted.

    A rule is ended and never changed. `ground` is the document that it comes from. `on_erasure`: what is
    younger is blocked and not deleted where she asks for her erasure, because the ground says so.
    """

    __tablename__ = "retention_rule"

    id: Mapped[Id]
    kind: Mapped[DataKind] = mapped_column(_kind())
    months: Mapped[int]
    blocked_months: Mapped[int]
    on_erasure: Mapped[bool] = mapped_column(Boolean, default=False)
    ground: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[Created]
    created_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    reason_cipher: Mapped[Cipher]
    ended_at: Mapped[Moment | None]

    __table_args__ = (
        CheckConstraint("months >= 1 AND blocked_months >= 0", name="months"),
        Index("uq_retention_rule_in_force", "kind", unique=True, postgresql_where=text("ended_at IS NULL")),
    )


class RetentionNotice(Base):
    """What will be blocked on a day, as it was announced: all of a kind that is older than `cutoff`.

    `expected` is how many rows that was on the day of the notice; `done` how many were blocked.
    """

    __tablename__ = "retention_notice"

    id: Mapped[Id]
    rule_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("retention_rule.id", ondelete="CASCADE"))
    kind: Mapped[DataKind] = mapped_column(_kind())
    cutoff: Mapped[Moment]
    due_at: Mapped[Moment]
    expected: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[Created]
    finished_at: Mapped[Moment | None]

    __table_args__ = (
        Index("uq_retention_notice_open", "kind", unique=True, postgresql_where=text("finished_at IS NULL")),
        Index(None, "rule_id"),
    )


class RetentionPause(Base):
    """Somebody stops the blocking and deleting of a kind up to and including a day, with a reason."""

    __tablename__ = "retention_pause"

    id: Mapped[Id]
    kind: Mapped[DataKind] = mapped_column(_kind())
    staff_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    until: Mapped[date] = mapped_column(Date)
    reason_cipher: Mapped[Cipher]
    created_at: Mapped[Created]
    ended_at: Mapped[Moment | None]

    __table_args__ = (Index(None, "kind", "until"),)


class RetentionDay(Base):
    """The log: how much of a kind was announced, blocked or deleted on a day. It names nobody."""

    __tablename__ = "retention_day"

    id: Mapped[Id]
    day: Mapped[date] = mapped_column(Date)
    kind: Mapped[DataKind] = mapped_column(_kind())
    step: Mapped[RetentionStep] = mapped_column(
        Enum(RetentionStep, native_enum=False, length=16, values_callable=lambda e: [m.value for m in e])
    )
    count: Mapped[int]

    __table_args__ = (Index("uq_retention_day_of", "day", "kind", "step", unique=True),)


class BlockedRecord(Base):
    """Data taken out of its table: nobody reads it but with a reason, until `erase_after`.

    `woman_id` is empty where her own record is gone too. `asked` says that her erasure blocked it.
    """

    __tablename__ = "blocked_record"

    id: Mapped[Id]
    kind: Mapped[DataKind] = mapped_column(_kind())
    woman_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("woman.id", ondelete="CASCADE"))
    content_cipher: Mapped[Cipher]
    asked: Mapped[bool] = mapped_column(Boolean, default=False)
    blocked_at: Mapped[Moment]
    erase_after: Mapped[Moment]

    __table_args__ = (
        Index(None, "woman_id"),
        Index(None, "kind", "erase_after", "id"),
        Index("ix_blocked_record_newest", "blocked_at", "id"),
    )


class BlockedReading(Base):
    """Who read a blocked record, when and why; it goes with the record."""

    __tablename__ = "blocked_reading"

    id: Mapped[Id]
    record_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("blocked_record.id", ondelete="CASCADE"))
    staff_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    at: Mapped[Moment]
    reason_cipher: Mapped[Cipher]

    __table_args__ = (Index(None, "record_id"),)
