"""What members of staff did: events in two chains that are only ever added to, and sealed lists."""

from __future__ import annotations

import enum
import uuid

from sqlalchemy import BigInteger, Enum, ForeignKey, Index, LargeBinary, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Created, Id, Sealed


class Stream(enum.StrEnum):
    """The two chains. In one order over both, a step of the desk would lie between two dated events."""

    DESK = "desk"
    OFFICE = "office"


class AuditEvent(Base):
    """What a member of staff did, in words that name no woman and no case.

    `position` counts within the stream from 1 and `chain` is the SHA-256 over the one before and this row;
    the database sets both as the transaction commits, and refuses every later change
    (`outreach.staff.chain`). Each stream lies in a partition of its own, so that a dump, which gives rows as
    they lie, tells no order over both.
    """

    __tablename__ = "audit_event"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    stream: Mapped[Stream] = mapped_column(
        Enum(Stream, native_enum=False, length=8, values_callable=lambda e: [m.value for m in e]),
        primary_key=True,
    )
    position: Mapped[int | None] = mapped_column(BigInteger)
    staff_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id"))
    action: Mapped[str] = mapped_column(String(48))
    at: Mapped[Created]
    chain: Mapped[bytes | None] = mapped_column(LargeBinary(32))

    __table_args__ = (
        Index("uq_audit_event_stream_position", "stream", "position", unique=True),
        Index(None, "at"),
        {"postgresql_partition_by": "LIST (stream)"},
    )


class CaseAudit(Base):
    """Who looked at a case or did something in it, and when; all of it sealed (`outreach.casework.seen`).

    Like a thread it always has a multiple of so many rows: `position` tells no number of looks.
    """

    __tablename__ = "case_audit"

    id: Mapped[Id]
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case_file.id", ondelete="CASCADE"))
    position: Mapped[int]
    content_sealed: Mapped[Sealed]

    __table_args__ = (Index("uq_case_audit_position", "case_id", "position", unique=True),)


class Oversight(Base):
    """What a team's supervisor is told: a colleague's conversation that somebody opened, and why; sealed."""

    __tablename__ = "oversight"

    id: Mapped[Id]
    team_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("team.id"))
    position: Mapped[int]
    content_sealed: Mapped[Sealed]

    __table_args__ = (Index("uq_oversight_position", "team_id", "position", unique=True),)
