"""Sealed lists that only grow: rows in blocks of sixteen, so that their number says little.

Like a thread (`outreach.casework.thread`, decision 20), for lists that no case's state counts: who looked
at a case, what a supervisor is told, and the team's notes. Each row has the length of the padding, but for
a note that is too long for it. Reading and adding need a key of the team's ring.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import case as sql_case
from sqlalchemy import func, insert, select, update

from models import CaseAudit, CaseNote, Oversight
from outreach.sealing import vault

if TYPE_CHECKING:
    from sqlalchemy.orm import InstrumentedAttribute, Session

BLOCK = 16
_PADDING: dict[str, Any] = {}
_LONGEST = vault.BUCKET - 8
_LOCKS = 4_182_029


@dataclass(frozen=True)
class Kept:
    """One table of such lists, the column that says whose a list is, and how many bytes a row takes."""

    table: type[CaseAudit | CaseNote | Oversight]
    owner: InstrumentedAttribute[uuid.UUID]
    length: int = vault.BUCKET


LOOKS = Kept(CaseAudit, CaseAudit.case_id)
TOLD = Kept(Oversight, Oversight.team_id)
NOTES = Kept(CaseNote, CaseNote.case_id, length=2048)


def add(session: Session, keyring: bytes, kept: Kept, owner_id: uuid.UUID, team_id: uuid.UUID,
        content: dict[str, Any], *, row_id: uuid.UUID | None = None) -> None:  # fmt: skip
    """Seal one row to the end of a list; who adds at the same moment waits until the other commits.

    `row_id` is a form's own id, where `exists` is to find it.
    """
    _wait_for(session, owner_id)
    public_key = vault.public_key_of(session, team_id)
    last, rows = _rows(session, keyring, kept, owner_id, BLOCK)
    position = last - sum(content == _PADDING for _, content in rows) + 1
    row_id = row_id or uuid.uuid4()
    if position <= last:
        sealed = vault.seal(public_key, content, bucket=kept.length)
        _write(session, kept, owner_id, position, row_id, sealed)
        return
    block = range(position, position + BLOCK)
    filling = dict.fromkeys(block, _PADDING) | {position: content}
    values = [
        {
            "id": row_id if at == position else uuid.uuid4(),
            kept.owner.key: owner_id,
            "position": at,
            "content_sealed": vault.seal(public_key, filling[at], bucket=kept.length),
        }
        for at in block
    ]
    session.execute(insert(kept.table), values)


def change(session: Session, kept: Kept, owner_id: uuid.UUID, team_id: uuid.UUID, position: int,
           content: dict[str, Any]) -> None:  # fmt: skip
    """Seal another content in place of a row's; waits like `add`."""
    _wait_for(session, owner_id)
    sealed = vault.seal(vault.public_key_of(session, team_id), content, bucket=kept.length)
    _write(session, kept, owner_id, position, uuid.uuid4(), sealed)


def exists(session: Session, kept: Kept, row_id: uuid.UUID | None) -> bool:
    """Say whether a row with a form's id is there, so that a form sent twice says nothing twice."""
    return (
        row_id is not None
        and session.scalar(select(kept.table.id).where(kept.table.id == row_id)) is not None
    )


def newest(
    session: Session, keyring: bytes, kept: Kept, owner_id: uuid.UUID, count: int
) -> list[tuple[int, dict[str, Any]]]:
    """Return the positions and contents of the last rows, the newest first, up to `count` of them."""
    _, rows = _rows(session, keyring, kept, owner_id, count + BLOCK)
    known = [(position, content) for position, content in rows if content]
    return known[::-1][:count]


def fit(content: dict[str, Any], field: str) -> dict[str, Any]:
    """Return a content whose text in `field` is cut where the row would be longer than others."""
    text = str(content[field])
    while text and len(json.dumps({**content, field: text}, ensure_ascii=False).encode()) > _LONGEST:
        text = text[:-1]
    return {**content, field: text}


def _wait_for(session: Session, owner_id: uuid.UUID) -> None:
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(str(owner_id), _LOCKS))))


def _rows(
    session: Session, keyring: bytes, kept: Kept, owner_id: uuid.UUID, count: int
) -> tuple[int, list[tuple[int, dict[str, Any] | None]]]:
    """Return the last position, and the last rows in order; None where no key of the ring opens one."""
    query = select(kept.table.position, kept.table.content_sealed).where(kept.owner == owner_id)
    found = session.execute(query.order_by(kept.table.position.desc()).limit(count)).all()
    rows = [(position, _opened(keyring, sealed)) for position, sealed in reversed(found)]
    return (rows[-1][0] if rows else 0), rows


def _opened(keyring: bytes, sealed: bytes) -> dict[str, Any] | None:
    try:
        return vault.unseal(keyring, sealed)
    except vault.UnsealError:
        return None  # from before the team's key was changed


def _write(session: Session, kept: Kept, owner_id: uuid.UUID, position: int, row_id: uuid.UUID,
           sealed: bytes) -> None:  # fmt: skip
    # Every row of the block is written anew: where rows lie on the disk would tell which are padding.
    start = (position - 1) // BLOCK * BLOCK
    table, it = kept.table, kept.table.position == position
    session.execute(
        update(table)
        .where(kept.owner == owner_id, table.position > start, table.position <= start + BLOCK)
        .values(
            id=sql_case((it, row_id), else_=table.id),
            content_sealed=sql_case((it, sealed), else_=table.content_sealed),
        ),
        execution_options={"synchronize_session": False},
    )
