"""Message templates: what may open a conversation outside the 24-hour window, what it costs, who tried it."""

from __future__ import annotations

import enum
import uuid
from datetime import date

from sqlalchemy import CheckConstraint, Date, Enum, ForeignKey, Index, LargeBinary, String, Text
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


class TemplateCategory(enum.StrEnum):
    """What Meta takes a template for: it decides what each send costs and how many of them get through."""

    UTILITY = "UTILITY"
    MARKETING = "MARKETING"


class Template(Base):
    """One version of a text with numbered variables, `{{1}}`, and up to three reply buttons.

    All versions of a template share its `name`, which is neutral on purpose: it is seen by Meta, by Twilio
    and in the console. What was made with a version keeps it. `replaced_at`: a newer version was made before
    this one was approved, so that it is chosen no more. `withdrawn_at`: nothing of it may leave. `built_in`:
    the text is the product's own, which a new release may change.

    `variable_names` and `samples` are JSON by number. `category` is what was asked for, `meta_category` what
    Meta says it is. `reason` is Meta's, in its own words, since `decided_at`. After `valid_minutes` Twilio
    gives a message up that it could not hand on (empty: Twilio's own limit).
    """

    __tablename__ = "template"

    id: Mapped[Id]
    programme_id: Mapped[ProgrammeId]
    name: Mapped[str] = mapped_column(String(64))
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    supersedes_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("template.id", ondelete="SET NULL"))
    built_in: Mapped[bool] = mapped_column(default=False, server_default="false")
    language: Mapped[str] = mapped_column(String(8), default="es_MX")
    category: Mapped[str] = mapped_column(String(16), default="UTILITY")
    meta_category: Mapped[str | None] = mapped_column(String(16))
    category_changed_at: Mapped[Moment | None]
    body: Mapped[str] = mapped_column(Text)
    buttons: Mapped[str] = mapped_column(Text, default="[]")
    samples: Mapped[str] = mapped_column(Text, default="{}")
    variable_names: Mapped[str] = mapped_column(Text, default="{}", server_default="{}")
    valid_minutes: Mapped[int | None]
    content_sid: Mapped[str | None] = mapped_column(String(64))
    state: Mapped[TemplateState] = mapped_column(
        Enum(TemplateState, native_enum=False, length=16, values_callable=lambda e: [m.value for m in e]),
        default=TemplateState.DRAFT,
    )
    reason: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[Created]
    checked_at: Mapped[Moment | None]
    decided_at: Mapped[Moment | None]
    replaced_at: Mapped[Moment | None]
    withdrawn_at: Mapped[Moment | None]

    __table_args__ = (
        Index("uq_template_name_version", "name", "version", unique=True),
        CheckConstraint("valid_minutes BETWEEN 1 AND 600", name="valid_minutes"),
    )


class TrialState(enum.StrEnum):
    """What became of a trial. `doubtful`: the process ended during the call, and nothing is sent again."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    DOUBTFUL = "doubtful"


class TemplateTrial(Base):
    """A template that a member of staff has sent to her own phone, with its samples and nobody's data.

    `values` is JSON by number: what stands in place of samples, as in the campaign that is tried.
    """

    __tablename__ = "template_trial"

    id: Mapped[Id]
    template_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("template.id", ondelete="CASCADE"))
    staff_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    state: Mapped[TrialState] = mapped_column(
        Enum(TrialState, native_enum=False, length=16, values_callable=lambda e: [m.value for m in e]),
        default=TrialState.WAITING,
    )
    values: Mapped[str] = mapped_column(Text, default="{}", server_default="{}")
    reason: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[Created]
    begun_at: Mapped[Moment | None]

    __table_args__ = (Index(None, "staff_id", "created_at"), Index(None, "template_id"), Index(None, "state"))


class MessagePrice(Base):
    """What one message of a category costs from a day on, as the administrator entered it, with its source.

    `micros` are millionths of the currency, so that a price of four decimals is a whole number.
    """

    __tablename__ = "message_price"

    id: Mapped[Id]
    category: Mapped[TemplateCategory] = mapped_column(
        Enum(TemplateCategory, native_enum=False, length=16, values_callable=lambda e: [m.value for m in e])
    )
    since: Mapped[date] = mapped_column(Date)
    micros: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    source: Mapped[str] = mapped_column(String(200))
    entered_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    created_at: Mapped[Created]

    __table_args__ = (
        Index("uq_message_price_category_since", "category", "since", unique=True),
        CheckConstraint("micros >= 0", name="micros"),
    )


class QuickReply(Base):
    """A fixed text of ours with its buttons, as a content at Twilio; found by the hash of both."""

    __tablename__ = "quick_reply"

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    content_sid: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[Created]
