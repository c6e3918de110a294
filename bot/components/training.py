"""Fits the models of `meaning`. Only training imports this: answering needs no scikit-learn."""

from __future__ import annotations

import warnings
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.svm import LinearSVC

from bot.components.features import FEW, Array, Features, views_for
from bot.components.judging import Calibration
from bot.components.labels import INTENTS, RISKS
from bot.components.meaning import Meaning
from bot.components.models import Models
from bot.components.net import Net, fit_net
from bot.components.stage import Tell, nobody

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scipy.sparse import csr_matrix

    from bot.components.encoder.encoder import Encoder
    from bot.components.examples import Example

SEED = 20_261_123
C_INTENT, C_RISK = 1.0, 0.3
"""How closely the models follow the data; chosen on unseen authors (benchmarks/understanding.md)."""


NEAR = 1e-2
"""Where fitting stops; ten times nearer takes three times as long and finds no more."""
RAREST = 4
"""The net learns from grams seen in so many texts; rarer ones are for the linear models alone."""


class Weights(NamedTuple):
    """A column of weights for each intent, then for each risk; and a net that answers in the same order."""

    intents: tuple[str, ...]
    weights: Array
    bias: Array
    net: Net

    def margins(self, rows: csr_matrix) -> Array:
        """Return the linear scores of each row, then the net's."""
        return np.hstack([np.asarray(rows @ self.weights + self.bias), self.net.outputs(rows)])


def linear(
    rows: csr_matrix,
    answers: Sequence[object],
    classes: Sequence[object],
    c: float,
    weight: str | None = None,
) -> tuple[Array, Array]:
    """Fit one-against-the-rest SVMs; return weights and bias with a column for each of `classes`."""
    model = LinearSVC(C=c, tol=NEAR, random_state=SEED, class_weight=weight)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # it stops on time, near enough
        model.fit(rows, answers)
    order = [list(model.classes_).index(name) for name in classes]
    return model.coef_[order].T.astype(np.float32), model.intercept_[order].astype(np.float32)


def fit_weights(rows: csr_matrix, examples: Sequence[Example], tell: Tell = nobody) -> Weights:
    """Fit the models to the features of `examples`.

    Intents are evened out: far more disclosures stand in the data than women send.
    """
    known = {example.intent for example in examples}
    intents = tuple(name for name in INTENTS if name in known)
    risks = [e.risk for e in examples]
    rows.sum_duplicates()  # sorted here, for scikit-learn would do it in place while the net reads them
    with ThreadPoolExecutor(1) as beside:
        # liblinear lets go of the interpreter's lock: the linear models take a second core, the net this one.
        lines = beside.submit(_lines, rows, [e.intent for e in examples], intents, risks)
        net = net_of(rows, [intents.index(e.intent) for e in examples], [RISKS.index(r) for r in risks], tell)
        (w_intent, b_intent), (w_risk, b_risk) = lines.result()
    return Weights(intents, np.hstack([w_intent, w_risk]), np.hstack([b_intent, b_risk]), net)


def _lines(
    rows: csr_matrix, answers: Sequence[str], intents: Sequence[str], risks: Sequence[str]
) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """Fit the linear models one after the other: liblinear draws from one seeded source a process."""
    return linear(rows, answers, intents, C_INTENT, "balanced"), linear(rows, risks, RISKS, C_RISK)


def net_of(rows: csr_matrix, intents: list[int], risks: list[int], tell: Tell = nobody) -> Net:
    """Fit a net to the grams that it can learn from; the others' weights are zero."""
    least = RAREST if rows.shape[0] >= FEW else 1
    known = np.flatnonzero(np.bincount(rows.indices, minlength=rows.shape[1]) >= least)
    net = fit_net(rows[:, known], intents, risks, (max(intents) + 1, max(risks) + 1), SEED, tell)
    first = np.zeros((rows.shape[1], net.first.shape[1]), dtype=np.float32)
    first[known] = net.first
    return net._replace(first=first)


def fit(examples: Sequence[Example], tell: Tell = nobody, encoder: Encoder | None = None) -> Meaning:
    """Fit the models to `examples`; the same examples give the same models. The encoder stays as it is."""
    tell("features")
    features = Features(views_for(len(examples)))
    rows = features.learn(example.text for example in examples)
    tell("models")
    weights = fit_weights(rows, examples, tell)
    tell("joining")
    models = Models.of(weights.weights, weights.bias, weights.net)
    return Meaning(features, weights.intents, models, Calibration.read(), encoder=encoder)
