"""Simulated time and the work that waits for it.

Tests close a 24-hour window by moving the clock; what waits is woken at once. Time only moves forward.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Job = Callable[[], object]
_log = logging.getLogger(__name__)


class SimClock:
    """The present, in UTC: real time plus what was skipped."""

    def __init__(self) -> None:
        self._skipped = timedelta()

    def now(self) -> datetime:
        """The simulated moment."""
        return datetime.now(UTC) + self._skipped

    def advance(self, seconds: float) -> None:
        """Skip `seconds`; a negative number is refused with ValueError."""
        if seconds < 0:
            raise ValueError("the clock only moves forward")
        self._skipped += timedelta(seconds=seconds)


class Scheduler:
    """Runs jobs when simulated time reaches them, on a few daemon threads."""

    def __init__(self, clock: SimClock, workers: int = 12) -> None:
        self._clock = clock
        self._waiting: list[tuple[datetime, int, Job]] = []
        self._order = itertools.count()
        self._running = 0
        self._stopped = False
        self._changed = threading.Condition()
        self._threads = [
            threading.Thread(target=self._work, name=f"simulator-{n}", daemon=True) for n in range(workers)
        ]
        for thread in self._threads:
            thread.start()

    def after(self, seconds: float, job: Job) -> None:
        """Run `job` once, `seconds` of simulated time from now."""
        self.at(self._clock.now() + timedelta(seconds=seconds), job)

    def at(self, moment: datetime, job: Job) -> None:
        """Run `job` once, at a simulated moment."""
        with self._changed:
            heapq.heappush(self._waiting, (moment, next(self._order), job))
            self._changed.notify()

    def wake(self) -> None:
        """Look at the clock again, because it was moved."""
        with self._changed:
            self._changed.notify_all()

    def clear(self) -> None:
        """Forget what has not begun."""
        with self._changed:
            self._waiting.clear()

    def settle(self, timeout: float) -> bool:
        """Wait until nothing runs and nothing is due within a second; False when `timeout` passes first."""
        end = datetime.now(UTC) + timedelta(seconds=timeout)
        with self._changed:
            while self._busy():
                left = (end - datetime.now(UTC)).total_seconds()
                if left <= 0:
                    return False
                self._changed.wait(min(left, 0.05))
        return True

    def stop(self) -> None:
        """End the threads; jobs under way are not waited for beyond a second."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(timeout=1)

    def _busy(self) -> bool:
        soon = self._clock.now() + timedelta(seconds=1)
        return self._running > 0 or bool(self._waiting and self._waiting[0][0] <= soon)

    def _next(self) -> Job | None:
        with self._changed:
            while not self._stopped:
                wait = None
                if self._waiting:
                    wait = (self._waiting[0][0] - self._clock.now()).total_seconds()
                    if wait <= 0:
                        self._running += 1
                        return heapq.heappop(self._waiting)[2]
                self._changed.wait(wait)
        return None

    def _work(self) -> None:
        while (job := self._next()) is not None:
            try:
                job()
            except Exception as error:  # noqa: BLE001 - one failed job must not end the thread
                _log.error("a simulated step failed: %s", type(error).__name__)
            finally:
                with self._changed:
                    self._running -= 1
                    self._changed.notify_all()
