"""A woman on the single list. All that names her is encrypted; keyed hashes find her again."""

from __future__ import annotations

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Cipher, Created, Id, KeyedHash, Moment


class Woman(Base):
    """A person of the programme. `details_cipher` holds the JSON of `outreach.people.registry.Details`.

    Municipality and axis of interest stay plain: groups are offered and campaigns chosen by them.
    """

    __tablename__ = "woman"

    id: Mapped[Id]
    created_at: Mapped[Created]
    updated_at: Mapped[Moment | None]
    agency: Mapped[str | None] = mapped_column(String(32))
    external_id: Mapped[str | None] = mapped_column(String(64))
    municipality: Mapped[str | None] = mapped_column(String(5))
    axis: Mapped[str | None] = mapped_column(String(16))
    details_cipher: Mapped[Cipher]
    curp_hash: Mapped[KeyedHash | None] = mapped_column(unique=True)
    name_birth_hash: Mapped[KeyedHash | None]

    __table_args__ = (
        Index(None, "name_birth_hash"),
        Index(None, "municipality"),
        Index("uq_woman_agency_external", "agency", "external_id", unique=True),
    )
