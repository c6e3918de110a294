"""A conversation: who writes to us, by an internal id and its channel addresses.

The row must look the same for every woman, with or without a case: what the server has to know
beyond these plain columns is in `private_cipher`, which always has the same length.
"""

from __future__ import annotations

import uuid

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Cipher, Created, Id, KeyedHash, Moment
from models.programme import ProgrammeId


class Conversation(Base):
    """One thread with whoever holds one or more channel addresses."""

    __tablename__ = "conversation"

    id: Mapped[Id]
    created_at: Mapped[Created]
    programme_id: Mapped[ProgrammeId]
    woman_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("woman.id", ondelete="SET NULL"))
    last_inbound_at: Mapped[Moment | None]
    opted_out_at: Mapped[Moment | None]
    invited_at: Mapped[Moment | None]
    private_cipher: Mapped[Cipher]

    addresses: Mapped[list[ChannelAddress]] = relationship(
        back_populates="conversation", cascade="all, delete-orphan", order_by="ChannelAddress.last_seen_at"
    )

    __table_args__ = (
        # An audience of 35,000 asks where each woman is reached: answered from the index alone. What each
        # message changes is not in it: PostgreSQL then writes no index of the row anew (a HOT update).
        Index(
            None,
            "woman_id",
            postgresql_include=["id", "programme_id", "created_at", "opted_out_at"],
        ),
    )


class ChannelAddress(Base):
    """An address on a channel; found by the keyed hash of its canonical form.

    `kind` is `phone`, or `user_id` for WhatsApp's id of a user without a phone; one woman may have both.

    Mexican numbers match on +52 and ten digits; the exact form that wrote last is kept, because
    replies go to it.
    """

    __tablename__ = "channel_address"

    id: Mapped[Id]
    conversation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    lookup_hash: Mapped[KeyedHash] = mapped_column(unique=True)
    kind: Mapped[str] = mapped_column(String(12), default="phone", server_default="phone")
    address_cipher: Mapped[Cipher]
    last_seen_at: Mapped[Moment | None]
    blocked_at: Mapped[Moment | None]

    conversation: Mapped[Conversation] = relationship(back_populates="addresses")

    __table_args__ = (Index(None, "conversation_id", "blocked_at", postgresql_include=["id", "lookup_hash"]),)
