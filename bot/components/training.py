"""Fits the models of `meaning`. Only training imports this: answering needs no scikit-learn."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.sparse import vstack
from sklearn.exceptions import ConvergenceWarning
from sklearn.svm import LinearSVC

from bot.components.features import DEFAULT, Array, Features
from bot.components.labels import INTENTS, RISKS
from bot.components.meaning import Calibration, Meaning
from bot.components.noise import mangled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scipy.sparse import csr_matrix

    from bot.components.examples import Example

SEED = 20_261_123
C_INTENT, C_RISK = 1.0, 0.3
"""How closely the models follow the data; chosen on unseen authors (benchmarks/understanding.md)."""


class Weights(NamedTuple):
    """A column of weights for each intent, then for each risk."""

    intents: tuple[str, ...]
    weights: Array
    bias: Array


def _linear(
    rows: csr_matrix, answers: Sequence[str], classes: Sequence[str], c: float, weight: str | None = None
) -> tuple[Array, Array]:
    """Fit one-against-the-rest SVMs; return weights and bias with a column for each of `classes`."""
    model = LinearSVC(C=c, random_state=SEED, class_weight=weight)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # it stops on time, near enough
        model.fit(rows, answers)
    order = [list(model.classes_).index(name) for name in classes]
    return model.coef_[order].T.astype(np.float32), model.intercept_[order].astype(np.float32)


def fit_weights(rows: csr_matrix, noisy: csr_matrix, examples: Sequence[Example]) -> Weights:
    """Fit both models to the features of `examples`, and to those of their mangled copies.

    Intents are evened out: far more disclosures stand in the data than women send. Risk is learnt from the
    mangled copies too; intents gain nothing from them and would take twice the time.
    """
    known = {example.intent for example in examples}
    intents = tuple(name for name in INTENTS if name in known)
    risks = [e.risk for e in examples]
    w_intent, b_intent = _linear(rows, [e.intent for e in examples], intents, C_INTENT, "balanced")
    w_risk, b_risk = _linear(vstack([rows, noisy], format="csr"), risks * 2, RISKS, C_RISK)
    return Weights(intents, np.hstack([w_intent, w_risk]), np.hstack([b_intent, b_risk]))


def learnt(features: Features, examples: Sequence[Example]) -> tuple[csr_matrix, csr_matrix]:
    """Return the features of `examples` and of their mangled copies; the grams are learnt from the first."""
    texts = [example.text for example in examples]
    return features.learn(texts), features.rows(mangled(text, SEED) for text in texts)


def fit(examples: Sequence[Example], views: Sequence[str] = DEFAULT) -> Meaning:
    """Fit both models to `examples`; the same examples give the same models."""
    features = Features(views)
    weights = fit_weights(*learnt(features, examples), examples)
    return Meaning(features, weights.intents, weights.weights, weights.bias, Calibration.read())
