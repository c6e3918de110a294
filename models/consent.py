"""Proof of each yes and no: which notice, which version of it, when, and in which message."""

from __future__ import annotations

import uuid

from sqlalchemy import Boolean, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Created, Id


class Consent(Base):
    """One answer to one notice (LGPDPPSO arts. 15 and 22).

    Only consents that any woman gives stand here; that of a case is inside the case, sealed.
    """

    __tablename__ = "consent"

    id: Mapped[Id]
    conversation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(24))
    given: Mapped[bool] = mapped_column(Boolean)
    notice: Mapped[str] = mapped_column(String(32))
    version: Mapped[str] = mapped_column(String(24))
    message_sid: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[Created]

    __table_args__ = (
        Index(None, "conversation_id", "kind", "created_at", postgresql_include=["given", "version"]),
    )
