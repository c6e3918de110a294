"""P2: a job whose end the database lost is given back while its worker lives; one in hand is left alone."""

from __future__ import annotations

import asyncio
import threading
import uuid
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from outreach.ground import jobs
from worker import main
from worker.lost_ends import LostEnds
from worker.runtime import make_runtime

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from procrastinate.worker import Worker
    from sqlalchemy.orm import Session, sessionmaker

    from outreach.ground.settings import Settings
    from worker.runtime import Runtime

LOSE = """
CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE TRIGGER lose BEFORE DELETE ON procrastinate_jobs FOR EACH ROW EXECUTE FUNCTION lose();
"""
FIND_AGAIN = "DROP TRIGGER lose ON procrastinate_jobs"
SECONDS = 15.0


@pytest.fixture
def runtime(settings: Settings) -> Iterator[Runtime]:
    made = make_runtime(settings, pool_size=3)
    yield made
    made.engine.dispose()


@asynccontextmanager
async def working(settings: Settings, runtime: Runtime, ends: LostEnds) -> AsyncIterator[Worker]:
    """One worker of conversations at work, its jobs looked after by hand."""
    async with AsyncExitStack() as stack:
        worker = await main._worker(stack, settings, jobs.CONVERSATION, runtime, ends)
        ends._workers = [worker]
        running = asyncio.create_task(worker.run())  # type: ignore[no-untyped-call] # of the library
        try:
            yield worker
            assert not running.done(), "the worker lived all the while"
        finally:
            worker.stop()  # type: ignore[no-untyped-call] # of the library
            await running


async def until(happened: threading.Event) -> None:
    assert await asyncio.to_thread(happened.wait, SECONDS)


def states(sessions: sessionmaker[Session]) -> list[str]:
    with sessions() as session:
        return list(session.scalars(text("SELECT status::text FROM procrastinate_jobs ORDER BY id")))


async def come(holds: Callable[[], bool]) -> None:
    for _ in range(int(SECONDS / 0.02)):
        if holds():
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"not within {SECONDS} s")


def test_a_job_whose_end_was_lost_runs_again(
    settings: Settings, runtime: Runtime, sessions: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[threading.Event] = [threading.Event(), threading.Event()]
    waiting = iter(ran)
    monkeypatch.setattr("worker.steps.take_turn", lambda _runtime, _conversation: next(waiting).set())
    ends = LostEnds(runtime)

    async def scene() -> None:
        async with working(settings, runtime, ends) as worker:
            with sessions.begin() as session:
                session.execute(text(LOSE))
                jobs.defer_turn(session, uuid.uuid4())
            await until(ran[0])
            await come(lambda: not worker._running_jobs)
            with sessions.begin() as session:
                session.execute(text(FIND_AGAIN))
            await asyncio.to_thread(ends.look)
            assert states(sessions) == ["doing"], "once seen is not enough"
            await asyncio.to_thread(ends.look)
            await until(ran[1])
            await come(lambda: states(sessions) == [])

    asyncio.run(scene())


def test_a_job_in_hand_and_those_of_others_are_left_alone(
    settings: Settings, runtime: Runtime, sessions: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def held(_runtime: Runtime, _conversation: uuid.UUID) -> None:
        begun.set()
        go_on.wait(SECONDS)

    monkeypatch.setattr("worker.steps.take_turn", held)
    ends = LostEnds(runtime)
    with sessions.begin() as session:
        other = session.scalar(text("SELECT worker_id FROM procrastinate_register_worker_v1()"))
        jobs.defer_turn(session, uuid.uuid4())
        session.execute(
            text("UPDATE procrastinate_jobs SET status = 'doing', worker_id = :other"), {"other": other}
        )

    async def scene() -> None:
        async with working(settings, runtime, ends):
            with sessions.begin() as session:
                jobs.defer_turn(session, uuid.uuid4())
            await until(begun)
            for _ in range(3):
                await asyncio.to_thread(ends.look)
            assert states(sessions) == ["doing", "doing"]
            go_on.set()
            await come(lambda: states(sessions) == ["doing"])

    asyncio.run(scene())
