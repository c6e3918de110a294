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


class MarkState(enum.StrEnum):
    """What one mark at the door says; a blank one takes the marks before it back."""

    PRESENT = "present"
    ABSENT = "absent"
    BLANK = "blank"


class MarkSource(enum.StrEnum):
    """How a mark was made."""

    DOOR = "door"
    CARD = "card"  # her own code, read at the door
    PAGE = "page"
    LIST = "list"


class CallResult(enum.StrEnum):
    """What became of a call to a woman who was absent twice running."""

    DONE = "done"
    NOT_REACHED = "not_reached"


def _enum(noun: type[enum.StrEnum]) -> Enum:
    return Enum(noun, native_enum=False, length=16, values_callable=lambda e: [m.value for m in e])


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
    """What one woman answered about one session; `earlier` is another answer that she gave just before."""

    __tablename__ = "rsvp"

    id: Mapped[Id]
    woman_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("woman.id", ondelete="CASCADE"))
    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("workshop_session.id", ondelete="CASCADE"))
    answer: Mapped[RsvpAnswer] = mapped_column(
        Enum(RsvpAnswer, native_enum=False, length=16, values_callable=lambda e: [m.value for m in e])
    )
    earlier: Mapped[RsvpAnswer | None] = mapped_column(
        Enum(RsvpAnswer, native_enum=False, length=16, values_callable=lambda e: [m.value for m in e])
    )
    updated_at: Mapped[Created]

    __table_args__ = (
        Index("uq_rsvp_woman_session", "woman_id", "session_id", unique=True),
        Index(None, "session_id"),
    )


class Attendance(Base):
    """Whether one woman was at one session, by the last mark; `updated_at` is that mark's own time."""

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


class AttendanceMark(Base):
    """One mark of the list at the door, never changed: the history of `Attendance`.

    `id` is made where the mark is made, so that one that is sent twice is one. `marked_at` is the moment of
    the tap, which may lie hours before `received_at`: without signal the phone keeps it.
    """

    __tablename__ = "attendance_mark"

    id: Mapped[Id]
    woman_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("woman.id", ondelete="CASCADE"))
    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("workshop_session.id", ondelete="CASCADE"))
    state: Mapped[MarkState] = mapped_column(_enum(MarkState))
    source: Mapped[MarkSource] = mapped_column(_enum(MarkSource))
    marked_at: Mapped[Moment]
    received_at: Mapped[Created]
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))

    __table_args__ = (Index(None, "session_id", "woman_id", "marked_at"), Index(None, "woman_id"))


class AbsenceCall(Base):
    """One try to reach a woman who was absent twice running; `session_id` is the later of the two.

    `attempt` counts the tries from 1: two people can't note the same one.
    """

    __tablename__ = "absence_call"

    id: Mapped[Id]
    woman_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("woman.id", ondelete="CASCADE"))
    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("workshop_session.id", ondelete="CASCADE"))
    attempt: Mapped[int]
    result: Mapped[CallResult] = mapped_column(_enum(CallResult))
    called_at: Mapped[Moment]
    called_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))

    __table_args__ = (
        Index("uq_absence_call_attempt", "woman_id", "session_id", "attempt", unique=True),
        Index(None, "session_id"),
    )
