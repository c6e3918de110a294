#!/usr/bin/env python3
"""Learn the numbers that weigh the models' evidence, on authors the models have not seen.

usage: python bot/learning/calibrate.py [--data data/nlu]

Writes bot/components/calibration.json. Run it after the training data have changed much, then train again.
Thresholds are set on the share of harmless messages that would be touched: `SOFT` of them get the soft
opening, `ALARM` the safety conversation; `LIFTED` of the messages of support are answered as danger. A
safety intent of which more than `UNHEARD` of unseen women's messages would stay below the soft opening gets
it sooner: nobody's way of saying it shall go less heard than the others'. No measuring set is read here.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from bot.components.examples import Example, digest, read_folder  # noqa: E402
from bot.components.judging import CALIBRATION, Calibration, Judge, sigmoid, softmax  # noqa: E402
from bot.components.labels import SAFETY  # noqa: E402
from bot.learning.folds import Unseen, unseen_once  # noqa: E402

if TYPE_CHECKING:
    from bot.components.features import Array

KEPT = ROOT / "bot" / "trained" / "unseen.npz"
SOFT, ALARM, LIFTED, UNHEARD = 0.085, 0.019, 0.10, 0.09
_FIRST_TRY = (3.0, 0.5, 0.5)


def sharpest(found: Unseen, examples: list[Example]) -> tuple[float, float, float]:
    """Return the factors at which the intents' probabilities are most honest (least log loss)."""
    gold = np.array([found.intents.index(e.intent) for e in examples])
    scored = [one.intents for one in Judge(found.intents, _blank(_FIRST_TRY)).parts(found.margins)]
    each = np.arange(len(gold))

    def loss(factors: Array) -> tuple[float, Array]:
        p = softmax(sum(one * factor for one, factor in zip(scored, factors, strict=True)))
        slopes = [float((p * one).sum(axis=1).mean() - one[each, gold].mean()) for one in scored]
        return float(-np.log(p[each, gold] + 1e-9).mean()), np.array(slopes)

    best = minimize(loss, np.array(_FIRST_TRY), jac=True, method="L-BFGS-B", bounds=[(0, None)] * 3)
    line, net, encoder = (round(float(factor), 3) for factor in best.x)
    return line, net, encoder


def _blank(sharpness: tuple[float, float, float]) -> Calibration:
    return Calibration(sharpness, (), (), 1.0, 1.0, 1.0)


def _weights(evidence: Array, answer: Array) -> tuple[float, ...]:
    model = LogisticRegression(C=10, max_iter=1000, fit_intercept=False).fit(evidence, answer)
    return tuple(round(float(w), 4) for w in model.coef_[0])


def _from(scores: Array, share: float) -> float:
    return round(float(np.quantile(scores, 1 - share)), 4)


def calibrated(found: Unseen, examples: list[Example]) -> Calibration:
    """Return the numbers learnt from unseen authors' messages."""
    risk = np.array([e.risk for e in examples])
    blank = _blank(sharpest(found, examples))
    _, safety, danger = Judge(found.intents, blank).evidence(found.margins)
    w_safety = _weights(safety, risk != "none")
    w_danger = _weights(danger[risk != "none"], risk[risk != "none"] == "danger")
    p_safety, p_danger = sigmoid(safety @ np.array(w_safety)), sigmoid(danger @ np.array(w_danger))
    harmless = p_safety[risk == "none"]
    perhaps = _from(harmless, SOFT)
    said = sorted({e.intent for e in examples} & SAFETY)
    of = {name: p_safety[[e.intent == name for e in examples]] for name in said}
    sooner = {name: bound for name, p in of.items() if (bound := _from(p, 1 - UNHEARD)) < perhaps}
    return Calibration(
        blank.sharpness,
        w_safety,
        w_danger,
        perhaps,
        _from(harmless, ALARM),
        _from(p_danger[risk == "support"], LIFTED),
        sooner,
        digest(examples),
    )


def main() -> int:
    """Learn and write the numbers."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=ROOT / "data" / "nlu")
    args = parser.parse_args()
    examples = read_folder(args.data)
    known = calibrated(unseen_once(examples, KEPT), examples)
    CALIBRATION.write_text(json.dumps(asdict(known), indent=2) + "\n", encoding="utf-8")
    print(CALIBRATION.read_text(encoding="utf-8"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
