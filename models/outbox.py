"""What goes out: one row a message, through states that only move forward."""

from __future__ import annotations

import enum
import uuid

from sqlalchemy import BigInteger, Enum, ForeignKey, Identity, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Cipher, Created, Id, Moment


class OutboxState(enum.StrEnum):
    """Where a message stands; `outreach.messages.outbox` owns which step may follow which."""

    QUEUED = "queued"
    SENDING = "sending"
    IN_DOUBT = "in_doubt"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    UNDELIVERED = "undelivered"
    EXPIRED = "expired"
    SUPPRESSED = "suppressed"


class OutboxKind(enum.StrEnum):
    """Why it leaves. The order of sending is replies, then reminders, then campaigns."""

    REPLY = "reply"
    REMINDER = "reminder"
    CAMPAIGN = "campaign"


class OutboxMessage(Base):
    """A message to one conversation. The text is encrypted, and blanked once it has arrived.

    `expires_at` is the moment after which sending would be worse than silence. `reason` is one of
    our own words (see `outreach.messages.twilio`), never Twilio's text.
    """

    __tablename__ = "outbox_message"

    id: Mapped[Id]
    seq: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)
    conversation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    turn_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("turn.id", ondelete="SET NULL"))
    template_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("template.id"))
    kind: Mapped[OutboxKind] = mapped_column(
        Enum(OutboxKind, native_enum=False, length=16, values_callable=lambda e: [m.value for m in e])
    )
    state: Mapped[OutboxState] = mapped_column(
        Enum(OutboxState, native_enum=False, length=16, values_callable=lambda e: [m.value for m in e]),
        default=OutboxState.QUEUED,
    )
    body_cipher: Mapped[Cipher]
    created_at: Mapped[Created]
    expires_at: Mapped[Moment | None]
    next_try_at: Mapped[Moment | None]
    sending_since: Mapped[Moment | None]
    ended_at: Mapped[Moment | None]
    tries: Mapped[int] = mapped_column(default=0)
    sid: Mapped[str | None] = mapped_column(String(64), unique=True)
    reason: Mapped[str | None] = mapped_column(String(64))
    code: Mapped[int | None]
    seen_by_staff_at: Mapped[Moment | None]
    redact_after: Mapped[Moment | None]

    __table_args__ = (
        Index(
            "ix_outbox_message_unsent",
            "state",
            "sending_since",
            postgresql_where=text("state IN ('queued','sending','in_doubt')"),
        ),
        Index(None, "conversation_id", "seq"),
        Index("ix_outbox_message_redact", "redact_after", postgresql_where=text("redact_after IS NOT NULL")),
    )
