"""The sealed thread of a case: its lines, and the padding that hides how many they are.

A thread always has a multiple of BLOCK rows, so that their number tells nobody which woman wrote that
often. Real lines stand at the positions up to `CaseState.entries`; sealed rows without content follow
them and are replaced one by one. Sealing needs the team's public key only.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import case as sql_case
from sqlalchemy import delete, func, insert, select, update

from models import SealedEntry, SealedFile
from outreach.sealing import vault

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models import Case
    from outreach.casework.case_state import CaseState

Author = Literal["woman", "bot", "staff", "held", "note", "event"]
"""Who wrote a line. `held`: a caseworker's words to her that have not left; a note is for the team alone."""
PADDING = "padding"
BLOCK = 16


@dataclass(frozen=True)
class Line:
    """One line to be sealed; `id` is the form's own where a form sent it."""

    author: Author
    text: str
    at: datetime
    extra: dict[str, Any] = field(default_factory=dict)
    id: uuid.UUID | None = None


@dataclass(frozen=True)
class Entry:
    """One line of a thread, opened. Its id stays the same where a thread is put behind another."""

    position: int
    author: str
    text: str
    at: datetime
    extra: dict[str, Any] = field(default_factory=dict)
    id: uuid.UUID | None = None


def append(session: Session, case: Case, state: CaseState, line: Line) -> uuid.UUID:
    """Seal one line to the end of a thread; return its id.

    The caller has locked the case's row and read `state` after that; it writes `state` back.
    """
    public_key = vault.public_key_of(session, case.team_id)
    content = {"author": line.author, "text": line.text, "at": line.at.isoformat(), "extra": line.extra}
    sealed = vault.seal(public_key, content)
    line_id = line.id or uuid.uuid4()
    rows = _rows(session, case, state)
    count = _real(state, rows)
    if count < rows:
        _replace(session, case, count + 1, line_id, sealed)
    else:
        first = {"id": line_id, "case_id": case.id, "position": count + 1, "content_sealed": sealed}
        _insert(session, [first, *_padding(case.id, public_key, count + 1)])
    state.entries = count + 1
    if "outbox_id" in line.extra:
        state.watch(str(line.extra["outbox_id"]))
    return line_id


def read(session: Session, keyring: bytes, case: Case, state: CaseState, *, after: int = 0) -> list[Entry]:
    """Unseal a thread (behind a position), oldest line first, without its padding.

    Raises:
        UnsealError: it is sealed to another team.
    """
    query = select(SealedEntry.position, SealedEntry.id, SealedEntry.content_sealed).where(
        SealedEntry.case_id == case.id
    )
    if after:
        query = query.where(SealedEntry.position > after)
    if state.entries is not None:
        query = query.where(SealedEntry.position <= state.entries)
    opened = [
        (position, line_id, vault.unseal(keyring, sealed))
        for position, line_id, sealed in session.execute(query.order_by(SealedEntry.position))
    ]
    return [
        _entry(position, line_id, data) for position, line_id, data in opened if data["author"] != PADDING
    ]


def move(session: Session, source: Case, source_state: CaseState, target: Case, state: CaseState) -> None:
    """Put the lines of one thread, with their files, behind those of another of the same team."""
    there, here = _rows(session, source, source_state), _rows(session, target, state)
    moved, count = _real(source_state, there), _real(state, here)
    session.execute(
        delete(SealedEntry).where(
            ((SealedEntry.case_id == target.id) & (SealedEntry.position > count))
            | ((SealedEntry.case_id == source.id) & (SealedEntry.position > moved))
        )
    )
    session.execute(
        update(SealedEntry)
        .where(SealedEntry.case_id == source.id)
        .values(case_id=target.id, position=SealedEntry.position + count),
        execution_options={"synchronize_session": False},
    )
    # Both are of one team: the keys of their files are sealed to it as they are.
    session.execute(
        update(SealedFile).where(SealedFile.case_id == source.id).values(case_id=target.id),
        execution_options={"synchronize_session": False},
    )
    state.entries = count + moved
    _insert(session, _padding(target.id, vault.public_key_of(session, target.team_id), state.entries))


def rewrite(session: Session, case: Case, entry: Entry, text: str, extra: dict[str, Any]) -> None:
    """Seal another text in place of a line's, which keeps its id, its place and its time.

    The caller has locked the case's row.
    """
    content = {"author": entry.author, "text": text, "at": entry.at.isoformat(), "extra": extra}
    sealed = vault.seal(vault.public_key_of(session, case.team_id), content)
    _replace(session, case, entry.position, entry.id or uuid.uuid4(), sealed)


def exists(session: Session, entry_id: uuid.UUID | None) -> bool:
    """Say whether a line with a form's id is there, so that a form sent twice says nothing twice."""
    return (
        entry_id is not None
        and session.scalar(select(SealedEntry.id).where(SealedEntry.id == entry_id)) is not None
    )


def _rows(session: Session, case: Case, state: CaseState) -> int:
    if state.entries is not None:
        return _full(state.entries)
    last = select(func.max(SealedEntry.position)).where(SealedEntry.case_id == case.id)
    return session.scalar(last) or 0


def _real(state: CaseState, rows: int) -> int:
    return rows if state.entries is None else state.entries


def _full(count: int) -> int:
    return -(-count // BLOCK) * BLOCK


def _padding(case_id: uuid.UUID, public_key: bytes, count: int) -> list[dict[str, Any]]:
    empty = {"author": PADDING, "text": "", "at": "", "extra": {}}
    return [
        {
            "id": uuid.uuid4(),
            "case_id": case_id,
            "position": n,
            "content_sealed": vault.seal(public_key, empty),
        }
        for n in range(count + 1, _full(count) + 1)
    ]


def _insert(session: Session, rows: list[dict[str, Any]]) -> None:
    if rows:
        session.execute(insert(SealedEntry), rows)


def _replace(session: Session, case: Case, position: int, line_id: uuid.UUID, sealed: bytes) -> None:
    # Every row of the block is written anew: where rows lie on the disk would tell which are padding.
    start = (position - 1) // BLOCK * BLOCK
    it = SealedEntry.position == position
    session.execute(
        update(SealedEntry)
        .where(
            SealedEntry.case_id == case.id,
            SealedEntry.position > start,
            SealedEntry.position <= start + BLOCK,
        )
        .values(
            id=sql_case((it, line_id), else_=SealedEntry.id),
            content_sealed=sql_case((it, sealed), else_=SealedEntry.content_sealed),
        ),
        execution_options={"synchronize_session": False},
    )


def _entry(position: int, line_id: uuid.UUID, data: dict[str, Any]) -> Entry:
    return Entry(
        position=position,
        author=str(data["author"]),
        text=str(data["text"]),
        at=datetime.fromisoformat(data["at"]),
        extra=dict(data.get("extra") or {}),
        id=line_id,
    )
