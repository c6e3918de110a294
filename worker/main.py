"""The worker process: takes jobs off the queue until it is told to stop."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from outreach.ground import database
from worker.prompt import PromptWorker
from worker.runtime import make_runtime
from worker.tasks import make_app

if TYPE_CHECKING:
    from procrastinate import App

    from outreach.ground.settings import Settings
    from worker.prompt import Alarm

CONCURRENCY = 12
# A call to Twilio takes ten seconds at most; the supervisor ends what still runs after twelve.
GRACEFUL_SECONDS = 10.5
HEARTBEAT_SECONDS, STALLED_SECONDS = 3.0, 12.0


def run(settings: Settings) -> int:
    """Run until SIGTERM or SIGINT; return 0 after a clean stop."""
    runtime = make_runtime(settings)
    database.check(runtime.engine, patience=30.0)
    app = make_app(runtime, database.database_url(settings))
    asyncio.run(_work(app, runtime.alarm))
    runtime.engine.dispose()
    return 0


async def _work(app: App, alarm: Alarm) -> None:
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(CONCURRENCY))
    async with app.open_async():
        worker = PromptWorker(
            app,
            concurrency=CONCURRENCY,
            fetch_job_polling_interval=0.5,
            shutdown_graceful_timeout=GRACEFUL_SECONDS,
            update_heartbeat_interval=HEARTBEAT_SECONDS,
            stalled_worker_timeout=STALLED_SECONDS,
            delete_jobs="successful",
        )
        alarm.connect(worker.ring_in)
        await worker.run()  # type: ignore[no-untyped-call] # of the library
