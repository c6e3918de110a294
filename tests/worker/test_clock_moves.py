"""The demo's clock: a jump lets what lies on its way happen in its hour, and moves nothing that is real."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import pyotp
import pytest
import requests
from sqlalchemy import func, select, text, update
from support import ACCOUNT, TOKEN

from models import (
    Conversation,
    Group,
    OutboxMessage,
    Reminder,
    ReminderState,
    Role,
    StaffSession,
    Template,
    TemplateState,
    Workshop,
    by_machine,
    utcnow,
)
from models import Session as WorkshopSession
from models.base import move_clock
from outreach.figures import service_page, standing, vitals
from outreach.ground import jobs, simulated_clock, tick_state
from outreach.ground.settings import QuietHours
from outreach.messages import inbox
from outreach.people import consent, registry
from outreach.people.registry import Details
from outreach.programme import enrolment
from outreach.staff import accounts, factors
from outreach.staff import sessions as logins
from outreach.start import moved_time
from simulator.__main__ import make_simulator_server
from simulator.app import create_app
from simulator.config import Config, Pace
from worker import batches, clock, clock_moves, ticks
from worker.runtime import make_runtime

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from outreach.ground.settings import Settings
    from worker.runtime import Runtime

PHONE = "+523312345678"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
QUIET = QuietHours(time(20), time(9))


class Demo:
    """A simulator, the clock process's parts, and a worker that does at once what there is to do."""

    def __init__(self, runtime: Runtime, address: str) -> None:
        self.runtime, self.address = runtime, f"{address}/_simulator"
        self.leads = [True]
        found = clock_moves.for_simulator(runtime, self._turn, lambda: self.leads[0])
        assert found is not None
        self.moves = found
        self.moves.look()

    def _turn(self) -> None:
        for tick in (ticks.plan_reminders, ticks.send_reminders):
            tick(self.runtime)
        self.works()

    def works(self) -> None:
        """Do what the worker would do now."""
        batches.deliver_batches(self.runtime)
        done = "DELETE FROM procrastinate_jobs WHERE coalesce(scheduled_at, now()) <= now()"
        with self.runtime.sessions.begin() as session:
            session.execute(text(done))

    def asks(self, **wish: Any) -> dict[str, Any]:
        """Press a button of the phones' page."""
        answer = requests.post(f"{self.address}/clock", json=wish, timeout=5)
        answer.raise_for_status()
        return dict(answer.json())

    def reads(self) -> dict[str, Any]:
        """What the simulator says of its clock."""
        return dict(requests.get(f"{self.address}/clock", timeout=5).json())

    def goes(self, looks: int = 80) -> None:
        """Let the clock look until nothing is asked any more."""
        for _ in range(looks):
            self.moves.look()
            self.works()
            state = self.reads()
            if state["asked_seconds"] is None and not state["until_next"]:
                return
        raise AssertionError("it did not arrive")

    def sent(self) -> list[dict[str, Any]]:
        """What Twilio was given, with when it was there."""
        query = {"kind": "create"}
        entries = requests.get(f"{self.address}/ledger", params=query, timeout=5).json()["entries"]
        return [{**one, "at": datetime.fromisoformat(one["at"])} for one in entries]


@pytest.fixture
def simulator() -> Iterator[str]:
    app = create_app(
        Config(
            account_sid=ACCOUNT,
            auth_token=TOKEN,
            from_address="whatsapp:+5213300000000",
            webhook_url="http://127.0.0.1:9/twilio/inbound",
            pace=Pace(0, 0, 0, 0),
        )
    )
    server = make_simulator_server(app, "127.0.0.1", 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()
    app.extensions["simulator"].stop()


@pytest.fixture
def followed(settings: Settings, simulator: str) -> Settings:
    return replace(
        settings, simulated_clock=True, account=replace(settings.twilio, api_url=simulator), quiet_hours=QUIET
    )


def _handed_in(runtime: Runtime) -> str:
    """Return a template that the simulator has and has approved."""
    made = runtime.twilio.create_template("aviso", "Aviso {{1}} {{2}} {{3}} {{4}}, nos vemos.", (), {})
    assert made is not None
    runtime.twilio.request_approval(made, "aviso", "UTILITY")
    return made


@pytest.fixture
def demo(followed: Settings, simulator: str, session: Session) -> Iterator[Demo]:
    session.commit()
    runtime = make_runtime(followed, pool_size=4)
    made = Demo(runtime, simulator)
    with runtime.sessions.begin() as db:
        db.execute(update(Template).values(state=TemplateState.APPROVED, content_sid=_handed_in(runtime)))
    yield made
    move_clock(None)
    runtime.engine.dispose()


def enrolled(demo: Demo, starts_at: datetime, *, phone: str = PHONE, code: str = "g") -> None:
    """A woman who wrote just now, with a seat in a group that meets once."""
    with demo.runtime.sessions.begin() as db:
        conversation = inbox.conversation_of(db, demo.runtime.key, f"whatsapp:{phone}", utcnow())
        conversation.last_inbound_at = utcnow()
        woman = registry.add_woman(
            db,
            demo.runtime.key,
            Details(full_name="Prueba Uno", preferred_name="Prueba"),
            municipality="14039",
            axis="food",
        )
        conversation.woman_id = woman.id
        consent.record(db, conversation.id, consent.PRIVACY, given=True, message_sid=f"SM{code}")
        workshop = Workshop(code=f"w-{code}", name="Huerto en casa", axis="food")
        db.add(workshop)
        db.flush()
        group = Group(
            code=code, workshop_id=workshop.id, municipality="14039", place="Casa de la Cultura", capacity=9
        )
        db.add(group)
        db.flush()
        db.add(WorkshopSession(code=f"{code}-1", group_id=group.id, starts_at=starts_at))
        db.flush()
        seat = enrolment.enrol(db, woman, group.id)
        assert seat is not None
        seat.created_at = utcnow() - DAY


def local(moment: datetime, demo: Demo) -> datetime:
    return moment.astimezone(demo.runtime.settings.timezone)


def at_hour(demo: Demo, days: int, hour: int) -> datetime:
    """An hour of a day to come, by the programme's clock."""
    day = local(utcnow(), demo).replace(hour=hour, minute=0, second=0, microsecond=0) + timedelta(days=days)
    return day.astimezone(UTC)


def reminders(demo: Demo) -> list[Reminder]:
    with demo.runtime.sessions() as session:
        return list(session.scalars(select(Reminder).order_by(Reminder.due_at)))


def test_a_jump_over_both_windows_brings_both_reminders(demo: Demo) -> None:
    """P3: each leaves once and in its window, though the wish was for days; by then her window is closed."""
    starts = at_hour(demo, 3, 13)
    enrolled(demo, starts)
    demo.asks(ask_seconds=4 * 86_400)
    demo.goes()
    found = reminders(demo)
    assert [starts - one.due_at for one in found] == [DAY, 2 * HOUR]
    assert {one.state for one in found} == {ReminderState.HANDED_OVER}
    sent = [one for one in demo.sent() if one["phone"].endswith(PHONE[-10:])]
    assert len(sent) == 2
    for reminder, message in zip(found, sent, strict=True):
        assert reminder.useful_until is not None
        assert reminder.due_at <= message["at"] <= reminder.useful_until
        assert message["content_sid"]
    assert abs(utcnow() - by_machine(utcnow()) - 4 * DAY) < timedelta(seconds=2)


def test_quiet_hours_hold_on_the_way(demo: Demo) -> None:
    """What would fall into the night leaves before it or after it, as without any jump."""
    enrolled(demo, at_hour(demo, 3, 6))
    demo.asks(ask_seconds=4 * 86_400)
    demo.goes()
    sent = [local(one["at"], demo) for one in demo.sent()]
    assert len(sent) == 2
    assert all(9 <= at.hour < 20 for at in sent)


def test_the_next_reminder_is_where_it_stops(demo: Demo) -> None:
    """Asked for the next one it stops there, and not at the one after; it looks beyond what is planned."""
    starts = at_hour(demo, 5, 13)
    enrolled(demo, starts)
    demo.asks(ask="next")
    demo.goes()
    assert timedelta() <= utcnow() - (starts - DAY) < timedelta(minutes=2)
    demo.goes()
    assert len(demo.sent()) == 1


def test_the_phones_on_the_page_come_before_others(demo: Demo) -> None:
    """Whoever has just enrolled on a phone sees her own reminder, and not that of a woman nobody shows."""
    enrolled(demo, at_hour(demo, 3, 13), phone="+523319999999", code="other")
    starts = at_hour(demo, 4, 15)
    enrolled(demo, starts)
    requests.post(f"{demo.address}/phones", json={"phone": PHONE}, timeout=5).raise_for_status()
    demo.asks(ask="next")
    demo.goes()
    assert timedelta() <= utcnow() - (starts - DAY) < timedelta(minutes=2)
    assert [one["phone"] for one in demo.sent()][-1].endswith(PHONE[-10:])


def test_where_nothing_is_planned_it_says_so_and_stays(demo: Demo) -> None:
    before = simulated_clock.SimulatedClock(demo.runtime.settings.var).ahead()
    demo.asks(ask="next")
    demo.goes()
    assert demo.reads()["nothing_next"]
    assert simulated_clock.SimulatedClock(demo.runtime.settings.var).ahead() == before


def test_a_simulator_started_anew_catches_up(demo: Demo) -> None:
    """The product's time never goes back: whoever lost it is told."""
    simulated_clock.SimulatedClock(demo.runtime.settings.var).advance(DAY)
    demo.moves.look()
    assert demo.reads()["ahead_seconds"] == DAY.total_seconds()


def test_one_that_was_moved_by_hand_is_followed(demo: Demo) -> None:
    """The lever of the tests moves the simulator at once; the product comes after, in its steps."""
    demo.asks(advance_seconds=7200)
    for _ in range(5):
        demo.moves.look()
    assert utcnow() - by_machine(utcnow()) >= 2 * HOUR


def test_only_the_elected_clock_moves(demo: Demo) -> None:
    demo.leads[0] = False
    demo.asks(ask_seconds=3600)
    for _ in range(3):
        demo.moves.look()
    assert demo.reads()["ahead_seconds"] == 0


def test_a_simulator_that_is_away_stops_nothing(demo: Demo) -> None:
    """The look ends, the next one comes; nothing is raised into the wheel."""
    demo.moves._address = "http://127.0.0.1:9/_simulator/clock"
    demo.moves.look()
    assert abs(utcnow() - by_machine(utcnow())) < timedelta(seconds=1)


def test_what_is_stuck_does_not_hold_the_clock(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    """A job that nobody does is waited for, and not for ever."""
    with demo.runtime.sessions.begin() as session:
        jobs.defer_media(session)
    demo.asks(ask_seconds=3600)
    for _ in range(3):
        demo.moves.look()
    assert demo.reads()["ahead_seconds"] == 0
    monkeypatch.setattr(clock_moves, "PATIENCE_SECONDS", 0.0)
    demo.goes()
    assert demo.reads()["ahead_seconds"] == 3600


def test_jobs_of_tomorrow_are_due_after_the_jump(demo: Demo) -> None:
    """PostgreSQL's now() stays the machine's: a moment of the product is kept by that."""
    due = text("SELECT count(*) FROM procrastinate_jobs WHERE scheduled_at <= now()")
    with demo.runtime.sessions.begin() as session:
        jobs.defer_batch_at(session, utcnow() + DAY)
        assert session.scalar(due) == 0
        moved_time.move_along(session, DAY)
        simulated_clock.SimulatedClock(demo.runtime.settings.var).advance(DAY)
        assert session.scalar(due) == 1
        # One that is deferred after the jump waits its own time, and no longer.
        jobs.defer_batch_at(session, utcnow() + HOUR)
        newest = text("SELECT scheduled_at FROM procrastinate_jobs ORDER BY id DESC LIMIT 1")
        waits = session.scalars(newest).one() - datetime.now(UTC)
        assert timedelta(minutes=59) < waits <= HOUR


def test_a_jump_is_no_clock_that_stood_still(demo: Demo) -> None:
    """Of ticks that never rest no time passed without them; those that rest are due after it."""
    names = (standing.LOOK, "alert", *tick_state.SERVES.values(), "tidy")
    with demo.runtime.sessions.begin() as session:
        for name in names:
            tick_state.went_well(session, name, utcnow())
    moves = clock_moves.for_simulator(demo.runtime, demo._turn, lambda: True, clock.STEADY)
    assert moves is not None
    demo.moves = moves
    demo.asks(ask_seconds=86_400)
    demo.goes()
    with demo.runtime.sessions.begin() as session:
        standing.note_gap(session, utcnow())
        found = vitals.look(session, utcnow())
        so = standing.judge(
            found, standing.Outside(1, 1, disk_low=False), silent=False, backs_up=False, now=utcnow()
        )
        assert not {kind for kind, is_so in so.items() if is_so} & {"webhook", "console", "alerts"}
        assert standing.open_ones(session) == {}
        assert standing.history(session, utcnow() - 2 * DAY, 9) == []
        assert service_page.gather(session, utcnow()).stopped_since is None
        ages = {
            name: utcnow() - (tick_state.last_well(session, name) or utcnow() - 9 * DAY) for name in names
        }
    assert {name for name, age in ages.items() if age > HOUR} == {"tidy"}


def test_logins_and_codes_stay_those_of_the_real_time(demo: Demo) -> None:
    """Nobody is logged out by a jump, and the app on her phone shows codes that hold."""
    key = demo.runtime.key
    with demo.runtime.sessions.begin() as session:
        password = accounts.add(session, "ana", "Ana", Role.COORDINATOR, utcnow())
        assert password
        staff = accounts.find(session, "ana")
        assert staff is not None
        token = logins.begin(session, staff, None, utcnow())
        secret = factors.begin(session, key, staff, utcnow()).secret
        moved_time.move_along(session, DAY)
        simulated_clock.SimulatedClock(demo.runtime.settings.var).advance(DAY)
        session.expire_all()
        assert logins.identify(session, token, utcnow(), touch=False) is not None
        seen = session.scalars(select(StaffSession.last_seen_at)).one()
        assert abs(utcnow() - seen) < timedelta(minutes=1)
        assert factors.begin(session, key, staff, utcnow()).secret != secret  # half an enrolment has lapsed
        code = pyotp.TOTP(factors.begin(session, key, staff, utcnow()).secret).now()
        assert factors.confirm(session, key, staff, code, utcnow()) is not None


def test_her_window_closes_for_the_product_too(demo: Demo) -> None:
    """What she wrote a day ago is a day ago for both sides."""
    enrolled(demo, at_hour(demo, 30, 13))
    demo.asks(ask_seconds=86_401)
    demo.goes()
    with demo.runtime.sessions() as session:
        wrote = session.scalars(select(Conversation.last_inbound_at)).one()
        assert session.scalar(select(func.count()).select_from(OutboxMessage)) == 0
    assert wrote is not None
    assert utcnow() - wrote > DAY


def test_the_wheel_turns_once_with_all_its_ticks(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a step runs is the wheel itself, in its order; one that fails does not stop the others."""
    ran: list[str] = []

    def fails(_: Runtime) -> None:
        ran.append("fails")
        raise KeyError

    def works(_: Runtime) -> None:
        ran.append("works")

    monkeypatch.setattr(clock, "WHEEL", {fails: 1.0, works: 1.0})
    clock._turn_once(demo.runtime, lambda: True)
    assert ran == ["fails", "works"]
