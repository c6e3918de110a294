"""The casework team's key: public in the open, private only wrapped."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import DateTime, ForeignKey, Index, LargeBinary, String, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Created, Id, Moment


class Team(Base):
    """A team to whose public key (X25519, 32 bytes) confidential data is sealed; of one agency, or of all."""

    __tablename__ = "team"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(80), unique=True)
    agency: Mapped[str | None] = mapped_column(ForeignKey("agency.code"))
    public_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    created_at: Mapped[Created]


class KeyWrap(Base):
    """The team's private key for one caseworker, or for the recovery key (`staff_id` is empty).

    Argon2id makes a pair of keys from her password, `salt` and the cost in `operations` and
    `memory` (bytes); only its public half is stored. `wrapped` is the team's private key sealed to
    that half. It is empty while she waits for a colleague to grant it. `checked_at`: when somebody
    last typed the recovery key from its paper. `proof` says that who gave the key meant this public half.
    """

    __tablename__ = "key_wrap"

    id: Mapped[Id]
    team_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"))
    staff_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    salt: Mapped[bytes] = mapped_column(LargeBinary(16))
    operations: Mapped[int]
    memory: Mapped[int]
    public_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    wrapped: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[Created]
    checked_at: Mapped[Moment | None]
    proof: Mapped[bytes | None] = mapped_column(LargeBinary(32))

    __table_args__ = (
        Index("uq_key_wrap_staff_team", "staff_id", "team_id", unique=True),
        Index(None, "team_id"),
    )


class FormerKey(Base):
    """A key that a team had before, kept until nothing is sealed to it; how far that is (`sealing.reseal`).

    `wrapped` is its private half, sealed to the team's present key. The newest row of a team holds the place:
    `round` 0 seals everything anew, the later ones look for what is left; `place` and `after` are the column
    and the row up to which this round came, `found` is what it found left.
    """

    __tablename__ = "former_key"

    id: Mapped[Id]
    team_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"))
    public_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    # The database's clock: it is compared with the beginnings of transactions.
    changed_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.clock_timestamp()
    )
    round: Mapped[int] = mapped_column(default=0)
    place: Mapped[str] = mapped_column(String(80), default="")
    after: Mapped[uuid.UUID | None]
    found: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)

    __table_args__ = (Index(None, "team_id"),)


class KeyLeaver(Base):
    """Somebody who had a team's key and left; what is sealed to it is open to her until it is changed."""

    __tablename__ = "key_leaver"

    id: Mapped[Id]
    team_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"))
    staff_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    left_at: Mapped[Moment]

    __table_args__ = (Index("uq_key_leaver_team_staff", "team_id", "staff_id", unique=True),)


class CannedAnswer(Base):
    """A text that a team sends often, under a title; plain, for it holds nothing of any woman."""

    __tablename__ = "canned_answer"

    id: Mapped[Id]
    team_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(String(80))
    body: Mapped[str] = mapped_column(Text)

    __table_args__ = (Index("uq_canned_answer_team_title", "team_id", "title", unique=True),)
