"""Every readable script of `scripts/`, played against the running product (see scripts.py)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from scripts import TROUBLES, Script, read_scripts
from troupe import Outcome, play_all, write_down

if TYPE_CHECKING:
    from stage import Stage
    from system import System

FOLDER = Path(__file__).parent / "scripts"
SCRIPTS = read_scripts(FOLDER)
FLOWS = (
    "contact", "enrolment", "sessions", "reminders", "food_security", "stop_and_start", "her_data",
    "questions", "danger", "disclosure", "others", "hiding", "people",
)  # fmt: skip
"""One file each; `any_time`, `restarts` and `odd` hold what belongs to none."""
A_SENTENCE = 12
pytestmark = [pytest.mark.processes, pytest.mark.timeout(580)]


@pytest.fixture(scope="session")
def played(request: pytest.FixtureRequest, system: System, stage: Stage) -> dict[str, Outcome]:
    """Play all scripts that were asked for, at once, and keep what was said."""
    callspecs = [item.callspec for item in request.session.items if hasattr(item, "callspec")]
    asked = [spec.params.get("script") for spec in callspecs]
    # The dialogue's own scripts are parameters of that name too.
    wanted = {script.title for script in asked if isinstance(script, Script)}
    scripts = [script for script in SCRIPTS if script.title in wanted]
    outcomes = play_all(system, stage, scripts, numbers=10_000_000)
    if len(scripts) == len(SCRIPTS):
        write_down(FOLDER.name, scripts, outcomes)
    return outcomes


def _parameter(script: Script) -> object:
    known = [pytest.mark.xfail(strict=True, reason=script.fault)] if script.fault else []
    return pytest.param(script, id=script.title, marks=known)


@pytest.mark.parametrize("script", [_parameter(script) for script in SCRIPTS])
def test_script(script: Script, played: dict[str, Outcome]) -> None:
    """P1 to P9, as the script's name says: she is answered as conversation.md describes."""
    error = played[script.title].error
    if error is not None:
        raise error


def test_no_word_of_hers_is_in_a_log(played: dict[str, Outcome], system: System) -> None:
    """P4: of all that was written in all scripts, however odd, no log holds a sentence or a number."""
    log = system.log.read_text(errors="replace")
    players = [outcome.player for outcome in played.values()]
    written = {line.text for player in players for line in player.lines if line.who == "she"}
    assert not [text for text in written if len(text) >= A_SENTENCE and text[:80] in log]
    assert not [player.number for player in players if player.number[-10:] in log]


def test_there_are_scripts_enough() -> None:
    """Each flow of conversation.md is held, and each kind of trouble stands in the scripts."""
    assert len(SCRIPTS) >= 60
    assert len({script.title for script in SCRIPTS}) == len(SCRIPTS)
    steps = [step for script in SCRIPTS for step in script.steps]
    troubles = {"she +52", "late", "tap", "press", "sends", "again", "worker", "after", "staff", "waits"}
    assert troubles <= {step.does for step in steps}
    assert any(" // " in step.what for step in steps if step.does == "she")


@pytest.mark.parametrize("flow", FLOWS)
def test_each_flow_meets_each_trouble(flow: str) -> None:
    """Bursts, typos, digressions, a restart of the worker, duplicates, late and out-of-order delivery."""
    met = [script.meets for script in SCRIPTS if script.area == flow]
    assert set(TROUBLES) <= set().union(*met)


def test_all_flows_share_one_product(request: pytest.FixtureRequest) -> None:
    """Where tests are spread over processes, those that need the running product stay in one."""
    if hasattr(request.config, "workerinput"):
        needing = [item for item in request.session.items if "system" in getattr(item, "fixturenames", ())]
        assert [item.nodeid for item in needing if not item.nodeid.endswith("@system")] == []
