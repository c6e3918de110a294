"""The encoder's arithmetic in numpy: pieces in, scores out. The same as `bot/learning/encoder/network.py`.

All texts of a call are computed together, one after another in one array without padding; only attention
looks at each text by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from bot.components.encoder.pretrained import HEADS, WIDTH

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.components.encoder.pretrained import Array

_TINY = np.float32(1e-12)
_A_HEAD = WIDTH // HEADS
_SCALE = np.float32(_A_HEAD**-0.5)
_ROOT, _CUBE = np.float32(0.7978845608), np.float32(0.044715)
_TOGETHER = 768
"""Pieces computed at once: more fit no cache and gain nothing."""


class Layer(NamedTuple):
    """Weights of one layer as they are multiplied: (inputs, outputs)."""

    asked: Array
    """Queries, keys and values side by side."""
    asked_bias: Array
    out: Array
    out_bias: Array
    inner: Array
    inner_bias: Array
    outer: Array
    outer_bias: Array
    first_norm: tuple[Array, Array]
    second_norm: tuple[Array, Array]

    @classmethod
    def of(cls, held: Mapping[str, Array]) -> Layer:
        """Arrange the weights of a file for multiplication."""
        asked = np.ascontiguousarray(np.vstack([held["q.w"] * _SCALE, held["k.w"], held["v.w"]]).T)
        bias = np.concatenate([held["q.b"] * _SCALE, held["k.b"], held["v.b"]])
        out, inner, outer = (np.ascontiguousarray(held[f"{name}.w"].T) for name in ("ao", "fi", "fo"))
        biases = held["ao.b"], held["fi.b"], held["fo.b"]
        norms = (held["aln.w"], held["aln.b"]), (held["oln.w"], held["oln.b"])
        return cls(asked, bias, out, biases[0], inner, biases[1], outer, biases[2], *norms)

    def above(self, x: Array, ends: Sequence[int]) -> Array:
        """Return the layer's output; the texts end at `ends`."""
        x = normed(x + self._attention(x, ends) @ self.out + self.out_bias, *self.first_norm)
        inner = x @ self.inner
        inner += self.inner_bias
        return normed(x + _gelu(inner) @ self.outer + self.outer_bias, *self.second_norm)

    def _attention(self, x: Array, ends: Sequence[int]) -> Array:
        asked = (x @ self.asked + self.asked_bias).reshape(len(x), 3, HEADS, _A_HEAD)
        seen = np.empty((len(x), HEADS, _A_HEAD), dtype=np.float32)
        start = 0
        for end in ends:
            query, key, value = asked[start:end].transpose(1, 2, 0, 3)
            near = query @ key.transpose(0, 2, 1)
            near -= near.max(axis=2, keepdims=True)
            np.exp(near, out=near)
            near /= near.sum(axis=2, keepdims=True)
            seen[start:end] = (near @ value).transpose(1, 0, 2)
            start = end
        return seen.reshape(len(x), WIDTH)


def normed(x: Array, weight: Array, bias: Array) -> Array:
    """Return rows of mean zero and length one, scaled and moved."""
    x = x - x.mean(axis=1, keepdims=True)
    x /= np.sqrt(np.einsum("ij,ij->i", x, x)[:, None] / np.float32(WIDTH) + _TINY)
    x *= weight
    x += bias
    return x


def _gelu(x: Array) -> Array:
    """Return x times how probable a smaller one is (the approximation by tanh), in place."""
    t: Array = x * x
    t *= _CUBE * _ROOT
    t += _ROOT
    t *= x
    np.tanh(t, out=t)
    t += 1
    t *= x
    t *= np.float32(0.5)
    return t


class Forward:
    """From pieces to scores."""

    def __init__(
        self,
        pieces: Array,
        positions: Array,
        norm: tuple[Array, Array],
        layers: Sequence[Layer],
        head: tuple[Array, Array],
    ) -> None:
        """Take the rows of the pieces and of the positions, the layers, and the head with its bias."""
        self._pieces, self._positions, self._norm = pieces, positions, norm
        self._layers = layers
        self._head, self._bias = np.ascontiguousarray(head[0].T), head[1]

    def scores(self, texts: Sequence[Sequence[int]]) -> Array:
        """Return a row of scores for each text, given as numbers of pieces."""
        found = np.zeros((len(texts), len(self._bias)), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        some: list[int] = []
        size = 0
        for i in order:
            if some and size + len(texts[i]) > _TOGETHER:
                found[some] = self._together([texts[j] for j in some])
                some, size = [], 0
            some.append(i)
            size += len(texts[i])
        if some:
            found[some] = self._together([texts[j] for j in some])
        return found

    def _together(self, texts: Sequence[Sequence[int]]) -> Array:
        ends = np.cumsum([len(one) for one in texts]).tolist()
        at = [number for one in texts for number in one]
        places = [place for one in texts for place in range(len(one))]
        x = normed(self._pieces[at].astype(np.float32) + self._positions[places], *self._norm)
        for layer in self._layers:
            x = layer.above(x, ends)
        starts = [0, *ends[:-1]]
        mean = np.add.reduceat(x, starts, axis=0)
        most = np.maximum.reduceat(x, starts, axis=0)
        pooled = np.hstack([_of_length_one(mean), _of_length_one(most)]) * np.float32(WIDTH**0.5)
        return np.asarray(pooled @ self._head + self._bias)


def _of_length_one(x: Array) -> Array:
    return np.asarray(x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), _TINY))
