"""The secret key replaced: every encrypted value and keyed hash brought to the new one, beside the service.

No list names the columns: every one that ends in `_cipher` is encrypted anew and every keyed hash gets its
next link, of every table, and Rasa's states with them. Rows are walked in the order of their ids, some
hundred in a transaction that also keeps how far it is: a process that is killed leaves nothing half done.

The first round writes every row anew, also those that have the new key: else a dump would tell which
were written since. The next rounds look for what is left (a row that was locked, or written by a process
that had not been restarted). The key is replaced after a round that finds nothing, and not while a process is
connected that writes with the old one. What opens with neither key stops it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, func, select, text, update

from models import Base, ChannelAddress, Installation, KeyChange, Suppression
from outreach.sealing import key_check, under_key
from outreach.sealing.crypto import DecryptionError
from outreach.sealing.under_key import is_left, kept

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey
    from outreach.sealing.under_key import Kept

BATCH = 500
RESTS = timedelta(minutes=1)
"""Until it is looked again at what stands in the way."""


class NotPreparedError(Exception):
    """The two keys do not follow one another, or a change is under way already."""


@dataclass(frozen=True)
class Progress:
    """How far it is. `rows`: looked at in this round; `left`: what stands in the way of the end."""

    round: int = 0
    rows: int = 0
    left: int = 0
    waits: bool = False
    finished: bool = False


_SUPPRESSION = Base.metadata.tables[Suppression.__tablename__]


def begin(session: Session, now: datetime, *, present: PersonalKey, following: PersonalKey) -> None:
    """Have everything written with the following key from the next start of each process on.

    Raises:
        NotPreparedError: a change is under way, or the database has another key.
    """
    session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    row = session.get(Installation, 1)
    if row is None or key_check.fit_of(row.key_check, present) is not key_check.Fit.SAME:
        raise NotPreparedError(NotPreparedError.__doc__)
    if session.get(KeyChange, 1) is not None:
        raise NotPreparedError(NotPreparedError.__doc__)
    session.add(KeyChange(id=1, next_check=key_check.value(following), began_at=now))
    session.flush()


_LOCK = 4_182_038
# Sorts after a table's name, and before the name of another that begins with it.
_BEHIND = "!"


def progress(session: Session) -> Progress | None:
    """Say how far a change is; None: there is none."""
    state = session.get(KeyChange, 1)
    return told(state) if state is not None else None


def step(
    session: Session, key: PersonalKey, now: datetime, *, tags: Mapping[str, str], rows: int = BATCH
) -> Progress:
    """Take the next rows, in the caller's transaction. Who does it at the same moment waits for his turn.

    `tags` is how processes of each kind name their connections that write with the new key (`stragglers`).
    """
    state = session.scalar(select(KeyChange).with_for_update().execution_options(populate_existing=True))
    if state is None:
        return Progress(finished=True)
    if not key.is_changing or state.next_check != key_check.value(key):
        return told(state, waits=True)
    if state.rests_until is not None and state.rests_until > now:
        return told(state, waits=True)
    state.rests_until = None
    if not state.place:
        state.found = state.unreadable = state.done = 0
    if state.round_began_at is None:
        state.round_began_at = session.scalar(select(func.clock_timestamp()))
    if state.round and not state.place and not _settled(session, state):
        return told(state, waits=True)
    _bring_along(session, key, state)
    left = rows
    for one in kept():
        if one.table.name < state.place:
            continue
        left -= _take(session, key, state, one, left)
        if left <= 0:
            break
        state.place, state.after = one.table.name + _BEHIND, None
    else:
        return _end_round(session, key, state, now, tags)
    session.flush()
    return told(state)


def left(session: Session) -> int:
    """Return what stood in the way at the end of the round before."""
    return session.scalar(select(KeyChange.unreadable)) or 0


def stragglers(session: Session, tags: Mapping[str, str]) -> int:
    """Count the connections of processes that do not write with the new key."""
    names = session.scalars(
        text("SELECT application_name FROM pg_stat_activity WHERE datname = current_database()")
    ).all()
    return sum(
        1
        for kind, tag in tags.items()
        for name in names
        if (name == kind or name.startswith(f"{kind} ")) and name != f"{kind}{tag}"
    )


def _take(session: Session, key: PersonalKey, state: KeyChange, one: Kept, most: int) -> int:
    """Look at the next rows of one table; return how many there were."""
    query = select(one.key, *one.ciphers, *one.hashes).order_by(one.key).limit(most)
    if state.place == one.table.name and state.after is not None:
        query = query.where(one.key > state.after)
    found = session.execute(query).all()
    wanted = [row[0] for row in found if not state.round or is_left(key, one, row)]
    if wanted:
        locked = select(one.key, *one.ciphers, *one.hashes).where(one.key.in_(wanted)).order_by(one.key)
        rows = session.execute(locked.with_for_update(of=one.table, skip_locked=True)).all()
        stuck = _write_anew(session, key, one, rows)
        state.unreadable += stuck
        if state.round:
            state.found += len(wanted) - stuck
    state.done += len(found)
    if found:
        state.place, state.after = one.table.name, found[-1][0]
    return len(found)


def _write_anew(session: Session, key: PersonalKey, one: Kept, rows: Sequence[Any]) -> int:
    """Write rows that are locked; return how many could not be."""
    skip, stuck = _make_room(session, key, one, rows) if one.hashes else (set(), 0)
    changed = []
    for row in rows:
        if row[0] in skip:
            continue
        try:
            changed.append(under_key.anew(key, one, row))
        except DecryptionError:
            stuck += 1
    if changed:
        session.connection().execute(under_key.update_of(one), under_key.by_column(changed))
    return stuck


def _make_room(
    session: Session, key: PersonalKey, one: Kept, rows: Sequence[Any]
) -> tuple[set[uuid.UUID], int]:
    """See to what stands where the new hashes of rows are to go.

    Returns the rows that are not to be written now, and how many of those can't be written by us.
    """
    column, at = one.hashes[0], 1 + len(one.ciphers)
    moving = {row[0]: bytes(row[at]) for row in rows if row[at] is not None}
    moving = {row_id: old for row_id, old in moving.items() if key.renewed(old) != old}
    if not moving:
        return set(), 0
    if one.table is _SUPPRESSION:
        return _suppressions(session, key, moving), 0
    if one.table.name == "listed_phone":
        return _doubled_phones(session, key, one, moving), 0
    if not column.unique:
        return set(), 0
    news = {key.renewed(old): row_id for row_id, old in moving.items()}
    taken = session.scalars(select(column).where(column.in_(list(news)))).all()
    stuck = {news[bytes(found)] for found in taken}
    if one.table.name == ChannelAddress.__tablename__:
        later = _suppressed(
            session, key, {old: row_id for row_id, old in moving.items() if row_id not in stuck}
        )
        return stuck | later, len(stuck)
    return stuck, len(stuck)


def _suppressed(session: Session, key: PersonalKey, moving: dict[bytes, uuid.UUID]) -> set[uuid.UUID]:
    """Bring the suppressions of addresses along: the two are compared, so both have one key at any moment.

    Returns the addresses that wait, because somebody has locked their suppression.
    """
    those = select(Suppression.id, Suppression.lookup_hash).where(Suppression.lookup_hash.in_(list(moving)))
    found = {row_id: bytes(old) for row_id, old in session.execute(those)}
    if not found:
        return set()
    mine = set(session.scalars(
        select(Suppression.id).where(Suppression.id.in_(found)).with_for_update(skip_locked=True)
    ))  # fmt: skip
    _renew_suppressions(session, key, {row_id: old for row_id, old in found.items() if row_id in mine})
    return {moving[old] for row_id, old in found.items() if row_id not in mine}


def _suppressions(session: Session, key: PersonalKey, moving: dict[uuid.UUID, bytes]) -> set[uuid.UUID]:
    """Write suppressions whose address is not on the old key any more; return all, for all is done here."""
    olds = list(moving.values())
    waiting = set(
        session.scalars(select(ChannelAddress.lookup_hash).where(ChannelAddress.lookup_hash.in_(olds)))
    )
    _renew_suppressions(session, key, {row_id: old for row_id, old in moving.items() if old not in waiting})
    return set(moving)


def _renew_suppressions(session: Session, key: PersonalKey, rows: dict[uuid.UUID, bytes]) -> None:
    """Give suppressions that are locked the new hash; one that is there with it already is enough."""
    news = {row_id: key.renewed(old) for row_id, old in rows.items()}
    there = set(session.scalars(
        select(Suppression.lookup_hash).where(Suppression.lookup_hash.in_(list(news.values())))
    ))  # fmt: skip
    over = [row_id for row_id, new in news.items() if new in there]
    if over:
        session.execute(delete(_SUPPRESSION).where(_SUPPRESSION.c.id.in_(over)))
    changed = [{"row_id": row_id, "new": new} for row_id, new in news.items() if row_id not in over]
    if changed:
        anew = update(_SUPPRESSION).where(_SUPPRESSION.c.id == bindparam("row_id"))
        session.connection().execute(anew.values(lookup_hash=bindparam("new")), changed)


def _bring_along(session: Session, key: PersonalKey, state: KeyChange) -> None:
    """Bring on suppressions that a transaction wrote from an address that it had read before it moved."""
    fresh = select(Suppression.id, Suppression.lookup_hash).where(
        Suppression.created_at >= state.began_at, func.substr(Suppression.lookup_hash, 33) != key.ending
    )
    moving = {row_id: bytes(old) for row_id, old in session.execute(fresh.with_for_update(skip_locked=True))}
    if moving:
        _suppressions(session, key, moving)


def _doubled_phones(
    session: Session, key: PersonalKey, one: Kept, moving: dict[uuid.UUID, bytes]
) -> set[uuid.UUID]:
    """Delete a listed phone of a woman who has the same one under the new key; return those that went."""
    woman, column = one.table.c.woman_id, one.hashes[0]
    owners: dict[uuid.UUID, uuid.UUID] = dict(
        session.execute(select(one.key, woman).where(one.key.in_(moving))).all()
    )
    news = {(owners[row_id], key.renewed(old)): row_id for row_id, old in moving.items()}
    there = session.execute(select(woman, column).where(column.in_([new for _, new in news])))
    gone = {news[pair] for pair in ((row[0], bytes(row[1])) for row in there) if pair in news}
    if gone:
        session.execute(delete(one.table).where(one.key.in_(gone)))
    return gone


def _end_round(
    session: Session, key: PersonalKey, state: KeyChange, now: datetime, tags: Mapping[str, str]
) -> Progress:
    if state.round and not state.found and not state.unreadable and not stragglers(session, tags):
        session.execute(
            update(Installation).where(Installation.id == 1).values(key_check=key_check.value(key))
        )
        session.execute(delete(KeyChange))
        return Progress(state.round, state.done, finished=True)
    waits = bool(state.round) and not state.found
    if waits:
        # Nothing of it is ours to do: somebody restarts a process, or looks at what can't be read.
        state.rests_until = now + RESTS
    told = Progress(state.round, state.done, state.unreadable, waits=waits)
    state.round += 1
    state.round_began_at = session.scalar(select(func.clock_timestamp()))
    state.place, state.after = "", None
    session.flush()
    return told


def _settled(session: Session, state: KeyChange) -> bool:
    """Whether every transaction of this database began after the round before had ended."""
    oldest = session.scalar(
        text(
            "SELECT min(xact_start) FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
    )
    return oldest is None or state.round_began_at is None or bool(oldest >= state.round_began_at)


def told(state: KeyChange, *, waits: bool = False) -> Progress:
    """Say how far a change is, from its row."""
    return Progress(state.round, state.done, state.unreadable, waits=waits)
