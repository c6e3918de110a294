"""Turns a text into sparse numbers: words and letters of the three views of `spelling`.

Training and answering go through the same code, so that both see the same numbers. A view is a
tf-idf block of length 1. It must stay free of Rasa: experiments and the command line use it too.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from bot.components import spelling
from bot.components.counting import Block, Counted, side_by_side
from bot.components.stems import stemmed
from bot.components.turn_memo import once_a_turn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


Array = NDArray[Any]
"""Numbers in rows and columns; which precision is told where it matters."""


def _word_grams(text: str, longest: int) -> list[str]:
    words = ["<", *text.split(), ">"]
    return [
        " ".join(words[i : i + n])
        for n in range(1, longest + 1)
        for i in range(len(words) - n + 1)
        if n > 1 or 0 < i < len(words) - 1
    ]


def _skip_grams(text: str) -> list[str]:
    """Pairs of words with one or two words between: "no ... pega"."""
    words = ["<", *text.split(), ">"]
    return [f"{words[i]}_{words[i + gap]}" for gap in (2, 3) for i in range(len(words) - gap)]


def _letters_in_words(text: str, shortest: int, longest: int) -> list[str]:
    found = []
    for bare in text.split():
        word = f" {bare} "
        for n in range(shortest, longest + 1):
            if len(word) <= n:
                found.append(word)
                break
            found.extend(word[i : i + n] for i in range(len(word) - n + 1))
    return found


def _letters(text: str, shortest: int, longest: int) -> list[str]:
    return [text[i : i + n] for n in range(shortest, longest + 1) for i in range(len(text) - n + 1)]


class View(NamedTuple):
    """One block of features: which text it reads and how it cuts it."""

    name: str
    text: Callable[[str], str]
    cut: Callable[[str], list[str]]
    rarest: int
    """A gram seen in fewer training texts than this is left out."""


VIEWS: dict[str, View] = {
    view.name: view
    for view in (
        View("written words", spelling.written, lambda t: _word_grams(t, 2), 2),
        View("spoken words", spelling.spoken, lambda t: _word_grams(t, 3), 2),
        View("spoken gaps", spelling.spoken, _skip_grams, 2),
        View("written letters", spelling.written, lambda t: _letters_in_words(t, 1, 5), 3),
        View("spoken letters", spelling.spoken, lambda t: _letters_in_words(t, 1, 5), 3),
        View("stem words", stemmed, lambda t: _word_grams(t, 2), 2),
        View("stem gaps", stemmed, _skip_grams, 2),
        View("stems", stemmed, lambda t: _word_grams(t, 1), 2),
        View("stem letters", stemmed, lambda t: _letters_in_words(t, 2, 5), 3),
        View("squeezed letters", spelling.squeezed, lambda t: _letters(t, 4, 6), 3),
    )
}

DEFAULT = ("written words", "spoken words", "spoken letters", "squeezed letters", "stem words", "stem gaps")
SMALL = ("stems", "spoken letters", "stem letters")
"""The views for fewer than `FEW` texts: too few for runs of words to come back."""
FEW = 2_000


def views_for(texts: int) -> tuple[str, ...]:
    """Return the views that so many texts can fill."""
    return SMALL if texts < FEW else DEFAULT


class Features:
    """A vocabulary with the weight of each gram; `learn` learns it, `rows` applies it."""

    def __init__(self, names: Sequence[str] = DEFAULT) -> None:
        """Name the views to look through, in the order of their blocks."""
        self.names = tuple(names)
        self.vocabulary: list[dict[str, int]] = []
        self.idf: Array = np.zeros(0, dtype=np.float32)

    def learn(self, texts: Iterable[str]) -> csr_matrix:
        """Learn which grams exist and how rare they are; return one row for each text."""
        read = Counted(len(self.names))
        for text in texts:
            read.add(self._counts(text))
        self.vocabulary = []
        blocks: list[Block] = []
        idf: list[float] = []
        for place, name in enumerate(self.names):
            block = read.block(place, VIEWS[name].rarest if read.texts >= FEW else 1, len(idf))
            idf.extend(1 + math.log((1 + read.texts) / (1 + count)) for count in block.texts_with)
            self.vocabulary.append(block.vocabulary)
            blocks.append(block)
        self.idf = np.array(idf, dtype=np.float32)
        return side_by_side([block.weighed(self.idf) for block in blocks], read.texts, len(idf))

    def rows(self, texts: Iterable[str]) -> csr_matrix:
        """Return one sparse row for each text."""
        return self._matrix(map(self._row, texts))

    @once_a_turn
    def _row(self, text: str) -> tuple[list[int], list[float]]:
        return self._weighed(self._counts(text))

    def _counts(self, text: str) -> list[Counter[str]]:
        """Return how often each gram of each view occurs; a text is read once for all views that share it."""
        read: dict[Callable[[str], str], str] = {}
        for name in self.names:
            of = VIEWS[name].text
            if of not in read:
                read[of] = of(text)
        return [Counter(VIEWS[name].cut(read[VIEWS[name].text])) for name in self.names]

    def _weighed(self, counts: Sequence[Counter[str]]) -> tuple[list[int], list[float]]:
        """Return the columns and values of one text; each view is a block of length 1."""
        columns: list[int] = []
        values: list[float] = []
        for vocabulary, grams in zip(self.vocabulary, counts, strict=True):
            known = [(vocabulary[gram], n) for gram, n in grams.items() if gram in vocabulary]
            block = [(1 + math.log(n)) * float(self.idf[column]) for column, n in known]
            length = math.sqrt(sum(v * v for v in block)) or 1.0
            columns.extend(column for column, _ in known)
            values.extend(v / length for v in block)
        return columns, values

    def _matrix(self, weighed: Iterable[tuple[list[int], list[float]]]) -> csr_matrix:
        columns = array("i")
        values = array("f")
        ends = [0]
        for c, v in weighed:
            columns.extend(c)
            values.extend(v)
            ends.append(len(columns))
        shape = (len(ends) - 1, len(self.idf))
        return csr_matrix(
            (np.array(values, dtype=np.float32), np.array(columns, dtype=np.int32), ends), shape=shape
        )
