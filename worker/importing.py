"""Lists that staff bring in: a process of its own does the next parts, each in a transaction of its own.

The worker's own process answers women; reading thousands of rows in one of its threads would have all the
others wait. The process ends after some seconds, so that a worker that is told to stop can, and another job
goes on where it was.
"""

from __future__ import annotations

import logging
import os
import pickle
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Final

from models import utcnow
from outreach.ground import jobs
from outreach.ground.database import make_engine, make_sessions
from outreach.sealing.crypto import PersonalKey
from outreach.single_list import import_runs

if TYPE_CHECKING:
    import uuid

    from sqlalchemy.orm import Session, sessionmaker

    from outreach.ground.settings import Settings
    from worker.runtime import Runtime

log = logging.getLogger("avanza.worker")
JOB_SECONDS, LONGEST_SECONDS = 6.0, 60.0
"""For how long a process begins new parts, and when it is ended."""
NICENESS: Final = 10
OVER, MORE, BROKEN = 0, 3, 4
"""What the process ends with: nothing is left, there is more, an error of ours."""


def go_on(runtime: Runtime, run_id: uuid.UUID) -> None:
    """Have the next parts of an import done; another job does the rest.

    While the secret key is being replaced lists wait: rows that are known are looked up by the hundred, by
    one hash each. `wake_imports` goes on with them.
    """
    if runtime.key.is_changing:
        return
    ended = _in_a_process(runtime.settings, run_id)
    if ended == OVER:
        return
    with runtime.sessions.begin() as session:
        if ended == MORE or import_runs.stumbled(session, run_id, utcnow()):
            jobs.defer_import(session, run_id)


def _in_a_process(settings: Settings, run_id: uuid.UUID) -> int:
    # The settings hold the secret key: they go by a pipe, never by the command line.
    given = pickle.dumps((settings, run_id, JOB_SECONDS))
    argv = [sys.executable, "-sP", "-m", "worker.importing"]
    try:
        return subprocess.run(argv, input=given, timeout=LONGEST_SECONDS, check=False).returncode
    except (OSError, subprocess.TimeoutExpired) as error:
        log.warning("import not done", extra={"action": "import_failed", "kind": type(error).__name__})
        return BROKEN


def main() -> int:
    """Be that process: take the settings, do parts until the time is over; return how it ended."""
    os.nice(NICENESS)
    settings, run_id, seconds = pickle.load(sys.stdin.buffer)  # noqa: S301 (from the worker that started us)
    engine = make_engine(settings, pool_size=1)
    try:
        return work(make_sessions(engine), settings, run_id, seconds)
    except Exception as error:  # noqa: BLE001 (whatever it was, the worker counts it; a traceback may quote data)
        print(f"import failed: {type(error).__name__}", file=sys.stderr)  # noqa: T201 (its only way to say so)
        return BROKEN
    finally:
        engine.dispose()


def work(sessions: sessionmaker[Session], settings: Settings, run_id: uuid.UUID, seconds: float) -> int:
    """Do parts for so many seconds; return whether there is more."""
    until = time.monotonic() + seconds
    key = PersonalKey(settings.secret_key)
    with sessions() as session:
        seen = import_runs.seen_so_far(session, key, run_id)
    while time.monotonic() < until:
        with sessions.begin() as session:
            if not import_runs.step(session, key, settings, run_id, seen, utcnow()):
                return OVER
    return MORE


def wake_imports(runtime: Runtime) -> None:
    """Put back on the queue the imports that are under way and have no job."""
    if runtime.key.is_changing:
        return
    with runtime.sessions.begin() as session:
        import_runs.wake_forgotten(session, utcnow())


def tidy_imports(runtime: Runtime) -> None:
    """Forget what stood in the files of imports that are over."""
    with runtime.sessions.begin() as session:
        import_runs.tidy(session, utcnow())


if __name__ == "__main__":
    sys.exit(main())
