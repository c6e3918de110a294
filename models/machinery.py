"""Rows of the machinery: Rasa's dialogue states, counters, limits, dead letters, alarms."""

from __future__ import annotations

import uuid

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Created, Id, KeyedHash, Moment


class RasaTracker(Base):
    """One dialogue state a conversation, encrypted by Rasa's own process, gone when it expires."""

    __tablename__ = "rasa_tracker"

    conversation_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    state: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[Moment]


class Counter(Base):
    """A number that only grows, such as duplicates that Twilio delivered."""

    __tablename__ = "counter"

    name: Mapped[str] = mapped_column(String(48), primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger, default=0)


class TokenBucket(Base):
    """The one bucket that all workers draw sends from."""

    __tablename__ = "token_bucket"

    name: Mapped[str] = mapped_column(String(48), primary_key=True)
    tokens: Mapped[float]
    refilled_at: Mapped[Moment]


class Installation(Base):
    """The one row about this database: which secret key its data is encrypted with."""

    __tablename__ = "installation"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key_check: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[Created]

    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)


class KeyChange(Base):
    """The one row about a replacement of the secret key that is under way (`outreach.sealing.rekeying`).

    `next_check` is the check value of the key that everything is written with from now on. `place` and
    `after` say how far the walk over the tables is; `found` counts what a round had to write anew,
    `unreadable` what opened with neither key, or stood in the way of another row.
    """

    __tablename__ = "key_change"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    next_check: Mapped[bytes] = mapped_column(LargeBinary)
    began_at: Mapped[Created]
    round: Mapped[int] = mapped_column(default=0)
    round_began_at: Mapped[Moment | None]
    place: Mapped[str] = mapped_column(String(64), default="")
    after: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    found: Mapped[int] = mapped_column(BigInteger, default=0)
    unreadable: Mapped[int] = mapped_column(BigInteger, default=0)
    done: Mapped[int] = mapped_column(BigInteger, default=0)
    rests_until: Mapped[Moment | None]

    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)


class DeadLetter(Base):
    """Work that was given up after its last attempt; a person sees it and closes it.

    `subject_id` is the row that it was about; `error` the type of what was raised, never its text.
    """

    __tablename__ = "dead_letter"

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    error: Mapped[str] = mapped_column(String(80))
    attempts: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[Created]
    closed_at: Mapped[Moment | None]
    closed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))

    __table_args__ = (
        Index("ix_dead_letter_open", "created_at", postgresql_where=text("closed_at IS NULL")),
        Index(None, "kind", "subject_id"),
    )


class Alarm(Base):
    """What those named in the settings were told of; one row a kind, raised until it clears."""

    __tablename__ = "alarm"

    kind: Mapped[str] = mapped_column(String(32), primary_key=True)
    raised_at: Mapped[Moment]
    told_at: Mapped[Moment | None]
    cleared_at: Mapped[Moment | None]


class TickState(Base):
    """How the clock's ticks go: failures in a row, and when the last one went well."""

    __tablename__ = "tick_state"

    name: Mapped[str] = mapped_column(String(48), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    well_at: Mapped[Moment | None]
    failed_at: Mapped[Moment | None]


class Throttle(Base):
    """Attempts within a window of time, by the keyed hash of what is limited (an account, an address)."""

    __tablename__ = "throttle"

    key_hash: Mapped[KeyedHash] = mapped_column(primary_key=True)
    began_at: Mapped[Moment]
    count: Mapped[int] = mapped_column(default=0)

    __table_args__ = (Index(None, "began_at"),)
