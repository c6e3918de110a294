"""The wheel: what is done seldom is done though the clock is restarted often, and not more often for it."""

from __future__ import annotations

import signal
from datetime import timedelta
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

import pytest

from models import TickState, utcnow
from worker import clock, upkeep
from worker.runtime import make_runtime

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from outreach.ground.settings import Settings
    from worker.runtime import Runtime

HOUR = timedelta(hours=1)
RAN: list[str] = []


@pytest.fixture
def runtime(settings: Settings) -> Iterator[Runtime]:
    made = make_runtime(settings, pool_size=2)
    yield made
    made.engine.dispose()


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Count the runs of a tick that rests for an hour; a restarted clock knows nothing of the last one."""
    monkeypatch.setattr(clock, "_noted", {})
    monkeypatch.setitem(clock.RESTS, _seldom, HOUR)
    RAN.clear()
    return RAN


def _seldom(_: Runtime) -> None:
    RAN.append("ran")


def _fails(_: Runtime) -> None:
    raise KeyError("x")


def _restarted(runtime: Runtime, *, leads: bool = True) -> None:
    clock._noted.clear()
    clock._guarded(_seldom, runtime, lambda: leads)


def _last(session: Session, ago: timedelta) -> None:
    session.merge(TickState(name=_seldom.__name__, failures=0, well_at=utcnow() - ago))
    session.commit()


def test_it_runs_soon_after_the_first_start_and_rests_after(
    runtime: Runtime, session: Session, ran: list[str]
) -> None:
    session.commit()
    _restarted(runtime)
    _restarted(runtime)
    assert ran == ["ran"]


@pytest.mark.parametrize(("ago", "runs"), [(HOUR, 1), (HOUR - timedelta(minutes=2), 0), (-HOUR, 1)])
def test_its_hour_goes_on_over_a_restart(
    runtime: Runtime, session: Session, ran: list[str], ago: timedelta, runs: int
) -> None:
    """Due by the last run, not by the start; one that lies ahead is of a clock that was put back."""
    _last(session, ago)
    _restarted(runtime)
    assert len(ran) == runs


def test_one_that_does_not_lead_uses_up_no_hour(runtime: Runtime, session: Session, ran: list[str]) -> None:
    session.commit()
    _restarted(runtime, leads=False)
    assert ran == []
    _restarted(runtime)
    assert ran == ["ran"]


def test_what_failed_is_tried_again(
    runtime: Runtime, session: Session, ran: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A failure is no run: the next turn of the wheel tries again."""
    monkeypatch.setitem(clock.RESTS, _fails, HOUR)
    session.commit()
    clock._guarded(_fails, runtime, lambda: True)
    clock._guarded(_fails, runtime, lambda: True)
    assert session.get_one(TickState, _fails.__name__).failures == 2
    assert ran == []


def test_every_tick_has_its_first_turn_soon(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that lives for ten seconds has done all of it once; nothing waits for more than a minute."""
    added: dict[str, Any] = {}

    class Scheduler:
        def __init__(self, **_: object) -> None: ...

        def add_job(self, _call: object, _trigger: str, **how: Any) -> None:
            added[how.get("name", "elect")] = how

        def start(self) -> None: ...

        def shutdown(self, *, wait: bool) -> None: ...

    asked: SimpleQueue[int] = SimpleQueue()
    asked.put(signal.SIGTERM)
    monkeypatch.setattr(clock, "BackgroundScheduler", Scheduler)
    monkeypatch.setattr(clock, "_asked_to_stop", lambda: asked)
    began = utcnow()
    assert clock.run(settings) == 0
    assert {tick.__name__ for tick in clock.WHEEL} <= added.keys()
    for tick, seconds in clock.WHEEL.items():
        assert added[tick.__name__]["next_run_time"] - began < timedelta(seconds=10)
        assert seconds <= 60
    assert clock.RESTS.keys() <= clock.WHEEL.keys()
    assert clock.RESTS[upkeep.tidy] <= HOUR
