"""The Procrastinate app and its tasks: names, arguments, and one call each.

A body that raises is logged by the kind of its error alone, for a traceback may quote data, and its work is
put off: jobs are deleted at their end, whatever it was.
"""

from __future__ import annotations

import logging
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

import procrastinate

from models import utcnow
from outreach.ground import jobs
from worker import batches, doubts, hearing, importing, media, sending, steps

if TYPE_CHECKING:
    from collections.abc import Callable

    import psycopg

    from worker.runtime import Runtime

log = logging.getLogger("avanza.worker")
AGAIN = timedelta(seconds=5)
MOST_FAILURES = 20
"""After so many errors of a delivery's job the clock's sweep alone brings its row back."""


def make_app(runtime: Runtime, conninfo: str) -> procrastinate.App:
    """Build the app; every name of `outreach.ground.jobs` is registered here."""
    connector = procrastinate.PsycopgConnector(
        conninfo=conninfo, min_size=1, max_size=4, configure=_one_statement_at_a_time
    )
    app = procrastinate.App(connector=connector)

    @app.task(name=jobs.TAKE_TURN)
    def take_turn(conversation_id: str) -> None:
        _turn(runtime, steps.take_turn, uuid.UUID(conversation_id))

    @app.task(name=jobs.WAKE_TURN)
    def wake_turn(conversation_id: str) -> None:
        _turn(runtime, steps.wake_turn, uuid.UUID(conversation_id))

    @app.task(name=jobs.DELIVER)
    def deliver(outbox_id: str, failures: int = 0) -> None:
        _delivery(runtime, sending.deliver, uuid.UUID(outbox_id), failures)

    @app.task(name=jobs.RETRY_DELIVERY)
    def retry_delivery(outbox_id: str, failures: int = 0) -> None:
        _delivery(runtime, sending.retry_delivery, uuid.UUID(outbox_id), failures)

    @app.task(name=jobs.LOOK_UP)
    def look_up(outbox_id: str) -> None:
        _guarded(doubts.look_up, runtime, uuid.UUID(outbox_id))

    @app.task(name=jobs.DELIVER_BATCH)
    def deliver_batch() -> None:
        _guarded(batches.deliver_batches, runtime)

    @app.task(name=jobs.FETCH_MEDIA)
    def fetch_media() -> None:
        _guarded(media.fetch_due, runtime)

    @app.task(name=jobs.HEAR)
    def hear(inbound_id: str, late: bool = False) -> None:
        _guarded(hearing.hear_late if late else hearing.hear, runtime, uuid.UUID(inbound_id))

    @app.task(name=jobs.IMPORT)
    def bring_in(run_id: str) -> None:
        _guarded(importing.go_on, runtime, uuid.UUID(run_id))

    return app


async def _one_statement_at_a_time(connection: psycopg.AsyncConnection) -> None:
    """Have the library take and end a job in one round trip each, without a wait for the disk.

    All that it does is one statement. A job whose taking or ending the disk has not seen when PostgreSQL dies
    is run again, as that of a worker that dies is (decision 80).
    """
    await connection.set_autocommit(True)
    await connection.execute("SET synchronous_commit TO off")


def _guarded(work: Callable[..., None], *arguments: object) -> None:
    """Do what a tick of the clock sees to again where it raises."""
    try:
        work(*arguments)
    except Exception as error:  # noqa: BLE001 (whatever it was, the clock's tick comes back to it)
        _log(work, error)


def _turn(runtime: Runtime, work: Callable[[Runtime, uuid.UUID], None], conversation_id: uuid.UUID) -> None:
    try:
        work(runtime, conversation_id)
    except Exception as error:  # noqa: BLE001 (whatever it was, the conversation is looked at again)
        _log(work, error)
        with runtime.sessions.begin() as session:
            jobs.defer_wake(session, conversation_id, utcnow() + AGAIN)


def _delivery(
    runtime: Runtime, work: Callable[[Runtime, uuid.UUID, int], None], outbox_id: uuid.UUID, failures: int
) -> None:
    try:
        work(runtime, outbox_id, failures)
    except Exception as error:  # noqa: BLE001 (whatever it was, the row is looked at again)
        _log(work, error)
        if failures < MOST_FAILURES:
            with runtime.sessions.begin() as session:
                jobs.defer_delivery_retry(
                    session, outbox_id, utcnow() + AGAIN, priority=jobs.REPLY_PRIORITY, failures=failures + 1
                )


def _log(work: Callable[..., None], error: Exception) -> None:
    log.error("job failed", extra={"action": work.__name__, "kind": type(error).__name__})
