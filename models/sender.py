"""The number that messages leave from: what WhatsApp allows it, and what has left."""

from __future__ import annotations

import enum
import uuid

from sqlalchemy import CheckConstraint, DateTime, Enum, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Created, Id, Moment


class Quality(enum.StrEnum):
    """Meta's rating of the number, as a person read it in WhatsApp Manager."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class SenderState(Base):
    """The one row about the number. While `paused_at` is set nothing leaves that we initiate.

    `daily_limit` is Meta's limit of women reached outside the session window in 24 hours; None: no limit.
    `paused_code` is Twilio's code that stopped it, None where a person did.
    """

    __tablename__ = "sender_state"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    daily_limit: Mapped[int | None]
    quality: Mapped[Quality] = mapped_column(
        Enum(Quality, native_enum=False, length=8, values_callable=lambda e: [m.value for m in e]),
        default=Quality.HIGH,
    )
    paused_at: Mapped[Moment | None]
    paused_code: Mapped[int | None]
    resumed_at: Mapped[Moment | None]

    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)


class InitiatedHour(Base):
    """How many messages we initiated outside the session window in an hour; kept for a day and an hour."""

    __tablename__ = "initiated_hour"

    hour: Mapped[Moment] = mapped_column(DateTime(timezone=True), primary_key=True)
    count: Mapped[int]


class CampaignSnapshot(Base):
    """Where a campaign stood at a moment, all counts since its start; `attended` is counted once a day."""

    __tablename__ = "campaign_snapshot"

    campaign_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True
    )
    at: Mapped[Moment] = mapped_column(DateTime(timezone=True), primary_key=True)
    waiting: Mapped[int]
    gone: Mapped[int]
    delivered: Mapped[int]
    read: Mapped[int]
    failed: Mapped[int]
    left_out: Mapped[int]
    answered: Mapped[int]
    opted_out: Mapped[int]
    attended: Mapped[int | None]


class CampaignRetry(Base):
    """A message of a campaign that failed and was tried again; the unique message makes two clicks one."""

    __tablename__ = "campaign_retry"

    id: Mapped[Id]
    recipient_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("campaign_recipient.id", ondelete="CASCADE"), index=True
    )
    outbox_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("outbox_message.id", ondelete="SET NULL"), unique=True
    )
    outcome: Mapped[str] = mapped_column(String(96))
    created_at: Mapped[Created]


class ReminderHoldOut(Base):
    """The share of a programme's women (whole percents) who get no reminders, so that both compare."""

    __tablename__ = "reminder_hold_out"

    programme_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("programme.id", ondelete="CASCADE"), primary_key=True
    )
    percent: Mapped[int]
    since: Mapped[Moment]

    __table_args__ = (CheckConstraint("percent BETWEEN 0 AND 50", name="percent"),)
