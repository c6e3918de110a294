"""Food security interviews (EMSA) at the start and at graduation."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Cipher, Created, Id


class FoodSecurityInterview(Base):
    """The EMSA answers of one moment (start or graduation), as she gave them on a local day.

    `source`: in the chat, or on a form on paper that somebody entered later; then `consent_on` is the day on
    which she signed that interview's own consent. A correction is a row of its own: the one before stays and
    names it in `replaced_by`. The grade follows from the answers and is not stored: a dump must not sort
    women by it, since who joined without food insecurity may have joined for violence.
    """

    __tablename__ = "food_security_interview"

    id: Mapped[Id]
    woman_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("woman.id", ondelete="CASCADE"))
    moment: Mapped[str] = mapped_column(String(16))
    asked_on: Mapped[date] = mapped_column(Date)
    source: Mapped[str] = mapped_column(String(8), default="chat", server_default="chat")
    answers_cipher: Mapped[Cipher]
    consent_on: Mapped[date | None] = mapped_column(Date)
    entered_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    replaced_by: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("food_security_interview.id", ondelete="SET NULL")
    )
    created_at: Mapped[Created]

    __table_args__ = (Index(None, "woman_id"), Index(None, "replaced_by"))
