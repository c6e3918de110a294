"""Has a queue looked at when a moment has come: Procrastinate hears of new jobs, not of one that is due.

Only a hint: the job that waits for the moment is in the table, and the worker's next poll would find it.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.exc import SQLAlchemyError

from models import by_machine
from outreach.ground import jobs

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session, sessionmaker

LONGEST_END_SECONDS = 2.0

log = logging.getLogger("avanza.worker")


class Waker:
    """Timers of one process for one queue."""

    def __init__(self, readers: sessionmaker[Session], queue: str) -> None:
        """Start the thread that waits; `readers` makes sessions of one statement each."""
        self._readers = readers
        self._queue = queue
        self._telling = threading.Lock()
        self._stopping = threading.Event()
        self._timers = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(1)},
            job_defaults={"misfire_grace_time": None},
            timezone="UTC",
        )
        self._timers.start()

    def at(self, moment: datetime) -> None:
        """Have the queue looked at once `moment` (aware) has come."""
        self._timers.add_job(self._tell, "date", run_date=by_machine(moment))

    def stop(self) -> None:
        """Forget what was still to come; a hint that is being given has `LONGEST_END_SECONDS` to end.

        Its session would else give a connection back to a pool that the caller has disposed of. The pause
        and the list make the timers' thread end what it has in hand first: APScheduler raises in that thread
        where a job falls due while it is being shut down (`remove_job` of a stopped scheduler).
        """
        self._timers.pause()
        self._timers.get_jobs()
        self._timers.shutdown(wait=False)
        self._stopping.set()
        if self._telling.acquire(timeout=LONGEST_END_SECONDS):
            self._telling.release()

    def _tell(self) -> None:
        try:
            with self._telling, self._readers() as session:
                if self._stopping.is_set():
                    return
                jobs.have_looked_at(session, self._queue)
        except SQLAlchemyError as error:
            log.warning("not told", extra={"action": "wake_not_told", "kind": type(error).__name__})
