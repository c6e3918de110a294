"""Procrastinate's worker, told when to look: it misses no call and knows of moments that come.

Why: by itself it looks for a job when one is inserted and twice a second. A job whose lock was let go, one
that was inserted while it looked, and one whose moment has come all waited for that next look. Must never
change which job is taken, or how; only how soon it is looked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from procrastinate.worker import Worker

from models import utcnow

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from procrastinate import jobs

_CLOCKS_APART_SECONDS = 0.005
"""The database's clock decides whether a moment has come: a look a little early would find nothing."""


class Alarm:
    """Rings the worker of this process at a moment; silent where there is none."""

    def __init__(self) -> None:
        self._ring: Callable[[float], object] | None = None

    def connect(self, ring: Callable[[float], object]) -> None:
        """Have `ring` called with the seconds until the moment."""
        self._ring = ring

    def at(self, moment: datetime) -> None:
        """A job that was committed is to start at `moment`."""
        if self._ring is not None:
            self._ring(max(0.0, (moment - utcnow()).total_seconds()) + _CLOCKS_APART_SECONDS)


class PromptWorker(Worker):
    """Looks at once where there is something to find."""

    _called = False

    def ring_in(self, seconds: float) -> None:
        """Look in so many seconds; called by the threads that work."""
        if self._loop is not None and not self._stop_event.is_set():
            self._loop.call_soon_threadsafe(self._loop.call_later, seconds, self._call)

    def _call(self) -> None:
        self._called = True
        self._new_job_event.set()

    async def _handle_notification(self, *, channel: str, notification: jobs.Notification) -> None:
        self._called = True
        await super()._handle_notification(channel=channel, notification=notification)

    async def _fetch_and_process_jobs(self) -> None:
        # The base forgets the calls that came while it looked, and would then wait for its next look.
        while True:
            self._called = False
            await super()._fetch_and_process_jobs()  # type: ignore[no-untyped-call] # of the library
            if not self._called or self._stop_event.is_set():
                return

    async def _persist_job_status(self, job: jobs.Job, *rest: Any, **named: Any) -> None:  # noqa: ANN401 (passed on)
        await super()._persist_job_status(job, *rest, **named)
        if job.lock is not None:
            self._call()
