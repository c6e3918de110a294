"""Duplicates of the single list: pairs that may be one woman, what was decided, and merges to undo."""

from __future__ import annotations

import enum
import uuid

from sqlalchemy import BigInteger, Enum, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Cipher, Created, Id, Moment


class PairDecision(enum.StrEnum):
    """What a person, or a rule, decided of a pair."""

    SAME = "same"
    APART = "apart"


class LinkPair(Base):
    """Two records that may be one woman.

    `a_id` and `b_id` are the records as they were compared, the lower id first; they outlive a merge, so that
    no later run forgets a decision. `a_now` and `b_now` are the records that hold them today: equal once they
    are merged. `certain` and `conflict` (same CURP, another birth date) are of the newest run.
    """

    __tablename__ = "link_pair"

    id: Mapped[Id]
    seq: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)
    a_id: Mapped[uuid.UUID]
    b_id: Mapped[uuid.UUID]
    a_now: Mapped[uuid.UUID] = mapped_column(ForeignKey("woman.id", ondelete="CASCADE"))
    b_now: Mapped[uuid.UUID] = mapped_column(ForeignKey("woman.id", ondelete="CASCADE"))
    probability: Mapped[float]
    certain: Mapped[bool]
    conflict: Mapped[bool]
    decision: Mapped[PairDecision | None] = mapped_column(
        Enum(PairDecision, native_enum=False, length=16, values_callable=lambda e: [m.value for m in e])
    )
    decided_at: Mapped[Moment | None]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    created_at: Mapped[Created]

    __table_args__ = (
        Index("uq_link_pair_a_id_b_id", "a_id", "b_id", unique=True),
        Index(None, "a_now"),
        Index(None, "b_now"),
        Index("ix_link_pair_waiting", "conflict", "seq", postgresql_where=text("decision IS NULL")),
        Index("ix_link_pair_decided", "decided_at", "id", postgresql_where=text("decision IS NOT NULL")),
    )


class WomanMerge(Base):
    """One record taken into another, with all that its undo needs, encrypted.

    `merged_by` is empty where a rule merged. `absorbed_id` names a row that is gone until the undo.
    """

    __tablename__ = "woman_merge"

    id: Mapped[Id]
    kept_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("woman.id", ondelete="CASCADE"))
    absorbed_id: Mapped[uuid.UUID]
    snapshot_cipher: Mapped[Cipher]
    merged_at: Mapped[Created]
    merged_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    undone_at: Mapped[Moment | None]
    undone_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))

    __table_args__ = (Index(None, "kept_id"), Index("ix_woman_merge_newest", "merged_at", "id"))


class LinkRun(Base):
    """One comparison of the list: when, and how many of each."""

    __tablename__ = "link_run"

    id: Mapped[Id]
    started_at: Mapped[Created]
    finished_at: Mapped[Moment]
    women: Mapped[int]
    certain: Mapped[int]
    review: Mapped[int]
    joined: Mapped[int]

    __table_args__ = (Index(None, "finished_at"),)
