"""The encoder's arithmetic: pieces in, scores out. The same as `bot/learning/encoder/network.py`.

The layers run in the TensorFlow that Rasa brings: its products of small matrices take half the time of
numpy's. All texts of a call are computed together, one after another in one array without padding; attention
stays within each text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import tensorflow as tf

from bot.components.encoder.pretrained import HEADS, WIDTH

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.components.encoder.pretrained import Array

_TINY = 1e-12
_FAR = -1e9
"""Added where a piece is of another text."""
_A_HEAD = WIDTH // HEADS
_SCALE = np.float32(_A_HEAD**-0.5)
_TOGETHER = 256
"""Pieces computed at once: more fit no cache and gain nothing."""


class Layer(NamedTuple):
    """Weights of one layer as they are multiplied: (inputs, outputs)."""

    asked: tf.Tensor
    """Queries, keys and values side by side."""
    asked_bias: tf.Tensor
    out: tf.Tensor
    out_bias: tf.Tensor
    inner: tf.Tensor
    inner_bias: tf.Tensor
    outer: tf.Tensor
    outer_bias: tf.Tensor
    first_norm: tuple[tf.Tensor, tf.Tensor]
    second_norm: tuple[tf.Tensor, tf.Tensor]

    @classmethod
    def of(cls, held: Mapping[str, Array]) -> Layer:
        """Arrange the weights of a file for multiplication."""
        asked = np.vstack([held["q.w"] * _SCALE, held["k.w"], held["v.w"]]).T
        bias = np.concatenate([held["q.b"] * _SCALE, held["k.b"], held["v.b"]])
        out, inner, outer = (held[f"{name}.w"].T for name in ("ao", "fi", "fo"))
        return cls(
            *_pair(asked, bias),
            *_pair(out, held["ao.b"]),
            *_pair(inner, held["fi.b"]),
            *_pair(outer, held["fo.b"]),
            first_norm=_pair(held["aln.w"], held["aln.b"]),
            second_norm=_pair(held["oln.w"], held["oln.b"]),
        )

    def above(self, x: tf.Tensor, apart: tf.Tensor) -> tf.Tensor:
        """Return the layer's output; `apart` is very low between pieces of two texts."""
        x = _normed(x + tf.matmul(self._attention(x, apart), self.out) + self.out_bias, *self.first_norm)
        inner = tf.nn.gelu(tf.matmul(x, self.inner) + self.inner_bias, approximate=True)
        return _normed(x + tf.matmul(inner, self.outer) + self.outer_bias, *self.second_norm)

    def _attention(self, x: tf.Tensor, apart: tf.Tensor) -> tf.Tensor:
        asked = tf.reshape(tf.matmul(x, self.asked) + self.asked_bias, (-1, 3, HEADS, _A_HEAD))
        query, key, value = tf.unstack(tf.transpose(asked, (1, 2, 0, 3)))
        near = tf.nn.softmax(tf.matmul(query, key, transpose_b=True) + apart)
        return tf.reshape(tf.transpose(tf.matmul(near, value), (1, 0, 2)), (-1, WIDTH))


def _pair(weight: Array, bias: Array) -> tuple[tf.Tensor, tf.Tensor]:
    return tf.constant(weight, tf.float32), tf.constant(bias, tf.float32)


def _normed(x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor) -> tf.Tensor:
    """Return rows of mean zero and variance one, scaled and moved."""
    x -= tf.reduce_mean(x, axis=1, keepdims=True)
    return x * tf.math.rsqrt(tf.reduce_mean(x * x, axis=1, keepdims=True) + _TINY) * weight + bias


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
        self._pieces, self._positions = pieces, positions
        self._norm = _pair(*norm)
        self._layers = layers
        self._head, self._bias = np.ascontiguousarray(head[0].T), head[1]
        rows = (tf.TensorSpec([None, WIDTH], tf.float32), tf.TensorSpec([None], tf.int32))
        self._run = tf.function(self._all_layers, input_signature=rows)

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
        at = [number for one in texts for number in one]
        places = [place for one in texts for place in range(len(one))]
        lengths = [len(one) for one in texts]
        rows = self._pieces[at].astype(np.float32) + self._positions[places]
        x = self._run(tf.constant(rows), tf.constant(np.repeat(np.arange(len(texts)), lengths), tf.int32))
        starts = [0, *np.cumsum(lengths[:-1]).tolist()]
        mean = np.add.reduceat(x.numpy(), starts, axis=0)
        most = np.maximum.reduceat(x.numpy(), starts, axis=0)
        pooled = np.hstack([_of_length_one(mean), _of_length_one(most)]) * np.float32(WIDTH**0.5)
        return np.asarray(pooled @ self._head + self._bias)

    def _all_layers(self, x: tf.Tensor, text_of: tf.Tensor) -> tf.Tensor:
        apart = tf.where(text_of[:, None] == text_of[None, :], 0.0, _FAR)
        x = _normed(x, *self._norm)
        for layer in self._layers:
            x = layer.above(x, apart)
        return x


def _of_length_one(x: Array) -> Array:
    return np.asarray(x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), np.float32(_TINY)))
