"""Other classifiers on our data, each asked about one fold of authors that it did not see."""

from __future__ import annotations

import time
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from bot.components.features import DEFAULT, Features
from bot.components.judging import softmax
from bot.components.labels import INTENTS
from bot.components.training import C_INTENT, NEAR, SEED
from bot.learning.benchmark.figures import judged

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.components.examples import Example
    from bot.components.features import Array

_SHARP = 4.0
"""What margins of a linear SVM are multiplied by before softmax; accuracy doesn't depend on it."""

Split = tuple[list["Example"], list["Example"]]
Rows = tuple[csr_matrix, csr_matrix]


def split(examples: Sequence[Example], fold: Array, k: int) -> Split:
    """Return the other authors' messages, and those of fold `k`."""
    pairs = list(zip(examples, fold, strict=True))
    return [e for e, its in pairs if its != k], [e for e, its in pairs if its == k]


def _words_and_letters(seen: list[Example], asked: list[Example]) -> Rows:
    kinds: list[dict[str, Any]] = [{"ngram_range": (1, 2)}, {"analyzer": "char_wb", "ngram_range": (2, 5)}]
    parts = []
    for kind in kinds:
        reader = TfidfVectorizer(
            sublinear_tf=True, min_df=2, strip_accents="unicode", dtype=np.float32, **kind
        )
        parts.append((reader.fit_transform(e.text for e in seen), reader.transform(e.text for e in asked)))
    return hstack([a for a, _ in parts], format="csr"), hstack([b for _, b in parts], format="csr")


def _letters(seen: list[Example], asked: list[Example]) -> Rows:
    reader = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=3, dtype=np.float32
    )
    return reader.fit_transform(e.text for e in seen), reader.transform(e.text for e in asked)


def svm(rows: Rows, gold: list[str]) -> tuple[Array, list[str]]:
    """Fit a linear SVM; return what stands for probabilities, and the order of its intents."""
    model = LinearSVC(C=C_INTENT, class_weight="balanced", tol=NEAR, random_state=SEED).fit(rows[0], gold)
    return softmax(model.decision_function(rows[1]) * _SHARP), list(model.classes_)


def _logistic(rows: Rows, gold: list[str]) -> tuple[Array, list[str]]:
    model = LogisticRegression(C=20, class_weight="balanced", solver="liblinear", tol=0.05, random_state=SEED)
    model.fit(rows[0], gold)
    return model.predict_proba(rows[1]), list(model.classes_)


PEERS: dict[str, tuple[Callable[..., Rows], Callable[..., tuple[Array, list[str]]]]] = {
    "linear SVM, words and letters as typed": (_words_and_letters, svm),
    "logistic regression, letters as typed": (_letters, _logistic),
}


def row(name: str, seen: list[Example], asked: list[Example]) -> dict[str, Any]:
    """Fit one peer and return its line of the table."""
    read, fit = PEERS[name]
    began = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        p, classes = fit(read(seen, asked), [e.intent for e in seen])
    full = np.zeros((len(asked), len(INTENTS)))
    full[:, [INTENTS.index(name) for name in classes]] = p
    return {"classifier": name, **judged(full, INTENTS, asked), "CPU s": round(time.process_time() - began)}


def views(seen: list[Example], asked: list[Example]) -> list[dict[str, Any]]:
    """Return what the linear intents lose without each view of the text."""
    lines = []
    for without in (None, *DEFAULT):
        features = Features([name for name in DEFAULT if name != without])
        rows = features.learn(e.text for e in seen), features.rows(e.text for e in asked)
        p, classes = svm(rows, [e.intent for e in seen])
        lines.append({"without": without or "nothing", **judged(p, classes, asked)})
    return lines
