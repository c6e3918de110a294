"""A flood of one number: all of it is stored, its danger is answered at once, and it costs others nothing."""

from __future__ import annotations

import itertools
import threading
import time
import uuid
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select, text
from standins import accepted, receipt, serving

from models import Conversation, InboundMessage, Turn, utcnow
from outreach.ground import jobs
from outreach.messages import conversation_state, flood, inbox
from outreach.turns import gather
from worker import steps
from worker.lane import Lane
from worker.newest import MOST_LOOKS, Newest
from worker.runtime import make_runtime

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from sqlalchemy.orm import Session, sessionmaker

    from outreach.ground.settings import Settings
    from worker.runtime import Runtime

pytestmark = pytest.mark.usefixtures("recovery_key")
FLOODER, WOMAN = "whatsapp:+523300000001", "whatsapp:+523300000002"
CRY = "trae un cuchillo"
JOBS = text("SELECT count(*) FROM procrastinate_jobs WHERE args->>'conversation_id' = :of")
TURN_JOBS = text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'worker.take_turn'")


class House:
    """The doors in and out, with a Rasa and a Twilio that note what reaches them."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self.sessions = sessions
        self.judged: list[str] = []
        self.asked: list[str] = []
        self.sent: list[tuple[str, str]] = []
        self.runtime: Runtime

    def answer(self, _method: str, path: str, body: Any) -> tuple[int, Any]:
        """Answer as Rasa or as Twilio."""
        if path.endswith("/understand"):
            self.judged.append(body["text"])
            return 200, {"intent": "x", "risk": "danger" if CRY in body["text"] else "none", "tier": "sure"}
        if path.endswith("/webhook"):
            self.asked.append(body["message"])
            danger = CRY in body["message"]
            says = [{"text": "Llama al 911." if danger else "Hola."}]
            return 200, [*says, receipt(body, risk="danger" if danger else "none", confidential=danger)]
        self.sent.append((body["To"], body["Body"]))
        return 201, accepted(path, body, f"SM{len(self.sent):032d}")

    def writes(self, sender: str, *bodies: str, ago: float = 20.0, **more: str) -> uuid.UUID:
        """Let messages come in, all of them so many seconds ago."""
        at = utcnow() - timedelta(seconds=ago)
        with self.sessions.begin() as session:
            for words in bodies:
                row_id = self.receive(session, sender, words, at, **more)
            return session.get_one(InboundMessage, row_id).conversation_id

    def receive(self, session: Session, sender: str, words: str, at: datetime, **more: str) -> uuid.UUID:
        """Store one message."""
        given = {"MessageSid": [f"SM{uuid.uuid4().hex}"], "From": [sender], "Body": [words]}
        given |= {name: [value] for name, value in more.items()}
        row_id = inbox.receive(session, self.runtime.key, given, at)
        assert row_id is not None
        return row_id

    def count(self, query: Any, **parameters: Any) -> int:
        """Return what a query counts."""
        with self.sessions() as session:
            return int(session.scalar(query, parameters) or 0)


@pytest.fixture
def house(settings: Settings, sessions: sessionmaker[Session]) -> Iterator[House]:
    made = House(sessions)
    with serving(made.answer) as url:
        account = replace(settings.twilio, api_url=url)
        made.runtime = make_runtime(replace(settings, rasa_urls=(url,), account=account), pool_size=5)
        yield made
        made.runtime.engine.dispose()


def test_all_of_a_flood_is_stored_with_few_jobs(house: House) -> None:
    """P1: 80 messages are 80 rows; a job waits that sees the last; another number has its own at once."""
    flooder = house.writes(FLOODER, *(f"hola {n}" for n in range(80)))
    assert house.count(select(func.count()).select_from(InboundMessage)) == 80
    assert house.count(JOBS, of=str(flooder)) == 2  # one for what came before it was a flood
    woman = house.writes(WOMAN, "hola")
    assert house.count(JOBS, of=str(woman)) == 1
    steps.take_turn(house.runtime, woman)
    assert house.sent == [(WOMAN, "Hola.")]


def test_many_messages_of_a_day_are_no_flood(house: House) -> None:
    """The look-alike: as many, spread over an hour, have the job of any message, which waits for nothing."""
    woman = uuid.uuid4()
    for n in range(flood.MOST + 10):
        woman = house.writes(WOMAN, f"hola {n}", ago=3600 - n * 80)
    assert house.count(JOBS, of=str(woman)) == house.count(TURN_JOBS) == 1


@pytest.mark.parametrize(("taps", "turns"), [(flood.MOST + 20, 1), (3, 3)])
def test_the_taps_of_a_flood_are_one_turn(house: House, taps: int, turns: int) -> None:
    """Each tap is a thought of its own, but not where there are more than a person taps: one answer."""
    woman = house.writes(FLOODER, *["Sí"] * taps, ButtonPayload="/affirm")
    steps.take_turn(house.runtime, woman)
    assert len(house.asked) == turns
    assert not house.count(select(func.count()).where(InboundMessage.turn_id.is_(None)))


def test_taps_that_come_now_wait_for_the_end_of_the_flood(house: House) -> None:
    """A turn for each tap, while more come, would be as many answers as taps."""
    woman = house.writes(FLOODER, *["Sí"] * (flood.MOST + 1), ago=0, ButtonPayload="/affirm")
    assert steps.one_turn(house.runtime, woman) is steps.Outcome.WAITS
    calm = house.writes(WOMAN, "Sí", ago=0, ButtonPayload="/affirm")
    assert steps.one_turn(house.runtime, calm) is steps.Outcome.ENDED


@pytest.mark.parametrize("place", [0, 30, 59])
@pytest.mark.parametrize("more", [{}, {"ButtonPayload": "/affirm"}], ids=["texts", "taps"])
def test_danger_anywhere_in_a_flood_is_answered(house: House, place: int, more: dict[str, Any]) -> None:
    """P1: of 60 messages one is a cry; the dialogue is asked about it, wherever it stands."""
    bodies = [f"mensaje numero {n} {'bla ' * 20}" for n in range(60)]
    bodies[place] = CRY
    woman = house.writes(FLOODER, *bodies, **more)
    steps.take_turn(house.runtime, woman)
    assert [CRY in one for one in house.asked] == [True]
    assert house.sent == [(FLOODER, "Llama al 911.")]


def test_danger_in_the_middle_of_one_long_message_is_answered(house: House) -> None:
    """P1: nor is a cry lost in a message that is longer than what the dialogue reads at once."""
    woman = house.writes(WOMAN, "bla " * 500 + CRY + " bla" * 500)
    steps.take_turn(house.runtime, woman)
    assert house.sent == [(WOMAN, "Llama al 911.")]


@pytest.mark.parametrize("where", ["cover", "word_expected"])
def test_what_no_model_may_read_is_not_judged_in_parts(house: House, where: str) -> None:
    """P9: under cover and where her safe word is awaited nothing is judged, however much it is."""
    woman = house.writes(FLOODER, *(f"mensaje numero {n} {CRY}" for n in range(60)))
    with house.sessions.begin() as session:
        row = session.get_one(Conversation, woman)
        state = conversation_state.read(house.runtime.key, row)
        state.cover_since = "2999-01-01T00:00:00+00:00"
        setattr(state, where, True)
        conversation_state.write(house.runtime.key, row, state)
    steps.take_turn(house.runtime, woman)
    assert house.judged == []
    assert house.count(select(func.count()).select_from(Turn)) == 1


@contextmanager
def watching(house: House) -> Iterator[Lane]:
    lane = Lane(house.runtime)
    lane.start()
    try:
        yield lane
    finally:
        lane.stop(15.0)


def until(holds: Any, seconds: float = 15.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.02)
    return False


def test_a_flood_does_not_hide_the_cry_of_another(house: House) -> None:
    """Newest first, and the flood is newer than she: she is answered before it has been looked at twice."""
    house.writes(WOMAN, CRY, ago=1)
    house.writes(FLOODER, *(f"mensaje numero {n} {'bla ' * 20}" for n in range(60)), ago=0)
    with watching(house):
        assert until(lambda: house.sent)
        assert house.sent == [(WOMAN, "Llama al 911.")]
        before = house.judged[: house.judged.index(CRY) + 1]
        assert len(before) <= 8  # the parts of the flood's text, once


def test_a_flood_that_goes_on_leaves_the_lane_its_threads(house: House) -> None:
    """Its text is judged for what is new in it, and not as often as messages come."""
    with watching(house):
        assert until(house.runtime.watch.alive)
        stop = threading.Event()

        def go_on() -> None:
            number = 0
            while not stop.is_set():
                number += 1
                house.writes(FLOODER, *(f"mensaje {number} de {n}" for n in range(5)), ago=0)

        thread = threading.Thread(target=go_on)
        thread.start()
        try:
            time.sleep(0.7)
            began = time.monotonic()
            house.writes(WOMAN, CRY, ago=0)
            assert until(lambda: (WOMAN, "Llama al 911.") in house.sent)
            took = time.monotonic() - began
        finally:
            stop.set()
            thread.join()
    assert took < 5
    assert [to for to, _ in house.sent] == [WOMAN]


def test_its_own_danger_is_answered_at_once_and_not_each_time(house: House) -> None:
    """P1: the cry of the flooding number is answered by the lane; twenty more get no twenty answers."""
    with watching(house):
        assert until(house.runtime.watch.alive)
        house.writes(FLOODER, *(f"mensaje numero {n}" for n in range(40)), ago=0)
        house.writes(FLOODER, CRY, ago=0)
        assert until(lambda: house.sent)
        for _ in range(20):
            house.writes(FLOODER, CRY, ago=0)
            time.sleep(0.03)
        time.sleep(0.5)
    assert house.sent == [(FLOODER, "Llama al 911.")]


def _waits_for(other: Session, work: Callable[..., object], *arguments: object) -> None:
    """Do something that must wait until `other` commits, and then comes to its end."""
    thread = threading.Thread(target=work, args=arguments)
    thread.start()
    thread.join(0.3)
    assert thread.is_alive()
    other.commit()
    thread.join(10)


def test_whoever_wakes_a_flood_waits_for_what_is_being_stored(house: House) -> None:
    """P1: a message that counts on the job which waits is seen by that job, also where it commits late."""
    woman = house.writes(FLOODER, *["hola"] * (flood.MOST + 1), ago=0)
    with house.sessions.begin() as session:
        session.execute(text("DELETE FROM procrastinate_jobs WHERE task_name = 'worker.take_turn'"))
    with house.sessions() as late:
        house.receive(late, FLOODER, "una más", utcnow())
        _waits_for(late, steps.wake_turn, house.runtime, woman)
    assert house.count(TURN_JOBS) == 1


def test_one_job_waits_for_all_messages_of_a_conversation(house: House) -> None:
    """A backlog of 15,000 conversations had 58,000 jobs; a job that has begun may have looked already."""
    woman = house.writes(WOMAN, "hola", "quiero", "un taller")
    assert house.count(TURN_JOBS) == 1
    with house.sessions.begin() as session:
        session.execute(text("UPDATE procrastinate_jobs SET status = 'doing'"))
    house.writes(WOMAN, "de costura", "por favor")
    assert house.count(TURN_JOBS) == 2
    steps.take_turn(house.runtime, woman)
    assert house.asked == ["hola\nquiero\nun taller\nde costura\npor favor"]


def test_a_turn_that_had_its_place_goes_before_others_and_a_flood_does_not(house: House) -> None:
    """In a backlog of minutes a burst, or an attempt that failed, cost her the whole queue once more."""
    woman = house.writes(WOMAN, "hola")
    flooder = house.writes(FLOODER, *["hola"] * (flood.MOST + 1), ago=0)
    for one in (flooder, woman):
        steps.wake_turn(house.runtime, one)
    turns = text("SELECT args->>'conversation_id' FROM procrastinate_jobs ORDER BY priority DESC, id LIMIT 1")
    with house.sessions() as session:
        assert session.scalar(turns) == str(woman)
        found = session.scalars(text("SELECT priority FROM procrastinate_jobs ORDER BY priority")).all()
    assert found == [jobs.TURN_PRIORITY] * 2 + [jobs.WOKEN_PRIORITY]


def test_whoever_had_many_turns_in_a_row_goes_behind_the_others(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is left of her taps has a job of the ordinary priority."""
    monkeypatch.setattr(steps, "MOST_TURNS", 2)
    woman = house.writes(WOMAN, *["Sí"] * 3, ButtonPayload="/affirm")
    with house.sessions.begin() as session:
        session.execute(text("UPDATE procrastinate_jobs SET status = 'doing'"))
    steps.take_turn(house.runtime, woman)
    assert len(house.asked) == 2
    left = text("SELECT task_name, priority FROM procrastinate_jobs WHERE status = 'todo'")
    with house.sessions() as session:
        assert [tuple(row) for row in session.execute(left)] == [("worker.take_turn", jobs.TURN_PRIORITY)]
    steps.take_turn(house.runtime, woman)
    assert len(house.asked) == 3


@pytest.mark.parametrize("found", [True, False])
def test_the_job_that_waits_sees_a_message_that_is_being_stored(house: House, *, found: bool) -> None:
    """P1: it begins before the message that counted on it is committed, with or without another to answer."""
    woman = house.writes(WOMAN, "hola")
    if not found:
        assert steps.one_turn(house.runtime, woman, at_once=True) is steps.Outcome.ENDED
    with house.sessions() as late:
        house.receive(late, WOMAN, "una más", utcnow() - timedelta(seconds=20))
        assert house.count(TURN_JOBS) == 1
        _waits_for(late, steps.take_turn, house.runtime, woman)
    assert house.asked == (["hola\nuna más"] if found else ["hola", "una más"])
    assert house.count(TURN_JOBS) == 1


def test_a_job_that_is_given_back_while_a_message_is_stored_costs_no_message(house: House) -> None:
    """P1: the queueing lock is taken by another transaction meanwhile; storing goes on, and has its job."""
    woman = house.writes(WOMAN, "hola")
    with house.sessions.begin() as session:
        session.execute(text("UPDATE procrastinate_jobs SET status = 'doing'"))
    with house.sessions() as given_back:
        given_back.execute(text("UPDATE procrastinate_jobs SET status = 'todo'"))
        _waits_for(given_back, house.writes, WOMAN, "una más")
    assert house.count(TURN_JOBS) == 1
    steps.take_turn(house.runtime, woman)
    assert house.asked == ["hola\nuna más"]


def test_parts_hold_every_word() -> None:
    """Nothing is left out of what is judged, and what stands at a border is whole in one of two parts."""
    words = [f"palabra{n}" for n in range(1000)]

    class Said:
        text = " ".join(words)

    found = gather.parts([Said()])  # type: ignore[list-item] # only its text is read
    assert all(len(one) <= gather.LONGEST_TEXT for one in found)
    assert all(any(f"{a} {b}" in one for one in found) for a, b in itertools.pairwise(words))
    Said.text = "corto"
    assert gather.parts([Said()]) == ()  # type: ignore[list-item] # the same
    Said.text = "x" * 1_000_000
    assert len(gather.parts([Said()])) == gather.MOST_PARTS  # type: ignore[list-item] # the same


def test_one_that_is_looked_at_often_rests() -> None:
    """Of one conversation only the newest message is taken, and after a few looks others go first."""
    heap, flooder, woman = Newest(), uuid.uuid4(), uuid.uuid4()
    heap.put({1: woman})
    taken = []
    for seq in range(2, 40):
        heap.put({seq: flooder})
        taken.append(heap.take(0))
    assert [one for one in taken if one][:MOST_LOOKS] == [(seq, flooder) for seq in range(2, 2 + MOST_LOOKS)]
    assert (1, woman) in taken
    assert len([one for one in taken if one]) == MOST_LOOKS + 1
