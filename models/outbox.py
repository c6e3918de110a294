"""What goes out: one row a message, through states that only move forward."""

from __future__ import annotations

import enum
import uuid

from sqlalchemy import BigInteger, Enum, ForeignKey, Identity, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Cipher, Created, Id, KeyedHash, Moment


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
    """Why it leaves. The order of sending is replies, notices, reminders, campaigns.

    A notice is initiated by us for one woman: a change of her session, a seat, an invitation to write.
    """

    REPLY = "reply"
    NOTICE = "notice"
    REMINDER = "reminder"
    CAMPAIGN = "campaign"


class OutboxMessage(Base):
    """A message to one conversation. The text is encrypted, and blanked once it has arrived.

    `conversation_id` and `turn_id` are dropped some time after it has ended; what is then owed to her over
    it (access, erasure) finds it by `owner_hash`, the keyed hash of the conversation's id.

    `expires_at` is the moment after which sending would be worse than silence. `reason` is one of
    our own words (see `outreach.messages.twilio`), never Twilio's text.
    """

    __tablename__ = "outbox_message"

    id: Mapped[Id]
    seq: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)
    conversation_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("conversation.id", ondelete="CASCADE")
    )
    owner_hash: Mapped[KeyedHash | None]
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
    attempts: Mapped[int] = mapped_column(default=0)
    sid: Mapped[str | None] = mapped_column(String(64), unique=True)
    reason: Mapped[str | None] = mapped_column(String(64))
    code: Mapped[int | None]
    acknowledged_at: Mapped[Moment | None]
    redact_after: Mapped[Moment | None]

    __table_args__ = (
        Index(
            "ix_outbox_message_unsent",
            "state",
            "sending_since",
            postgresql_where=text("state IN ('queued','sending','in_doubt')"),
        ),
        Index("ix_outbox_message_due", "kind", "next_try_at", postgresql_where=text("state = 'queued'")),
        Index(
            "ix_outbox_message_linked",
            "state",
            "sending_since",
            postgresql_where=text(
                "conversation_id IS NOT NULL AND state NOT IN ('queued','sending','in_doubt')"
            ),
        ),
        Index(None, "conversation_id", "seq"),
        Index(None, "owner_hash"),
        Index(None, "turn_id"),
        Index(None, "template_id"),
        Index(
            "ix_outbox_message_troubled",
            "ended_at",
            postgresql_where=text(
                "acknowledged_at IS NULL AND kind IN ('reply','notice')"
                " AND state IN ('failed','undelivered','in_doubt','expired','suppressed')"
            ),
        ),
        Index(
            "ix_outbox_message_reminders_missed",
            "ended_at",
            postgresql_where=text(
                "kind = 'reminder' AND state IN ('failed','undelivered','expired','suppressed')"
            ),
        ),
        Index(
            "ix_outbox_message_dead_number",
            "ended_at",
            postgresql_where=text("kind <> 'reply' AND reason IN ('unreachable','blocked_by_her')"),
        ),
        Index("ix_outbox_message_redact", "redact_after", postgresql_where=text("redact_after IS NOT NULL")),
    )
