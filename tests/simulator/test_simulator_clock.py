"""The clock that a product may follow: a wish waits for its steps; where none follows it comes at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from simulator.clock import SimClock

if TYPE_CHECKING:
    from simulator_support import Levers

DAY = 86_400


def state(levers: Levers, **query: str) -> dict[str, Any]:
    return levers.get("clock", **query)


def test_a_wish_is_granted_at_once_where_nobody_follows(levers: Levers) -> None:
    """The page's buttons work without a product too."""
    levers.post("clock", {"ask_seconds": DAY})
    found = state(levers)
    assert (found["ahead_seconds"], found["asked_seconds"], found["followed"]) == (DAY, None, False)


def test_a_wish_waits_for_the_steps_of_a_product(levers: Levers) -> None:
    """Wishes add up; the time moves as the product says; at the end nothing is asked."""
    state(levers, following="1")
    levers.post("clock", {"ask_seconds": DAY})
    levers.post("clock", {"ask_seconds": 3600})
    found = state(levers)
    assert (found["ahead_seconds"], found["asked_seconds"], found["followed"]) == (0, DAY + 3600, True)
    levers.post("clock", {"advance_seconds": DAY})
    assert state(levers)["asked_seconds"] == DAY + 3600
    levers.post("clock", {"advance_seconds": 3600})
    assert state(levers)["asked_seconds"] is None


@pytest.mark.parametrize(("answer", "asked", "nothing"), [(50, 50, False), (None, None, True)])
def test_the_product_says_when_the_next_is(
    levers: Levers, answer: int | None, asked: int | None, *, nothing: bool
) -> None:
    state(levers, following="1")
    levers.post("clock", {"ask": "next"})
    assert state(levers)["until_next"]
    levers.post("clock", {"next_in_seconds": answer})
    found = state(levers)
    assert (found["until_next"], found["asked_seconds"], found["nothing_next"]) == (False, asked, nothing)
    levers.post("clock", {"ask_seconds": 1})
    assert not state(levers)["nothing_next"]


@pytest.mark.parametrize(
    "wrong",
    [{"ask_seconds": -1}, {"ask_seconds": "1"}, {"ask_seconds": True}, {"advance_seconds": 1e12},
     {"next_in_seconds": -5}, {"ask": "next"}, {}],
)  # fmt: skip
def test_what_is_no_wish_is_refused(levers: Levers, wrong: dict[str, Any]) -> None:
    """Nobody follows here: there is nobody who could know what is next."""
    answer = levers.session.post(f"{levers.url}/_simulator/clock", json=wrong, timeout=5)
    assert answer.status_code == 400
    assert state(levers)["ahead_seconds"] == 0


def test_whoever_watches_hears_of_the_first_follower(levers: Levers) -> None:
    """The page shows what a product alone can do as soon as there is one."""
    before = levers.get("feed")["version"]
    state(levers, following="1")
    feed = levers.get("feed", since=before)
    assert feed["version"] > before
    assert feed["clock"]["followed"]


def test_it_may_begin_ahead() -> None:
    """A product whose clock was moved before starts it where that stands."""
    clock = SimClock(ahead=DAY)
    assert clock.ahead.total_seconds() == DAY
    assert clock.asked is None


def test_a_follower_that_went_away_holds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a while without a look a wish is granted at once again."""
    monkeypatch.setattr("simulator.clock._FOLLOWER_SECONDS", 0.0)
    clock = SimClock()
    clock.note_follower()
    clock.ask(DAY)
    assert clock.ahead.total_seconds() == DAY
    with pytest.raises(ValueError, match="forward"):
        clock.advance(-1)
