"""How the models do on women they have not met: folds split by author, never by line.

Two messages of one author are alike; a fold that shares an author flatters the model. Used by calibration, by
the check of the model and by the benchmark.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from joblib import Parallel, delayed

from bot.components.features import DEFAULT, Array, Features
from bot.components.labels import INTENTS, RISKS
from bot.components.training import fit_weights, learnt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scipy.sparse import csr_matrix

    from bot.components.examples import Example


class Unseen(NamedTuple):
    """Margins of each example from models that did not see its author."""

    intents: tuple[str, ...]
    margins: Array
    fold: Array


def author_folds(examples: Sequence[Example], count: int = 5) -> Array:
    """Return the fold of each example: whole authors, folds of about one size, the same each time."""
    sizes = [0] * count
    of: dict[str, int] = {}
    for author, written in sorted(
        Counter(e.author for e in examples).items(), key=lambda pair: (-pair[1], pair[0])
    ):
        of[author] = sizes.index(min(sizes))
        sizes[of[author]] += written
    return np.array([of[example.author] for example in examples])


def _one_fold(rows: csr_matrix, noisy: csr_matrix, examples: Sequence[Example], fold: Array, k: int) -> Array:
    seen = np.flatnonzero(fold != k)
    known = fit_weights(rows[seen], noisy[seen], [examples[i] for i in seen])
    margins = np.asarray(rows[np.flatnonzero(fold == k)] @ known.weights + known.bias)
    every = [name for name in INTENTS if name in {e.intent for e in examples}]
    out = np.full((len(margins), len(every) + len(RISKS)), -9.0)  # an intent nobody else wrote of
    out[:, [every.index(name) for name in known.intents]] = margins[:, : len(known.intents)]
    out[:, len(every) :] = margins[:, len(known.intents) :]
    return out


def unseen(
    examples: Sequence[Example], views: Sequence[str] = DEFAULT, count: int = 5, jobs: int = 2
) -> Unseen:
    """Judge every example by models trained on the other authors (the list of grams alone is shared)."""
    rows, noisy = learnt(Features(views), examples)
    fold = author_folds(examples, count)
    intents = tuple(name for name in INTENTS if name in {e.intent for e in examples})
    margins = np.zeros((len(examples), len(intents) + len(RISKS)))
    done = Parallel(n_jobs=jobs)(delayed(_one_fold)(rows, noisy, examples, fold, k) for k in range(count))
    for k, found in enumerate(done):
        margins[fold == k] = found
    return Unseen(intents, margins, fold)
