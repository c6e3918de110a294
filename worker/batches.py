"""What we initiate leaves in batches: lease tokens, mark, call Twilio side by side, record."""

from __future__ import annotations

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from models import OutboxMessage, OutboxState, utcnow
from outreach.ground import dead_letters, jobs
from outreach.messages import bulk, delivery, outbox, rate
from outreach.messages.twilio import Outcome, Reason, SendResult
from worker.sending import send

if TYPE_CHECKING:
    import uuid

    from models import OutboxKind
    from outreach.messages.delivery import Request
    from worker.runtime import Runtime

log = logging.getLogger("avanza.worker")
JOB_SECONDS = 5.0
"""After this a job ends and another goes on, so that a worker that is told to stop can."""
LEAST_PAUSE_SECONDS = 0.25


def deliver_batches(runtime: Runtime) -> None:
    """Send what waits in bulk until nothing is due, the token bucket is empty, or this job's time is over."""
    until = time.monotonic() + JOB_SECONDS
    with ThreadPoolExecutor(outbox.BATCH, thread_name_prefix="batch") as pool:
        while time.monotonic() < until:
            with runtime.sessions.begin() as session:
                kind = bulk.due_kind(session, utcnow())
            if kind is None:
                return
            with runtime.sessions.begin() as session:
                lease = rate.lease(session, runtime.settings.sends_per_second, kind, outbox.BATCH, utcnow())
                if not lease.granted:
                    _go_on(runtime, max(lease.wait, LEAST_PAUSE_SECONDS))
                    return
            if not _batch(runtime, pool, kind, lease.granted):
                return
    _go_on(runtime, 0.0)


def _go_on(runtime: Runtime, seconds: float) -> None:
    """Leave the rest to a later job, unless one waits already."""
    with runtime.sessions.begin() as session:
        if not jobs.batch_to_come(session):
            jobs.defer_batch_at(session, utcnow() + timedelta(seconds=seconds))


def _batch(runtime: Runtime, pool: ThreadPoolExecutor, kind: OutboxKind, most: int) -> bool:
    """Send one batch; say whether there was anything to look at."""
    try:
        with runtime.sessions.begin() as session:
            calls, looked_at = bulk.begin(session, runtime.key, runtime.settings, kind, most, utcnow())
    except SQLAlchemyError:
        raise
    except Exception as error:  # noqa: BLE001 (one row must not stop the others)
        log.warning("batch failed", extra={"action": "batch_failed", "kind": type(error).__name__})
        return _one_by_one(runtime, kind, most)
    results = list(pool.map(lambda call: (call, _guarded(runtime, call)), calls))
    with runtime.sessions.begin() as session:
        bulk.finish(session, runtime.key, results, utcnow())
    return looked_at > 0


def _guarded(runtime: Runtime, call: Request) -> SendResult:
    try:
        return send(runtime, call)
    except Exception as error:  # noqa: BLE001 (whatever it was, it proves nothing: the row is in doubt)
        log.warning("send failed", extra={"action": "send_failed", "kind": type(error).__name__})
        return SendResult(Outcome.UNKNOWN, reason=Reason.UNKNOWN)


def _one_by_one(runtime: Runtime, kind: OutboxKind, most: int) -> bool:
    """Send the rows of a batch each for itself; one that raises is given up, and a person sees it."""
    with runtime.sessions() as session:
        due = bulk.due_rows(session, kind, most, utcnow())
    for outbox_id in due:
        try:
            with runtime.sessions.begin() as session:
                call = delivery.begin(session, runtime.key, runtime.settings, outbox_id, utcnow())
        except SQLAlchemyError:
            raise
        except Exception as error:  # noqa: BLE001 (whatever it was, the row must reach an end)
            _give_up(runtime, outbox_id, error)
            continue
        if call is not None:
            result = _guarded(runtime, call)
            with runtime.sessions.begin() as session:
                delivery.finish(session, runtime.key, outbox_id, result, utcnow())
    return bool(due)


def _give_up(runtime: Runtime, outbox_id: uuid.UUID, error: Exception) -> None:
    with runtime.sessions.begin() as session:
        row = session.get(OutboxMessage, outbox_id, with_for_update=True)
        if row is not None and row.state is OutboxState.QUEUED:
            outbox.advance(row, OutboxState.FAILED, reason="error")
            dead_letters.bury(session, dead_letters.DELIVERY, outbox_id, error)


def wake_batches(runtime: Runtime) -> None:
    """Defer batch jobs where something in bulk has become due and no job is under way."""
    with runtime.sessions.begin() as session:
        if bulk.due_kind(session, utcnow()) is not None and not jobs.batches_wait(session):
            jobs.defer_batches(session, jobs.MOST_BATCH_JOBS)
