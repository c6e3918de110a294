"""The worker looks when there is something to find; its own two looks a second are switched off here."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import procrastinate

from models import utcnow
from worker.prompt import Alarm, PromptWorker

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Before = Callable[[procrastinate.App, Alarm], Awaitable[None]]

NEVER = 600.0


def _ran(database_url: str, expected: int, before: Before, meanwhile: Before | None = None) -> list[int]:
    """The jobs that were run, once so many were; a worker that waits for its next look is too late."""
    done: list[int] = []

    async def work() -> None:
        app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=database_url))
        enough = asyncio.Event()

        @app.task(name="note")
        async def note(number: int) -> None:
            done.append(number)
            if len(done) == expected:
                enough.set()

        async with app.open_async():
            alarm = Alarm()
            worker = PromptWorker(
                app, concurrency=4, fetch_job_polling_interval=NEVER, install_signal_handlers=False
            )
            alarm.connect(worker.ring_in)
            await before(app, alarm)
            running = asyncio.create_task(worker.run())  # type: ignore[no-untyped-call]
            if meanwhile is not None:
                await meanwhile(app, alarm)
            await asyncio.wait_for(enough.wait(), 20)
            worker.stop()  # type: ignore[no-untyped-call]
            await running

    asyncio.run(work())
    return done


def test_a_job_is_taken_as_soon_as_its_lock_is_let_go(database_url: str) -> None:
    """P2: one at a time and in order, without a pause between them."""

    async def three(app: procrastinate.App, _alarm: Alarm) -> None:
        for number in range(3):
            await app.configure_task("note", lock="one woman").defer_async(number=number)

    assert _ran(database_url, 3, three) == [0, 1, 2]


def test_a_job_is_taken_when_its_moment_comes(database_url: str) -> None:
    """A burst is over when it is over, not when the worker happens to look."""

    async def nothing(_app: procrastinate.App, _alarm: Alarm) -> None:
        pass

    async def later(app: procrastinate.App, alarm: Alarm) -> None:
        await asyncio.sleep(0.5)
        moment = utcnow() + timedelta(seconds=1)
        await app.configure_task("note", schedule_at=moment).defer_async(number=7)
        alarm.at(moment)

    assert _ran(database_url, 1, nothing, later) == [7]


def test_a_job_that_comes_while_the_worker_looks_is_not_forgotten(database_url: str) -> None:
    """The call of a job is heard also where the worker was just told that there is none."""

    async def comes_late(app: procrastinate.App, _alarm: Alarm) -> None:
        fetch = app.job_manager.fetch_job
        found_none: list[bool] = []

        async def slow(**named: Any) -> Any:
            job = await fetch(**named)
            if job is None and not found_none:
                found_none.append(True)
                await asyncio.sleep(0.5)  # until the worker listens
                await app.configure_task("note").defer_async(number=9)
                await asyncio.sleep(0.5)  # until it has heard
            return job

        app.job_manager.fetch_job = slow  # type: ignore[method-assign,assignment] # the worst moment

    assert _ran(database_url, 1, comes_late) == [9]
