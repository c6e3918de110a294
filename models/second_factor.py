"""The second factor of a member of staff: an app that shows codes (TOTP), and codes on paper for its loss."""

from __future__ import annotations

import uuid

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, KeyedHash, Moment


class SecondFactor(Base):
    """The secret that her app shares with us, and the one that she is setting up in its place.

    `secret_cipher` is empty until a code of it was right once. `last_step` is the newest period of 30
    seconds whose code was used: it and all before it are worth nothing any more.
    """

    __tablename__ = "second_factor"

    id: Mapped[Id]
    staff_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), unique=True)
    secret_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    confirmed_at: Mapped[Moment | None]
    last_step: Mapped[int | None]
    pending_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    pending_at: Mapped[Moment | None]


class RecoveryCode(Base):
    """A code on paper that stands for the app once; only its keyed hash is stored."""

    __tablename__ = "recovery_code"

    id: Mapped[Id]
    staff_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    code_hash: Mapped[KeyedHash] = mapped_column(unique=True)
    used_at: Mapped[Moment | None]

    __table_args__ = (Index(None, "staff_id"),)
