"""Her rights over her data: requests with their legal dates, and who must not be written to."""

from __future__ import annotations

import uuid

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Created, Id, KeyedHash, Moment


class DataRequest(Base):
    """An ARCO request started in the chat (LGPDPPSO arts. 45 to 50), with its receipt number."""

    __tablename__ = "data_request"

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(String(24), unique=True)
    conversation_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("conversation.id", ondelete="SET NULL")
    )
    kind: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[Created]
    answer_by: Mapped[Moment]
    done_at: Mapped[Moment | None]

    __table_args__ = (Index(None, "conversation_id"),)


class Suppression(Base):
    """An address that must not be written to first; only its keyed hash is kept.

    It outlives the erasure of all else, so that erasing her data never starts the messages again.
    """

    __tablename__ = "suppression"

    id: Mapped[Id]
    lookup_hash: Mapped[KeyedHash] = mapped_column(unique=True)
    reason: Mapped[str] = mapped_column(String(24))
    created_at: Mapped[Created]
