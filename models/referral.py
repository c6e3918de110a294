"""Referrals of a case to another agency or to a service outside."""

from __future__ import annotations

import uuid

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, Sealed


class Referral(Base):
    """One side of a referral: what its case's team knows of it, sealed to that team, of one length for all.

    Between two agencies there are two rows, one at each case; which belong together stands inside the seals.
    `content_sealed` says what was asked and shared and how she agreed, and is not written again;
    `status_sealed` how it stands, which the other side may write: the public key is enough.
    """

    __tablename__ = "referral"

    id: Mapped[Id]
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case_file.id", ondelete="CASCADE"))
    content_sealed: Mapped[Sealed]
    status_sealed: Mapped[Sealed]

    __table_args__ = (Index(None, "case_id"),)
