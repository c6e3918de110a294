"""The worker looks whether a clock runs: alarms are the clock's to tell, and its own end it cannot tell.

One that was stopped, or hangs, still holds its lock, so that no other leads; what hangs ends itself, but only
after a quarter of an hour (`liveness`).
"""

from __future__ import annotations

import logging
import threading
from datetime import timedelta
from typing import TYPE_CHECKING

from models import utcnow
from outreach.figures import standing
from outreach.ground import tick_state
from outreach.messages import alarms
from worker import watch

if TYPE_CHECKING:
    from worker.runtime import Runtime

log = logging.getLogger("avanza.worker")
EVERY_SECONDS = 30.0
STOPPED_AFTER = timedelta(minutes=3)
"""Longer than a restart of everything; another clock takes over within seconds."""


class ClockWatch:
    """The thread of one worker process; several tell an alarm once, as its row says."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="clock-watch", daemon=True)

    def start(self) -> None:
        """Begin; the first look comes after the first pause, when a clock has had its time."""
        self._thread.start()

    def stop(self, seconds: float) -> None:
        """End, and wait so long for a look that is under way."""
        self._over.set()
        self._thread.join(seconds)

    def _run(self) -> None:
        while not self._over.wait(EVERY_SECONDS):
            try:
                look(self._runtime)
            except Exception as error:  # noqa: BLE001 (the next look must come; no text is logged)
                log.warning(
                    "clock not looked at", extra={"action": "clock_watch", "kind": type(error).__name__}
                )


def look(runtime: Runtime) -> None:
    """Raise the alarm where no clock has looked for minutes, or clear it."""
    now = utcnow()
    with runtime.sessions.begin() as session:
        last = tick_state.last_well(session, standing.LOOK)
        stopped = last is not None and now - last > STOPPED_AFTER
        told = alarms.set_alarm(session, standing.CLOCK, now, raised=stopped)
    if told is not None:
        watch.tell(runtime, told)
