"""What came in: each message of hers, and the turn that answers one or several of them."""

from __future__ import annotations

import enum
import uuid

from sqlalchemy import BigInteger, Enum, ForeignKey, Identity, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Cipher, Created, Id, Moment


class TurnState(enum.StrEnum):
    """Where a turn stands. Every end is the same, also that of a turn that failed or was read by a person."""

    OPEN = "open"
    ANSWERED = "answered"


class Turn(Base):
    """One answer owed to her. Its id is the message id that Rasa is given, in every attempt.

    `created_at` is the time of her last message in it; when it was answered stands nowhere.
    """

    __tablename__ = "turn"

    id: Mapped[Id]
    conversation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    state: Mapped[TurnState] = mapped_column(
        Enum(TurnState, native_enum=False, length=16, values_callable=lambda e: [m.value for m in e]),
        default=TurnState.OPEN,
    )
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[Created]

    __table_args__ = (
        Index("ix_turn_open", "conversation_id", unique=True, postgresql_where=text("state = 'open'")),
        Index(None, "conversation_id", "created_at"),
    )


class InboundMessage(Base):
    """A message as Twilio delivered it. `turn_id` is empty until a turn takes it."""

    __tablename__ = "inbound_message"

    id: Mapped[Id]
    seq: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)
    conversation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    message_sid: Mapped[str] = mapped_column(String(64), unique=True)
    received_at: Mapped[Moment]
    body_cipher: Mapped[Cipher]
    turn_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("turn.id", ondelete="SET NULL"))
    redact_after: Mapped[Moment | None]

    __table_args__ = (
        Index("ix_inbound_message_redact", "redact_after", postgresql_where=text("redact_after IS NOT NULL")),
        Index(
            "ix_inbound_message_pending", "conversation_id", "seq", postgresql_where=text("turn_id IS NULL")
        ),
        Index(None, "turn_id"),
        Index(None, "conversation_id", "received_at"),
    )
