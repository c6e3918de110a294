"""What members of staff did: one row an event, in two chains that are only ever added to."""

from __future__ import annotations

import enum
import uuid

from sqlalchemy import BigInteger, Enum, ForeignKey, Index, LargeBinary, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Created


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
