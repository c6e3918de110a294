"""What is under the secret key: which columns of which tables, and a row of them opened or written anew.

No list names the columns; the few whose name says something else stand here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import LargeBinary, text

from models import Base, RasaTracker
from models.base import HashBytes
from outreach.sealing.crypto import DialogueKey

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence

    from sqlalchemy import Column, Table, TextClause

    from outreach.sealing.crypto import PersonalKey

CIPHER = "_cipher"
# Where the place of a cipher is not `<table>:<id>`.
PLACES = {
    "case_file": "case",
    "channel_address": "address",
    "food_security_interview": "food",
    "inbound_message": "inbound",
    "outbox_message": "outbox",
}
# Hashes of another kind: of a token that is given out, or of tries that are forgotten within the day.
NOT_KEYED = frozenset({"outgoing_file.token_hash", "staff_session.token_hash", "throttle.key_hash"})


_STATE = RasaTracker.__table__.c.state


@dataclass(frozen=True)
class Kept:
    """A table with something under the secret key."""

    table: Table
    key: Column[uuid.UUID]
    ciphers: tuple[Column[bytes], ...]
    hashes: tuple[Column[bytes], ...]

    def place(self, row_id: uuid.UUID) -> str:
        """What a cipher of a row is bound to."""
        return f"{PLACES.get(self.table.name, self.table.name)}:{row_id}"


@cache
def kept() -> tuple[Kept, ...]:
    """Return every table with something under the secret key, by name.

    Raises:
        ValueError: one has a key of several columns.
    """
    found = []
    for table in Base.metadata.sorted_tables:
        ciphers = tuple(
            one for one in table.columns
            if isinstance(one.type, LargeBinary) and (one.name.endswith(CIPHER) or one is _STATE)
        )  # fmt: skip
        hashes = tuple(
            one for one in table.columns
            if isinstance(one.type, HashBytes) and one.name.endswith("_hash")
            and f"{table.name}.{one.name}" not in NOT_KEYED
        )  # fmt: skip
        if not ciphers and not hashes:
            continue
        (key,) = table.primary_key.columns
        found.append(Kept(table, key, ciphers, hashes))
    return tuple(sorted(found, key=lambda one: one.table.name))


def opens(key: PersonalKey, one: Kept, row: Sequence[Any]) -> bool:
    """Say whether a key opens anything of a row: its id, its ciphers, its hashes."""
    dialogue = DialogueKey(key)
    return any(
        dialogue.opens(blob, str(row[0])) if column is _STATE else key.opens(blob, place=one.place(row[0]))
        for column, blob in zip(one.ciphers, row[1:], strict=False)
        if blob
    )


def is_left(key: PersonalKey, one: Kept, row: Sequence[Any]) -> bool:
    """Say whether something of a row is not under the key."""
    row_id, values = row[0], row[1:]
    ciphers, hashes = values[: len(one.ciphers)], values[len(one.ciphers) :]
    dialogue = DialogueKey(key) if _STATE in one.ciphers else None
    for blob in ciphers:
        if not blob:
            continue
        own = dialogue.opens(blob, str(row_id)) if dialogue else key.opens(blob, place=one.place(row_id))
        if not own:
            return True
    return any(found is not None and key.renewed(found) != found for found in hashes)


@cache
def update_of(one: Kept) -> TextClause:
    """Return the update of many rows at once; a statement each would take several times as long."""
    names = [column.name for column in (*one.ciphers, *one.hashes)]
    fresh = ", ".join(f"CAST(:new_{name} AS bytea[])" for name in names)
    columns = ", ".join(f"{name} = fresh.{name}" for name in names)
    return text(
        f"UPDATE {one.table.name} SET {columns}"  # noqa: S608 (names of our own tables and columns)
        f" FROM unnest(CAST(:row_id AS uuid[]), {fresh}) AS fresh(row_id, {', '.join(names)})"
        f" WHERE {one.table.name}.{one.key.name} = fresh.row_id"
    )


def by_column(rows: Sequence[dict[str, Any]]) -> dict[str, list[Any]]:
    """Return the values of rows as `update_of` takes them."""
    return {name: [row[name] for row in rows] for name in rows[0]}


def anew(key: PersonalKey, one: Kept, row: Sequence[Any]) -> dict[str, Any]:
    """Return a row under the key, as `update_of` takes it.

    Raises:
        DecryptionError: neither key opens it.
    """
    row_id, made = row[0], {"row_id": row[0]}
    for column, value in zip((*one.ciphers, *one.hashes), row[1:], strict=True):
        if not value:
            renewed = value
        elif column is _STATE:
            renewed = DialogueKey(key).renew(value, str(row_id))
        elif column in one.hashes:
            renewed = key.renewed(value)
        else:
            renewed = key.renew(value, place=one.place(row_id))
        made[f"new_{column.name}"] = renewed
    return made
