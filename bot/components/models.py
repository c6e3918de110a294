"""The fitted models as arrays: training makes them, folds try them, `meaning` keeps them.

The linear models' columns and the net's first layer stand side by side, so that one look at a text's grams
serves both. Nothing that runs code is written or read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bot.components.net import Net
from bot.components.turn_memo import once_a_turn

if TYPE_CHECKING:
    from pathlib import Path

    from scipy.sparse import csr_matrix

    from bot.components.features import Array

_FILE = "weights.npz"
_NET_SIZE, _UNIT_SIZE = 3.0, 2.0


class Models:
    """Scores of each intent, then of each risk: the linear models', then the net's."""

    def __init__(self, joined: Array, bias: Array, net: Net) -> None:
        """Keep the columns of the linear models and of the net's first layer; of `net` what lies above it."""
        self._joined = joined
        self._bias = bias
        self._net = net._replace(first=joined[:0])

    @classmethod
    def of(cls, weights: Array, bias: Array, net: Net) -> Models:
        """Join fitted models; `net.first` has a row for each gram, like `weights`."""
        halves = [part.astype(np.float16) for part in (weights, net.first)]
        return cls(np.ascontiguousarray(np.hstack(halves)), bias, net)

    def margins(self, rows: csr_matrix) -> Array:
        """Return the scores of each row."""
        product = self._product(rows)
        linear = len(self._bias)
        return np.hstack([product[:, :linear] + self._bias, self._net.above(product[:, linear:])])

    def sense(self, rows: csr_matrix) -> Array:
        """Return the scores of each row, then the net's hidden units for it, all near one in size."""
        product = self._product(rows)
        linear = len(self._bias)
        hidden = product[:, linear:]
        scores = np.hstack([product[:, :linear] + self._bias, self._net.above(hidden) / _NET_SIZE])
        units = np.maximum(hidden + self._net.first_bias, 0) / _UNIT_SIZE
        return np.hstack([scores, units]).astype(np.float32)

    def _product(self, rows: csr_matrix) -> Array:
        """Return each row's product with the weights of the linear models and of the first layer.

        Row by row and in halves of single precision: a text has a few hundred of the hundreds of thousands of
        grams, so that a full product in full precision would cost more memory and no less time.
        """
        product = np.zeros((rows.shape[0], self._joined.shape[1]), dtype=np.float32)
        for i in range(rows.shape[0]):
            its = slice(rows.indptr[i], rows.indptr[i + 1])
            columns, values = rows.indices[its].astype(np.int32), rows.data[its].astype(np.float32)
            product[i] = self._of_one(columns.tobytes(), values.tobytes())
        return product

    @once_a_turn
    def _of_one(self, columns: bytes, values: bytes) -> Array:
        """Return the product of one row, whose numbers come as bytes so that they can be looked up."""
        at = np.frombuffer(columns, dtype=np.int32)
        return np.asarray(np.frombuffer(values, dtype=np.float32) @ self._joined[at].astype(np.float32))

    def save(self, folder: Path) -> None:
        """Write the arrays."""
        _, first_bias, second, second_bias = self._net
        np.savez_compressed(
            folder / _FILE,
            joined=self._joined,
            bias=self._bias,
            first_bias=first_bias,
            second=second,
            second_bias=second_bias,
        )

    @classmethod
    def load(cls, folder: Path) -> Models:
        """Read what `save` wrote."""
        with np.load(folder / _FILE) as arrays:
            joined = np.ascontiguousarray(arrays["joined"])
            above = (arrays["first_bias"], arrays["second"], arrays["second_bias"])
            return cls(joined, arrays["bias"], Net(joined[:0], *above))
