"""Giving jobs back to the queue, so that their locks open again.

The statements are Procrastinate's own functions, as its job manager calls them.
"""

from __future__ import annotations

import logging
import uuid
from typing import TYPE_CHECKING, Any

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from outreach.ground import dead_letters, jobs
from worker.rows import each

if TYPE_CHECKING:
    from sqlalchemy import Row, TextClause
    from sqlalchemy.orm import Session

    from worker.runtime import Runtime

log = logging.getLogger("avanza.jobs")
MOST_RESCUES = 5
"""Workers that may die over one job before it is given up."""
JOB = (
    "SELECT id, attempts, task_name, args->>'conversation_id' AS conversation,"
    " args->>'outbox_id' AS outbox FROM procrastinate_jobs"
)
_STALLED = text("SELECT id FROM procrastinate_jobs WHERE status = 'doing' AND worker_id IS NULL ORDER BY id")
_STILL = text(f"{JOB} WHERE id = :id AND status = 'doing' AND worker_id IS NULL FOR UPDATE")
_AGAIN = text("SELECT procrastinate_retry_job_v2(:id, now(), NULL, NULL, NULL)")
# What a job did to workers is not forgotten where another does its work.
_PASS_ON = text(
    "UPDATE procrastinate_jobs w SET attempts = greatest(w.attempts, d.attempts + 1)"
    " FROM procrastinate_jobs d"
    " WHERE d.id = :id AND w.status = 'todo' AND w.queueing_lock = d.queueing_lock"
)
_DROP = text("SELECT procrastinate_finish_job_v1(:id, 'failed', true)")


def rescue_jobs(runtime: Runtime) -> None:
    """Give back the jobs of workers that died: a tick of the clock."""
    with runtime.sessions.begin() as session:
        session.execute(
            text("SELECT procrastinate_prune_stalled_workers_v1(:seconds)"), {"seconds": jobs.STALLED_SECONDS}
        )
        stalled = session.scalars(_STALLED).all()
    each("rescue_jobs", stalled, lambda job: give_back(runtime, _STILL, {"id": job}, "job_rescued"))


def give_back(runtime: Runtime, still: TextClause, values: dict[str, Any], action: str) -> None:
    """Queue one job anew, or bury it where it was given back too often.

    `still` selects it for update while it is to be given back, as `JOB` does; else nothing is done.
    """
    try:
        with runtime.sessions.begin() as session:
            job = session.execute(still, values).one_or_none()
            if job is not None:
                _again(session, job, action)
    except IntegrityError:
        # Another job of the same queueing lock waits already: this one is not needed.
        with runtime.sessions.begin() as session:
            job = session.execute(still, values).one_or_none()
            if job is not None:
                session.execute(_PASS_ON, {"id": job.id})
                session.execute(_DROP, {"id": job.id})


def _again(session: Session, job: Row[Any], action: str) -> None:
    if job.attempts < MOST_RESCUES:
        session.execute(_AGAIN, {"id": job.id})
        log.warning("job given back", extra={"action": action})
        return
    subject = job.conversation or job.outbox
    dead_letters.bury(session, dead_letters.JOB, uuid.UUID(subject) if subject else None, job.task_name)
    session.execute(_DROP, {"id": job.id})
