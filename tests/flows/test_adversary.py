"""Somebody else holds her phone after she told: he meets a workshops bot, whatever he tries (P5, P9)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import twins
from overheard import Overheard
from scripts import Script, read_scripts
from troupe import Outcome, play_all, write_down

from outreach.turns import gather

if TYPE_CHECKING:
    from stage import Stage
    from system import System

FOLDER = Path(__file__).parent / "adversary"
SCRIPTS = read_scripts(FOLDER)
LEAST = 40
pytestmark = [pytest.mark.processes, pytest.mark.timeout(580)]


@pytest.fixture(scope="session")
def overheard(request: pytest.FixtureRequest, system: System, stage: Stage) -> dict[str, Outcome]:
    """Play all scripts of the folder that were asked for, at once, and keep what was said."""
    callspecs = [item.callspec for item in request.session.items if hasattr(item, "callspec")]
    wanted = {spec.params["his"].title for spec in callspecs if "his" in spec.params}
    scripts = [script for script in SCRIPTS if script.title in wanted]
    outcomes = play_all(system, stage, scripts, numbers=20_000_000, player=Overheard)
    if len(scripts) == len(SCRIPTS):
        write_down(FOLDER.name, scripts, outcomes)
    return outcomes


@pytest.mark.parametrize("his", SCRIPTS, ids=[script.title for script in SCRIPTS])
def test_whoever_holds_the_phone_meets_a_workshops_bot(his: Script, overheard: dict[str, Outcome]) -> None:
    """P5, P9: no answer under cover reveals, none is missing, and only her word brings the thread back."""
    error = overheard[his.title].error
    if error is not None:
        raise error


def test_there_are_scripts_enough() -> None:
    """Owed are thirty; each has a moment under cover."""
    assert len(SCRIPTS) >= LEAST
    assert len({script.title for script in SCRIPTS}) == len(SCRIPTS)


WRONG = "twins: wrong words, a word set"
ORDINARY = "twins: ordinary things, nothing ever told"
HUSBAND = "twins: the husband asks, nothing ever told"
PAIRS = [
    (WRONG, "twins: chatter, a word set", 5),
    (WRONG, "twins: wrong words, no word set", 5),
    (WRONG, "twins: wrong words, an open case", 5),
    (WRONG, "twins: wrong words, nothing ever told", 5),
    (ORDINARY, "twins: ordinary things, an open case", 11),
    ("twins: a cry, no case before", "twins: a cry, an open case", 3),
    ("twins: a cry, no case before", "twins: a cry, a word set", 3),
    (WRONG, "twins: wrong words, after danger", 5),
    (HUSBAND, "twins: the husband asks, an open case", 5),
    (HUSBAND, "twins: the husband asks, a word set", 5),
    ("twins: the way back tried, nothing ever told", "twins: the way back tried, a word set", 3),
]


SOON = 0.1
FAR = 10.0
"""Seconds by which the whole path may differ, at its quickest: the twins do not play at the same moment, and
many phones share two cores. What a comparison costs is held closer in tests/outreach/test_cover_time.py."""


@pytest.mark.parametrize(("one", "other", "last"), PAIRS)
def test_twins_can_not_be_told_apart(one: str, other: str, last: int, overheard: dict[str, Outcome]) -> None:
    """P4, P5, P9: a wrong word, chatter, and a woman who never told get the same bytes and the same rows."""
    if one not in overheard or other not in overheard:
        pytest.skip("their scripts were not asked for")
    first, second = (_phone(overheard, title) for title in (one, other))
    assert len(first.answers) >= last
    assert sum(map(bool, first.answers[-last:])) >= last - 1  # a reaction is met with silence
    assert twins.on_screen(first, last) == twins.on_screen(second, last)
    assert twins.in_rows(first, last) == twins.in_rows(second, last)


@pytest.mark.parametrize(("one", "other", "last"), PAIRS[:4])
def test_no_twin_is_answered_sooner(one: str, other: str, last: int, overheard: dict[str, Outcome]) -> None:
    """P9: every text waits for the end of its burst, and then takes the same path."""
    if one not in overheard or other not in overheard:
        pytest.skip("their scripts were not asked for")
    first, second = (_phone(overheard, title) for title in (one, other))
    ended: list[float] = []
    for phone in (first, second):
        moments = twins.moments(phone, last)
        assert len(moments) == last
        assert min(moments) > gather.SETTLED_AFTER.total_seconds() - SOON
        ended.append(min(moments))
    print(f"{one}: {ended[0]:.1f} s; {other}: {ended[1]:.1f} s")  # noqa: T201
    assert abs(ended[0] - ended[1]) < FAR


def _phone(overheard: dict[str, Outcome], title: str) -> Overheard:
    phone = overheard[title].player
    assert isinstance(phone, Overheard)
    return phone
