"""The training messages as numbers of pieces, and what the frozen lower layers make of them.

The respelling and the list of kept pieces are learnt from the texts of all authors, as the list of grams is
(`bot/learning/folds.py`); no label takes part.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch

from bot.components.encoder.pieces import FIRST, LAST, PADDING, SPECIAL, Pieces
from bot.components.encoder.respelling import Respelling, careful_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from bot.components.encoder.pretrained import Array, Pretrained
    from bot.components.examples import Example
    from bot.learning.encoder.network import Lower

LONGEST = FIRST + LAST + 4
FREQUENT = 30_000
"""Of the most frequent pieces of all languages those are kept that Spanish could use, seen or not."""
_SPANISH = frozenset("\u2581abcdefghijklmnopqrstuvwxyzáéíóúüñ0123456789.,;:!?¡¿-'\"()/")
_LATIN = 0x250
_AT_ONCE, _STEP = 64, 4
"""Texts computed together, and what their padded length is a multiple of: few shapes compute sooner."""


class Texts(NamedTuple):
    """Messages as pieces: `numbers` among the `kept`."""

    words: tuple[str, ...]
    kept: Array
    numbers: list[list[int]]


def texts_of(pretrained: Pretrained, examples: Sequence[Example], more: Sequence[str] = ()) -> Texts:
    """Respell and cut the messages; the pieces of `more` are kept as well."""
    respelling = Respelling(careful_words(examples))
    pieces = pretrained.pieces
    scores = pretrained.scores.tolist()
    every = Pieces(pieces, scores)
    respelt = [respelling(example.text) for example in examples]
    seen = {number for text in respelt for number in every.numbers(text)}
    for text in [*(e.text.lower() for e in examples), *more, *map(respelling, more)]:
        seen.update(every.numbers(text))
    for number, piece in enumerate(pieces):
        letter = len(piece.lstrip("\u2581")) <= 1 and all(ord(c) < _LATIN or c == "\u2581" for c in piece)
        if number >= SPECIAL and (letter or (number < FREQUENT and _SPANISH.issuperset(piece))):
            seen.add(number)
    kept = np.array([*range(SPECIAL), *sorted(number for number in seen if number >= SPECIAL)])
    few = Pieces(pretrained.named(kept), pretrained.scores[kept].tolist())
    return Texts(respelling.words, kept, [few.numbers(text) for text in respelt])


def padded(numbers: Sequence[Sequence[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the numbers of some texts as one array, and where there is a piece."""
    longest = -(-max(map(len, numbers)) // _STEP) * _STEP
    found = torch.full((len(numbers), longest), PADDING)
    for i, one in enumerate(numbers):
        found[i, : len(one)] = torch.tensor(one)
    return found, found != PADDING


class Cached:
    """What the frozen layers make of each text: one long array in halves of single precision."""

    def __init__(self, outputs: torch.Tensor, lengths: Array) -> None:
        """Take the outputs of all texts, one after another."""
        self.outputs = outputs
        self.lengths = lengths
        self._starts = np.concatenate([[0], np.cumsum(lengths)])

    def batch(self, which: Array) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the outputs of some texts, padded, and where there is a piece."""
        lengths = self.lengths[which]
        longest = -(-int(lengths.max()) // _STEP) * _STEP
        x = torch.zeros((len(which), longest, self.outputs.shape[1]), dtype=self.outputs.dtype)
        there = torch.arange(x.shape[1])[None, :] < torch.from_numpy(lengths)[:, None]
        for i, number in enumerate(which):
            start = self._starts[number]
            x[i, : lengths[i]] = self.outputs[start : start + lengths[i]]
        return x, there


def cached(lower: Lower, numbers: Sequence[Sequence[int]], kept: Path) -> Cached:
    """Compute the outputs of the frozen layers once; `kept` is where they are found again."""
    lengths = np.array([len(one) for one in numbers])
    if kept.exists():
        held = Cached(torch.load(kept), lengths)
        if len(held.outputs) == lengths.sum():
            return held
    starts = np.concatenate([[0], np.cumsum(lengths)])
    outputs = torch.zeros((int(lengths.sum()), lower.pieces.shape[1]), dtype=torch.bfloat16)
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        for which in in_order_of_length(lengths):
            x = lower(*padded([numbers[i] for i in which]))
            for row, i in enumerate(which):
                outputs[starts[i] : starts[i] + lengths[i]] = x[row, : lengths[i]]
    torch.save(outputs, kept)
    return Cached(outputs, lengths)


def in_order_of_length(lengths: Array) -> Iterator[Array]:
    """Yield all texts in batches of about one length."""
    order = np.argsort(lengths, kind="stable")
    for start in range(0, len(order), _AT_ONCE):
        yield order[start : start + _AT_ONCE]
