"""The queue is looked at when a lock is let go and when a moment has come, not only at the worker's poll."""

from __future__ import annotations

import threading
import uuid
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import psycopg
from sqlalchemy import event, text

from models import utcnow
from outreach.ground import jobs
from outreach.ground.database import make_readers
from worker.waker import Waker

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session, sessionmaker

CHANNEL = "procrastinate_queue_v1#conversation"


@contextmanager
def listening(database_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(f'LISTEN "{CHANNEL}"')
        yield connection


def heard(connection: psycopg.Connection, seconds: float) -> int:
    return len(list(connection.notifies(timeout=seconds, stop_after=1)))


def fetch(sessions: sessionmaker[Session]) -> int | None:
    with sessions.begin() as session:
        worker = session.scalar(text("SELECT worker_id FROM procrastinate_register_worker_v1()"))
        job: int | None = session.scalar(
            text("SELECT id FROM procrastinate_fetch_job_v2(ARRAY['conversation'], :worker)"),
            {"worker": worker},
        )
        return job


def finish(sessions: sessionmaker[Session], job: int | None) -> None:
    with sessions.begin() as session:
        session.execute(text("SELECT procrastinate_finish_job_v1(:job, 'succeeded', true)"), {"job": job})


def test_a_lock_let_go_is_told_to_who_waits_for_it(
    sessions: sessionmaker[Session], database_url: str
) -> None:
    conversation = uuid.uuid4()
    with sessions.begin() as session:
        jobs.defer_turn(session, conversation)
    first = fetch(sessions)
    assert first is not None
    with sessions.begin() as session:
        jobs.defer_turn(session, conversation)
    assert fetch(sessions) is None
    with listening(database_url) as connection:
        finish(sessions, first)
        assert heard(connection, 5.0) == 1
    assert fetch(sessions) is not None


def test_nothing_is_told_of_a_job_without_a_lock(sessions: sessionmaker[Session], database_url: str) -> None:
    with sessions.begin() as session:
        jobs.defer_wake(session, uuid.uuid4(), utcnow())
    job = fetch(sessions)
    assert job is not None
    with listening(database_url) as connection:
        finish(sessions, job)
        assert heard(connection, 0.3) == 0


def test_a_moment_is_told_when_it_has_come(engine: Engine, database_url: str) -> None:
    waker = Waker(make_readers(engine), jobs.CONVERSATION)
    try:
        with listening(database_url) as connection:
            waker.at(utcnow() + timedelta(seconds=0.6))
            assert heard(connection, 0.2) == 0
            assert heard(connection, 10.0) == 1
    finally:
        waker.stop()


def test_a_database_that_is_away_costs_the_hint_alone(engine: Engine, database_url: str) -> None:
    """The job waits in its table: the timer's error must not end its thread."""
    waker = Waker(make_readers(engine), "no_such_queue")
    try:
        engine.dispose()
        with engine.begin() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        waker._tell()
        waker._queue = jobs.CONVERSATION
        with listening(database_url) as connection:
            waker.at(utcnow())
            assert heard(connection, 10.0) == 1
    finally:
        waker.stop()


def test_a_stop_waits_for_the_hint_that_is_being_given(engine: Engine) -> None:
    """What it has in hand gives its connection back before the caller disposes of the pool."""
    inside, go_on, ended = threading.Event(), threading.Event(), threading.Event()

    def held(_connection: object, _entry: object) -> None:
        inside.set()
        go_on.wait(10.0)
        ended.set()

    waker = Waker(make_readers(engine), jobs.CONVERSATION)
    event.listen(engine, "checkin", held)
    try:
        waker.at(utcnow())
        assert inside.wait(10.0)
        threading.Timer(0.2, go_on.set).start()
    finally:
        waker.stop()
    assert ended.is_set()


def test_a_stop_does_not_wait_for_ever(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    inside, go_on = threading.Event(), threading.Event()

    def held(_connection: object, _entry: object) -> None:
        inside.set()
        go_on.wait(10.0)

    monkeypatch.setattr("worker.waker.LONGEST_END_SECONDS", 0.1)
    waker = Waker(make_readers(engine), jobs.CONVERSATION)
    event.listen(engine, "checkin", held)
    waker.at(utcnow())
    assert inside.wait(10.0)
    waker.stop()
    assert not go_on.is_set()
    go_on.set()
    with waker._telling:
        pass
