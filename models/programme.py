"""The programme: agencies, axes, workshops, groups and their dated sessions."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Created, Id, Moment


class Agency(Base):
    """An agency that shares the single list; agencies change name, so they are data."""

    __tablename__ = "agency"

    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(160))


class Municipality(Base):
    """A municipality by its INEGI code (five digits)."""

    __tablename__ = "municipality"

    code: Mapped[str] = mapped_column(String(5), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))


class Workshop(Base):
    """What is taught, within one of the axes (food, production, occupation, health, employment)."""

    __tablename__ = "workshop"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    axis: Mapped[str] = mapped_column(String(16))
    description: Mapped[str] = mapped_column(Text, default="")


class Group(Base):
    """A group of women who take a workshop together, at one place, up to a capacity."""

    __tablename__ = "workshop_group"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(32), unique=True)
    workshop_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("workshop.id"))
    municipality: Mapped[str] = mapped_column(ForeignKey("municipality.code"))
    place: Mapped[str] = mapped_column(String(160))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    capacity: Mapped[int]
    created_at: Mapped[Created]

    workshop: Mapped[Workshop] = relationship()
    sessions: Mapped[list[Session]] = relationship(
        back_populates="group", order_by="Session.starts_at", cascade="all, delete-orphan"
    )

    __table_args__ = (CheckConstraint("capacity >= 0", name="capacity"), Index(None, "municipality"))


class Session(Base):
    """One dated meeting of a group. `code` is the agency's own id in imports."""

    __tablename__ = "workshop_session"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(48), unique=True)
    group_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("workshop_group.id", ondelete="CASCADE"))
    starts_at: Mapped[Moment]
    minutes: Mapped[int] = mapped_column(default=120)
    cancelled_at: Mapped[Moment | None]

    group: Mapped[Group] = relationship(back_populates="sessions")

    @property
    def ends_at(self) -> datetime:
        """When the meeting is over."""
        return self.starts_at + timedelta(minutes=self.minutes)

    __table_args__ = (Index(None, "group_id", "starts_at"), Index(None, "starts_at"))
