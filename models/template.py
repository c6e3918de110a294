"""Message templates: what may open a conversation outside the 24-hour window."""

from __future__ import annotations

import enum

from sqlalchemy import Enum, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Created, Id, Moment
from models.programme import ProgrammeId


class TemplateState(enum.StrEnum):
    """What Twilio and Meta say of it."""

    DRAFT = "draft"
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    PAUSED = "paused"
    DISABLED = "disabled"


class Template(Base):
    """A text with numbered variables, `{{1}}`, and up to three reply buttons.

    `name` is neutral on purpose: it is seen by Meta, by Twilio and in the console.
    """

    __tablename__ = "template"

    id: Mapped[Id]
    programme_id: Mapped[ProgrammeId]
    name: Mapped[str] = mapped_column(String(64), unique=True)
    language: Mapped[str] = mapped_column(String(8), default="es_MX")
    category: Mapped[str] = mapped_column(String(16), default="UTILITY")
    body: Mapped[str] = mapped_column(Text)
    buttons: Mapped[str] = mapped_column(Text, default="[]")
    samples: Mapped[str] = mapped_column(Text, default="{}")
    content_sid: Mapped[str | None] = mapped_column(String(64))
    state: Mapped[TemplateState] = mapped_column(
        Enum(TemplateState, native_enum=False, length=16, values_callable=lambda e: [m.value for m in e]),
        default=TemplateState.DRAFT,
    )
    created_at: Mapped[Created]
    checked_at: Mapped[Moment | None]


class QuickReply(Base):
    """A fixed text of ours with its buttons, as a content at Twilio; found by the hash of both."""

    __tablename__ = "quick_reply"

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    content_sid: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[Created]
