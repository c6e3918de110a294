"""The learning curve: how much is understood after part of the training messages.

Of the linear intents alone, which train in seconds: the shape is what tells whether more data or a better
model pays next.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.components.features import DEFAULT, Features
from bot.components.training import SEED
from bot.learning.benchmark.figures import judged
from bot.learning.benchmark.peers import svm

if TYPE_CHECKING:
    from pathlib import Path

    from bot.components.examples import Example

SHARES = (0.25, 0.5, 0.75, 1.0)


def points(seen: list[Example], asked: list[Example]) -> list[dict[str, Any]]:
    """Train the linear intents on growing shares of `seen`, drawn at random, and ask about `asked`."""
    order = np.random.default_rng(SEED).permutation(len(seen))
    lines = []
    for share in SHARES:
        some = [seen[i] for i in sorted(order[: round(len(seen) * share)])]
        features = Features(DEFAULT)
        rows = features.learn(e.text for e in some), features.rows(e.text for e in asked)
        p, intents = svm(rows, [e.intent for e in some])
        lines.append({"messages": len(some), **judged(p, intents, asked)})
    return lines


def draw(path: Path, lines: list[dict[str, Any]]) -> None:
    """Draw the curve."""
    os.environ.setdefault("MPLBACKEND", "Agg")
    import matplotlib.pyplot as plt  # noqa: PLC0415 - slow to load, and only this draws

    figure, axes = plt.subplots(figsize=(6, 4))
    for name in lines[0]:
        if name != "messages":
            x, y = [one["messages"] for one in lines], [one[name] for one in lines]
            axes.plot(x, y, marker="o", label=name)
    axes.set(xlabel="training messages", ylabel="unseen authors", title="Learning curve", ylim=(0.4, 1))
    axes.grid(alpha=0.3)
    axes.legend()
    figure.tight_layout()
    figure.savefig(path, dpi=100)
    plt.close(figure)
