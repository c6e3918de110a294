"""What every table shares: names of constraints, ids that tell nothing, aware times.

The data model imports nothing else of the project. Columns that end in `_cipher` hold bytes
encrypted by `outreach.sealing.crypto`; those that end in `_sealed` hold bytes sealed to the casework
team's public key, which this server can write and not read.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Annotated

from sqlalchemy import DateTime, LargeBinary, MetaData, Uuid
from sqlalchemy.orm import DeclarativeBase, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The declarative base of every table."""

    metadata = MetaData(naming_convention=NAMING)


def utcnow() -> datetime:
    """Return the present time, aware, in UTC."""
    return datetime.now(UTC)


Id = Annotated[uuid.UUID, mapped_column(Uuid, primary_key=True, default=uuid.uuid4)]
Moment = Annotated[datetime, mapped_column(DateTime(timezone=True))]
Created = Annotated[datetime, mapped_column(DateTime(timezone=True), default=utcnow)]
Cipher = Annotated[bytes, mapped_column(LargeBinary)]
Sealed = Annotated[bytes, mapped_column(LargeBinary)]
KeyedHash = Annotated[bytes, mapped_column(LargeBinary(32))]
