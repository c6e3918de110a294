"""That an administrator looked at somebody's access and decided."""

from __future__ import annotations

import enum
import uuid

from sqlalchemy import Enum, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, Moment


class ReviewDecision(enum.StrEnum):
    """What was decided."""

    STAYS = "stays"
    REMOVED = "removed"


class AccessReview(Base):
    """One look at one account: who decided what, and when."""

    __tablename__ = "access_review"

    id: Mapped[Id]
    staff_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id"))
    decision: Mapped[ReviewDecision] = mapped_column(
        Enum(ReviewDecision, native_enum=False, length=8, values_callable=lambda e: [m.value for m in e])
    )
    at: Mapped[Moment]

    __table_args__ = (Index(None, "staff_id", "at"),)
