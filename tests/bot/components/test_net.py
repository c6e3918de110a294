"""The net: it learns what no line through single grams can, and the same each time."""

from __future__ import annotations

import os
import subprocess

import pytest

from cli.install.places import BOT_VENV, ROOT, python_of

PYTHON = os.environ.get("AVANZA_TEST_RASA_PYTHON", str(python_of(BOT_VENV)))
pytestmark = pytest.mark.bot

_ASKED = """
import numpy as np
from scipy.sparse import csr_matrix
from bot.components.models import Models
from bot.components.net import fit_net

# Columns: "mi hijo", "me", "pega", "estampas"; wrong is only who is hit, never a word alone.
seen = [([0, 1, 2], 1), ([0, 2, 3], 0), ([1, 2, 3], 0), ([0, 1, 3], 0)]
rows = np.zeros((400, 4), dtype=np.float32)
for i in range(400):
    rows[i, seen[i % 4][0]] = 0.58
gold = [seen[i % 4][1] for i in range(400)]
nets = [fit_net(csr_matrix(rows), gold, gold, (2, 2), 7) for _ in range(2)]
assert all((a == b).all() for a, b in zip(*nets)), "not the same each time"
out = nets[0].outputs(csr_matrix(rows))
assert (out[:, :2].argmax(axis=1) == gold).all() and (out[:, 2:].argmax(axis=1) == gold).all()

weights, bias = np.ones((4, 4), dtype=np.float32), np.arange(4, dtype=np.float32)
margins = Models.of(weights, bias, nets[0]).margins(csr_matrix(np.vstack([rows[:3], np.zeros((1, 4))])))
assert np.allclose(margins[:3, :4], 3 * 0.58 + bias, atol=0.01), "the linear part is not the product"
assert np.allclose(margins[:3, 4:], out[:3], atol=0.05), "half precision is too coarse"
assert np.allclose(margins[3, :4], bias), "a text without known grams is not the bias"
"""


def test_it_learns_words_together_and_repeats_itself() -> None:
    """Three words that mean violence only together; two trainings give the same net."""
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [PYTHON, "-c", _ASKED], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
