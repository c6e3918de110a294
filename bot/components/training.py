"""Fits the models of `meaning`. Only training imports this: answering needs no scikit-learn."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.svm import LinearSVC

from bot.components.features import DEFAULT, Features
from bot.components.labels import RISKS
from bot.components.meaning import Calibration, Meaning

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scipy.sparse import csr_matrix

SEED = 20_261_123


class Example(NamedTuple):
    """One training message."""

    text: str
    intent: str
    risk: str


def _linear(rows: csr_matrix, answers: list[str], classes: Sequence[str], c: float) -> tuple[np.ndarray, np.ndarray]:
    """Fit one-against-the-rest SVMs; return weights and bias with a column for each of `classes`."""
    model = LinearSVC(C=c, random_state=SEED)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # it stops on time, near enough
        model.fit(rows, answers)
    order = [list(model.classes_).index(name) for name in classes]
    return model.coef_[order].T.astype(np.float32), model.intercept_[order].astype(np.float32)


def fit(examples: Sequence[Example], views: Sequence[str] = DEFAULT, c: float = 1.0) -> Meaning:
    """Fit both models to `examples`; the same examples give the same models."""
    texts = [example.text for example in examples]
    features = Features(views).fit(texts)
    rows = features.rows(texts)
    intents = sorted({example.intent for example in examples})
    w_intent, b_intent = _linear(rows, [e.intent for e in examples], intents, c)
    w_risk, b_risk = _linear(rows, [e.risk for e in examples], RISKS, c)
    return Meaning(features, intents, np.hstack([w_intent, w_risk]), np.hstack([b_intent, b_risk]),
                   Calibration.read())
