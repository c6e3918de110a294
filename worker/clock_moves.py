"""Moves the demo's clock as the simulator's page asks, in steps that the clock's ticks can follow.

A jump over a reminder's window would find the reminder late, and drop it (P3). So each step ends at the next
moment at which something falls due; there all ticks run, and the next step waits until what was due is done.
Only for a product whose clock is simulated (`outreach.ground.simulated_clock`).
"""

from __future__ import annotations

import logging
import math
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import requests

from models import utcnow
from outreach.ground import jobs, simulated_clock
from outreach.start import moved_time

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from sqlalchemy.orm import Session

    from outreach.ground.simulated_clock import SimulatedClock
    from worker.runtime import Runtime

log = logging.getLogger("avanza.clock")
LOOK_SECONDS = 0.3
MOST_STEP = timedelta(hours=12)
"""Reminders are planned days before they fall due: whatever a step reaches was planned at one before."""
BEYOND = timedelta(seconds=20)
"""How far a step goes beyond what falls due, so that moments seconds apart are one; every window is wider."""
PATIENCE_SECONDS = 15.0
"""How long a step waits for what is due to be done; what is stuck must not hold the clock for ever."""
NEXT_WITHIN = timedelta(days=14)
"""How far ahead a reminder is looked for that is not planned yet."""
_ANSWER_SECONDS = 3.0


class ClockMoves:
    """What is asked of the clock, and how far it has come."""

    def __init__(
        self,
        runtime: Runtime,
        clock: SimulatedClock,
        turn: Callable[[], None],
        leads: Callable[[], bool],
        steady: Collection[str] = (),
    ) -> None:
        """`turn` runs all ticks once; `leads` says whether this clock is the elected one.

        `steady` are the names of the ticks that never rest: a jump is no time in which they stood still.
        """
        self._runtime, self._clock, self._turn, self._leads = runtime, clock, turn, leads
        self._steady = steady
        base = (runtime.settings.twilio.api_url or "").rstrip("/")
        self._address = f"{base}/_simulator/clock"
        self._waits_since: float | None = None
        self._searching_until: timedelta | None = None

    def look(self) -> None:
        """Ask the simulator how far to go, and go one step; never raises."""
        if not self._leads():
            return
        try:
            self._look()
        except requests.RequestException as error:
            log.warning("no simulator", extra={"action": "clock_moves", "kind": type(error).__name__})
        except Exception as error:  # noqa: BLE001 (the next look must come; no text is logged)
            log.error("clock not moved", extra={"action": "clock_moves", "kind": type(error).__name__})  # noqa: TRY400 (a traceback may quote data)

    def _look(self) -> None:
        asked = self._simulator({"following": "1"})
        ahead = self._clock.ahead()
        behind = ahead.total_seconds() - float(asked["ahead_seconds"])
        if behind > 0:
            # It was started anew, or a step ended before it was told.
            asked = self._tell({"advance_seconds": behind})
        if asked["until_next"]:
            self._search(ahead, asked["shown"])
            return
        self._searching_until = None
        # The product skips whole seconds.
        wanted = math.ceil(max(float(asked["asked_seconds"] or 0), float(asked["ahead_seconds"])))
        left = timedelta(seconds=wanted) - ahead
        if left > timedelta() and self._is_done():
            self._step(left)

    def _search(self, ahead: timedelta, shown: list[str]) -> None:
        """Find the next reminder, of the phones that are shown before others.

        Where none is planned yet, go on until one is, a fortnight at most.
        """
        now = utcnow()
        with self._runtime.readers() as session:
            hers = moved_time.women_of(session, self._runtime.key, shown)
            left = max(self._searching_until - ahead, timedelta()) if self._searching_until else NEXT_WITHIN
            of = hers if hers and moved_time.reminders_to_come(session, now, left, hers) else None
            found = moved_time.next_reminder(session, now, of)
            to_come = found is not None or moved_time.reminders_to_come(session, now, left, of)
        if found is not None or not to_come:
            self._searching_until = None
            seconds = (found - now + BEYOND).total_seconds() if found is not None else None
            self._tell({"next_in_seconds": seconds})
            return
        if self._searching_until is None:
            self._searching_until = ahead + NEXT_WITHIN
        if self._is_done():
            self._step(self._searching_until - ahead)

    def _step(self, left: timedelta) -> None:
        now = utcnow()
        with self._runtime.sessions.begin() as session:
            due = moved_time.next_moment(session, now)
            by = min(left, MOST_STEP, (due - now + BEYOND) if due is not None else MOST_STEP)
            by = timedelta(seconds=int(by.total_seconds()) + 1) if by < left else left
            moved_time.move_along(session, by, steady=self._steady)
        # Committed first: a job that comes early looks for itself, one that comes a day late does not.
        self._clock.advance(by)
        self._tell({"advance_seconds": by.total_seconds()})
        self._turn()
        with self._runtime.readers() as session:
            _wake_workers(session)

    def _is_done(self) -> bool:
        """Say whether the next step may come: all that was due is done, or was waited for long enough."""
        with self._runtime.readers() as session:
            quiet = moved_time.is_quiet(session, utcnow())
        now = time.monotonic()
        if not quiet and self._waits_since is None:
            self._waits_since = now
        if quiet or (self._waits_since is not None and now - self._waits_since > PATIENCE_SECONDS):
            self._waits_since = None
            return True
        return False

    def _simulator(self, query: dict[str, str]) -> dict[str, Any]:
        answer = requests.get(self._address, params=query, timeout=_ANSWER_SECONDS)
        return _read(answer)

    def _tell(self, what: dict[str, Any]) -> dict[str, Any]:
        return _read(requests.post(self._address, json=what, timeout=_ANSWER_SECONDS))


def _read(answer: requests.Response) -> dict[str, Any]:
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    return found


def _wake_workers(session: Session) -> None:
    for queue in (jobs.CONVERSATION, jobs.BULK):
        jobs.have_looked_at(session, queue)


def for_simulator(
    runtime: Runtime, turn: Callable[[], None], leads: Callable[[], bool], steady: Collection[str] = ()
) -> ClockMoves | None:
    """Return what moves the clock of this process, None where it is the machine's."""
    clock = simulated_clock.follow(runtime.settings)
    return None if clock is None else ClockMoves(runtime, clock, turn, leads, steady)
