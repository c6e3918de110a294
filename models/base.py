"""What every table shares: names of constraints, ids that tell nothing, aware times.

The data model imports nothing else of the project. Columns that end in `_cipher` hold bytes
encrypted by `outreach.sealing.crypto`; those that end in `_sealed` hold bytes sealed to the casework
team's public key, which this server can write and not read.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

from sqlalchemy import DateTime, LargeBinary, MetaData, TypeDecorator, Uuid
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.sql import operators

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlalchemy import ColumnElement, Dialect
    from sqlalchemy.sql.operators import OperatorType

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


_ahead: Callable[[], timedelta] | None = None


def move_clock(ahead: Callable[[], timedelta] | None) -> None:
    """Have `utcnow` run ahead of the machine by what `ahead` says; None: it tells the machine's time.

    Called by `outreach.ground.simulated_clock` alone, which refuses it where no simulator is.
    """
    global _ahead  # noqa: PLW0603 (one clock a process)
    _ahead = ahead


def utcnow() -> datetime:
    """Return what the product takes for now, aware, in UTC."""
    now = datetime.now(UTC)
    return now if _ahead is None else now + _ahead()


def by_machine(moment: datetime) -> datetime:
    """Return when `moment` comes by the machine's own clock, which PostgreSQL's `now()` and timers follow."""
    return moment if _ahead is None else moment - _ahead()


Id = Annotated[uuid.UUID, mapped_column(Uuid, primary_key=True, default=uuid.uuid4)]
Moment = Annotated[datetime, mapped_column(DateTime(timezone=True))]
Created = Annotated[datetime, mapped_column(DateTime(timezone=True), default=utcnow)]
Cipher = Annotated[bytes, mapped_column(LargeBinary)]
Sealed = Annotated[bytes, mapped_column(LargeBinary)]


def _with_others(values: Iterable[bytes]) -> list[bytes]:
    """Each value, and after it the same value's hash under the other key, where it carries one."""
    both = ((one, getattr(one, "other", None)) for one in values)
    return [bytes(one) for pair in both for one in pair if one is not None]


class HashBytes(TypeDecorator[bytes]):
    """A keyed hash. While the secret key is being replaced what is looked for is found under either key.

    A value that carries its hash under the other key (`outreach.sealing.crypto.LookupHash`) equals both. Two
    columns that are compared with each other are kept under one key (`outreach.sealing.rekeying`).
    """

    impl = LargeBinary
    cache_ok = True

    class Comparator(TypeDecorator.Comparator[bytes]):
        """Compares with both hashes of a value."""

        def operate(self, op: OperatorType, *other: Any, **kwargs: Any) -> ColumnElement[Any]:  # noqa: ANN401 (SQLAlchemy's own signature)
            """Look for either hash."""
            given: Any = other[0] if other else None
            if op is operators.eq and getattr(given, "other", None) is not None:
                return super().operate(operators.in_op, _with_others([given]))
            if op is operators.in_op and isinstance(given, list | tuple | set | frozenset):
                return super().operate(op, _with_others(given), **kwargs)
            return super().operate(op, *other, **kwargs)

    comparator_factory = Comparator

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002 (SQLAlchemy's own signature)
        """Store the hash alone."""
        return None if value is None else bytes(value)


KeyedHash = Annotated[bytes, mapped_column(HashBytes(32))]
