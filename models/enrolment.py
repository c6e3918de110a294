"""Who is in which group, what she answered about each session, and whether she came."""

from __future__ import annotations

import enum
import uuid

from sqlalchemy import BigInteger, Enum, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Created, Id, Moment


class EnrolmentState(enum.StrEnum):
    """A seat, a place on the waiting list, or gone."""

    ENROLLED = "enrolled"
    WAITING = "waiting"
    LEFT = "left"


class RsvpAnswer(enum.StrEnum):
    """What she says beforehand of one session; her last word counts."""

    CONFIRMED = "confirmed"
    DECLINED = "declined"
    LATE = "late"


class AttendanceState(enum.StrEnum):
    """What the list at the door says of one session."""

    PRESENT = "present"
    ABSENT = "absent"


class Enrolment(Base):
    """One woman in one group; `seq` orders the waiting list."""

    __tablename__ = "enrolment"

    id: Mapped[Id]
    seq: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)
    woman_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("woman.id", ondelete="CASCADE"))
    group_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("workshop_group.id"))
    state: Mapped[EnrolmentState] = mapped_column(
        Enum(EnrolmentState, native_enum=False, length=16, values_callable=lambda e: [m.value for m in e])
    )
    created_at: Mapped[Created]
    left_at: Mapped[Moment | None]

    __table_args__ = (
        Index(
            "uq_enrolment_active",
            "woman_id",
            "group_id",
            unique=True,
            postgresql_where=text("state IN ('enrolled','waiting')"),
        ),
        Index(None, "woman_id"),
        Index(None, "group_id", "state", "seq"),
    )


class Rsvp(Base):
    """What one woman answered about one session."""

    __tablename__ = "rsvp"

    id: Mapped[Id]
    woman_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("woman.id", ondelete="CASCADE"))
    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("workshop_session.id", ondelete="CASCADE"))
    answer: Mapped[RsvpAnswer] = mapped_column(
        Enum(RsvpAnswer, native_enum=False, length=16, values_callable=lambda e: [m.value for m in e])
    )
    updated_at: Mapped[Created]

    __table_args__ = (
        Index("uq_rsvp_woman_session", "woman_id", "session_id", unique=True),
        Index(None, "session_id"),
    )


class Attendance(Base):
    """Whether one woman was at one session, and who noted it (empty: she herself, at the door)."""

    __tablename__ = "attendance"

    id: Mapped[Id]
    woman_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("woman.id", ondelete="CASCADE"))
    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("workshop_session.id", ondelete="CASCADE"))
    state: Mapped[AttendanceState] = mapped_column(
        Enum(AttendanceState, native_enum=False, length=16, values_callable=lambda e: [m.value for m in e])
    )
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    updated_at: Mapped[Created]

    __table_args__ = (
        Index("uq_attendance_woman_session", "woman_id", "session_id", unique=True),
        Index(None, "session_id"),
    )
