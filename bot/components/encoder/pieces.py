"""Cuts a text into the pieces of words that the encoder knows: SentencePiece's unigram model, word by word.

Only the pieces that training saw are kept, so that their embeddings are few; a word that they cannot spell
becomes the unknown piece.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

START, PADDING, END, UNKNOWN = 0, 1, 2, 3
"""Numbers of the special pieces, here as in the pretrained vocabulary."""
SPECIAL = 4
FIRST, LAST = 40, 24
"""Pieces kept of a longer text: of its beginning and of its end, where the cry often stands."""
_MARK = "\u2581"
_WORSE_THAN_ANY = 10.0
_REMEMBERED = 20_000


class Pieces:
    """Cuts texts: `numbers`."""

    def __init__(self, pieces: Sequence[str], scores: Sequence[float]) -> None:
        """Take the pieces and their log probabilities; the first four are the special ones."""
        self._of = {piece: i for i, piece in enumerate(pieces) if i >= SPECIAL}
        self._scores = [float(score) for score in scores]
        self._longest = max(map(len, self._of), default=1)
        self._unknown = min(self._scores, default=0.0) - _WORSE_THAN_ANY
        self._found: dict[str, tuple[int, ...]] = {}

    def numbers(self, text: str) -> list[int]:
        """Return the numbers of the text's pieces between the marks of start and end."""
        cut = [number for word in text.split() for number in self._word(word)]
        if len(cut) > FIRST + LAST:
            cut = cut[:FIRST] + cut[-LAST:]
        return [START, *cut, END]

    def _word(self, word: str) -> tuple[int, ...]:
        if word not in self._found:
            if len(self._found) >= _REMEMBERED:
                self._found.clear()
            self._found[word] = self._cut(_MARK + word)
        return self._found[word]

    def _cut(self, word: str) -> tuple[int, ...]:
        """Return the likeliest cut (Viterbi)."""
        best = [0.0] + [-1e30] * len(word)
        come: list[tuple[int, int]] = [(0, UNKNOWN)] * (len(word) + 1)
        for start in range(len(word)):
            for end in range(start + 1, min(len(word), start + self._longest) + 1):
                number = self._of.get(word[start:end])
                if number is not None and best[start] + self._scores[number] > best[end]:
                    best[end], come[end] = best[start] + self._scores[number], (start, number)
            if best[start] + self._unknown > best[start + 1]:
                best[start + 1], come[start + 1] = best[start] + self._unknown, (start, UNKNOWN)
        cut, at = [], len(word)
        while at:
            at, number = come[at]
            cut.append(number)
        return tuple(reversed(cut))
