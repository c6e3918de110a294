"""A small neural net over the numbers of `features`: one hidden layer, then intents and risk side by side.

A line through all grams can't learn that two of them mean something only together ("mi hijo" and "me pega");
a hidden layer can. It errs elsewhere than the linear models do, and together they err less
(benchmarks/understanding.md). Training is numpy alone and the same each time; answering is two products.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from bot.components.stage import Counting, Tell, nobody

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.components.features import Array

HIDDEN, EPOCHS, BATCH = 128, 8, 256
STEPS = 600
"""Steps at the least: a small set goes round more often."""
RATE, WARM_UP = 2e-3, 100
DROPPED_GRAMS, DROPPED_UNITS = 0.2, 0.5
"""Shares left out at random in each step, so that no gram and no unit is relied on alone."""
SMOOTHING = 0.05
_FIRST, _SECOND, _TINY = 0.9, 0.999, 1e-8
_BLOCK = 1024
"""Rows of weights moved at once."""


class Net(NamedTuple):
    """Weights of both layers; the second one's columns are the intents, then the risks."""

    first: Array
    first_bias: Array
    second: Array
    second_bias: Array

    def outputs(self, rows: csr_matrix) -> Array:
        """Return the logits of each row."""
        return self.above(np.asarray(rows @ self.first))

    def above(self, product: Array) -> Array:
        """Return the logits, given what the first layer's weights make of each row."""
        return np.asarray(np.maximum(product + self.first_bias, 0) @ self.second + self.second_bias)


class _Adam:
    """Moments of one dense array of weights."""

    def __init__(self, weights: Array) -> None:
        self._weights = weights
        self._mean = np.zeros_like(weights)
        self._square = np.zeros_like(weights)

    def step(self, slope: Array, rate: float, count: int) -> None:
        self._mean += (1 - _FIRST) * (slope - self._mean)
        self._square += (1 - _SECOND) * (slope * slope - self._square)
        size = np.sqrt(self._square / (1 - _SECOND**count)) + _TINY
        self._weights -= rate * (self._mean / (1 - _FIRST**count)) / size


class _RowAdam:
    """The same for a tall array of which each step touches few rows; a row shares one size of step."""

    def __init__(self, weights: Array) -> None:
        self._weights = weights
        self._mean = np.zeros_like(weights)
        self._square = np.zeros(len(weights), dtype=np.float32)

    def step(self, rows: csr_matrix, below: Array, rate: float, count: int) -> None:
        """Move the weights of the columns of `rows`, a batch, by its slopes at the hidden layer.

        Block by block and in place: the time goes into memory, and a block stays in the processor's cache.
        """
        by_column = rows.tocsc()
        touched = np.flatnonzero(np.diff(by_column.indptr))
        ends = np.append(by_column.indptr[touched], by_column.indptr[-1])
        transposed = csr_matrix((by_column.data, by_column.indices, ends), (len(touched), rows.shape[0]))
        for start in range(0, len(touched), _BLOCK):
            block = slice(start, start + _BLOCK)
            self._move(touched[block], np.asarray(transposed[block] @ below), rate, count)

    def _move(self, at: Array, slope: Array, rate: float, count: int) -> None:
        square = _SECOND * self._square[at] + (1 - _SECOND) * (slope * slope).mean(axis=1)
        self._square[at] = square
        size = np.sqrt(square / (1 - _SECOND**count)) + _TINY
        mean = np.take(self._mean, at, axis=0)
        mean *= _FIRST
        slope *= 1 - _FIRST
        mean += slope
        self._mean[at] = mean
        mean /= 1 - _FIRST**count
        mean *= rate
        mean /= size[:, None]
        weights = np.take(self._weights, at, axis=0)
        weights -= mean
        self._weights[at] = weights


class _Targets(NamedTuple):
    """What each row should say: columns of intents then risks, and how much its intent counts."""

    wanted: Array
    weight: Array
    intents: int


def _targets(intents: Array, risks: Array, sizes: tuple[int, int]) -> _Targets:
    each = np.arange(len(intents))
    wanted = np.hstack([np.full((len(intents), n), SMOOTHING / n, dtype=np.float32) for n in sizes])
    wanted[each, intents] += 1 - SMOOTHING
    wanted[each, sizes[0] + risks] += 1 - SMOOTHING
    count = np.bincount(intents, minlength=sizes[0])
    rare = np.sqrt(count.mean() / np.maximum(count, 1)).astype(np.float32)
    return _Targets(wanted, rare[intents], sizes[0])


def _softmax(z: Array) -> Array:
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return np.asarray(e / e.sum(axis=1, keepdims=True))


def _slope(z: Array, targets: _Targets, batch: Array) -> Array:
    n, wanted = targets.intents, targets.wanted[batch]
    intents = (_softmax(z[:, :n]) - wanted[:, :n]) * targets.weight[batch, None]
    slope = np.hstack([intents, _softmax(z[:, n:]) - wanted[:, n:]]) / len(batch)
    return np.asarray(slope, dtype=np.float32)


class _Learner:
    """A net on its way, with the moments of each of its parts."""

    def __init__(self, columns: int, outputs: int, chance: np.random.Generator) -> None:
        self._chance = chance
        first = chance.standard_normal((columns, HIDDEN), dtype=np.float32) * np.float32(0.05)
        second = chance.standard_normal((HIDDEN, outputs), dtype=np.float32) / np.float32(np.sqrt(HIDDEN))
        zeros = np.zeros(HIDDEN, dtype=np.float32), np.zeros(outputs, dtype=np.float32)
        self.net = Net(first, zeros[0], second, zeros[1])
        self._rows = _RowAdam(first)
        self._dense = [_Adam(part) for part in self.net[1:]]

    def step(self, rows: csr_matrix, targets: _Targets, batch: Array, rate: float, count: int) -> None:
        """Learn from one batch."""
        kept = self._chance.random(rows.nnz, dtype=np.float32) >= DROPPED_GRAMS
        values = np.where(kept, rows.data / np.float32(1 - DROPPED_GRAMS), np.float32(0))
        thinned = csr_matrix((values, rows.indices, rows.indptr), rows.shape)
        hidden = thinned @ self.net.first + self.net.first_bias
        mask = (self._chance.random(hidden.shape, dtype=np.float32) >= DROPPED_UNITS) / np.float32(
            1 - DROPPED_UNITS
        )
        active = np.maximum(hidden, 0) * mask
        slope = _slope(active @ self.net.second + self.net.second_bias, targets, batch)
        below = (slope @ self.net.second.T) * mask * (hidden > 0)
        self._rows.step(thinned, below, rate, count)
        slopes = (below.sum(axis=0), active.T @ slope, slope.sum(axis=0))
        for moments, of_part in zip(self._dense, slopes, strict=True):
            moments.step(of_part, rate, count)


def fit_net(
    rows: csr_matrix,
    intents: Sequence[int],
    risks: Sequence[int],
    sizes: tuple[int, int],
    seed: int,
    tell: Tell = nobody,
) -> Net:
    """Fit a net to `rows`, whose intents and risks are numbers below `sizes`."""
    targets = _targets(np.asarray(intents), np.asarray(risks), sizes)
    chance = np.random.default_rng(seed)
    learner = _Learner(rows.shape[1], sum(sizes), chance)
    batches = max(1, rows.shape[0] // BATCH)
    rounds = max(EPOCHS, STEPS // batches)
    count, total = 0, rounds * batches
    progress = Counting("net", total, tell)
    with threadpool_limits(1):  # sums in one order: the same data give the same net
        for _ in range(rounds):
            for batch in np.array_split(chance.permutation(rows.shape[0]), batches):
                count += 1
                rate = RATE * min(1.0, count / WARM_UP) * (1 - count / total) + RATE / 200
                learner.step(rows[batch], targets, batch, rate, count)
                progress.at(count)
    return learner.net
