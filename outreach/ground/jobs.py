"""Putting work on the queues, inside the caller's own transaction.

Names of tasks and queues stand here so that verbs can defer work without importing the worker. Arguments
are ids, never copies; a job that waits for the future never holds a conversation's lock.

`CONVERSATION` has turns and replies, `BULK` everything that is initiated by us. Each has workers, threads
and database connections of its own (`worker.main`), so that bulk can't hold up a conversation.
"""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Any

import procrastinate
from procrastinate.jobs import Job
from sqlalchemy import Text, cast, column, func, literal_column, select, table, text
from sqlalchemy.dialects.postgresql import JSONB, insert

from models import by_machine

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, FromClause
    from sqlalchemy.dialects.postgresql import Insert
    from sqlalchemy.orm import Session

TAKE_TURN = "worker.take_turn"
WAKE_TURN = "worker.wake_turn"
DELIVER = "worker.deliver"
RETRY_DELIVERY = "worker.retry_delivery"
DELIVER_BATCH = "worker.deliver_batch"
LOOK_UP = "worker.look_up"
FETCH_MEDIA = "worker.fetch_media"
IMPORT = "worker.import"
HEAR = "worker.hear"
MOST_BATCH_JOBS = 4

CONVERSATION, BULK = "conversation", "bulk"

# Higher runs first within a queue: replies that are ready before new turns, reminders before campaigns.
REPLY_PRIORITY, WOKEN_PRIORITY, TURN_PRIORITY = 40, 35, 30
"""A turn that had its place, and waited for the end of a burst or failed, goes before others."""
MEDIA_PRIORITY, NOTICE_PRIORITY, REMINDER_PRIORITY, CAMPAIGN_PRIORITY = 27, 25, 20, 10
IMPORT_PRIORITY = 5
HEAR_PRIORITY, LATE_PRIORITY = 1, 0
"""In the queue of conversations, after every turn and every reply."""
MEDIA_LANES = 2
"""Jobs for files at a time: each may wait for Twilio, and bulk has other work for its threads."""

HEARTBEAT_SECONDS, STALLED_SECONDS = 3.0, 12.0
"""A worker that was not heard of for `STALLED_SECONDS` is taken for dead and its jobs are given back."""

_deferring = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())
# Procrastinate's own function raises where the lock is taken, and so ends the caller's transaction.
_ONCE = text(
    "INSERT INTO procrastinate_jobs"
    " (queue_name, task_name, priority, lock, queueing_lock, args, scheduled_at)"
    " VALUES (:queue, :name, :priority, :lock, :once, CAST(:arguments AS jsonb), CAST(:at AS timestamptz))"
    " ON CONFLICT (queueing_lock) WHERE status = 'todo' DO NOTHING"
)
_BRING_FORWARD = text(
    "UPDATE procrastinate_jobs SET priority = :priority"
    " WHERE queueing_lock = :once AND status = 'todo' AND priority < :priority"
)
_TURN, _TAKE = "turn:", "take:"
"""The lock of a conversation's turns, and what one of its jobs waits under."""
_JOBS = table(
    "procrastinate_jobs",
    column("queue_name"), column("task_name"), column("priority"), column("lock"), column("queueing_lock"),
    column("args", JSONB), column("status"),
)  # fmt: skip


def send_lock(conversation_id: uuid.UUID | None) -> str:
    """Return the lock under which the replies of a conversation leave one at a time."""
    return f"send:{conversation_id}"


def _defer(session: Session, name: str, *, arguments: dict[str, Any], **options: Any) -> None:  # noqa: ANN401 (Procrastinate's own options)
    connection = session.connection().connection.driver_connection
    if options.get("schedule_at") is not None:
        options["schedule_at"] = by_machine(options["schedule_at"])
    _deferring.configure_task(name, connection=connection, **options).defer(**arguments)


def _defer_once(
    session: Session,
    name: str,
    *,
    once: str,
    queue: str,
    priority: int,
    arguments: dict[str, Any],
    lock: str | None = None,
    schedule_at: datetime | None = None,
) -> None:
    """Defer a job unless one with the queueing lock `once` waits already; one that has begun does not count.

    Who counts on the one that waits must be seen by it, though it may begin before the caller's commit.
    """
    values = {
        "queue": queue,
        "name": name,
        "priority": priority,
        "lock": lock,
        "once": once,
        "arguments": json.dumps(arguments),
        "at": None if schedule_at is None else by_machine(schedule_at),
    }
    session.execute(_ONCE, values)


def _queue(priority: int) -> str:
    return CONVERSATION if priority >= TURN_PRIORITY else BULK


def defer_turn(session: Session, conversation_id: uuid.UUID, *, woken: bool = False) -> None:
    """Have the conversation's pending messages answered, under its lock; one job that waits is enough.

    The caller has the conversation's row locked: the job finds nothing to do only after it had that lock.
    `woken`: it had its place before, and goes before turns that have not.
    """
    name = str(conversation_id)
    priority = WOKEN_PRIORITY if woken else TURN_PRIORITY
    _defer_once(
        session,
        TAKE_TURN,
        once=_TAKE + name,
        queue=CONVERSATION,
        lock=_TURN + name,
        priority=priority,
        arguments={"conversation_id": name},
    )
    if woken:
        session.execute(_BRING_FORWARD, {"once": _TAKE + name, "priority": priority})


def turn_of(
    conversation_id: ColumnElement[uuid.UUID], source: FromClause, holds: ColumnElement[bool]
) -> Insert:
    """Return the statement that does as `defer_turn` for the conversations of `source` for which `holds`.

    It is for a statement that changes these conversations' rows itself and gives them back in `source`: so
    each is locked before it is asked whether a job waits.
    """
    name = cast(conversation_id, Text)
    values: tuple[ColumnElement[Any], ...] = (
        literal_column(f"'{CONVERSATION}'"),
        literal_column(f"'{TAKE_TURN}'"),
        literal_column(str(TURN_PRIORITY)),
        literal_column(f"'{_TURN}'").concat(name),
        literal_column(f"'{_TAKE}'").concat(name),
        func.jsonb_build_object(literal_column("'conversation_id'"), name),
    )
    columns = ["queue_name", "task_name", "priority", "lock", "queueing_lock", "args"]
    made = insert(_JOBS).from_select(columns, select(*values).select_from(source).where(holds))
    waits = _JOBS.c.status == literal_column("'todo'")
    return made.on_conflict_do_nothing(index_elements=[_JOBS.c.queueing_lock], index_where=waits)


def defer_wake(
    session: Session,
    conversation_id: uuid.UUID,
    at: datetime,
    *,
    why: str = "wake",
    priority: int = WOKEN_PRIORITY,
) -> None:
    """Look at the conversation again at `at`; one such job is enough for each `why`."""
    name = str(conversation_id)
    _defer_once(
        session,
        WAKE_TURN,
        queue=CONVERSATION,
        once=f"{why}:{name}",
        schedule_at=at,
        priority=priority,
        arguments={"conversation_id": name},
    )


def defer_hear(session: Session, inbound_id: uuid.UUID, *, late: bool = False) -> None:
    """Have a voice note listened to: one at a time of all notes, and one job each is enough.

    `late`: its turn went on without it; it comes after all that still wait for theirs. One that waits for
    the turn is not enough then: it may begin before the caller's commit, and find no turn.
    """
    name = str(inbound_id)
    _defer_once(
        session,
        HEAR,
        queue=CONVERSATION,
        lock="hear",
        once=f"late:{name}" if late else f"hear:{name}",
        priority=LATE_PRIORITY if late else HEAR_PRIORITY,
        arguments={"inbound_id": name} | ({"late": True} if late else {}),
    )


def _delivery(outbox_id: uuid.UUID, failures: int) -> dict[str, Any]:
    return {"outbox_id": str(outbox_id)} | ({"failures": failures} if failures else {})


def defer_delivery(
    session: Session, outbox_id: uuid.UUID, *, lock: str | None, priority: int, failures: int = 0
) -> None:
    """Send one outbox row now; replies of one conversation share a lock and so keep their order.

    `failures` counts the attempts in a row that ended in an exception of ours; it rides with the job.
    """
    _defer(
        session,
        DELIVER,
        queue=_queue(priority),
        lock=lock,
        priority=priority,
        arguments=_delivery(outbox_id, failures),
    )


def defer_deliveries(session: Session, rows: Sequence[tuple[uuid.UUID, str]]) -> None:
    """Send replies (id, lock) now, in one statement."""
    _defer_many(
        session,
        [
            _job(DELIVER, CONVERSATION, REPLY_PRIORITY, lock, _delivery(outbox_id, 0))
            for outbox_id, lock in rows
        ],
    )


def defer_batches(session: Session, count: int = 1) -> None:
    """Have what waits in bulk sent in batches, by up to `MOST_BATCH_JOBS`; one that finds nothing ends.

    Always deferred anew: a job that is under way may have looked before the caller's commit.
    """
    jobs = min(max(count, 1), MOST_BATCH_JOBS)
    _defer_many(session, [_job(DELIVER_BATCH, BULK, NOTICE_PRIORITY, None, {})] * jobs)


def defer_batch_at(session: Session, at: datetime) -> None:
    """Look at what waits in bulk again at `at`."""
    _defer(session, DELIVER_BATCH, queue=BULK, priority=NOTICE_PRIORITY, arguments={}, schedule_at=at)


def batches_wait(session: Session) -> bool:
    """Say whether a batch job is under way or to come."""
    return _batch_jobs(session, ["todo", "doing"]) > 0


def batch_to_come(session: Session) -> bool:
    """Say whether a batch job is still to come."""
    return _batch_jobs(session, ["todo"]) > 0


def defer_more_batches(session: Session) -> None:
    """Go on with a batch job that is at its end, and add one where fewer than `MOST_BATCH_JOBS` go on."""
    others = _batch_jobs(session, ["todo", "doing"]) - 1
    if others < MOST_BATCH_JOBS:
        defer_batches(session, min(2, MOST_BATCH_JOBS - others))


def _batch_jobs(session: Session, states: list[str]) -> int:
    found = text(
        "SELECT count(*) FROM procrastinate_jobs WHERE task_name = :name AND status::text = ANY(:states)"
    )
    return int(session.scalar(found, {"name": DELIVER_BATCH, "states": states}) or 0)


def _job(name: str, queue: str, priority: int, lock: str | None, arguments: dict[str, Any]) -> Job:
    return Job(
        id=None,
        queue=queue,
        lock=lock,
        queueing_lock=None,
        task_name=name,
        priority=priority,
        task_kwargs=arguments,
    )


def _defer_many(session: Session, made: list[Job]) -> None:
    connection = session.connection().connection.driver_connection
    _deferring.job_manager.batch_defer_jobs(made, connection=connection)


def defer_delivery_retry(
    session: Session, outbox_id: uuid.UUID, at: datetime, *, priority: int, failures: int = 0
) -> None:
    """Try a row again at `at`, without holding anything until then; one such job a row is enough."""
    _defer_once(
        session,
        RETRY_DELIVERY,
        queue=_queue(priority),
        once=f"retry:{outbox_id}",
        schedule_at=at,
        priority=priority,
        arguments=_delivery(outbox_id, failures),
    )


def defer_media(session: Session) -> None:
    """Have what is due about her files done now; the job takes whatever it finds and names nothing."""
    lane = f"media:{secrets.randbelow(MEDIA_LANES)}"
    _defer(session, FETCH_MEDIA, queue=BULK, lock=lane, priority=MEDIA_PRIORITY, arguments={})


def media_waits(session: Session) -> bool:
    """Say whether a job for files is still to come."""
    found = text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = :name AND status = 'todo'")
    return bool(session.scalar(found, {"name": FETCH_MEDIA}))


def defer_import(session: Session, run_id: uuid.UUID) -> None:
    """Go on with a list that is brought in: one at a time of all lists, and one job each is enough."""
    _defer_once(
        session,
        IMPORT,
        queue=BULK,
        lock="import",
        once=f"import:{run_id}",
        priority=IMPORT_PRIORITY,
        arguments={"run_id": str(run_id)},
    )


def have_looked_at(session: Session, queue: str) -> None:
    """Have the workers of a queue look for jobs now: what Procrastinate itself tells them of a new job."""
    session.execute(
        text("SELECT pg_notify('procrastinate_queue_v1#' || :queue, '{\"type\": \"job_inserted\"}')"),
        {"queue": queue},
    )


def defer_look_up(session: Session, outbox_id: uuid.UUID, at: datetime) -> None:
    """Look for a reply in doubt in Twilio's list at `at`."""
    _defer(
        session,
        LOOK_UP,
        queue=CONVERSATION,
        schedule_at=at,
        priority=REPLY_PRIORITY,
        arguments={"outbox_id": str(outbox_id)},
    )
