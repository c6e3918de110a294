"""What is under the secret key: which columns of which tables, and a row of them opened or written anew.

No list names the columns; the few whose name says something else stand here.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import LargeBinary, text

from models import Base, RasaTracker
from models.base import HashBytes
from outreach.sealing.crypto import DialogueKey

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterator, Sequence

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

PACKED, PACKED_BUCKET = "woman_merge.snapshot_cipher", 4096
"""Rows that a merge took out (`outreach.single_list.linking.parking`): they are under the key too."""
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
        if not own or (_is_packed(one) and _is_left_within(key, key.decrypt(blob, place=one.place(row_id)))):
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
        elif _is_packed(one):
            renewed = _packed_anew(key, value, one.place(row_id))
        else:
            renewed = key.renew(value, place=one.place(row_id))
        made[f"new_{column.name}"] = renewed
    return made


def _is_packed(one: Kept) -> bool:
    return PACKED.startswith(f"{one.table.name}.")


def _packed_rows(snapshot: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what a merge keeps of rows: the table's name and the row, whose bytes are base64."""
    if "row" in snapshot:
        yield "woman", snapshot["row"]
    for place, rows in snapshot.get("parked", {}).items():
        for row in rows:
            yield place.partition(".")[0], row


def _values(snapshot: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str, bytes, str | None]]:
    """Yield each value under the key: its row, column and bytes, and its place; None for a hash."""
    for table, row in _packed_rows(snapshot):
        for name, value in row.items():
            if value is not None and name.endswith(CIPHER):
                yield row, name, base64.b64decode(value), f"{PLACES.get(table, table)}:{row['id']}"
            elif value is not None and name.endswith("_hash") and f"{table}.{name}" not in NOT_KEYED:
                yield row, name, base64.b64decode(value), None


def _is_left_within(key: PersonalKey, snapshot: dict[str, Any]) -> bool:
    return any(
        key.renewed(value) != value if place is None else not key.opens(value, place=place)
        for _, _, value, place in _values(snapshot)
    )


def _packed_anew(key: PersonalKey, blob: bytes, place: str) -> bytes:
    snapshot = key.decrypt(blob, place=place)
    found = list(_values(snapshot))
    if not found:
        return key.renew(blob, place=place)
    for row, name, value, inner in found:
        renewed = key.renewed(value) if inner is None else key.renew(value, place=inner)
        row[name] = base64.b64encode(renewed).decode()
    return key.encrypt(snapshot, place=place, bucket=PACKED_BUCKET)
