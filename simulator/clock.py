"""Simulated time and the work that waits for it.

Tests close a 24-hour window by moving the clock; what waits is woken at once. Time only moves forward.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Job = Callable[[], object]
_log = logging.getLogger(__name__)
_FOLLOWER_SECONDS = 30.0
"""A product that follows looks a few times a second, save while it does what a step has made due."""


class SimClock:
    """The present, in UTC: real time plus what was skipped.

    A product may follow it, so that its own time moves too: then a person's wish to skip is kept until that
    product has moved in steps of its own and says how far (`advance`). Without one a wish is granted at once.
    """

    def __init__(self, ahead: float = 0.0) -> None:
        """`ahead`: the seconds that were skipped before this start."""
        self._skipped = timedelta(seconds=ahead)
        self._asked: timedelta | None = None
        self._followed_at = float("-inf")
        self._changing = threading.Lock()
        self.until_next = False
        """Whether it is asked to skip to whatever the product has planned next."""
        self.nothing_next = False
        """Whether the product said that it has planned nothing."""

    def now(self) -> datetime:
        """The simulated moment."""
        return datetime.now(UTC) + self._skipped

    @property
    def ahead(self) -> timedelta:
        """How much was skipped in all."""
        return self._skipped

    @property
    def asked(self) -> timedelta | None:
        """How much is to be skipped in all, while that is not reached."""
        return self._asked

    def advance(self, seconds: float) -> None:
        """Skip `seconds`; a negative number is refused with ValueError."""
        if seconds < 0:
            raise ValueError("the clock only moves forward")
        with self._changing:
            self._skipped += timedelta(seconds=seconds)
            if self._asked is not None and self._skipped >= self._asked:
                self._asked = None

    def note_follower(self) -> bool:
        """A product follows, and looks at this clock now; say whether none did before."""
        new = not self.followed()
        self._followed_at = time.monotonic()
        return new

    def followed(self) -> bool:
        """Whether a product moves with this clock."""
        return time.monotonic() - self._followed_at < _FOLLOWER_SECONDS

    def ask(self, seconds: float) -> None:
        """Ask for `seconds` more than what is asked for already; skip them at once where nobody follows."""
        if not self.followed():
            self.advance(seconds)
            return
        with self._changing:
            self.until_next = self.nothing_next = False
            self._asked = max(self._asked or self._skipped, self._skipped) + timedelta(seconds=seconds)

    def ask_next(self) -> None:
        """Ask the product that follows to skip to what it has planned next."""
        self.until_next, self.nothing_next = True, False

    def found_next(self, seconds: float | None) -> None:
        """Take the product's answer: in how many seconds that is, None where nothing is planned."""
        self.until_next = False
        if seconds is None:
            self.nothing_next = True
        else:
            self.ask(seconds)


class Scheduler:
    """Runs jobs when simulated time reaches them, on a few daemon threads."""

    def __init__(self, clock: SimClock, workers: int = 12) -> None:
        self._clock = clock
        self._waiting: list[tuple[datetime, int, Job]] = []
        self._order = itertools.count()
        self._running = 0
        self._stopped = False
        lock = threading.RLock()
        self._changed, self._ended = threading.Condition(lock), threading.Condition(lock)
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
                self._ended.wait(min(left, 0.05))
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
                    self._ended.notify_all()
