"""What is sealed to a team, sealed anew after its key was changed: in batches, by who holds the key.

No list names the columns: every one that ends in `_sealed` is meant, of every table that belongs to a team or
to a case, and one that belongs to neither is refused. A box tells nobody to which key it was sealed, so the
rows are walked in the order of their ids. The first round seals every row anew, also those that
have the new key already: else the disk would tell which were written since. The next rounds look for what is
left (a row that was locked, or written by a transaction that had read the old key); after one that finds
nothing the old key is forgotten. Each step is one transaction and goes on where the last one was committed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from nacl.public import PrivateKey, PublicKey, SealedBox
from sqlalchemy import bindparam, delete, func, select, text, update

from models import Base, Case, FormerKey
from outreach.sealing import vault

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable

    from sqlalchemy import Column, ColumnElement, Select, Table
    from sqlalchemy.orm import Session

ENDING = "_sealed"
BATCH = 200
SETTLES = timedelta(seconds=10)
"""How much later than a change a transaction has to begin that is sure to have seen it."""
# Sealed to no team: a piece of a file is under the file's own key, which is `sealed_file.key_sealed`.
UNDER_ANOTHER_KEY = frozenset({"sealed_chunk.content_sealed"})


@dataclass(frozen=True)
class SealedColumn:
    """A column whose values are sealed to a team; `owner` says to which: `team_id`, or `case_id`."""

    table: Table
    column: Column[bytes]
    owner: str

    @property
    def name(self) -> str:
        """The table and the column."""
        return f"{self.table.name}.{self.column.name}"

    def of(self, team_id: uuid.UUID, *what: ColumnElement[Any]) -> Select[Any]:
        """Select from the rows of a team."""
        query = select(*what).select_from(self.table)
        if self.owner == "team_id":
            return query.where(self.table.c.team_id == team_id)
        case = Case.__table__
        return query.join(case, case.c.id == self.table.c.case_id).where(case.c.team_id == team_id)


@dataclass(frozen=True)
class _Keys:
    """What one step opens and seals with: all keys of the ring, and the two halves of the present one."""

    ring: bytes
    private: bytes
    public: bytes


@dataclass(frozen=True)
class Progress:
    """How far it is.

    `checking`: everything was sealed anew, and is looked at again; `waits`: not before every transaction has
    ended that may have read the key of before.
    """

    done: int
    total: int
    checking: bool = False
    waits: bool = False
    finished: bool = False

    @property
    def percent(self) -> int:
        """How much of this round, in whole percent."""
        return min(100, 100 * self.done // self.total) if self.total else 100


FINISHED = Progress(0, 0, finished=True)


@cache
def columns() -> tuple[SealedColumn, ...]:
    """Return every column that is sealed to a team.

    Raises:
        ValueError: a sealed column belongs neither to a team nor to a case.
    """
    found = []
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if not column.name.endswith(ENDING) or f"{table.name}.{column.name}" in UNDER_ANOTHER_KEY:
                continue
            owner = next((name for name in ("team_id", "case_id") if name in table.columns), None)
            if owner is None or [key.name for key in table.primary_key] != ["id"]:
                raise ValueError(f"{table.name}.{column.name} is sealed, to which team?")
            found.append(SealedColumn(table, column, owner))
    return tuple(sorted(found, key=lambda one: one.name))


def count(session: Session, team_id: uuid.UUID) -> int:
    """Count the values that are sealed to a team."""
    return sum(session.scalar(one.of(team_id, func.count())) or 0 for one in columns())


def progress(session: Session, team_id: uuid.UUID) -> Progress:
    """Say how far it is; finished too where the key was never changed."""
    newest = session.scalar(_former(team_id).limit(1))
    return _told(session, newest) if newest else FINISHED


def step(session: Session, keyring: bytes, team_id: uuid.UUID, *, rows: int = BATCH) -> Progress:
    """Take the next rows. Who does it at the same moment waits and goes on behind them; no row is waited for.

    Raises:
        UnsealError: the ring has not the team's present key.
    """
    newest = session.scalars(_former(team_id).with_for_update()).first()
    if newest is None:
        return FINISHED
    private = vault.owners_of(session, keyring).get(team_id)
    if private is None:
        raise vault.UnsealError(vault.UnsealError.__doc__)
    keys = _Keys(keyring, private, bytes(PrivateKey(private).public_key))
    if newest.round and not newest.place and not _settled(session, newest):
        return _told(session, newest)
    left = rows
    for one in columns():
        if left <= 0:
            return _told(session, newest)
        if one.name < newest.place:
            continue
        left -= _take(session, keys, newest, one, left)
        if left > 0:
            newest.place, newest.after = _behind(one.name), None
    return _end_round(session, newest) if left > 0 else _told(session, newest)


def _take(session: Session, keys: _Keys, state: FormerKey, one: SealedColumn, most: int) -> int:
    """Look at the next rows of one column; return how many there were."""
    query = one.of(state.team_id, one.table.c.id, one.column).order_by(one.table.c.id).limit(most)
    if state.place == one.name and state.after is not None:
        query = query.where(one.table.c.id > state.after)
    found = session.execute(query).all()
    wanted = [row_id for row_id, sealed in found if not state.round or _is_left(keys, sealed)]
    state.found += len(wanted) if state.round else 0
    _seal_anew(session, keys, one, wanted)
    state.done += len(found)
    if found:
        state.place, state.after = one.name, found[-1][0]
    return len(found)


def _seal_anew(session: Session, keys: _Keys, one: SealedColumn, ids: Iterable[uuid.UUID]) -> None:
    # Rows that somebody has locked are left for the next round: to wait for one while others are held could
    # be to wait in a circle.
    query = select(one.table.c.id, one.column).where(one.table.c.id.in_(ids)).order_by(one.table.c.id)
    box, changed = SealedBox(PublicKey(keys.public)), []
    for row_id, sealed in session.execute(query.with_for_update(of=one.table, skip_locked=True)):
        opened = _opened(keys.ring, sealed)
        if opened is not None:
            # As it is, with its padding: its length stays what it was.
            changed.append({"row_id": row_id, "sealed": box.encrypt(opened)})
    if changed:
        anew = update(one.table).where(one.table.c.id == bindparam("row_id"))
        session.connection().execute(anew.values({one.column.name: bindparam("sealed")}), changed)


def _end_round(session: Session, state: FormerKey) -> Progress:
    if state.round and not state.found:
        session.execute(delete(FormerKey).where(FormerKey.team_id == state.team_id))
        return FINISHED
    state.round += 1
    state.place, state.after, state.found, state.done = "", None, 0, 0
    state.total = count(session, state.team_id)
    session.flush()
    return _told(session, state)


def _told(session: Session, state: FormerKey) -> Progress:
    waits = bool(state.round) and not state.place and not _settled(session, state)
    return Progress(state.done, state.total, checking=bool(state.round), waits=waits)


def _settled(session: Session, state: FormerKey) -> bool:
    """Whether every transaction of this database began after the key was changed."""
    oldest = text(
        "SELECT min(xact_start) FROM pg_stat_activity"
        " WHERE datname = current_database() AND backend_type = 'client backend'"
    )
    began = session.scalar(oldest)
    return began is None or bool(began - state.changed_at > SETTLES)


def _former(team_id: uuid.UUID) -> Select[FormerKey]:
    of_team = select(FormerKey).where(FormerKey.team_id == team_id)
    return of_team.order_by(FormerKey.changed_at.desc()).execution_options(populate_existing=True)


def _behind(name: str) -> str:
    return name + "~"


def _is_left(keys: _Keys, sealed: bytes) -> bool:
    return _opened(keys.private, sealed) is None and _opened(keys.ring, sealed) is not None


def _opened(keyring: bytes, sealed: bytes) -> bytes | None:
    for key in vault.keys_of(keyring):
        try:
            return vault.open_box(key, sealed)
        except vault.UnsealError:
            continue
    return None
