"""One run of the linking: the child compares, here pairs are kept and the few that join by rule are joined.

A decision is never forgotten: a pair that was decided keeps its decision, and what was kept apart is neither
proposed nor joined again, whatever its records have been merged with since.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, or_, select, text
from sqlalchemy.dialects.postgresql import insert

from models import Affiliation, ImportRun, ImportState, LinkPair, LinkRun, PairDecision, Woman, utcnow
from outreach.ground.settings import ROOT, read_environment
from outreach.single_list.linking import deciding, newcomers
from outreach.single_list.linking.clusters import Clusters

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from datetime import datetime

    from sqlalchemy import Engine
    from sqlalchemy.orm import Session, sessionmaker

    from outreach.sealing.crypto import PersonalKey

LOCK = 0x4C494E4B
SOON, IMPORTING, LATER = timedelta(minutes=2), timedelta(minutes=10), timedelta(hours=1)
"""A list that was loaded is compared within minutes; a few newcomers at once (`newcomers`), all hourly."""
LONGEST_WRITING = timedelta(minutes=10)
BATCH = 1000
_MODULE = "outreach.single_list.linking.process"
_LAUNCHER = ROOT / "cli" / "install" / "child.py"
"""Ends the process, in which names are plain, with the one that started it."""
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH", "SYSTEMROOT")


class LinkingError(Exception):
    """The comparison did not come to its end; nothing was changed."""


class AlreadyRunningError(LinkingError):
    """Another comparison of this list is under way; wait for its end."""


class KeyChangesError(AlreadyRunningError):
    """The secret key is being replaced; lists are compared when it is."""


@dataclass(frozen=True)
class Found:
    """A pair as the child says it, the lower id first."""

    a: uuid.UUID
    b: uuid.UUID
    probability: float
    certain: bool
    joins: bool
    conflict: bool


@dataclass(frozen=True)
class Summary:
    """What a run found."""

    women: int
    certain: int
    review: int
    joined: int


def link(
    engine: Engine,
    sessions: sessionmaker[Session],
    key: PersonalKey,
    url: str,
    secret_key: bytes,
    tell: Callable[[str, int], None] = lambda _step, _count: None,
    *,
    join: bool = True,
) -> Summary:
    """Compare the whole list and keep what was found; commits.

    `tell` takes a step (`read`, `compared`, `kept`) and how many; without `join` nothing is joined by rule.

    Raises:
        LinkingError: another run is under way, or the child failed.
    """
    _hold_one_key(key)
    with _alone(engine):
        return _run(sessions, key, url, secret_key, tell, join=join)


def _hold_one_key(key: PersonalKey) -> None:
    """While the secret key is being replaced equal values have different hashes, and are not compared."""
    if key.is_changing:
        raise KeyChangesError(KeyChangesError.__doc__)


@contextmanager
def _alone(engine: Engine) -> Iterator[None]:
    with engine.connect() as holder:
        if not holder.execute(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": LOCK}).scalar():
            raise AlreadyRunningError(AlreadyRunningError.__doc__)
        try:
            yield
        finally:
            holder.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": LOCK})
            holder.rollback()


def link_newcomers(
    engine: Engine,
    sessions: sessionmaker[Session],
    key: PersonalKey,
    url: str,
    secret_key: bytes,
    new: Collection[uuid.UUID],
) -> int:
    """Compare these women with their like, keep what was found and join by the same rule; commits.

    Returns how many were joined. What waits of other women stays as it is.

    Raises:
        LinkingError: another run is under way, or the child failed.
    """
    asked = sorted(str(one) for one in new)
    _hold_one_key(key)
    with _alone(engine):
        lines = _child(url, secret_key, newcomers=asked)
        found = [_found(line["pair"]) for line in lines if "pair" in line]
        with sessions.begin() as session:
            kept = keep(session, found, utcnow(), whole=False)
        return _join(sessions, key, kept)


def _run(
    sessions: sessionmaker[Session],
    key: PersonalKey,
    url: str,
    secret_key: bytes,
    tell: Callable[[str, int], None],
    *,
    join: bool,
) -> Summary:
    women = 0
    with sessions() as session:
        began = _since(session)
    found: list[Found] = []
    for line in _child(url, secret_key):
        if "women" in line:
            women = int(line["women"])
            tell("read", women)
        elif "pair" in line:
            found.append(_found(line["pair"]))
    tell("compared", len(found))
    with sessions.begin() as session:
        kept = keep(session, found, utcnow())
    tell("kept", len(kept))
    joined = _join(sessions, key, kept) if join else 0
    certain = sum(pair.certain for pair in kept)
    summary = Summary(women, certain, len(kept) - certain, joined)
    with sessions.begin() as session:
        session.add(LinkRun(started_at=began, finished_at=utcnow(), **vars(summary)))
    return summary


def _since(session: Session) -> datetime:
    """Return the moment up to which a run that begins now sees who came.

    Who is being written just now is not seen yet, and came with the beginning of her transaction. One that
    hangs for long holds nothing back.
    """
    writing = session.scalar(
        text(
            "SELECT min(xact_start) FROM pg_stat_activity"
            " WHERE datname = current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()"
            " AND xact_start > now() - CAST(:longest AS interval)"
        ),
        {"longest": LONGEST_WRITING},
    )
    return min(utcnow(), writing) if writing is not None else utcnow()


def _join(sessions: sessionmaker[Session], key: PersonalKey, kept: list[Found]) -> int:
    joined = 0
    for pair_id in to_join(sessions, kept):
        with sessions.begin() as session:
            joined += deciding.join_by_rule(session, key, pair_id, utcnow())
    return joined


def _found(pair: list[Any]) -> Found:
    a, b, probability, certain, joins, conflict = pair
    return Found(uuid.UUID(a), uuid.UUID(b), float(probability), bool(certain), bool(joins), bool(conflict))


def _child(url: str, secret_key: bytes, **more: list[str]) -> Iterator[dict[str, Any]]:
    known = read_environment()
    env = {name: known[name] for name in _PASSED_ON if name in known} | {"PYTHONPATH": str(ROOT)}
    given = json.dumps({"url": url, "key": base64.b64encode(secret_key).decode(), **more})
    with subprocess.Popen(
        [sys.executable, "-I", str(_LAUNCHER), str(os.getpid()), sys.executable, "-sP", "-m", _MODULE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=env,
        text=True,
    ) as child:
        assert child.stdin is not None  # noqa: S101 (piped above)
        assert child.stdout is not None  # noqa: S101
        try:
            child.stdin.write(given + "\n")
            child.stdin.close()
            line: dict[str, Any] = {}
            for raw in child.stdout:
                line = json.loads(raw)
                yield line
            if not line.get("done"):
                raise LinkingError(str(LinkingError.__doc__))
        finally:
            if child.poll() is None:
                child.terminate()


def keep(session: Session, found: list[Found], now: datetime, *, whole: bool = True) -> list[Found]:
    """Keep the pairs of a run; return those that are still to be decided.

    Of a run of the `whole` list, what it no longer finds is taken back.
    """
    decided = session.execute(
        select(LinkPair.a_id, LinkPair.b_id, LinkPair.a_now, LinkPair.b_now, LinkPair.decision).where(
            LinkPair.decision.is_not(None)
        )
    ).all()
    settled = {(row.a_id, row.b_id) for row in decided}
    settled |= {_ordered(row.a_now, row.b_now) for row in decided if row.decision is PairDecision.APART}
    there = _there(session, {one for pair in found for one in (pair.a, pair.b)})
    kept = [pair for pair in found if (pair.a, pair.b) not in settled and pair.a in there and pair.b in there]
    for at in range(0, len(kept), BATCH):
        rows = [
            {"a_id": pair.a, "b_id": pair.b, "a_now": pair.a, "b_now": pair.b, "created_at": now,
             "probability": pair.probability, "certain": pair.certain, "conflict": pair.conflict}
            for pair in kept[at : at + BATCH]
        ]  # fmt: skip
        given = insert(LinkPair).values(rows)
        new = {name: given.excluded[name] for name in ("probability", "certain", "conflict")}
        session.execute(given.on_conflict_do_update(index_elements=["a_id", "b_id"], set_=new))
    if whole:
        _forget_others(session, kept)
    session.flush()
    return kept


def _ordered(a: uuid.UUID, b: uuid.UUID) -> tuple[uuid.UUID, uuid.UUID]:
    return (a, b) if str(a) < str(b) else (b, a)


def _there(session: Session, ids: set[uuid.UUID]) -> set[uuid.UUID]:
    """Return who is still on the list: somebody may have been erased meanwhile."""
    known: set[uuid.UUID] = set()
    all_ids = list(ids)
    for at in range(0, len(all_ids), BATCH):
        known |= set(session.scalars(select(Woman.id).where(Woman.id.in_(all_ids[at : at + BATCH]))))
    return known


def _forget_others(session: Session, kept: list[Found]) -> None:
    """Take back what nobody decided and this run no longer finds."""
    wanted = {(pair.a, pair.b) for pair in kept}
    waiting = session.execute(
        select(LinkPair.id, LinkPair.a_id, LinkPair.b_id).where(LinkPair.decision.is_(None))
    )
    gone = [row.id for row in waiting if (row.a_id, row.b_id) not in wanted]
    for at in range(0, len(gone), BATCH):
        session.execute(delete(LinkPair).where(LinkPair.id.in_(gone[at : at + BATCH])))


def to_join(sessions: sessionmaker[Session], kept: list[Found]) -> list[uuid.UUID]:
    """Return the pairs that a rule may join: CURP agrees, nothing contradicts, nobody else is like either.

    Two folios of one agency are two women until a person says otherwise.
    """
    ids: list[uuid.UUID] = []
    with sessions() as session:
        hang_together = {(pair.a, pair.b) for pair in kept} | _waiting_with(session, kept)
        clusters = Clusters(hang_together)
        rule = [pair for pair in kept if pair.joins and clusters.size(pair.a) == 2]  # noqa: PLR2004 (a pair alone)
        for at in range(0, len(rule), BATCH):
            part = rule[at : at + BATCH]
            agencies: dict[uuid.UUID, set[str]] = {}
            women = [one for pair in part for one in (pair.a, pair.b)]
            for woman_id, agency in session.execute(
                select(Affiliation.woman_id, Affiliation.agency).where(Affiliation.woman_id.in_(women))
            ):
                agencies.setdefault(woman_id, set()).add(agency)
            free = {(p.a, p.b) for p in part if not agencies.get(p.a, set()) & agencies.get(p.b, set())}
            rows = session.execute(
                select(LinkPair.id, LinkPair.a_id, LinkPair.b_id).where(
                    LinkPair.a_id.in_([p.a for p in part]), LinkPair.decision.is_(None)
                )
            )
            ids += [row.id for row in rows if (row.a_id, row.b_id) in free]
    return ids


def _waiting_with(session: Session, kept: list[Found]) -> set[tuple[uuid.UUID, uuid.UUID]]:
    """Return the pairs that wait already with a record of those that a rule may join."""
    about = list({one for pair in kept if pair.joins for one in (pair.a, pair.b)})
    found: set[tuple[uuid.UUID, uuid.UUID]] = set()
    for at in range(0, len(about), BATCH):
        part = about[at : at + BATCH]
        rows = session.execute(
            select(LinkPair.a_now, LinkPair.b_now)
            .where(LinkPair.decision.is_(None), LinkPair.a_now != LinkPair.b_now)
            .where(or_(LinkPair.a_now.in_(part), LinkPair.b_now.in_(part)))
        )
        found |= {_ordered(row.a_now, row.b_now) for row in rows}
    return found


def is_due(session: Session, now: datetime, many: int = newcomers.MOST) -> bool:
    """Say whether the whole list is to be compared: soon after more than `many` came, else hourly."""
    last = session.scalar(select(func.max(LinkRun.started_at)))
    if last is None:
        return (session.scalar(select(func.count()).select_from(Woman)) or 0) > 1
    changed = select(Woman.id).where(last < newcomers.CHANGED).limit(many + 1)
    new = session.scalar(select(func.count()).select_from(changed.subquery())) or 0
    soon = IMPORTING if new > many and _is_importing(session) else SOON
    return now - last >= (soon if new > many else LATER) and new > 0


def _is_importing(session: Session) -> bool:
    """Say whether a list is just being brought in: it is compared once it is there, or after a while."""
    under_way = select(ImportRun.id).where(ImportRun.state == ImportState.RUNNING).limit(1)
    return session.scalar(under_way) is not None
