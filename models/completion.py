"""When a workshop or a programme is completed, who graduated, and the certificates of it."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Cipher, Created, Id, KeyedHash, Moment
from models.programme import ProgrammeId


class CompletionRule(Base):
    """What completes a workshop (`least_sessions` attended) or, without one, the programme (`least_axes`).

    An axis is completed by a graduation from one of its workshops. A rule is ended and never changed, so
    that each graduation keeps the rule that it was judged by. `both_interviews`: of food security, at the
    start and at the end.
    """

    __tablename__ = "completion_rule"

    id: Mapped[Id]
    programme_id: Mapped[ProgrammeId]
    workshop_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"))
    least_sessions: Mapped[int] = mapped_column(default=0)
    least_axes: Mapped[int] = mapped_column(default=0)
    both_interviews: Mapped[bool] = mapped_column(Boolean, default=False)
    created_at: Mapped[Created]
    ended_at: Mapped[Moment | None]

    __table_args__ = (
        CheckConstraint(
            "(workshop_id IS NULL AND least_sessions = 0 AND least_axes >= 1)"
            " OR (workshop_id IS NOT NULL AND least_sessions >= 1 AND least_axes = 0)",
            name="counts",
        ),
        Index(
            "uq_completion_rule_active",
            "programme_id",
            "workshop_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
            postgresql_nulls_not_distinct=True,
        ),
        Index(None, "workshop_id"),
    )


class Graduation(Base):
    """That a person of the programme declared a workshop or (without one) the programme completed.

    One that is taken back stays, with who did it and when. `day` is the local day. Nothing here forbids two
    of one kind: two records that are joined bring each its own, with a certificate that stays valid.
    """

    __tablename__ = "graduation"

    id: Mapped[Id]
    woman_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("woman.id", ondelete="CASCADE"))
    programme_id: Mapped[ProgrammeId]
    workshop_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("workshop.id"))
    rule_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("completion_rule.id"))
    day: Mapped[date] = mapped_column(Date)
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    created_at: Mapped[Created]
    undone_at: Mapped[Moment | None]
    undone_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))

    __table_args__ = (
        Index(
            "ix_graduation_active",
            "woman_id",
            "programme_id",
            "workshop_id",
            postgresql_where=text("undone_at IS NULL"),
        ),
        Index(None, "woman_id"),
        Index(None, "workshop_id", "day"),
        Index(None, "rule_id"),
    )


class Certificate(Base):
    """A certificate of a graduation. `content_cipher` holds the name, the workshop and the code as printed.

    Whoever has the code on the paper can check it; here is only its keyed hash to find it by.
    """

    __tablename__ = "certificate"

    id: Mapped[Id]
    woman_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("woman.id", ondelete="CASCADE"))
    graduation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("graduation.id", ondelete="CASCADE"), unique=True
    )
    code_hash: Mapped[KeyedHash] = mapped_column(unique=True)
    content_cipher: Mapped[Cipher]
    issued_at: Mapped[Created]
    issued_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    revoked_at: Mapped[Moment | None]

    __table_args__ = (Index(None, "woman_id"),)
