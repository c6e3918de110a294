"""Jobs whose end was lost: they stand as this worker's although it has them no longer in hand.

The library writes the end of a job once. Where that statement fails, or the PostgreSQL that had it does not
come back (a standby that had not heard of it is promoted), the job stands as `doing` at a worker that lives:
its lock stays shut, so that a woman waits until that worker is started again. The jobs of workers that died
are the clock's to give back (`worker.rescue`).

What this gives back may have been done already, as with a worker that died: every task looks first at what is
left to do.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from worker import rescue
from worker.rows import each

if TYPE_CHECKING:
    from procrastinate import JobContext
    from procrastinate.middleware import AsyncCallNext
    from procrastinate.worker import Worker

    from worker.runtime import Runtime

log = logging.getLogger("avanza.worker")
EVERY_SECONDS = 3.0
"""Two looks in a row must find a job so: at the first it may just be taken or ended."""

_STANDING = text("SELECT id FROM procrastinate_jobs WHERE status = 'doing' AND worker_id = ANY(:workers)")
_STILL = text(
    f"{rescue.JOB} WHERE id = :id AND status = 'doing' AND worker_id = ANY(:workers) FOR UPDATE SKIP LOCKED"
)


class LostEnds:
    """What one process has in hand, and the thread that compares it with what stands as its own."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._workers: list[Worker] = []
        self._in_hand: set[int] = set()
        self._missed: set[int] = set()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lost-ends", daemon=True)

    async def hold(self, call_next: AsyncCallNext, context: JobContext, _worker: Worker) -> Any:  # noqa: ANN401 (Procrastinate's own middleware)
        """Run a job, known as in hand meanwhile: a middleware of the workers."""
        job = context.job.id
        if job is None:
            return await call_next()
        self._in_hand.add(job)
        try:
            return await call_next()
        finally:
            self._in_hand.discard(job)

    def start(self, workers: list[Worker]) -> None:
        """Begin to look after the jobs of these workers."""
        self._workers = workers
        self._thread.start()

    def stop(self, seconds: float) -> None:
        """End, and wait so long for a look that is under way."""
        self._over.set()
        self._thread.join(seconds)

    def look(self) -> None:
        """Give back what stood as ours, and was not in hand, at the last look and at this one."""
        ours = [worker.worker_id for worker in self._workers if worker.worker_id is not None]
        with self._runtime.readers() as session:
            standing = set(session.scalars(_STANDING, {"workers": ours}))
        missed = standing - self._in_hand
        lost, self._missed = missed & self._missed, missed
        each("lost_ends", sorted(lost), lambda job: self._give_back(job, ours))

    def _give_back(self, job: int, ours: list[int]) -> None:
        rescue.give_back(self._runtime, _STILL, {"id": job, "workers": ours}, "job_end_lost")

    def _run(self) -> None:
        while not self._over.wait(EVERY_SECONDS):
            try:
                self.look()
            except Exception as error:  # noqa: BLE001 (the next look must come; no text is logged)
                log.warning("jobs not compared", extra={"action": "lost_ends", "kind": type(error).__name__})
