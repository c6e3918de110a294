"""The priority lane: danger overtakes whatever waits, and nothing else does."""

from __future__ import annotations

import threading
import time
import uuid
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, text, update
from standins import accepted, receipt, serving

from models import Conversation, InboundMessage, OutboxMessage, Turn, utcnow
from outreach.ground import jobs
from outreach.messages import conversation_state, inbox
from worker import locks
from worker.lane import Lane
from worker.newest import Newest
from worker.runtime import make_runtime

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session, sessionmaker

    from outreach.ground.settings import Settings
    from worker.runtime import Runtime

pytestmark = pytest.mark.usefixtures("recovery_key")
SECONDS = 15.0


class Stage:
    """A Rasa and a Twilio that note what reaches them."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self.sessions = sessions
        self.judged: list[str] = []
        self.sent: list[str] = []
        self.rasa_is_away = False
        self._count = 0

    def answer(self, _method: str, path: str, body: Any) -> tuple[int, Any] | None:
        """Answer as Rasa or as Twilio."""
        if path.endswith("/understand"):
            if self.rasa_is_away:
                return None
            self.judged.append(body["text"])
            return 200, {
                "intent": "x",
                "risk": "danger" if "cuchillo" in body["text"] else "none",
                "tier": "sure",
            }
        if path.endswith("/webhook"):
            lines = [{"text": "Llama al 911."}, {"text": "¿Quieres que te busquen?"}]
            return 200, [*lines, receipt(body, risk="danger", confidential=True)]
        self.sent.append(body["Body"])
        return 201, accepted(path, body, f"SM{len(self.sent):032d}")

    def writes(self, runtime: Runtime, phone: int, words: str, **more: str) -> uuid.UUID:
        """Let a message come in, just now."""
        self._count += 1
        given = {"MessageSid": [f"SM{self._count}"], "From": [f"whatsapp:+5233{phone:08d}"], "Body": [words]}
        given |= {name: [value] for name, value in more.items()}
        with self.sessions.begin() as session:
            row = session.get_one(InboundMessage, inbox.receive(session, runtime.key, given, utcnow()))
            return row.conversation_id


@pytest.fixture
def stage(sessions: sessionmaker[Session]) -> Stage:
    return Stage(sessions)


@contextmanager
def watching(settings: Settings, stage: Stage, *, start: bool = True) -> Iterator[tuple[Runtime, Lane]]:
    with serving(stage.answer) as url:
        twilio = replace(settings.twilio, api_url=url)
        runtime = make_runtime(replace(settings, rasa_urls=(url,), account=twilio), pool_size=5)
        lane = Lane(runtime)
        if start:
            lane.start()
        try:
            yield runtime, lane
        finally:
            lane.stop(SECONDS)
            runtime.engine.dispose()


def until(holds: Any, seconds: float = SECONDS) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.02)
    return False


def test_a_cry_is_answered_before_all_that_waits(settings: Settings, stage: Stage) -> None:
    """A7: with no job of the queue run at all, danger is answered at once and the rest still waits."""
    with watching(settings, stage, start=False) as (runtime, lane):
        for phone in range(60):
            stage.writes(runtime, phone, f"hola {phone}")
        cried = stage.writes(runtime, 99, "trae un cuchillo")
        lane.start()
        # What follows waits for the report that this one was delivered; a job of the queue sees to it.
        assert until(lambda: stage.sent == ["Llama al 911."])
        # Newest first: she was judged before nearly all others.
        assert stage.judged.index("trae un cuchillo") < 8
        assert until(lambda: len(stage.judged) == 61)
        with stage.sessions() as session:
            assert session.scalars(select(Turn.conversation_id)).all() == [cried]


def test_it_hears_what_comes_in(settings: Settings, stage: Stage) -> None:
    """A7: a message that comes in while the lane listens is judged within a moment, without the queue."""
    with watching(settings, stage) as (runtime, _):
        assert until(runtime.watch.alive)
        stage.writes(runtime, 1, "trae un cuchillo")
        began = time.monotonic()
        assert until(lambda: bool(stage.sent))
        assert time.monotonic() - began < 5


def test_a_tap_that_is_taken_is_not_judged_twice(settings: Settings, stage: Stage) -> None:
    """What need not wait goes to the queue's job first; the lane judges what that one does not take."""
    with watching(settings, stage) as (runtime, _):
        assert until(runtime.watch.alive)
        taken = stage.writes(runtime, 1, "gracias", ButtonPayload="/old")
        with stage.sessions.begin() as session:
            turn = Turn(conversation_id=taken, attempts=0)
            session.add(turn)
            session.flush()
            session.execute(update(InboundMessage).values(turn_id=turn.id))
        stage.writes(runtime, 2, "trae un cuchillo", ButtonPayload="/old")
        assert until(lambda: bool(stage.sent))
        assert stage.judged == ["trae un cuchillo"]


def test_danger_told_in_pieces_is_danger(settings: Settings, stage: Stage) -> None:
    """Each message is judged with what waits beside it."""
    with watching(settings, stage) as (runtime, _):
        stage.writes(runtime, 1, "trae un cu")
        assert until(lambda: stage.judged == ["trae un cu"])
        stage.writes(runtime, 1, "perdon, un cuchillo")
        assert until(lambda: bool(stage.sent))
        assert stage.judged[1] == "trae un cu\nperdon, un cuchillo"


@pytest.mark.parametrize("where", ["cover", "held", "word_expected"])
def test_what_no_model_may_read_is_not_judged(settings: Settings, stage: Stage, where: str) -> None:
    """P7, P9: under cover nothing hurries; what a person reads, and a safe word, go to no model."""
    with watching(settings, stage, start=False) as (runtime, lane):
        conversation = stage.writes(runtime, 1, "hola")
        with stage.sessions.begin() as session:
            session.execute(text("UPDATE inbound_message SET turn_id = NULL"))
            row = session.get_one(Conversation, conversation)
            state = conversation_state.read(runtime.key, row)
            state.cover_since = "2999-01-01T00:00:00+00:00"
            setattr(state, where, True)
            conversation_state.write(runtime.key, row, state)
        stage.writes(runtime, 1, "trae un cuchillo")
        lane.start()
        stage.writes(runtime, 2, "otra")
        assert until(lambda: "otra" in stage.judged)
        time.sleep(0.5)
        assert stage.judged == ["otra"]


def test_a_notification_that_was_lost_is_made_good(settings: Settings, stage: Stage) -> None:
    """A7: what came in while nobody listened is found by the look every second."""
    with watching(settings, stage) as (runtime, _):
        assert until(runtime.watch.alive)
        with stage.sessions.begin() as session:
            ended = text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'avanza-lane' AND datname = current_database()"
            )
            assert session.scalars(ended).all() == [True]
        stage.writes(runtime, 1, "trae un cuchillo")
        assert until(lambda: bool(stage.sent))


def test_without_rasa_it_does_not_spin(settings: Settings, stage: Stage) -> None:
    """A7: what could not be judged is judged when Rasa is back, and meanwhile nobody counts on the lane."""
    asked = threading.Event()
    with watching(settings, stage) as (runtime, _):
        assert until(runtime.watch.alive)
        stage.rasa_is_away = True
        calls: list[str] = []
        understand = runtime.rasa.understand

        def counted(words: str) -> Any:
            calls.append(words)
            asked.set()
            return understand(words)

        runtime.rasa.understand = counted  # type: ignore[method-assign,assignment] # only counts
        stage.writes(runtime, 1, "trae un cuchillo")
        assert asked.wait(SECONDS)
        assert until(lambda: not runtime.watch.alive())
        time.sleep(2)
        assert len(calls) <= 5
        stage.rasa_is_away = False
        assert until(lambda: bool(stage.sent))


def test_one_lane_leads_and_another_takes_over(settings: Settings, stage: Stage) -> None:
    """A7: several workers judge each message once; when the leader dies another leads."""
    with watching(settings, stage) as (runtime, first):
        assert until(runtime.watch.alive)
        second = Lane(replace(runtime, watch=type(runtime.watch)()))
        second.start()
        stage.writes(runtime, 1, "hola")
        assert until(lambda: stage.judged == ["hola"])
        first.stop(SECONDS)
        stage.writes(runtime, 2, "trae un cuchillo")
        assert until(lambda: bool(stage.sent))
        second.stop(SECONDS)


def test_who_answers_now_is_waited_for(settings: Settings, stage: Stage) -> None:
    """P2: the lane and a job never ask Rasa about one conversation at the same time."""
    with watching(settings, stage) as (runtime, _):
        conversation = stage.writes(runtime, 1, "hola")
        with locks.pinned(runtime.engine) as pinned:
            assert pinned.take(locks.TURN, conversation)
            stage.writes(runtime, 1, "trae un cuchillo")
            assert until(lambda: any("cuchillo" in words for words in stage.judged))
            time.sleep(0.3)
            with stage.sessions() as session:
                assert session.scalars(select(Turn.id)).all() == []
        assert until(lambda: bool(stage.sent))


def test_nothing_marks_what_the_lane_found(settings: Settings, stage: Stage) -> None:
    """P4: in the tables a turn that the lane took looks like any other."""
    with watching(settings, stage) as (runtime, _):
        stage.writes(runtime, 1, "trae un cuchillo")
        assert until(lambda: len(stage.sent) == 1)
    with stage.sessions() as session:
        priorities = session.scalars(text("SELECT DISTINCT priority FROM procrastinate_jobs")).all()
        assert set(priorities) <= {jobs.TURN_PRIORITY, jobs.REPLY_PRIORITY}
        turn = session.scalars(select(Turn)).one()
        came = session.scalars(select(InboundMessage.received_at)).one()
        assert (turn.attempts, turn.created_at) == (0, came)
        assert len(session.scalars(select(OutboxMessage.id)).all()) == 2


def test_the_newest_is_taken_first_and_once() -> None:
    """Each message stands in the heap once, however often it is seen."""
    heap, ones = Newest(), [uuid.uuid4() for _ in range(4)]
    heap.put({1: ones[1], 3: ones[3]})
    heap.put({2: ones[2], 3: ones[3]}, all_that_wait=True)
    taken = [heap.take(0) for _ in range(4)]
    assert [one and one[0] for one in taken] == [3, 2, 1, None]
