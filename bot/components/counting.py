"""Counts the grams of all training texts into sparse blocks. Training only; `features` cuts and applies.

Works on whole arrays, not text by text; values are bit for bit what `Features.rows` gives for the same text.
"""

from __future__ import annotations

import math
from array import array
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.sparse import csr_matrix

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Sequence
    from typing import Any

    from numpy.typing import NDArray

    Array = NDArray[Any]


class Block(NamedTuple):
    """One view of all training texts: its vocabulary, and the known grams of one text after the other."""

    vocabulary: dict[str, int]
    texts_with: list[int]
    """How many texts hold each gram of the vocabulary, in its order."""
    columns: Array
    times: Array
    """How often the gram of each column occurs in its text."""
    lengths: Array
    """How many columns each text has."""

    def weighed(self, idf: Array) -> tuple[Array, Array, Array]:
        """Return columns, values and lengths; the values of a text are tf-idf of length 1."""
        logs = np.array([0.0, *(1 + math.log(n) for n in range(1, int(self.times.max(initial=0)) + 1))])
        values = logs[self.times] * idf[self.columns].astype(np.float64)
        of_text = np.repeat(np.arange(len(self.lengths)), self.lengths)
        squares = np.bincount(of_text, weights=values * values, minlength=len(self.lengths))
        return self.columns, (values / np.sqrt(squares)[of_text]).astype(np.float32), self.lengths


class Counted:
    """The grams of all training texts as numbers, in the order in which they were first seen."""

    def __init__(self, views: int) -> None:
        self.texts = 0
        self._ids: list[dict[str, int]] = [{} for _ in range(views)]
        self._seen = [array("i") for _ in range(views)]
        self._times = [array("i") for _ in range(views)]
        self._lengths = [array("i") for _ in range(views)]

    def add(self, counts: Sequence[Counter[str]]) -> None:
        """Add one text, counted by view."""
        self.texts += 1
        for ids, seen, times, lengths, grams in zip(
            self._ids, self._seen, self._times, self._lengths, counts, strict=True
        ):
            seen.extend(ids.setdefault(gram, len(ids)) for gram in grams)
            times.extend(grams.values())
            lengths.append(len(grams))

    def block(self, place: int, rarest: int, first: int) -> Block:
        """Return one view without the grams of fewer than `rarest` texts; its columns begin at `first`."""
        ids, seen = self._ids[place], np.frombuffer(self._seen[place], dtype=np.int32)
        texts_with = np.bincount(seen, minlength=len(ids))
        kept = sorted(gram for gram, i in ids.items() if texts_with[i] >= rarest)
        columns = np.full(len(ids), -1, dtype=np.int32)
        order = [ids[gram] for gram in kept]
        columns[order] = np.arange(first, first + len(kept), dtype=np.int32)
        column_of = columns[seen]
        known = column_of >= 0
        lengths = np.frombuffer(self._lengths[place], dtype=np.int32)
        of_text = np.repeat(np.arange(self.texts), lengths)[known]
        return Block(
            vocabulary={gram: first + i for i, gram in enumerate(kept)},
            texts_with=texts_with[order].tolist(),
            columns=column_of[known],
            times=np.frombuffer(self._times[place], dtype=np.int32)[known],
            lengths=np.bincount(of_text, minlength=self.texts),
        )


def side_by_side(blocks: Sequence[tuple[Array, Array, Array]], rows: int, width: int) -> csr_matrix:
    """Join the blocks of the views: in a row, one view stands after the other."""
    lengths = np.sum([lengths for _, _, lengths in blocks], axis=0)
    ends = np.concatenate([[0], np.cumsum(lengths)])
    columns, values = np.empty(ends[-1], dtype=np.int32), np.empty(ends[-1], dtype=np.float32)
    starts = ends[:-1].copy()
    for its_columns, its_values, its_lengths in blocks:
        before = np.concatenate([[0], np.cumsum(its_lengths)[:-1]])
        to = np.arange(len(its_columns)) + np.repeat(starts - before, its_lengths)
        columns[to], values[to] = its_columns, its_values
        starts += its_lengths
    return csr_matrix((values, columns, ends), shape=(rows, width))
