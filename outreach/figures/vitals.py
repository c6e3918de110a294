"""How the service does at this moment, in a few statements that cost the same with a million rows.

Each asks an index that holds only what is unfinished, or the end of one. Nothing is asked of cases: no number
here changes because there is one (P4).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func, select, text

from models import Alarm, BackupRun, Counter, DeadLetter, InboundMessage, Installation, TickState
from outreach.ground import jobs, tick_state
from outreach.messages import alarms

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

NIGHTLY = "-noche.dump.age"
"""How the name of a backup ends that the clock had made."""
_CAME_IN = text("SELECT pg_sequence_last_value(pg_get_serial_sequence('inbound_message', 'seq')::regclass)")
_QUEUED = text("SELECT kind, count(*) AS waiting FROM outbox_message WHERE state = 'queued' GROUP BY kind")
_LEAVING = text(
    "SELECT state, count(*), min(sending_since) FROM outbox_message"
    " WHERE state IN ('sending', 'in_doubt') GROUP BY state"
)
# Since when a reply should have left. One that waits for its hour, or for her phone: since that was over. One
# that Twilio or the network did not take (codes of a delivery begin at 30000): since it was first tried, as
# far as that is kept, also while it is tried again.
_OLDEST_REPLY = text(
    "SELECT min(CASE WHEN attempts = 0 OR coalesce(code, 0) >= 30000 THEN greatest(created_at, next_try_at)"
    " WHEN attempts = 1 THEN coalesce(sending_since, created_at) ELSE created_at END) FROM outbox_message"
    " WHERE state IN ('queued', 'in_doubt', 'sending') AND kind = 'reply'"
    " AND ((state = 'queued' AND (next_try_at IS NULL OR next_try_at <= :now))"
    " OR (attempts > CASE WHEN state = 'sending' THEN 1 ELSE 0 END AND coalesce(code, 0) < 30000))"
)
_JOBS = text(
    "SELECT queue_name, CASE WHEN status = 'doing' THEN 'doing'"
    " WHEN scheduled_at > :now THEN 'later' ELSE 'due' END, count(*) FROM procrastinate_jobs"
    " WHERE status IN ('todo', 'doing') GROUP BY 1, 2"
)
_WORKERS = text(
    "SELECT count(*) FROM procrastinate_workers"
    " WHERE last_heartbeat > now() - make_interval(secs => :seconds)"
)
_LEADERS = text(
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = 0 AND objid = :lock"
    " AND objsubid = 1 AND granted"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


@dataclass(frozen=True)
class Tick:
    """How one task of the clock goes."""

    well_at: datetime | None
    failures: int


@dataclass(frozen=True)
class Vitals:
    """The service at one moment; a time is None where there is nothing of its kind."""

    came_in: int
    last_inbound_at: datetime | None
    unanswered_since: datetime | None
    reply_unsent_since: datetime | None
    queued: Mapping[str, int]
    sending: int
    in_doubt: int
    in_doubt_since: datetime | None
    dead_letters: int
    jobs: Mapping[tuple[str, str], int]
    workers: int
    leaders: int
    ticks: Mapping[str, Tick] = field(repr=False)
    counters: Mapping[str, int]
    alarms: Mapping[str, bool]
    backup_at: datetime | None
    verified_at: datetime | None
    backup_failed: bool = False
    installed_at: datetime | None = None


def look(session: Session, now: datetime) -> Vitals:
    """Look at the service; for a session that only reads."""
    leaving = {state: (count, since) for state, count, since in session.execute(_LEAVING)}
    doubtful = leaving.get("in_doubt", (0, None))
    kept = backups(session)
    return Vitals(
        came_in=came_in(session),
        last_inbound_at=last_inbound(session),
        unanswered_since=alarms.oldest_unanswered(session),
        reply_unsent_since=session.scalar(_OLDEST_REPLY, {"now": now}),
        queued={row.kind: row.waiting for row in session.execute(_QUEUED)},
        sending=leaving.get("sending", (0, None))[0],
        in_doubt=doubtful[0],
        in_doubt_since=doubtful[1],
        dead_letters=session.scalar(select(func.count()).where(DeadLetter.closed_at.is_(None))) or 0,
        jobs={(queue, state): count for queue, state, count in session.execute(_JOBS, {"now": now})},
        workers=session.scalar(_WORKERS, {"seconds": jobs.STALLED_SECONDS}) or 0,
        leaders=session.scalar(_LEADERS, {"lock": tick_state.CLOCK_LOCK}) or 0,
        ticks={row.name: Tick(row.well_at, row.failures) for row in session.scalars(select(TickState))},
        counters={row.name: row.value for row in session.scalars(select(Counter))},
        alarms={row.kind: row.cleared_at is None for row in session.scalars(select(Alarm))},
        backup_at=kept.made_at,
        verified_at=kept.verified_at,
        backup_failed=kept.failed,
        installed_at=kept.installed_at,
    )


def came_in(session: Session) -> int:
    """Return the number of the last message: how many came, duplicates that were refused among them."""
    return session.scalar(_CAME_IN) or 0


def last_inbound(session: Session) -> datetime | None:
    """Return when the last message came in."""
    return session.scalar(select(InboundMessage.received_at).order_by(InboundMessage.seq.desc()).limit(1))


class Backups(NamedTuple):
    """When the last good backup was made and one restored on trial, and whether the last night failed."""

    made_at: datetime | None
    verified_at: datetime | None
    failed: bool
    """The newest was not made, or could not be restored. One that somebody makes by hand for another folder
    is none of the night's where it fails, and ends the night's failure where it is good."""
    installed_at: datetime | None
    """Since when there could have been one."""


def backups(session: Session) -> Backups:
    """Look at the backups, in one statement."""
    counts = BackupRun.name.endswith(NIGHTLY) | BackupRun.error.is_(None)
    newest = select(BackupRun.error).where(BackupRun.encrypted, counts)
    newest = newest.order_by(BackupRun.created_at.desc(), BackupRun.id).limit(1)
    found = session.execute(
        select(
            func.max(BackupRun.created_at).filter(BackupRun.error.is_(None), BackupRun.encrypted),
            func.max(BackupRun.verified_at),
            newest.scalar_subquery(),
            select(Installation.created_at).scalar_subquery(),
        )
    ).one()
    return Backups(found[0], found[1], found[2] is not None, found[3])
