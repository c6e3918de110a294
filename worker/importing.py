"""Lists that staff bring in, a part a transaction, until there is nothing or this job's time is over."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from models import utcnow
from outreach.ground import jobs
from outreach.single_list import import_runs

if TYPE_CHECKING:
    import uuid

    from worker.runtime import Runtime

log = logging.getLogger("avanza.worker")
JOB_SECONDS = 5.0
"""After this a job ends and another goes on, so that a worker that is told to stop can."""


def go_on(runtime: Runtime, run_id: uuid.UUID) -> None:
    """Do the next parts of an import; another job does the rest."""
    until = time.monotonic() + JOB_SECONDS
    try:
        with runtime.sessions() as session:
            seen = import_runs.seen_so_far(session, runtime.key, run_id)
        while time.monotonic() < until:
            with runtime.sessions.begin() as session:
                if not import_runs.step(session, runtime.key, runtime.settings, run_id, seen, utcnow()):
                    return
    except Exception as error:  # noqa: BLE001 (whatever it was, it is counted, and a person sees the end)
        log.error("import failed", extra={"action": "import_failed", "kind": type(error).__name__})  # noqa: TRY400 (a traceback may quote data)
        with runtime.sessions.begin() as session:
            if not import_runs.stumbled(session, run_id, utcnow()):
                return
    with runtime.sessions.begin() as session:
        jobs.defer_import(session, run_id)


def wake_imports(runtime: Runtime) -> None:
    """Put back on the queue the imports that are under way and have no job."""
    with runtime.sessions.begin() as session:
        import_runs.wake_forgotten(session, utcnow())


def tidy_imports(runtime: Runtime) -> None:
    """Forget what stood in the files of imports that are over."""
    with runtime.sessions.begin() as session:
        import_runs.tidy(session, utcnow())
