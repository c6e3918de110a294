"""What the calibration learns from unseen authors: an author's kinds weigh alike, and single scores count."""

from __future__ import annotations

import json
import os
import subprocess

import pytest

from cli.install.places import BOT_VENV, ROOT, python_of

PYTHON = os.environ.get("AVANZA_TEST_RASA_PYTHON", str(python_of(BOT_VENV)))
pytestmark = pytest.mark.bot

_EVENED = """
import json, sys
from bot.components.examples import Example
from bot.learning.calibrate import evened

rows = [Example("", "greet", risk, author) for author, risk in json.load(sys.stdin)]
print(json.dumps(evened(rows).tolist()))
"""
_SCORED = """
import json, sys
import numpy as np
from bot.components.judging import Calibration, Judge, sigmoid

scores = json.load(sys.stdin)
judge = Judge(
    ("greet", "inform", "disclose_violence"),
    Calibration((1.0, 0.0, 0.0), (0, 0, 0, 0, 0, 0, 1), (0,) * 6, 0.5, 0.9, 0.5, scores=scores),
)
margins = np.zeros((3, 18))
margins[0, 0] = margins[1, 7] = margins[2, 14] = 1.0  # greet of the linear models, inform of the net ...
print(json.dumps(sigmoid(judge.evidence(margins)[1] @ np.array(judge.calibration.safety)).tolist()))
"""


def _done(code: str, said: object) -> list[float]:
    done = subprocess.run(
        [PYTHON, "-c", code], input=json.dumps(said), capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stderr
    found: list[float] = json.loads(done.stdout)
    return found


def test_an_authors_harmless_messages_weigh_as_much_as_her_others() -> None:
    """Three disclosures beside one harmless message: half the weight for each kind, and as much in all."""
    rows = [("a", "support"), ("a", "danger"), ("a", "support"), ("a", "none")]
    weights = _done(_EVENED, rows)
    assert weights[3] == pytest.approx(sum(weights[:3])) == pytest.approx(2)


def test_an_author_of_one_kind_weighs_nothing() -> None:
    """She does not tell where the other kind begins; the others are not moved by her."""
    rows = [("a", "support"), ("a", "none"), ("b", "support"), ("b", "support"), ("c", "none")]
    assert _done(_EVENED, rows) == [1, 1, 0, 0, 0]


def test_where_every_author_is_of_one_kind_all_weigh_alike() -> None:
    """Otherwise there would be nothing to learn from."""
    assert _done(_EVENED, [("a", "support"), ("b", "none")]) == [1, 1]


def test_single_scores_move_safety_by_intent_and_scorer() -> None:
    """A weight belongs to one intent and one scorer; what has none says nothing."""
    scores = {"greet": (-2.0, 9.0, 9.0), "inform": (9.0, -1.0, 9.0), "disclose_violence": (9.0, 9.0, 3.0)}
    said = _done(_SCORED, scores)
    assert said == pytest.approx([0.1192, 0.2689, 0.9526], abs=1e-3)
    assert _done(_SCORED, {"thank": (5.0, 5.0, 5.0)}) == pytest.approx([0.5, 0.5, 0.5])


def test_the_calibration_in_use_knows_every_intent_and_risk() -> None:
    """A score without a weight would say nothing, unseen by anybody."""
    known = json.loads((ROOT / "bot" / "components" / "calibration.json").read_text(encoding="utf-8"))
    intents = {path.stem for path in (ROOT / "data" / "nlu").glob("*.yml")}
    assert set(known["scores"]) == intents | {"none", "support", "danger"}
    assert {len(weights) for weights in known["scores"].values()} == {3}
    assert len(known["safety"]) == 7
