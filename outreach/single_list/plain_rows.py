"""A row of any table in plain JSON: hashes left out, what is encrypted by the personal key opened."""

from __future__ import annotations

import enum
import uuid
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from outreach.sealing.under_key import CIPHER, PLACES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Row, Table

    from outreach.sealing.crypto import PersonalKey


def plain(key: PersonalKey, table: Table, row: Row[Any] | Mapping[str, Any]) -> dict[str, Any]:
    """Return a row as JSON types; a cipher stands under its name without the ending."""
    values = row if not hasattr(row, "_mapping") else row._mapping  # noqa: SLF001 (its public name)
    found: dict[str, Any] = {}
    for column in table.columns:
        value = values[column.name]
        if value is None or column.name.endswith(("_hash", "_sealed")):
            continue
        if column.name.endswith(CIPHER):
            place = f"{PLACES.get(table.name, table.name)}:{values['id']}"
            found[column.name.removesuffix(CIPHER)] = key.decrypt(value, place=place)
        else:
            found[column.name] = _plain(value)
    return found


def _plain(value: object) -> object:
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value
