#!/usr/bin/env python3
"""Learn the numbers that weigh the models' evidence, on authors the models have not seen.

usage: python bot/learning/calibrate.py [--data data/nlu]

Writes bot/components/calibration.json. Run it after the training data have changed much, then train again.
Thresholds are set on the share of harmless messages that would be touched: `SOFT` of them get the soft
opening, `ALARM` the safety conversation; `LIFTED` of the messages of support are answered as danger. A
safety intent of which more than `UNHEARD` of unseen women's messages would stay below the soft opening gets
it sooner: nobody's way of saying it shall go less heard than the others'. No measuring set is read here.

Safety is weighed twice, by a few sums of the scores and by every single score, and both count. An
author's harmless messages weigh as much as her others: whole batches hold nothing but disclosures or nothing
but harmless look-alikes, and weights that learnt how often each subject is told would fit no other author.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from bot.components.examples import Example, digest, read_folder  # noqa: E402
from bot.components.judging import CALIBRATION, Calibration, Judge, sigmoid, softmax  # noqa: E402
from bot.components.labels import RISKS, SAFETY  # noqa: E402
from bot.learning.folds import Unseen, unseen_once  # noqa: E402

if TYPE_CHECKING:
    from bot.components.features import Array

KEPT = ROOT / "bot" / "trained" / "unseen.npz"
SOFT, ALARM, LIFTED, UNHEARD = 0.085, 0.019, 0.10, 0.09
_FIRST_TRY = (3.0, 0.5, 0.5)
_C, _C_SCORES = 10.0, 0.03
"""How closely the weights of the sums and of the single scores follow the messages."""
_PAIRED = 3.0
"""How much more a message of a pair weighs among the single scores: they tell look-alikes apart."""
_SINGLE = 0.6
"""How much the single scores count; the sums count the rest."""


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
    model = LogisticRegression(C=_C, max_iter=1000, fit_intercept=False).fit(evidence, answer)
    return tuple(round(float(w), 4) for w in model.coef_[0])


def evened(examples: list[Example]) -> Array:
    """Return a weight for each message, so that an author's harmless ones weigh as much as her others.

    An author who wrote of one kind alone tells nothing of where the other begins, and weighs nothing; where
    there is no other author, all weigh alike.
    """
    count = Counter((e.author, e.risk != "none") for e in examples)
    both = {author for author, _ in count if count[author, True] and count[author, False]}
    weights = np.array(
        [
            (count[e.author, True] + count[e.author, False]) / 2 / count[e.author, e.risk != "none"]
            if e.author in both
            else 0.0
            for e in examples
        ]
    )
    return weights if both else np.ones(len(examples))


def _of_safety(
    judge: Judge, sums: Array, margins: Array, examples: list[Example]
) -> tuple[tuple[float, ...], dict[str, tuple[float, ...]]]:
    """Return the weights of the sums, the last of which is that of all single scores; and theirs."""
    safe, even = np.array([e.risk != "none" for e in examples]), evened(examples)
    few = LogisticRegression(C=_C, max_iter=1000, fit_intercept=False).fit(sums, safe, even)
    # Of one size, so that all are held alike; what never changes would be divided by nothing.
    every = np.hstack([sums[:, 1:], judge.whole(margins)])
    middle, size = every.mean(axis=0), every.std(axis=0)
    size[size == 0] = 1.0
    paired = np.where([bool(e.pair) for e in examples], _PAIRED, 1.0)
    many = LogisticRegression(C=_C_SCORES, max_iter=1000).fit((every - middle) / size, safe, even * paired)
    of = many.coef_[0] / size
    bias = float(many.intercept_[0] - of @ middle)
    n = sums.shape[1] - 1
    joined = (1 - _SINGLE) * few.coef_[0] + _SINGLE * np.array([bias, *of[:n]])
    names = (*judge.intents, *RISKS)
    by_name = _SINGLE * of[n:].reshape(-1, len(names)).T
    scores = {name: tuple(round(float(w), 5) for w in row) for name, row in zip(names, by_name, strict=True)}
    return (*(round(float(w), 4) for w in joined), 1.0), scores


def _from(scores: Array, share: float) -> float:
    return round(float(np.quantile(scores, 1 - share)), 4)


def calibrated(found: Unseen, examples: list[Example]) -> Calibration:
    """Return the numbers learnt from unseen authors' messages."""
    risk = np.array([e.risk for e in examples])
    blank = _blank(sharpest(found, examples))
    _, safety, danger = Judge(found.intents, blank).evidence(found.margins)
    w_safety, scores = _of_safety(Judge(found.intents, blank), safety[:, :-1], found.margins, examples)
    safety = Judge(found.intents, replace(blank, scores=scores)).evidence(found.margins)[1]
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
        scores,
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
