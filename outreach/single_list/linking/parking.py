"""Rows of any table as JSON and back, and which tables hang on a woman: read off the model, none is named.

A table that the model gains later moves with a merge without a word here.
"""

from __future__ import annotations

import base64
import enum
import uuid
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Date, DateTime, LargeBinary, Table, Uuid, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from models import Base, LinkPair, NameKey, Woman, WomanMerge
from models.base import HashBytes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Column, Row
    from sqlalchemy.orm import Session

# These have rules of their own in a merge.
_OWN_RULES = {LinkPair.__tablename__, WomanMerge.__tablename__, NameKey.__tablename__}


def hanging() -> Iterator[tuple[Table, Column[Any]]]:
    """Yield each table with a column that names a woman, and that column."""
    woman = Base.metadata.tables[Woman.__tablename__]
    for table in Base.metadata.sorted_tables:
        if table.name in _OWN_RULES:
            continue
        for column in table.columns:
            if any(key.column is woman.c.id for key in column.foreign_keys):
                yield table, column


def place_of(table: Table, column: Column[Any]) -> str:
    """Return the name under which a merge notes the rows of a table."""
    return f"{table.name}.{column.name}"


def packed(row: Row[Any]) -> dict[str, Any]:
    """Return a row as JSON."""
    return {name: _packed(value) for name, value in row._mapping.items()}  # noqa: SLF001 (its public name)


def _packed(value: object) -> object:
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value


def unpacked(table: Table, kept: dict[str, Any]) -> dict[str, Any]:
    """Return what `packed` made as values of a row; columns that are gone since are left out."""
    return {
        name: _unpacked(table.c[name], value)
        for name, value in kept.items()
        if name in table.c and table.c[name].identity is None
    }


def _unpacked(column: Column[Any], value: Any) -> object:  # noqa: ANN401 (JSON)
    if value is None:
        return None
    kind = column.type
    if isinstance(kind, Uuid):
        return uuid.UUID(value)
    if isinstance(kind, DateTime):
        return datetime.fromisoformat(value)
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    if isinstance(kind, LargeBinary | HashBytes):
        return base64.b64decode(value)
    return value


def move(
    session: Session, table: Table, column: Column[Any], source: uuid.UUID, target: uuid.UUID
) -> tuple[list[str], list[dict[str, Any]]]:
    """Give the rows of one woman to another; return the ids moved, and the rows that had no place there.

    A row that would be a second of its kind is taken out of the table and returned whole.
    """
    rows = session.execute(select(table).where(column == source).order_by(table.c.id)).all()
    ids = [row.id for row in rows]
    if not ids:
        return [], []
    if _moved(session, table, column, ids, target):
        return [str(one) for one in ids], []
    moved, parked = [], []
    for row in rows:
        if _moved(session, table, column, [row.id], target):
            moved.append(str(row.id))
        else:
            parked.append(packed(row))
            session.execute(delete(table).where(table.c.id == row.id))
    return moved, parked


def _moved(
    session: Session, table: Table, column: Column[Any], ids: list[uuid.UUID], target: uuid.UUID
) -> bool:
    try:
        with session.begin_nested():
            session.execute(update(table).where(table.c.id.in_(ids)).values({column.name: target}))
    except IntegrityError:
        return False
    return True


def put_back(session: Session, table: Table, rows: list[dict[str, Any]]) -> None:
    """Insert rows that a merge took out; one whose place is taken meanwhile stays out."""
    for kept in rows:
        try:
            with session.begin_nested():
                session.execute(insert(table).values(unpacked(table, kept)))
        except IntegrityError:
            continue
