"""What the pretrained encoder adds: models without it, it alone, and both, weighed by numbers of other folds.

No author takes part in the weights that his own messages are judged by. Differences come with an interval by
bootstrap over authors: whole authors are drawn, for messages of one author are alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from bot.components.judging import Judge, sigmoid
from bot.components.labels import RISKS
from bot.learning.benchmark.figures import ALARM, SOFT
from bot.learning.calibrate import calibrated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.components.examples import Example
    from bot.components.features import Array
    from bot.learning.folds import Unseen

ROUNDS, SEED = 1_000, 20_261_129
HEARD_AT = 0.10
"""The share of harmless messages touched at which the owed figure of safety is read."""


class Stacked(NamedTuple):
    """What each message got from weights of the other folds."""

    right: Array
    """Whether its likeliest intent is its own."""
    safety: Array


def stacked(found: Unseen, examples: Sequence[Example]) -> Stacked:
    """Weigh the scores of each fold by a calibration learnt on the other folds."""
    gold = np.array([found.intents.index(e.intent) for e in examples])
    right, safety = np.zeros(len(gold), dtype=bool), np.zeros(len(gold))
    for k in sorted(set(found.fold)):
        seen, asked = np.flatnonzero(found.fold != k), np.flatnonzero(found.fold == k)
        known = calibrated(
            found._replace(margins=found.margins[seen], fold=found.fold[seen]), [examples[i] for i in seen]
        )
        p, evidence, _ = Judge(found.intents, known).evidence(found.margins[asked])
        right[asked] = p.argmax(axis=1) == gold[asked]
        safety[asked] = sigmoid(evidence @ np.array(known.safety))
    return Stacked(right, safety)


def _without(found: Unseen, parts: Sequence[int]) -> Unseen:
    """Return the scores with some scorers silent: 0 the linear models, 1 the net, 2 the encoder."""
    width = len(found.intents) + len(RISKS)
    margins = found.margins.copy()
    for part in parts:
        margins[:, width * part : width * (part + 1)] = 0
    return found._replace(margins=margins)


def _pairs(examples: Sequence[Example]) -> list[list[int]]:
    of: dict[str, list[int]] = {}
    for i, example in enumerate(examples):
        if example.pair:
            of.setdefault(example.pair, []).append(i)
    return [its for its in of.values() if len(its) > 1]


class _Counted(NamedTuple):
    """Hits and cases of each author, by figure."""

    hits: Array
    cases: Array

    def shares(self, authors: Array) -> Array:
        """Return the figures over some authors, drawn with repeats."""
        return np.asarray(self.hits[authors].sum(axis=0) / self.cases[authors].sum(axis=0))


NAMES = ("intents", "safety at 8%", "safety at 2%", "safety at 10%", "pairs")


def _counted(one: Stacked, examples: Sequence[Example], authors: list[str]) -> _Counted:
    safe = np.array([e.risk != "none" for e in examples])
    least = [np.quantile(one.safety[~safe], 1 - share) for share in (SOFT, ALARM, HEARD_AT)]
    heard = one.safety >= least[0]
    hits, cases = np.zeros((len(authors), len(NAMES))), np.zeros((len(authors), len(NAMES)))
    for i, example in enumerate(examples):
        at = authors.index(example.author)
        hits[at, 0] += one.right[i]
        cases[at, 0] += 1
        if safe[i]:
            hits[at, 1:4] += [one.safety[i] >= bound for bound in least]
            cases[at, 1:4] += 1
    for its in _pairs(examples):
        at = authors.index(examples[its[0]].author)
        hits[at, 4] += all(heard[i] == safe[i] for i in its)
        cases[at, 4] += 1
    return _Counted(hits, cases)


def table(found: Unseen, examples: Sequence[Example]) -> dict[str, Any]:
    """Return the figures of each way, over all and by fold, and what the encoder adds with its interval."""
    authors = sorted({e.author for e in examples})
    fold = {e.author: int(k) for e, k in zip(examples, found.fold, strict=True)}
    ways = {"without": (2,), "the encoder alone": (0, 1), "stacked": ()}
    counted = {
        name: _counted(stacked(_without(found, silent), examples), examples, authors)
        for name, silent in ways.items()
    }
    every = np.arange(len(authors))
    chance = np.random.default_rng(SEED)
    drawn = [chance.choice(every, len(every)) for _ in range(ROUNDS)]
    gains = np.array([counted["stacked"].shares(some) - counted["without"].shares(some) for some in drawn])
    low, high = np.quantile(gains, (0.025, 0.975), axis=0)

    def named(values: Array) -> dict[str, float]:
        return {name: round(float(value), 4) for name, value in zip(NAMES, values, strict=True)}

    return {
        "all": {name: named(one.shares(every)) for name, one in counted.items()},
        "gain": {"from": named(low), "to": named(high)},
        "folds": [
            {
                "authors": " ".join(author for author in authors if fold[author] == k),
                **{
                    name: named(one.shares(np.array([i for i in every if fold[authors[i]] == k])))
                    for name, one in counted.items()
                },
            }
            for k in sorted(set(fold.values()))
        ],
    }
