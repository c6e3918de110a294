"""Fits the models of `meaning`. Only training imports this: answering needs no scikit-learn."""

from __future__ import annotations

import warnings
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.svm import LinearSVC

from bot.components.features import DEFAULT, Array, Features
from bot.components.labels import INTENTS, RISKS
from bot.components.meaning import Calibration, Meaning

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scipy.sparse import csr_matrix

    from bot.components.examples import Example

SEED = 20_261_123
C_INTENT, C_RISK = 1.0, 0.3
"""How closely the models follow the data; chosen on unseen authors (benchmarks/understanding.md)."""
EVENNESS = 0.08
"""Off an intent's margin for each e-fold of its examples: far more disclosures stand here than women send."""


class Weights(NamedTuple):
    """A column of weights for each intent, then for each risk."""

    intents: tuple[str, ...]
    weights: Array
    bias: Array


def _linear(rows: csr_matrix, answers: list[str], classes: Sequence[str], c: float) -> tuple[Array, Array]:
    """Fit one-against-the-rest SVMs; return weights and bias with a column for each of `classes`."""
    model = LinearSVC(C=c, random_state=SEED)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # it stops on time, near enough
        model.fit(rows, answers)
    order = [list(model.classes_).index(name) for name in classes]
    return model.coef_[order].T.astype(np.float32), model.intercept_[order].astype(np.float32)


def fit_weights(rows: csr_matrix, examples: Sequence[Example]) -> Weights:
    """Fit both models to the features of `examples`."""
    known = {example.intent for example in examples}
    intents = tuple(name for name in INTENTS if name in known)
    w_intent, b_intent = _linear(rows, [e.intent for e in examples], intents, C_INTENT)
    written = Counter(e.intent for e in examples)
    b_intent -= EVENNESS * np.log([written[name] for name in intents])
    w_risk, b_risk = _linear(rows, [e.risk for e in examples], RISKS, C_RISK)
    return Weights(intents, np.hstack([w_intent, w_risk]), np.hstack([b_intent, b_risk]))


def fit(examples: Sequence[Example], views: Sequence[str] = DEFAULT) -> Meaning:
    """Fit both models to `examples`; the same examples give the same models."""
    texts = [example.text for example in examples]
    features = Features(views)
    weights = fit_weights(features.learn(texts), examples)
    return Meaning(features, weights.intents, weights.weights, weights.bias, Calibration.read())
