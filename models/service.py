"""How the service runs: what was not in order and when, how much comes in by the hour, its backups.

Nothing here is of a woman or a case: no row is written, and no number changes, because there is a case (P4).
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Created, Id, Moment


class ServiceTrouble(Base):
    """Something that was not in order from one moment to another; open while it lasts."""

    __tablename__ = "service_trouble"

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(32))
    began_at: Mapped[Moment]
    ended_at: Mapped[Moment | None]

    __table_args__ = (
        Index("uq_service_trouble_open", "kind", unique=True, postgresql_where=text("ended_at IS NULL")),
        Index(None, "began_at"),
    )


class InboundHour(Base):
    """The number that the last message had when an hour began; two hours in a row tell how many came."""

    __tablename__ = "inbound_hour"

    hour: Mapped[Moment] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)


class Rehearsal(Base):
    """A procedure tried on a copy of the database: which, when, and in our own words why it failed."""

    __tablename__ = "rehearsal"

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(32))
    created_at: Mapped[Created]
    error: Mapped[str | None] = mapped_column(String(200))

    __table_args__ = (Index(None, "kind", "created_at"),)


class BackupRun(Base):
    """One backup: its file, when that was restored on trial, and in our own words why it failed."""

    __tablename__ = "backup_run"

    id: Mapped[Id]
    created_at: Mapped[Created]
    name: Mapped[str] = mapped_column(String(120))
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    encrypted: Mapped[bool] = mapped_column(default=True)
    verified_at: Mapped[Moment | None]
    error: Mapped[str | None] = mapped_column(String(200))

    __table_args__ = (Index(None, "created_at"),)
