"""The clock process: APScheduler turns the wheel, the elected clock does the work."""

from __future__ import annotations

import logging
import signal
import threading
import time
from datetime import timedelta
from functools import partial
from queue import SimpleQueue
from typing import TYPE_CHECKING

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.exc import SQLAlchemyError

from models import by_machine, utcnow
from outreach.ground import database, tick_state
from worker import (
    alerting,
    backing_up,
    batches,
    clock_moves,
    contents,
    following,
    importing,
    keeping,
    linking,
    media,
    rekeying,
    standing,
    ticks,
    upkeep,
    watch,
)
from worker.leadership import Leadership
from worker.liveness import Liveness
from worker.runtime import make_runtime

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from outreach.ground.settings import Settings
    from worker.runtime import Runtime

log = logging.getLogger("avanza.clock")
NOTE_SECONDS = 30.0
"""A tick that goes well says so this often; one that fails says so each time."""
ELECT_SECONDS = 2.0
HUNG_SECONDS = 900.0
"""So long without a free thread is no long tick: all of them hang (`liveness`)."""
STOP_SECONDS = 2.0
"""How long a tick may go on after a stop was asked for; the supervisor ends the process after three."""
_noted: dict[str, float] = {}

SOON_SECONDS = 5.0
"""How long after its start a clock takes the first turn of what it does less often than that."""
# Seconds between two runs of each tick.
WHEEL: dict[Callable[[Runtime], None], float] = {
    ticks.send_reminders: 1.0,
    ticks.run_campaigns: 2.0,
    batches.wake_batches: 2.0,
    media.wake_media: 2.0,
    ticks.rescue_jobs: 5.0,
    ticks.settle_doubts: 5.0,
    ticks.release_abandoned: 5.0,
    ticks.send_stored: 5.0,
    ticks.plan_reminders: 5.0,
    ticks.redact: 15.0,
    ticks.unlink: 20.0,
    contents.sync_templates: 10.0,
    contents.send_trials: 2.0,
    following.follow_campaigns: 20.0,
    following.count_sending: 60.0,
    alerting.alert: 5.0,
    watch.watch: 10.0,
    standing.note_standing: 10.0,
    backing_up.back_up: 30.0,
    rekeying.rekey: 2.0,
    upkeep.wake_forgotten: 10.0,
    importing.wake_imports: 10.0,
    importing.tidy_imports: 60.0,
    upkeep.sweep: 60.0,
    upkeep.invite: 20.0,
    upkeep.fill_seats: 20.0,
    upkeep.tidy_files: 10.0,
    upkeep.finish_erasures: 30.0,
    linking.compare_list: 60.0,
    linking.compare_newcomers: 30.0,
    keeping.block_and_erase: 60.0,
    keeping.announce: 60.0,
    upkeep.tidy: 60.0,
    upkeep.count_results: 60.0,
}
# What is done more seldom than the wheel turns. The last run is asked of the database: counted from a start,
# an hour never passes for a clock that is restarted within it, or that leads only between two full hours.
RESTS: dict[Callable[[Runtime], None], timedelta] = {
    importing.tidy_imports: timedelta(minutes=10),
    keeping.announce: timedelta(hours=1),
    linking.compare_list: timedelta(minutes=1),
    upkeep.tidy: timedelta(hours=1),
    following.count_sending: timedelta(hours=1),
    upkeep.count_results: timedelta(minutes=10),
}
STEADY = (*(tick.__name__ for tick in WHEEL if tick not in RESTS), *tick_state.SERVES.values())
"""What notes that it goes well all the time: a jump of the demo's clock is no time in which it did not."""


def run(settings: Settings) -> int:
    """Run until SIGTERM or SIGINT; return 0 within some seconds after it.

    A tick that still goes on then is cut off as by a crash, which each tick allows for: the caller has to end
    the process without waiting for its thread.
    """
    runtime = make_runtime(settings, pool_size=6 + ticks.LOOK_UP_CALLS)
    database.check(runtime.engine, patience=30.0)
    leadership = Leadership(runtime.engine)
    executor = ThreadPoolExecutor(4)
    scheduler = BackgroundScheduler(
        executors={"default": executor},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        timezone="UTC",
    )
    leadership.elect()
    stopping = threading.Event()

    def leads() -> bool:
        return not stopping.is_set() and leadership.held()

    liveness = Liveness("clock", HUNG_SECONDS)

    def elect() -> None:
        liveness.seen()
        leadership.elect()

    scheduler.add_job(elect, "interval", seconds=ELECT_SECONDS)
    for tick, seconds in WHEEL.items():
        scheduler.add_job(
            _guarded,
            "interval",
            seconds=seconds,
            args=(tick, runtime, leads),
            name=tick.__name__,
            next_run_time=by_machine(utcnow()) + timedelta(seconds=min(seconds, SOON_SECONDS)),
        )

    moves = clock_moves.for_simulator(runtime, partial(_turn_once, runtime, leads), leads, STEADY)
    if moves is not None:
        scheduler.add_job(moves.look, "interval", seconds=clock_moves.LOOK_SECONDS)

    asked = _asked_to_stop()
    scheduler.start()
    liveness.start()
    asked.get()
    stopping.set()
    liveness.stop()
    scheduler.shutdown(wait=False)
    if _ended(executor):
        leadership.release()
        runtime.engine.dispose()
    return 0


def _asked_to_stop() -> SimpleQueue[int]:
    """Return what SIGTERM and SIGINT are put into.

    A handler runs in the middle of whatever the main thread does. Setting an `Event` or ending a pool there
    hangs for ever where the interrupted code holds its lock; `SimpleQueue.put` is made for it.
    """
    asked: SimpleQueue[int] = SimpleQueue()

    def stop(number: int, _frame: FrameType | None) -> None:
        asked.put(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    return asked


def _ended(executor: ThreadPoolExecutor) -> bool:
    """Wait for the ticks that run, not for long; say whether they ended."""
    waiting = threading.Thread(target=executor.shutdown, name="clock-stop", daemon=True)
    waiting.start()
    waiting.join(STOP_SECONDS)
    if waiting.is_alive():
        log.warning("ticks cut off", extra={"action": "ticks_cut_off"})
        return False
    return True


def _turn_once(runtime: Runtime, leads: Callable[[], bool]) -> None:
    """Do what the wheel does, once and in its order; what rests between two runs has its own turn."""
    for tick in WHEEL:
        if tick in RESTS:
            continue
        _guarded(tick, runtime, leads)


def _guarded(tick: Callable[[Runtime], None], runtime: Runtime, leads: Callable[[], bool]) -> None:
    """Run a tick where this clock leads and it is due; one failure must not stop the wheel."""
    if not leads():
        return
    try:
        if not _is_due(tick, runtime):
            return
        tick(runtime)
    except Exception as error:  # noqa: BLE001 (whatever it was, the next tick must come; no text is logged)
        log.error("tick failed", extra={"action": tick.__name__, "kind": type(error).__name__})  # noqa: TRY400 (a traceback may quote data)
        _note(tick, runtime, error)
    else:
        if time.monotonic() - _noted.get(tick.__name__, float("-inf")) >= NOTE_SECONDS:
            _note(tick, runtime, None)


def _is_due(tick: Callable[[Runtime], None], runtime: Runtime) -> bool:
    rest = RESTS.get(tick)
    if rest is None:
        return True
    now = utcnow()
    with runtime.readers() as session:
        last = tick_state.last_well(session, tick.__name__)
    # A time to come is of a clock that was put back.
    return last is None or not now - rest < last <= now


def _note(tick: Callable[[Runtime], None], runtime: Runtime, error: Exception | None) -> None:
    """Keep how the tick went; the database may be what failed."""
    name = tick.__name__
    try:
        with runtime.sessions.begin() as session:
            if error is None:
                tick_state.went_well(session, name, utcnow())
                _noted[name] = time.monotonic()
            else:
                _noted.pop(name, None)
                tick_state.failed(session, name, error, utcnow())
    except SQLAlchemyError as worse:
        log.warning("tick not noted", extra={"action": name, "kind": type(worse).__name__})
