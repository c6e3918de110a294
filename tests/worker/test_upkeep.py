"""Ticks: one row's error stops no other, what lost its job gets one and no second, turns leave no trace."""

from __future__ import annotations

import threading
import uuid
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select, text, update

from models import (
    DeadLetter,
    InboundMessage,
    KeptFigures,
    OutboxKind,
    OutboxMessage,
    StaffSession,
    TickState,
    Turn,
    TurnState,
    utcnow,
)
from outreach.casework import draft_case
from outreach.ground import jobs, tick_state
from outreach.messages import inbox, outbox
from outreach.messages.outbox import Content
from outreach.turns import fold
from worker import clock, rescue, ticks, upkeep
from worker.rows import each
from worker.runtime import make_runtime

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session, sessionmaker

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey
    from worker.runtime import Runtime

OLD = timedelta(minutes=5)


@pytest.fixture
def runtime(settings: Settings) -> Iterator[Runtime]:
    made = make_runtime(settings, pool_size=2)
    yield made
    made.engine.dispose()


def _wrote(session: Session, key: PersonalKey, number: int, ago: timedelta = OLD) -> uuid.UUID:
    params = {"MessageSid": [f"SM{number}"], "From": [f"whatsapp:+5233{number:08d}"], "Body": ["hola"]}
    row = session.get_one(InboundMessage, inbox.receive(session, key, params, utcnow() - ago))
    return row.conversation_id


def _jobs(session: Session) -> int:
    return session.scalar(text("SELECT count(*) FROM procrastinate_jobs")) or 0


@pytest.mark.parametrize("threads", [1, 8])
def test_an_error_in_one_row_stops_no_other(threads: int) -> None:
    """F1: all rows have their turn, and the tick still counts as failed."""
    done: list[int] = []

    def work(number: int) -> None:
        if number == 1:
            raise KeyError(number)
        done.append(number)

    with pytest.raises(KeyError):
        each("test", range(4), work, threads=threads)
    assert sorted(done) == [0, 2, 3]


def test_slow_rows_are_worked_on_side_by_side() -> None:
    """Four lookups that wait for a slow Twilio take as long as one."""
    together = threading.Barrier(4)

    def work(_row: int) -> None:
        together.wait(10)

    each("test", range(4), work, threads=4)
    assert not together.broken


def test_what_waits_without_a_job_gets_one_and_no_second(session: Session, key: PersonalKey) -> None:
    """F1, F7: pending messages, open turns and queued rows come back; a second round adds nothing."""
    for number in range(3):
        conversation = _wrote(session, key, number)
    session.add(
        Turn(conversation_id=conversation, state=TurnState.OPEN, attempts=1, created_at=utcnow() - OLD)
    )
    other = inbox.conversation_of(session, key, "whatsapp:+523399999999", utcnow())
    row = outbox.enqueue(session, key, other.id, OutboxKind.REPLY, Content("hola"))
    row.created_at = utcnow() - OLD
    session.flush()
    assert upkeep.requeue(session, utcnow()) == 0  # all have their job
    session.execute(text("DELETE FROM procrastinate_jobs"))
    assert upkeep.requeue(session, utcnow()) == 4
    assert _jobs(session) == 4
    for _ in range(3):
        assert upkeep.requeue(session, utcnow()) == 0
    assert _jobs(session) == 4


def test_a_long_queue_is_not_multiplied(session: Session, key: PersonalKey) -> None:
    """F7: thousands of rows that wait for their turn get no further job, in a handful of statements."""
    conversation = inbox.conversation_of(session, key, "whatsapp:+523399999999", utcnow())
    for number in range(300):
        row = outbox.enqueue(session, key, conversation.id, OutboxKind.REPLY, Content(f"{number}"))
        row.created_at = utcnow() - OLD
    session.flush()
    before = _jobs(session)
    assert upkeep.requeue(session, utcnow()) == 0
    assert _jobs(session) == before
    session.execute(text("DELETE FROM procrastinate_jobs"))
    assert upkeep.requeue(session, utcnow()) == 300


def test_a_failing_part_of_the_sweep_stops_no_other(
    sessions: sessionmaker[Session], runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F1: what has expired goes, though something else in the same tick raises."""

    def raising(*_: object) -> None:
        raise ValueError

    monkeypatch.setattr(draft_case, "forget_expired", raising)
    with pytest.raises(ValueError):  # noqa: PT011 (the one that was raised above)
        upkeep.sweep(runtime)
    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(StaffSession)) == 0


def test_a_tick_that_goes_on_failing_is_told_once(
    sessions: sessionmaker[Session], runtime: Runtime, caplog: pytest.LogCaptureFixture
) -> None:
    """F1: failures in a row are counted; the fifth writes a dead letter, the sixth no other."""
    broken = [True]

    def tick(_: Runtime) -> None:
        if broken[0]:
            raise KeyError("canario")

    for _ in range(tick_state.MOST_FAILURES + 1):
        clock._guarded(tick, runtime, lambda: True)
    with sessions() as session:
        assert session.get_one(TickState, "tick").failures == tick_state.MOST_FAILURES + 1
        assert session.scalars(select(DeadLetter.error)).all() == ["tick: KeyError"]
    with sessions.begin() as session:
        session.scalars(select(DeadLetter)).one().closed_at = utcnow()
    for _ in range(tick_state.MOST_FAILURES):
        clock._guarded(tick, runtime, lambda: True)
    with sessions() as session:
        still = select(DeadLetter).where(DeadLetter.closed_at.is_(None))
        assert len(session.scalars(still).all()) == 1, "closed while it still failed, it comes again"
    broken[0] = False
    clock._guarded(tick, runtime, lambda: True)
    with sessions() as session:
        assert session.get_one(TickState, "tick").failures == 0
    assert "canario" not in caplog.text


def test_jobs_of_a_dead_worker_are_given_back(sessions: sessionmaker[Session], runtime: Runtime) -> None:
    """P2: a job that a worker died over runs again; one that kills workers is given up as a dead letter."""
    conversations = [uuid.uuid4() for _ in range(3)]
    with sessions.begin() as session:
        for conversation in conversations:
            jobs.defer_turn(session, conversation)
        jobs.defer_wake(session, conversations[0], utcnow())
        session.execute(text("UPDATE procrastinate_jobs SET status = 'doing'"))
        # One has taken five workers with it; another wake of the same conversation waits already.
        session.execute(
            text("UPDATE procrastinate_jobs SET attempts = 5 WHERE lock = :lock"),
            {"lock": f"turn:{conversations[2]}"},
        )
        jobs.defer_wake(session, conversations[0], utcnow())
    ticks.rescue_jobs(runtime)
    with sessions() as session:
        found = session.execute(text("SELECT task_name, status FROM procrastinate_jobs ORDER BY id")).all()
        assert [tuple(row) for row in found] == [
            ("worker.take_turn", "todo"),
            ("worker.take_turn", "todo"),
            ("worker.wake_turn", "todo"),
        ]
        letter = session.scalars(select(DeadLetter)).one()
        assert (letter.kind, letter.subject_id, letter.error) == ("job", conversations[2], "worker.take_turn")


def test_a_job_that_kills_workers_is_given_up_though_she_writes_on(
    sessions: sessionmaker[Session], runtime: Runtime
) -> None:
    """P2: each of her messages has a job wait behind the one that dies, which must not be counted anew."""
    conversation = uuid.uuid4()
    for _ in range(rescue.MOST_RESCUES + 1):
        with sessions.begin() as session:
            jobs.defer_turn(session, conversation)
            session.execute(text("UPDATE procrastinate_jobs SET status = 'doing'"))
            jobs.defer_turn(session, conversation)
        ticks.rescue_jobs(runtime)
    with sessions() as session:
        letter = session.scalars(select(DeadLetter)).one()
        assert (letter.kind, letter.subject_id, letter.error) == ("job", conversation, "worker.take_turn")


def test_ended_turns_are_folded(session: Session, key: PersonalKey) -> None:
    """P4: an hour later no row tells which messages were answered together, or that one did not wait."""
    conversation = _wrote(session, key, 1)
    first = session.scalars(select(InboundMessage)).one()
    now, turns = utcnow(), []
    for hours in (5, 4, 3):
        made = Turn(
            conversation_id=conversation, state=TurnState.ANSWERED, created_at=now - timedelta(hours=hours)
        )
        session.add(made)
        turns.append(made)
    fresh = Turn(conversation_id=conversation, state=TurnState.ANSWERED, created_at=now)
    session.add(fresh)
    session.flush()
    first.turn_id = turns[0].id
    row = outbox.enqueue(session, key, conversation, OutboxKind.REPLY, Content("hola"), turn_id=turns[1].id)
    session.flush()
    assert fold.fold_ended(session, now) == 2
    session.expire_all()
    kept = set(session.scalars(select(Turn.id)))
    assert kept == {turns[2].id, fresh.id}
    assert session.get_one(InboundMessage, first.id).turn_id == turns[2].id
    assert session.get_one(OutboxMessage, row.id).turn_id == turns[2].id
    assert fold.fold_ended(session, now) == 0


def test_old_versions_of_rows_are_vacuumed(runtime: Runtime, session: Session, key: PersonalKey) -> None:
    """P4: where a word stood until its turn was over, no old version of the row is kept for long."""
    for number in range(50):
        params = {"MessageSid": [f"SM{number}"], "From": ["whatsapp:+523312345678"], "Body": ["hola"]}
        inbox.receive(session, key, params, utcnow())
    session.commit()
    session.execute(text("UPDATE inbound_message SET body_cipher = 'x'"))
    session.commit()
    before = session.scalar(text("SELECT pg_current_wal_lsn()"))
    session.commit()
    upkeep.tidy(runtime)
    vacuumed = text("SELECT relname FROM pg_stat_user_tables WHERE last_vacuum IS NOT NULL")
    assert set(session.scalars(vacuumed)) == {model.__tablename__ for model in upkeep.BLANKED}
    # The file of the log in which they were written is over.
    assert session.scalar(text(f"SELECT pg_walfile_name(pg_current_wal_lsn()) > pg_walfile_name('{before}')"))


def test_results_are_counted_once_a_day(runtime: Runtime, session: Session) -> None:
    """The clock looks often and counts where what is kept is nearly a day old."""
    for _ in range(2):
        upkeep.count_results(runtime)
    counted = session.scalars(select(KeptFigures.counted_at)).one()
    session.execute(update(KeptFigures).values(counted_at=counted - timedelta(hours=23)))
    session.commit()
    upkeep.count_results(runtime)
    assert session.scalars(select(KeptFigures.counted_at)).one() > counted
    assert clock.WHEEL[upkeep.count_results] <= 3600


def test_a_server_that_is_not_ours_may_refuse(
    runtime: Runtime, session: Session, settings: Settings, database_url: str
) -> None:
    """Without the rights for the log's part the tables are vacuumed all the same, and no tick fails."""
    role = f"guest_{uuid.uuid4().hex[:8]}"
    session.execute(text(f"CREATE ROLE {role} LOGIN"))
    session.execute(text(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}"))
    session.commit()
    guest = make_runtime(replace(settings, database_url=database_url.replace("//postgres:", f"//{role}:")))
    try:
        with guest.sessions() as asked:
            assert asked.scalar(text("SELECT current_user")) == role
        upkeep.tidy(guest)
    finally:
        guest.engine.dispose()
        session.execute(text(f"DROP OWNED BY {role}"))
        session.execute(text(f"DROP ROLE {role}"))
        session.commit()
