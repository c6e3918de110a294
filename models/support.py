"""Supports given to women by any agency, the rules that limit them, and what was given twice."""

from __future__ import annotations

import enum
import uuid
from datetime import date

from sqlalchemy import Boolean, CheckConstraint, Date, Enum, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Cipher, Created, Id, Moment


class Period(enum.StrEnum):
    """The time within which a rule counts: a calendar month or year, so many days, or all time."""

    MONTH = "month"
    YEAR = "year"
    DAYS = "days"
    EVER = "ever"


class DoubleState(enum.StrEnum):
    """What became of a support over a rule."""

    OPEN = "open"
    JUSTIFIED = "justified"
    RECOVERED = "recovered"
    MISTAKE = "mistake"  # it was entered and never given
    AVOIDED = "avoided"  # stopped at entry: it was not given
    CLEARED = "cleared"  # no longer over the rule: what stood beside it was taken back


def _enum(noun: type[enum.StrEnum], length: int) -> Enum:
    return Enum(
        noun,
        native_enum=False,
        length=length,
        values_callable=lambda members: [member.value for member in members],
    )


class SupportKind(Base):
    """What may be given. `in_money`: each one has an amount. A retired kind is only read.

    Coordinators of every agency read the name, so it must pass the reveal check.
    """

    __tablename__ = "support_kind"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    in_money: Mapped[bool] = mapped_column(Boolean, default=False)
    retired_at: Mapped[Moment | None]


class SupportRule(Base):
    """A limit: at most `most` of a kind within a period, over all agencies or within each.

    A rule is ended (`until`, its last day) and never changed, so that what was given is judged by the rule of
    its own day. `days` is set for `Period.DAYS` alone. `ground` is the document that the rule comes from.
    """

    __tablename__ = "support_rule"

    id: Mapped[Id]
    kind_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("support_kind.id", ondelete="CASCADE"))
    most: Mapped[int]
    period: Mapped[Period] = mapped_column(_enum(Period, 8))
    days: Mapped[int | None]
    all_agencies: Mapped[bool] = mapped_column(Boolean, default=True)
    since: Mapped[date] = mapped_column(Date)
    until: Mapped[date | None] = mapped_column(Date)
    ground: Mapped[str] = mapped_column(String(160), default="")
    created_at: Mapped[Created]

    __table_args__ = (
        CheckConstraint("most >= 1", name="most"),
        CheckConstraint("(days >= 1) = (period = 'days')", name="days"),
        Index(None, "kind_id"),
    )


class Support(Base):
    """One support given to a woman on a local day. Rows are never changed: a wrong one is voided.

    `cents` is the amount of a kind in money. `note_cipher` holds who handed it over, a note, and why it was
    voided. `source`: `console` or `import`.
    """

    __tablename__ = "support"

    id: Mapped[Id]
    woman_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("woman.id", ondelete="CASCADE"))
    kind_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("support_kind.id"))
    agency: Mapped[str] = mapped_column(ForeignKey("agency.code"))
    day: Mapped[date] = mapped_column(Date)
    cents: Mapped[int | None]
    note_cipher: Mapped[Cipher]
    source: Mapped[str] = mapped_column(String(16))
    entered_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    created_at: Mapped[Created]
    voided_at: Mapped[Moment | None]
    voided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))

    __table_args__ = (
        CheckConstraint("cents > 0", name="cents"),
        Index(None, "woman_id", "kind_id", "day"),
        Index("ix_support_newest", "day", "created_at", "id"),
        Index("ix_support_agency_newest", "agency", "day", "created_at", "id"),
        Index(None, "kind_id"),
    )


class DoubleSupport(Base):
    """A support over a rule: found at entry or afterwards, with what was decided and why.

    `support_id` is empty where it was stopped at entry and not given. `agency` is the one that gave it or was
    about to; `day` the day of the support.
    """

    __tablename__ = "double_support"

    id: Mapped[Id]
    woman_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("woman.id", ondelete="CASCADE"))
    rule_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("support_rule.id", ondelete="CASCADE"))
    support_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("support.id", ondelete="CASCADE"))
    agency: Mapped[str] = mapped_column(ForeignKey("agency.code"))
    day: Mapped[date] = mapped_column(Date)
    state: Mapped[DoubleState] = mapped_column(_enum(DoubleState, 16))
    at_entry: Mapped[bool] = mapped_column(Boolean, default=False)
    found_at: Mapped[Moment]
    decided_at: Mapped[Moment | None]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    reason_cipher: Mapped[bytes | None]

    __table_args__ = (
        Index("uq_double_support_of_rule", "support_id", "rule_id", unique=True),
        Index(None, "woman_id"),
        Index(None, "rule_id"),
        Index(None, "state", "found_at", "id"),
    )
