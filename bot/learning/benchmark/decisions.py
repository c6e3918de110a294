"""What each part of the decision adds, read off the scores that unseen authors' messages got."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.linear_model import LogisticRegression

from bot.components.judging import Calibration, Judge, softmax
from bot.components.labels import SAFETY
from bot.components.lexicon import unmistakable
from bot.learning.benchmark.encoder import stacked
from bot.learning.benchmark.figures import judged
from bot.learning.calibrate import sharpest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.components.examples import Example
    from bot.components.features import Array
    from bot.learning.folds import Unseen


def _weighed(evidence: Array, safe: Array, fold: Array) -> Array:
    """Weigh evidence of safety by a logistic regression that did not see the fold it is asked about."""
    out = np.zeros(len(safe))
    for k in set(fold):
        seen = fold != k
        model = LogisticRegression(C=10, max_iter=1000).fit(evidence[seen], safe[seen])
        out[~seen] = model.decision_function(evidence[~seen])
    return out


def _best_alone(p: Array, found: Unseen, safe: Array) -> dict[str, float]:
    best = np.array([found.intents[i] in SAFETY for i in p.argmax(axis=1)])
    return {"recall of the best intent": float(best[safe].mean()), "its alarms": float(best[~safe].mean())}


def steps(found: Unseen, examples: Sequence[Example]) -> list[dict[str, float | str]]:
    """Return a row for each step from one linear model's best intent to the whole pipeline."""
    judge = Judge(found.intents, Calibration.read())
    line, net, encoder = judge.parts(found.margins)
    safe = np.array([e.risk != "none" for e in examples])
    p_line, p_net, p_encoder = softmax(line.intents * 5.0), softmax(net.intents), softmax(encoder.intents)
    without = found.margins.copy()
    without[:, -encoder.intents.shape[1] - encoder.risks.shape[1] :] = 0
    two = sharpest(found._replace(margins=without), list(examples))
    p_two = softmax(line.intents * two[0] + net.intents * two[1])
    p, evidence, _ = judge.evidence(found.margins)
    alone = evidence[:, 1:2], evidence[:, 2:4]
    only_risk = _weighed(evidence[:, 2:4], safe, found.fold)
    sums = _weighed(evidence[:, 1:-1], safe, found.fold)
    whole = stacked(found, examples).safety
    plain = np.array([unmistakable(e.text) for e in examples])
    lifted = np.where(plain, np.maximum(whole, judge.calibration.perhaps + 1e-6), whole)
    both = _weighed(np.hstack(alone), safe, found.fold)
    rows: list[tuple[str, dict[str, float]]] = [
        ("linear intents, summed probability", judged(p_line, found.intents, examples)),
        ("the net alone, summed probability", judged(p_net, found.intents, examples)),
        ("the encoder alone, summed probability", judged(p_encoder, found.intents, examples)),
        ("linear risk model alone", judged(p_line, found.intents, examples, only_risk)),
        ("linear and net intents, summed probability", judged(p_two, found.intents, examples)),
        ("linear, net and encoder intents, summed probability", judged(p, found.intents, examples)),
        ("... and the risk model", judged(p, found.intents, examples, both)),
        ("... and the risks of net and encoder", judged(p, found.intents, examples, sums)),
        ("... and every single score, authors evened", judged(p, found.intents, examples, whole)),
        ("... and the lexicon", judged(p, found.intents, examples, lifted)),
    ]
    first = ("linear intents, best intent alone", _best_alone(p_line, found, safe))
    return [{"part": name, **figures} for name, figures in (first, *rows)]
