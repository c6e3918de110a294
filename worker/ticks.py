"""What the clock does on each tick. Truth about *when* lives in tables; ticks only look.

Each tick is safe to run twice, late, or on two clocks at once. An error in one row never stops the others:
it is raised when they are done, so that the clock counts it (`outreach.ground.tick_state`).
"""

from __future__ import annotations

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

from models import utcnow
from outreach.campaigns import campaigns, reminders
from outreach.casework import holding, pending
from outreach.messages import reconcile, redaction, unlinking
from outreach.programme import notices_due
from worker.doubts import look_up
from worker.rescue import rescue_jobs
from worker.rows import each
from worker.upkeep import sweep, wake_forgotten

if TYPE_CHECKING:
    import uuid

    from worker.runtime import Runtime

__all__ = ["rescue_jobs", "sweep", "wake_forgotten"]
log = logging.getLogger("avanza.clock")
LOOK_UP_CALLS = 8
"""Where Twilio is slow a look takes ten seconds, and a campaign may have left a thousand in doubt."""
REDACTING_SECONDS = 10.0
REDACTING_CALLS = 8


def send_reminders(runtime: Runtime) -> None:
    """Hand over the notices of changed sessions and the reminders that are due, a batch of each."""
    with runtime.sessions.begin() as session:
        notices_due.send_due(session, runtime.key, runtime.settings, utcnow())
    with runtime.sessions.begin() as session:
        reminders.send_due(session, runtime.key, runtime.settings, utcnow())


def plan_reminders(runtime: Runtime) -> None:
    """Plan the reminders of sessions that are near."""
    with runtime.sessions.begin() as session:
        reminders.plan(session, runtime.key, runtime.settings, utcnow())


def run_campaigns(runtime: Runtime) -> None:
    """Hand over the next batch of the campaigns that are due."""
    with runtime.sessions.begin() as session:
        campaigns.run_due(session, runtime.key, utcnow(), settings=runtime.settings)


def release_abandoned(runtime: Runtime) -> None:
    """Release the conversations whose caseworker is gone, and end the shifts of those who are."""
    with runtime.sessions.begin() as session:
        holding.release_abandoned(session, runtime.key, runtime.settings, utcnow())


def send_stored(runtime: Runtime) -> None:
    """Send the texts of caseworkers that wait for an hour which has come, and end the waiting of the old."""
    with runtime.readers() as session:
        due = pending.due(session, runtime.key, utcnow())
    each("send_stored", due, lambda case_id: _send_stored(runtime, case_id))


def _send_stored(runtime: Runtime, case_id: uuid.UUID) -> None:
    with runtime.sessions.begin() as session:
        pending.send_due(session, runtime.key, case_id, utcnow())


def settle_doubts(runtime: Runtime) -> None:
    """Mark lost calls, then prove or disprove what is in doubt."""
    with runtime.sessions.begin() as session:
        reconcile.mark_lost_calls(session, runtime.key, utcnow())
        doubtful = reconcile.in_doubt(session, utcnow())
    each("settle_doubts", doubtful, lambda outbox_id: look_up(runtime, outbox_id), threads=LOOK_UP_CALLS)


def redact(runtime: Runtime) -> None:
    """Take confidential texts away at Twilio once they have passed, hers and ours.

    Stops after ten seconds; the rest is for the next tick.
    """
    until = time.monotonic() + REDACTING_SECONDS
    with ThreadPoolExecutor(REDACTING_CALLS) as pool:
        while time.monotonic() < until:
            with runtime.sessions.begin() as session:
                looked = redaction.look(session, runtime.key, utcnow())
            if not looked:
                return
            gone = list(pool.map(partial(_redact, runtime, looked), looked.owed))
            refused = {sid for sid, done in zip(looked.owed, gone, strict=True) if not done}
            with runtime.sessions.begin() as session:
                redaction.settle(session, looked, refused, utcnow())


def _redact(runtime: Runtime, looked: redaction.Look, sid: str) -> bool:
    return runtime.twilio.redact(sid, files=sid in looked.with_files)


def unlink(runtime: Runtime) -> None:
    """Cut the ties of messages that are over to the conversations they went to."""
    until = time.monotonic() + REDACTING_SECONDS
    while time.monotonic() < until:
        with runtime.sessions.begin() as session:
            if not unlinking.unlink(session, runtime.key, utcnow()):
                return
