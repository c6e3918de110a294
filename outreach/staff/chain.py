"""The chains over what staff did: whether an event was changed, moved, added or taken away since.

The database chains each event as its transaction commits (migration 0014); this module only looks. A chain
alone does not show that its end is missing, or that all of it was written anew: a head that was noted
elsewhere does (`finds`), so backups print theirs.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from models import AuditEvent, Stream

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

BEGINNING = bytes(32)
CODE_BYTES = 10
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_AT_ONCE = 2000


@dataclass(frozen=True)
class Chain:
    """One stream as it was found.

    `head` is the chain at its last event, None where there is none; `broken_at` the first position whose
    event is not the one that was chained, None where all are.
    """

    stream: Stream
    head: bytes | None
    broken_at: int | None


@dataclass(frozen=True)
class Row:
    """What an event says, and its place."""

    id: uuid.UUID
    stream: Stream
    position: int | None
    staff_id: uuid.UUID | None
    action: str
    at: datetime
    chain: bytes | None


def verify(session: Session) -> list[Chain]:
    """Compute both chains again, and return how each was found."""
    return [_verify(session, stream) for stream in Stream]


def heads(session: Session) -> dict[Stream, bytes]:
    """Return the chain at the last event of each stream that has one."""
    found = {}
    for stream in Stream:
        query = select(AuditEvent.chain).where(AuditEvent.stream == stream, AuditEvent.position.is_not(None))
        head = session.scalar(query.order_by(AuditEvent.position.desc()).limit(1))
        if head is not None:
            found[stream] = head
    return found


def lost(session: Session, noted: Mapping[Stream, bytes]) -> list[Stream]:
    """Return the streams in which a head that was noted once is not found any more."""
    return [
        stream
        for stream, head in noted.items()
        if session.scalar(
            select(AuditEvent.id).where(AuditEvent.stream == stream, AuditEvent.chain == head).limit(1)
        )
        is None
    ]


def code(head: bytes) -> str:
    """Return a head as it is printed and typed: its first ten bytes, in groups of four letters."""
    letters = head[:CODE_BYTES].hex().upper()
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def finds(session: Session, typed: str) -> Stream | None:
    """Return the stream in which a printed head stands; None where it stands in none."""
    letters = "".join(one for one in typed if one.isalnum())
    try:
        start = bytes.fromhex(letters)
    except ValueError:
        return None
    if len(start) != CODE_BYTES:
        return None
    query = select(AuditEvent.stream).where(func.substring(AuditEvent.chain, 1, CODE_BYTES) == start)
    return session.scalar(query.limit(1))


def link(before: bytes, event: Row) -> bytes:
    """Return the chain of an event behind another's, as the database's trigger computes it."""
    told = (event.at - _EPOCH) // timedelta(microseconds=1)
    who = event.staff_id or "-"
    said = f"{event.stream}|{event.position}|{event.id}|{who}|{event.action}|{told}"
    return sha256(before + said.encode()).digest()


def _verify(session: Session, stream: Stream) -> Chain:
    query = (
        select(
            AuditEvent.id,
            AuditEvent.stream,
            AuditEvent.position,
            AuditEvent.staff_id,
            AuditEvent.action,
            AuditEvent.at,
            AuditEvent.chain,
        )
        .where(AuditEvent.stream == stream)
        .order_by(AuditEvent.position.asc().nulls_last())
        .execution_options(yield_per=_AT_ONCE)
    )
    head = None
    with closing(session.execute(query)) as found:
        for position, values in enumerate(found, start=1):
            row = Row(*values)
            if row.position != position or row.chain != link(head or BEGINNING, row):
                return Chain(stream, head, position)
            head = row.chain
    return Chain(stream, head, None)
