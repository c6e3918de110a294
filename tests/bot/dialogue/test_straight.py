"""Our runner of the model's graph, our index of its rules and our copies of trackers are as Rasa's own."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from cli.install.places import BOT_VENV, MODEL, python_of
from cli.processes.rasa import rasa_environment

pytestmark = pytest.mark.bot
PROGRAM = Path(__file__).parent / "beside_rasas_runner.py"


def test_every_parse_prediction_and_copy_of_the_scripts_is_rasas_own(tmp_path: Path) -> None:
    """A fifth of the dialogue scripts, played in both ways side by side, differ nowhere."""
    python = os.environ.get("AVANZA_TEST_RASA_PYTHON", str(python_of(BOT_VENV)))
    model = os.environ.get("AVANZA_TEST_RASA_MODEL", str(MODEL))
    done = subprocess.run(
        [python, str(PROGRAM), model],
        env=rasa_environment(tmp_path, os.environ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    copies, runs = map(int, done.stdout.split()[-2:])
    assert min(copies, runs) > 500
