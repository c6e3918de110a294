"""The tier of a message: the soft opening comes sooner for what is heard less well, and never too late."""

from __future__ import annotations

import json
import os
import subprocess

import pytest

from cli.install.places import BOT_VENV, ROOT, python_of

PYTHON = os.environ.get("AVANZA_TEST_RASA_PYTHON", str(python_of(BOT_VENV)))
pytestmark = pytest.mark.bot

_ASKED = """
import json, sys
import numpy as np
from bot.components.judging import Calibration, Judge
from bot.components.labels import RISKS

asked = json.load(sys.stdin)
# Weights under which the probability of safety is that of the safety intents, and nothing else.
weights = (0, 1, 0, 0, 0, 0, 0), (0, 0, 1, 0, 0, 0)
known = Calibration((1.0, 0.0, 0.0), *weights, 0.5, 0.9, 0.5, {"quick_exit": 0.3})
line = np.log([asked["probabilities"]])
rest = np.zeros((1, 2 * len(RISKS) + line.shape[1]))
found = Judge(asked["intents"], known).judge(np.hstack([line, rest]), [asked["text"]])[0]
print(json.dumps([found.intent, found.tier]))
"""


def _judged(text: str, **probabilities: float) -> tuple[str, str]:
    asked = {"intents": list(probabilities), "probabilities": list(probabilities.values()), "text": text}
    done = subprocess.run(
        [PYTHON, "-c", _ASKED], input=json.dumps(asked), capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stderr
    intent, tier = json.loads(done.stdout)
    return intent, tier


@pytest.mark.parametrize(
    ("greet", "tells", "hides", "tier"),
    [
        (0.60, 0.38, 0.02, "none"),
        (0.60, 0.02, 0.38, "perhaps"),
        (0.75, 0.01, 0.24, "none"),
        (0.45, 0.53, 0.02, "perhaps"),
        (0.05, 0.93, 0.02, "sure"),
    ],
)
def test_each_safety_intent_has_its_own_threshold(
    greet: float, tells: float, hides: float, tier: str
) -> None:
    """A wish to hide is heard from 0.3 on, a disclosure from the common 0.5 on."""
    assert _judged("hola", greet=greet, disclose_violence=tells, quick_exit=hides)[1] == tier


def test_plain_words_are_heard_whatever_the_models_say() -> None:
    """The lexicon lifts to "perhaps": the soft opening under the routine answer."""
    heard = _judged("mi suegra me humilla", greet=0.98, disclose_violence=0.01, quick_exit=0.01)
    assert heard == ("greet", "perhaps")


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("mi marido me pega", "disclose_violence"),
        ("anoche me aorco", "immediate_danger"),
        ("mi hija se quiere matar", "child_at_risk"),
    ],
)
def test_a_red_flag_decides_whatever_the_models_say(text: str, intent: str) -> None:
    """The floor: sure, and of an intent that fits."""
    assert _judged(text, greet=0.98, **{intent: 0.01, "quick_exit": 0.01}) == (intent, "sure")


def test_a_red_flag_leaves_what_the_models_surely_heard() -> None:
    """Whose danger it is they know better: a neighbour's stays a neighbour's."""
    heard = _judged("le puso la pistola en la cabeza", greet=0.01, support_for_other=0.98, quick_exit=0.01)
    assert heard == ("support_for_other", "sure")


def test_a_model_without_safety_intents_still_answers() -> None:
    """The public sets have none."""
    assert _judged("hola", greet=0.7, thank=0.3) == ("greet", "none")
