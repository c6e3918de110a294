"""The worker process: two queues with threads and connections of their own, and the priority lane.

What is initiated by us (`bulk`) can use neither the threads nor the database connections of conversations;
the lane has its own of both.
"""

from __future__ import annotations

import asyncio
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from procrastinate.worker import Worker

from outreach.ground import database, jobs
from outreach.messages.speech.choice import Ears
from worker.clock_watch import ClockWatch
from worker.lane import Lane
from worker.liveness import Liveness
from worker.lost_ends import LostEnds
from worker.runtime import Watch, make_runtime
from worker.tasks import make_app
from worker.waker import Waker

if TYPE_CHECKING:
    from outreach.ground.settings import Settings
    from worker.runtime import Runtime

CONVERSATION_THREADS, BULK_THREADS, LANE_CONNECTIONS = 12, 4, 5
# Procrastinate hears of new jobs at once, of a lock that was let go by a trigger of ours, and of the end of a
# burst by `waker`; other moments (a further attempt) wait for the next look (decision 22).
LOOK_SECONDS = {jobs.CONVERSATION: 0.1, jobs.BULK: 0.4}
# A call to Twilio takes ten seconds at most; the supervisor ends what still runs after twelve.
GRACEFUL_SECONDS = 10.5
HUNG_SECONDS = 120.0
WARM_AFTER_SECONDS = 15.0
"""From then on the engine that listens to notes is there: not while all processes start at once."""


def run(settings: Settings) -> int:
    """Run until SIGTERM or SIGINT; return 0 after a clean stop."""
    watch, ears = Watch(), Ears(settings)
    conversation = make_runtime(settings, pool_size=CONVERSATION_THREADS + 3, watch=watch, ears=ears)
    bulk = make_runtime(settings, pool_size=BULK_THREADS, ears=ears)
    lane = make_runtime(settings, pool_size=LANE_CONNECTIONS, watch=watch, ears=ears)
    database.check(conversation.engine, patience=30.0)
    waker = Waker(conversation.readers, jobs.CONVERSATION)
    conversation = replace(conversation, wake_at=waker.at)
    first = Lane(lane)
    first.start()
    clocks = ClockWatch(bulk)
    clocks.start()
    warming = threading.Timer(WARM_AFTER_SECONDS, ears.warm)
    warming.daemon = True
    warming.start()
    ends = LostEnds(bulk)
    asyncio.run(_work(settings, {jobs.CONVERSATION: conversation, jobs.BULK: bulk}, ears, ends))
    warming.cancel()
    ends.stop(GRACEFUL_SECONDS / 10)
    clocks.stop(GRACEFUL_SECONDS / 10)
    waker.stop()
    first.stop(GRACEFUL_SECONDS / 2)
    ears.close()
    for runtime in (conversation, bulk, lane):
        runtime.engine.dispose()
    return 0


async def _work(settings: Settings, runtimes: dict[str, Runtime], ears: Ears, ends: LostEnds) -> None:
    loop = asyncio.get_running_loop()
    # Each worker's concurrency keeps it to its share of the threads.
    loop.set_default_executor(ThreadPoolExecutor(CONVERSATION_THREADS + BULK_THREADS))
    async with AsyncExitStack() as stack:
        workers = [
            await _worker(stack, settings, queue, runtime, ends) for queue, runtime in runtimes.items()
        ]
        ends.start(workers)
        beating = asyncio.create_task(_beat())

        def stop() -> None:
            for worker in workers:
                worker.stop()  # type: ignore[no-untyped-call] # of the library
            # A note may take longer than a stop may: another worker hears it anew.
            threading.Thread(target=ears.close, name="ears-close", daemon=True).start()

        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop)
        # Where one ends by an error the other ends too, and the supervisor starts the process again.
        running = [asyncio.create_task(worker.run()) for worker in workers]  # type: ignore[no-untyped-call] # of the library
        await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        stop()
        beating.cancel()
        await asyncio.gather(*running)


async def _beat() -> None:
    """Show that the loop which takes jobs turns, until it is cancelled."""
    liveness = Liveness("worker", HUNG_SECONDS)
    liveness.start()
    try:
        while True:
            liveness.seen()
            await asyncio.sleep(1.0)
    finally:
        liveness.stop()


async def _worker(
    stack: AsyncExitStack, settings: Settings, queue: str, runtime: Runtime, ends: LostEnds
) -> Worker:
    app = make_app(runtime, database.database_url(settings))
    await stack.enter_async_context(app.open_async())
    return Worker(
        app,
        queues=[queue],
        name=queue,
        concurrency=CONVERSATION_THREADS if queue == jobs.CONVERSATION else BULK_THREADS,
        fetch_job_polling_interval=LOOK_SECONDS[queue],
        shutdown_graceful_timeout=GRACEFUL_SECONDS,
        update_heartbeat_interval=jobs.HEARTBEAT_SECONDS,
        stalled_worker_timeout=jobs.STALLED_SECONDS,
        install_signal_handlers=False,
        delete_jobs="always",
        worker_middleware=[ends.hold],
    )
