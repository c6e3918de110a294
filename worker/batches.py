"""What we initiate leaves in batches: lease tokens, mark, call Twilio side by side, record."""

from __future__ import annotations

import logging
import time
from concurrent.futures import Future, ThreadPoolExecutor, wait
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
    from collections.abc import Sequence

    from models import OutboxKind
    from outreach.messages.delivery import Request
    from worker.runtime import Runtime

log = logging.getLogger("avanza.worker")
JOB_SECONDS = 5.0
"""After this a job ends and another goes on, so that a worker that is told to stop can."""
LEAST_PAUSE_SECONDS = 0.25
SLOW_SECONDS = 0.5
"""What a batch waits for its calls; a slower one (a time-out takes ten seconds) goes on beside the next."""
MOST_CALLS = 3 * outbox.BATCH
"""Calls of one job at a time."""
Call = tuple["Request", SendResult]


def deliver_batches(runtime: Runtime) -> None:
    """Send what waits in bulk until nothing is due, the token bucket is empty, or this job's time is over."""
    until = time.monotonic() + JOB_SECONDS
    with ThreadPoolExecutor(MOST_CALLS, thread_name_prefix="batch") as pool:
        calls = _Calls(runtime, pool)
        try:
            while time.monotonic() < until:
                with runtime.sessions.begin() as session:
                    kind = bulk.due_kind(session, utcnow())
                if kind is None:
                    return
                with runtime.sessions.begin() as session:
                    lease = rate.lease(
                        session, runtime.settings.sends_per_second, kind, outbox.BATCH, utcnow()
                    )
                    if not lease.granted:
                        _later(runtime, max(lease.wait, LEAST_PAUSE_SECONDS))
                        return
                if not _batch(runtime, calls, kind, lease.granted):
                    return
            with runtime.sessions.begin() as session:
                jobs.defer_more_batches(session)
        finally:
            calls.record(None)


class _Calls:
    """The calls of one job that are under way."""

    def __init__(self, runtime: Runtime, pool: ThreadPoolExecutor) -> None:
        self._runtime = runtime
        self._pool = pool
        self._under_way: set[Future[Call]] = set()

    def make_room(self) -> None:
        """Wait until a batch finds threads: a row that is marked must leave at once, or it counts as lost."""
        while len(self._under_way) > MOST_CALLS - outbox.BATCH:
            self.record(SLOW_SECONDS)

    def start(self, requests: Sequence[Request]) -> None:
        """Begin the calls of a batch."""
        self._under_way |= {self._pool.submit(self._call, request) for request in requests}

    def _call(self, request: Request) -> Call:
        return request, _guarded(self._runtime, request)

    def record(self, seconds: float | None) -> None:
        """Wait at most so long for all calls, and keep in one transaction how those went that have ended."""
        ended, self._under_way = wait(self._under_way, timeout=seconds)
        if ended:
            with self._runtime.sessions.begin() as session:
                bulk.finish(session, self._runtime.key, [future.result() for future in ended], utcnow())


def _later(runtime: Runtime, seconds: float) -> None:
    """Leave the rest to a later job, unless one waits already."""
    with runtime.sessions.begin() as session:
        if not jobs.batch_to_come(session):
            jobs.defer_batch_at(session, utcnow() + timedelta(seconds=seconds))


def _batch(runtime: Runtime, calls: _Calls, kind: OutboxKind, most: int) -> bool:
    """Send one batch; say whether there was anything to look at."""
    calls.make_room()
    try:
        with runtime.sessions.begin() as session:
            requests, looked_at = bulk.begin(session, runtime.key, runtime.settings, kind, most, utcnow())
    except SQLAlchemyError:
        raise
    except Exception as error:  # noqa: BLE001 (one row must not stop the others)
        log.warning("batch failed", extra={"action": "batch_failed", "kind": type(error).__name__})
        return _one_by_one(runtime, kind, most)
    calls.start(requests)
    calls.record(SLOW_SECONDS)
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
