"""Ticks that repair and clean: work that lost its job, rows whose time is over, turns that have ended."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from psycopg.errors import InsufficientPrivilege
from sqlalchemy import delete, select, text
from sqlalchemy.exc import DBAPIError

from models import (
    Case,
    Conversation,
    InboundMessage,
    MediaFetch,
    OutboxMessage,
    OutgoingFile,
    RasaTracker,
    StaffSession,
    by_machine,
    utcnow,
)
from outreach.casework import draft_case, handover
from outreach.figures import kept
from outreach.ground import jobs
from outreach.messages import delivery, outbox, outgoing_files, waiting_files
from outreach.people import invitations
from outreach.programme import waiting_list
from outreach.single_list import rights
from outreach.staff import presence
from outreach.turns import fold
from worker.rows import each

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy.orm import Session

    from worker.runtime import Runtime

# A turn or a row this old that has no job lost it: to a worker's or the database's end, or to a restore.
TURN_FORGOTTEN_AFTER = timedelta(seconds=20)
ROW_FORGOTTEN_AFTER = timedelta(seconds=60)
MOST_AT_ONCE = 500
# Rows that hold words until a turn is over or a message has arrived, and are then written anew without them.
BLANKED = (InboundMessage, OutboxMessage, Conversation, Case, OutgoingFile, MediaFetch, RasaTracker)
# What we initiate has no job of its own: `worker.batches` goes by the rows.
# Hashed sets of what has a live job: one pass over the queue, however long it is.
_FORGOTTEN_TURNS = text(
    "SELECT w.id FROM ("
    " SELECT conversation_id AS id FROM inbound_message WHERE turn_id IS NULL AND received_at < :before"
    " UNION SELECT conversation_id FROM turn WHERE state = 'open' AND created_at < :before"
    ") w WHERE w.id::text NOT IN ("
    " SELECT args->>'conversation_id' FROM procrastinate_jobs"
    " WHERE status IN ('todo', 'doing') AND args ? 'conversation_id') LIMIT :most"
)
_FORGOTTEN_ROWS = text(
    "SELECT o.id FROM outbox_message o WHERE o.state = 'queued' AND o.kind = 'reply'"
    " AND o.created_at < :before AND (o.next_try_at IS NULL OR o.next_try_at < :before)"
    " AND (o.conversation_id IS NULL OR o.conversation_id::text NOT IN ("
    " SELECT args->>'conversation_id' FROM procrastinate_jobs"
    " WHERE status IN ('todo', 'doing') AND args ? 'conversation_id'))"
    " AND o.id::text NOT IN (SELECT args->>'outbox_id' FROM procrastinate_jobs"
    " WHERE status IN ('todo', 'doing') AND args ? 'outbox_id') ORDER BY o.seq LIMIT :most"
)


def wake_forgotten(runtime: Runtime) -> None:
    """Put back on the queue the conversations and rows that wait and have no job."""
    with runtime.sessions.begin() as session:
        requeue(session, utcnow())


def requeue(session: Session, now: datetime) -> int:
    """Defer a job for what waits without one; return how many. What has a job gets no second one."""
    forgotten = session.scalars(
        _FORGOTTEN_TURNS, {"before": now - TURN_FORGOTTEN_AFTER, "most": MOST_AT_ONCE}
    ).all()
    for conversation_id in forgotten:
        jobs.defer_wake(session, conversation_id, now)
    rows = session.scalars(_FORGOTTEN_ROWS, {"before": now - ROW_FORGOTTEN_AFTER, "most": MOST_AT_ONCE}).all()
    for outbox_id in rows:
        row = session.get_one(OutboxMessage, outbox_id)
        jobs.defer_delivery(session, row.id, lock=delivery.lock_for(row), priority=outbox.PRIORITY[row.kind])
    return len(forgotten) + len(rows)


def sweep(runtime: Runtime) -> None:
    """Delete what has expired, and fold the turns that have ended."""
    now = utcnow()
    each(
        "sweep",
        (
            _drafts,
            waiting_files.forget_due,
            _trackers,
            _staff_sessions,
            presence.lock_idle,
            handover.forget_old,
            fold.fold_ended,
        ),
        lambda work: _in_transaction(runtime, work, now),
    )


def invite(runtime: Runtime) -> None:
    """Hand over the first invitations to imported women, some a minute."""
    with runtime.sessions.begin() as session:
        invitations.plan(session, runtime.key, runtime.settings, utcnow())


def fill_seats(runtime: Runtime) -> None:
    """Let the waiting lists of groups with free seats move up, a transaction each."""
    now = utcnow()
    with runtime.sessions.begin() as session:
        groups = waiting_list.with_free_seats(session, now)

    def fill(group_id: uuid.UUID) -> None:
        with runtime.sessions.begin() as session:
            waiting_list.fill(session, runtime.key, runtime.settings, group_id, now)

    each("fill_seats", groups, fill)


def tidy_files(runtime: Runtime) -> None:
    """Delete the files of ours that she has, or will not get."""
    with runtime.sessions.begin() as session:
        outgoing_files.tidy(session, runtime.key, utcnow())


def count_results(runtime: Runtime) -> None:
    """Count the last quarter anew once a day, so that nobody waits for it who opens the results."""
    with runtime.sessions.begin() as session:
        kept.keep_last(session, runtime.key, runtime.settings.timezone, utcnow())


def tidy(runtime: Runtime) -> None:
    """Have PostgreSQL let go of the old versions of rows that held words, and of the log that wrote them.

    They are ciphertext, but of the personal kind: whoever has the secret key and the disk could read them
    (`docs/threat-model.md`, Residues). A server that is not ours may refuse the log's part; then its own
    checkpoints bound it.
    """
    outside_of_transactions = runtime.engine.execution_options(isolation_level="AUTOCOMMIT")
    with outside_of_transactions.connect() as connection:
        for model in BLANKED:
            connection.execute(text(f"VACUUM {model.__tablename__}"))
        try:
            connection.execute(text("SELECT pg_switch_wal()"))
            connection.execute(text("CHECKPOINT"))
        except DBAPIError as error:
            if not isinstance(error.orig, InsufficientPrivilege):
                raise


def finish_erasures(runtime: Runtime) -> None:
    """Take the address of those who had their data erased, once the receipt has left."""
    with runtime.sessions.begin() as session:
        rights.finish(session, runtime.key, utcnow())


def _in_transaction(runtime: Runtime, work: Callable[[Session, datetime], object], now: datetime) -> None:
    with runtime.sessions.begin() as session:
        work(session, now)


def _drafts(session: Session, now: datetime) -> None:
    draft_case.forget_expired(session, now)


def _trackers(session: Session, now: datetime) -> None:
    # Rasa dates them by the machine's time.
    session.execute(delete(RasaTracker).where(RasaTracker.expires_at < by_machine(now)))


def _staff_sessions(session: Session, now: datetime) -> None:
    over = select(StaffSession.id).where(StaffSession.expires_at < now).order_by(StaffSession.id)
    ids = session.scalars(over.with_for_update(skip_locked=True)).all()
    session.execute(delete(StaffSession).where(StaffSession.id.in_(ids)))
