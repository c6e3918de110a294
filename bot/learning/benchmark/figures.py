"""What every classifier of the table is judged by, so that one line can be held against the next.

Safety is read off the probabilities at the same cost for all: the share of harmless messages that would get
the soft opening (8%) or the safety conversation (2%).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bot.components.labels import SAFETY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.components.examples import Example
    from bot.components.features import Array

SOFT, ALARM = 0.08, 0.02


def recall_at(scores: Array, safe: Array, share: float) -> float:
    """Return the share of safety messages found when `share` of the harmless ones are touched."""
    least = np.quantile(scores[~safe], 1 - share)
    return float((scores[safe] >= least).mean())


def safety_of(p: Array, intents: Sequence[str]) -> Array:
    """Return the summed probability of the safety intents."""
    return np.asarray(p[:, [i for i, name in enumerate(intents) if name in SAFETY]].sum(axis=1))


def judged(
    p: Array, intents: Sequence[str], examples: Sequence[Example], safety: Array | None = None
) -> dict[str, float]:
    """Return the figures of one classifier: `p` holds a row of intent probabilities for each example."""
    gold = np.array([intents.index(e.intent) if e.intent in intents else -1 for e in examples])
    safe = np.array([e.risk != "none" for e in examples])
    scores = safety_of(p, intents) if safety is None else safety
    return {
        "intent accuracy": float((p.argmax(axis=1) == gold).mean()),
        "safety recall at 8%": recall_at(scores, safe, SOFT),
        "safety recall at 2%": recall_at(scores, safe, ALARM),
    }
