"""Turns a text into sparse numbers: words and letters of the three views of `spelling`.

Training and answering go through the same code, so that both see the same numbers. A view is a
tf-idf block of length 1. It must stay free of Rasa: experiments and the command line use it too.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.sparse import csr_matrix

from bot.components import spelling

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


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
        View("squeezed letters", spelling.squeezed, lambda t: _letters(t, 4, 6), 3),
    )
}

DEFAULT = ("written words", "spoken words", "spoken letters", "squeezed letters", "spoken gaps")


class Features:
    """A vocabulary with the weight of each gram; `fit` learns it, `rows` applies it."""

    def __init__(self, names: Sequence[str] = DEFAULT) -> None:
        """Name the views to look through, in the order of their blocks."""
        self.names = tuple(names)
        self.vocabulary: list[dict[str, int]] = []
        self.idf: np.ndarray = np.zeros(0, dtype=np.float32)

    def fit(self, texts: Iterable[str]) -> Features:
        """Learn which grams exist and how rare they are."""
        texts = list(texts)
        views = [VIEWS[name] for name in self.names]
        self.vocabulary, idf = [], []
        offset = 0
        for view in views:
            seen: Counter[str] = Counter()
            for text in texts:
                seen.update(set(view.cut(view.text(text))))
            kept = sorted(gram for gram, count in seen.items() if count >= view.rarest)
            self.vocabulary.append({gram: offset + i for i, gram in enumerate(kept)})
            idf.extend(1 + math.log((1 + len(texts)) / (1 + seen[gram])) for gram in kept)
            offset += len(kept)
        self.idf = np.array(idf, dtype=np.float32)
        return self

    def row(self, text: str) -> tuple[list[int], list[float]]:
        """Return the columns and values of one text."""
        columns: list[int] = []
        values: list[float] = []
        for name, vocabulary in zip(self.names, self.vocabulary, strict=True):
            view = VIEWS[name]
            counts = Counter(vocabulary.get(gram, -1) for gram in view.cut(view.text(text)))
            counts.pop(-1, None)
            block = [(1 + math.log(n)) * float(self.idf[column]) for column, n in counts.items()]
            length = math.sqrt(sum(v * v for v in block)) or 1.0
            columns.extend(counts)
            values.extend(v / length for v in block)
        return columns, values

    def rows(self, texts: Iterable[str]) -> csr_matrix:
        """Return one sparse row for each text."""
        columns: list[int] = []
        values: list[float] = []
        ends = [0]
        for text in texts:
            c, v = self.row(text)
            columns.extend(c)
            values.extend(v)
            ends.append(len(columns))
        shape = (len(ends) - 1, len(self.idf))
        return csr_matrix((np.array(values, dtype=np.float32), columns, ends), shape=shape)
