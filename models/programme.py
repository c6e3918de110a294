"""Programmes and agencies, workshops, groups and their dated sessions, holidays."""

from __future__ import annotations

import enum
import uuid
from datetime import date, datetime, timedelta
from typing import Annotated

from sqlalchemy import CheckConstraint, Date, Enum, ForeignKey, Index, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from models.base import Base, Created, Id, Moment

FIRST_PROGRAMME = uuid.UUID(int=1)
"""The id of the programme that every installation starts with; rows of one programme name it by default."""
ProgrammeId = Annotated[
    uuid.UUID,
    mapped_column(
        Uuid, ForeignKey("programme.id"), default=FIRST_PROGRAMME, server_default=str(FIRST_PROGRAMME)
    ),
]


class Programme(Base):
    """A programme with rules of its own. Empty columns stand for the installation's settings.

    `sender` is the WhatsApp address that writes for it (`whatsapp:+52...`), by which an inbound message
    finds its programme. `quiet_hours` and `reminder_offsets` are written as in the settings. Cases of its
    conversations are sealed to `team_id`, else to the installation's first team. A campaign to more than
    `approval_above` women needs a second person; empty: none does.
    """

    __tablename__ = "programme"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(160))
    sender: Mapped[str | None] = mapped_column(String(64), unique=True)
    messaging_service_sid: Mapped[str | None] = mapped_column(String(64))
    timezone: Mapped[str | None] = mapped_column(String(64))
    quiet_hours: Mapped[str | None] = mapped_column(String(16))
    reminder_offsets: Mapped[str | None] = mapped_column(String(120))
    least_age: Mapped[int | None]
    guardian_under: Mapped[int | None]
    notice: Mapped[str] = mapped_column(String(32), default="base", server_default="base")
    team_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("team.id", ondelete="SET NULL"))
    approval_above: Mapped[int | None] = mapped_column(default=500, server_default="500")
    created_at: Mapped[Created]


class HolidayKind(enum.StrEnum):
    """Why a day is closed, which decides what it stops."""

    STATE = "state"  # offices are closed: no sessions, and legal terms do not run
    SCHOOL = "school"  # the school calendar: no sessions, legal terms run


class Holiday(Base):
    """A closed day beside the federal ones; of one programme, or (empty) of all. `source`: who says so."""

    __tablename__ = "holiday"

    id: Mapped[Id]
    programme_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("programme.id", ondelete="CASCADE"))
    day: Mapped[date] = mapped_column(Date)
    name: Mapped[str] = mapped_column(String(80))
    kind: Mapped[HolidayKind] = mapped_column(
        Enum(HolidayKind, native_enum=False, length=16, values_callable=lambda e: [m.value for m in e]),
        default=HolidayKind.STATE,
        server_default=HolidayKind.STATE.value,
    )
    source: Mapped[str] = mapped_column(String(200), default="", server_default="")

    __table_args__ = (
        Index("uq_holiday_day", "day", "programme_id", unique=True, postgresql_nulls_not_distinct=True),
    )


class Agency(Base):
    """An agency that shares the single list; agencies change name, so they are data.

    Folios and supports name it by its code for good: one that left the programme is retired, never deleted.
    """

    __tablename__ = "agency"

    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(160))
    retired_at: Mapped[Moment | None]


class Axis(Base):
    """One of the subjects into which a programme orders its workshops; workshops and women name its code."""

    __tablename__ = "axis"

    id: Mapped[Id]
    programme_id: Mapped[ProgrammeId]
    code: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(60))
    position: Mapped[int]
    retired_at: Mapped[Moment | None]

    __table_args__ = (Index("uq_axis_programme_code", "programme_id", "code", unique=True),)


class Municipality(Base):
    """A municipality by its INEGI code (five digits), with its seat and where that lies (degrees, WGS 84).

    Empty coordinates: not measured, so that nothing is called near it.
    """

    __tablename__ = "municipality"

    code: Mapped[str] = mapped_column(String(5), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    seat: Mapped[str | None] = mapped_column(String(80))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]


class Workshop(Base):
    """What is taught, within one of the programme's axes. A retired one is offered no more."""

    __tablename__ = "workshop"

    id: Mapped[Id]
    programme_id: Mapped[ProgrammeId]
    code: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(120))
    axis: Mapped[str] = mapped_column(String(16))
    description: Mapped[str] = mapped_column(Text, default="")
    retired_at: Mapped[Moment | None]

    __table_args__ = (Index("uq_workshop_programme_code", "programme_id", "code", unique=True),)


class Group(Base):
    """A group of women who take a workshop together, at one place, up to a capacity.

    `directions`: how to get there, as she is told. A closed group (`closed_at`) takes nobody new; those in it
    keep their seats and sessions.
    """

    __tablename__ = "workshop_group"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(32), unique=True)
    workshop_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("workshop.id"))
    municipality: Mapped[str] = mapped_column(ForeignKey("municipality.code"))
    place: Mapped[str] = mapped_column(String(160))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    capacity: Mapped[int]
    directions: Mapped[str] = mapped_column(String(300), default="", server_default="")
    facilitator: Mapped[str] = mapped_column(String(120), default="", server_default="")
    closed_at: Mapped[Moment | None]
    created_at: Mapped[Created]

    workshop: Mapped[Workshop] = relationship()
    sessions: Mapped[list[Session]] = relationship(
        back_populates="group", order_by="Session.starts_at", cascade="all, delete-orphan"
    )

    @validates("place", "directions", "facilitator")
    def _one_line(self, _name: str, text: str) -> str:
        """Keep it in one line: WhatsApp refuses line breaks, tabs and runs of spaces in a variable."""
        return " ".join(text.split())

    __table_args__ = (CheckConstraint("capacity >= 0", name="capacity"), Index(None, "municipality"))


class Session(Base):
    """One dated meeting of a group. `code` is the agency's own id in imports.

    `revision` grows each time the session moves, so that what was sent about the old time stays apart from
    what is owed about the new.
    """

    __tablename__ = "workshop_session"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(48), unique=True)
    group_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("workshop_group.id", ondelete="CASCADE"))
    starts_at: Mapped[Moment]
    minutes: Mapped[int] = mapped_column(default=120)
    cancelled_at: Mapped[Moment | None]
    revision: Mapped[int] = mapped_column(default=1, server_default="1")

    group: Mapped[Group] = relationship(back_populates="sessions")

    @property
    def ends_at(self) -> datetime:
        """When the meeting is over."""
        return self.starts_at + timedelta(minutes=self.minutes)

    __table_args__ = (Index(None, "group_id", "starts_at"), Index(None, "starts_at"))
