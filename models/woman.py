"""A woman on the single list. All that names her is encrypted; keyed hashes find her again."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import BigInteger, Date, ForeignKey, Identity, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Cipher, Created, Id, KeyedHash, Moment


class Woman(Base):
    """A person of the single list.

    `details_cipher` holds the JSON of `outreach.people.registry.Details`, with the source of each value.

    Municipality and axis of interest stay plain: groups are offered and campaigns chosen by them.
    Two records may hold one CURP: a person decides whether they are one woman (`models.duplicates`).
    `opposed_at`: since when she opposes that anything is initiated to her, on whatever number comes later.
    """

    __tablename__ = "woman"

    id: Mapped[Id]
    created_at: Mapped[Created]
    updated_at: Mapped[Moment | None]
    municipality: Mapped[str | None] = mapped_column(String(5), active_history=True)
    axis: Mapped[str | None] = mapped_column(String(16), active_history=True)
    details_cipher: Mapped[Cipher]
    curp_hash: Mapped[KeyedHash | None]
    name_birth_hash: Mapped[KeyedHash | None]
    birth_year_hash: Mapped[KeyedHash | None]
    opposed_at: Mapped[Moment | None]

    __table_args__ = (
        Index(None, "curp_hash"),
        Index(None, "name_birth_hash"),
        # Audiences are counted over all women from this index alone.
        Index("ix_woman_audience", "municipality", "axis", "birth_year_hash", "id"),
        Index("ix_woman_newest", "created_at", "id"),
        Index("ix_woman_changed", text("coalesce(updated_at, created_at)")),
    )


class Affiliation(Base):
    """A woman at an agency: her folio there, and the day of the written consent that the agency holds."""

    __tablename__ = "affiliation"

    id: Mapped[Id]
    woman_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("woman.id", ondelete="CASCADE"))
    agency: Mapped[str] = mapped_column(ForeignKey("agency.code"))
    folio_cipher: Mapped[Cipher]
    folio_hash: Mapped[KeyedHash] = mapped_column(unique=True)
    since: Mapped[date | None] = mapped_column(Date)
    consent_on: Mapped[date | None] = mapped_column(Date)
    source: Mapped[str] = mapped_column(String(24))
    created_at: Mapped[Created]

    __table_args__ = (
        Index(None, "woman_id"),
        Index(None, "agency", "woman_id"),  # whom an audience leaves out, read from the index alone
    )


class ListedPhone(Base):
    """The keyed hash of a number that a list gave her, for finding duplicates only.

    A number that is another woman's conversation already is not linked to her, and is still evidence.
    """

    __tablename__ = "listed_phone"

    id: Mapped[Id]
    woman_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("woman.id", ondelete="CASCADE"))
    lookup_hash: Mapped[KeyedHash]

    __table_args__ = (
        Index("uq_listed_phone_woman_id_lookup_hash", "woman_id", "lookup_hash", unique=True),
        Index(None, "lookup_hash"),
    )


class NameKey(Base):
    """The keyed hash of one part of her name by its sound, for search and for finding duplicates."""

    __tablename__ = "name_key"

    id: Mapped[Id]
    woman_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("woman.id", ondelete="CASCADE"))
    sound_hash: Mapped[KeyedHash]

    __table_args__ = (Index(None, "sound_hash", "woman_id"), Index(None, "woman_id"))


class WomanChange(Base):
    """One value or seat of hers that was changed: what it was and what it became, encrypted.

    `staff_id` is empty where she herself changed it in the chat or an agency's list did.
    """

    __tablename__ = "woman_change"

    id: Mapped[Id]
    seq: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)
    woman_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("woman.id", ondelete="CASCADE"))
    staff_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    created_at: Mapped[Created]
    change_cipher: Mapped[Cipher]
    undone_at: Mapped[Moment | None]
    undone_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))

    __table_args__ = (Index(None, "woman_id", "seq"),)
