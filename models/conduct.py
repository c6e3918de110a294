"""That a member of staff agreed to the code of conduct."""

from __future__ import annotations

import uuid

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, Moment


class ConductAgreement(Base):
    """She agreed to one version of the code, once."""

    __tablename__ = "conduct_agreement"

    id: Mapped[Id]
    staff_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    version: Mapped[str] = mapped_column(String(16))
    agreed_at: Mapped[Moment]

    __table_args__ = (Index("uq_conduct_agreement_staff_version", "staff_id", "version", unique=True),)
