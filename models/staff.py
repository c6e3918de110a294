"""Staff of the console: who they are, their sessions, their shifts."""

from __future__ import annotations

import enum
import uuid
from datetime import date

from sqlalchemy import Boolean, Date, Enum, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Cipher, Created, Id, Moment, Sealed


class Role(enum.StrEnum):
    """What a member of staff may do. Each role is a world of its own: none includes another."""

    CASEWORKER = "caseworker"
    SUPERVISOR = "supervisor"
    COORDINATOR = "coordinator"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    DIRECTION = "direction"  # sees what the programme achieved, and nobody's name


class SessionStep(enum.StrEnum):
    """What a session waits for before it opens anything: each is good for one page alone."""

    CODE = "code"  # the password was right, the code of her second factor is missing
    FACTOR = "factor"  # her role needs a second factor and she has none yet
    CONDUCT = "conduct"  # she has not agreed to the code of conduct in force
    OPEN = "open"


class Staff(Base):
    """A member of staff. `password_hash` is Argon2id in PHC form; `desk_sound`: the desk sounds for her.

    `agency` is for which one a coordinator works; empty: for all. What another agency's women got she sees by
    kind and date alone.
    """

    __tablename__ = "staff"

    id: Mapped[Id]
    username: Mapped[str] = mapped_column(String(64), unique=True)
    display_name: Mapped[str] = mapped_column(String(80))
    role: Mapped[Role] = mapped_column(
        Enum(Role, native_enum=False, length=16, values_callable=lambda e: [m.value for m in e])
    )
    password_hash: Mapped[str] = mapped_column(String(160))
    must_change_password: Mapped[bool] = mapped_column(Boolean, default=False)
    disabled_at: Mapped[Moment | None]
    created_at: Mapped[Created]
    desk_sound: Mapped[bool] = mapped_column(Boolean, default=False)
    agency: Mapped[str | None] = mapped_column(ForeignKey("agency.code"))


class StaffSession(Base):
    """A login.

    `token_hash` is the SHA-256 of the cookie's token; `key_wrapped` is the team's private key under
    a key that only the cookie carries. `desk_seen_at` is when the desk was last open in it with that key.
    `step` is what it still waits for. `locked_at`: idle for too long, the key was dropped, password and
    code give it back. `agent_cipher` is which browser it is, in words.
    """

    __tablename__ = "staff_session"

    id: Mapped[Id]
    staff_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    key_wrapped: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[Created]
    last_seen_at: Mapped[Moment]
    desk_seen_at: Mapped[Moment | None]
    expires_at: Mapped[Moment]
    step: Mapped[SessionStep] = mapped_column(
        Enum(SessionStep, native_enum=False, length=8, values_callable=lambda e: [m.value for m in e]),
        default=SessionStep.OPEN,
    )
    locked_at: Mapped[Moment | None]
    agent_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)

    __table_args__ = (Index(None, "staff_id"),)


class Shift(Base):
    """A stretch of time in which a caseworker is on duty (the roster).

    `planned`: of the week's plan, so it stands whether she is logged in or not; else she entered it.
    """

    __tablename__ = "shift"

    id: Mapped[Id]
    staff_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    starts_at: Mapped[Moment]
    ends_at: Mapped[Moment]
    planned: Mapped[bool] = mapped_column(Boolean, default=False)

    __table_args__ = (Index(None, "starts_at", "ends_at"), Index(None, "staff_id"))


class StaffContact(Base):
    """Where a caseworker is alerted, and when she last was: `outreach.staff.contacts` reads it."""

    __tablename__ = "staff_contact"

    id: Mapped[Id]
    staff_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), unique=True)
    contact_cipher: Mapped[Cipher]


class ShiftNote(Base):
    """What one shift leaves to the next, sealed to the team. Who wrote it and at what hour is inside."""

    __tablename__ = "shift_note"

    id: Mapped[Id]
    team_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"))
    day: Mapped[date] = mapped_column(Date)
    content_sealed: Mapped[Sealed]

    __table_args__ = (Index(None, "team_id", "day"),)
