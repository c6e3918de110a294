"""Rows that only the machinery reads: Rasa's dialogue states, counters, the send rate."""

from __future__ import annotations

import uuid

from sqlalchemy import BigInteger, LargeBinary, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Moment


class RasaTracker(Base):
    """One dialogue state a conversation, encrypted by Rasa's own process, gone when it expires."""

    __tablename__ = "rasa_tracker"

    conversation_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    state: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[Moment]


class Counter(Base):
    """A number that only grows, such as duplicates that Twilio delivered."""

    __tablename__ = "counter"

    name: Mapped[str] = mapped_column(String(48), primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger, default=0)


class TokenBucket(Base):
    """The one bucket that all workers draw sends from."""

    __tablename__ = "token_bucket"

    name: Mapped[str] = mapped_column(String(48), primary_key=True)
    tokens: Mapped[float]
    refilled_at: Mapped[Moment]
