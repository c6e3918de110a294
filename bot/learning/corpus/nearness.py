"""Tells whether a message comes near one of a measuring set: such a message must not be trained on.

Near is a small normalised edit distance (edits over the longer length) between folded texts of more than
three words.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from rapidfuzz.distance import Levenshtein

if TYPE_CHECKING:
    from collections.abc import Iterable

REWORDED = 0.25
"""Up to this distance a message counts as another's re-wording."""
KEPT_OUT = 0.30
"""The converter keeps a little more distance than that."""
_LONG = 3


def _grams(text: str, size: int) -> Counter[str]:
    return Counter(text[at : at + size] for at in range(len(text) - size + 1))


class Near:
    """A measuring set to keep away from."""

    def __init__(self, texts: Iterable[str], limit: float = REWORDED) -> None:
        """Take the set's texts, folded, and the distance up to which one is near."""
        self._limit = limit
        self._texts = [text for text in texts if len(text.split()) > _LONG]
        self._pairs = [_grams(text, 2) for text in self._texts]
        self._where: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        for number, text in enumerate(self._texts):
            for gram, count in _grams(text, 3).items():
                self._where[gram].append((number, count))

    def close(self, text: str) -> str | None:
        """Return the text of the set that `text` (folded) comes near, if any.

        One edit spoils at most three runs of three letters and two pairs, so near texts share many of them:
        only those few are compared letter by letter.
        """
        if len(text.split()) <= _LONG:
            return None
        shared: Counter[int] = Counter()
        for gram, count in _grams(text, 3).items():
            for number, its_count in self._where.get(gram, ()):
                shared[number] += min(count, its_count)
        pairs = _grams(text, 2)
        for number, threes in shared.items():
            other = self._texts[number]
            longer = max(len(text), len(other))
            most = int(self._limit * longer)
            if abs(len(text) - len(other)) > most or threes < longer - 2 - 3 * most:
                continue
            if (pairs & self._pairs[number]).total() < longer - 1 - 2 * most:
                continue
            if Levenshtein.distance(text, other, score_cutoff=most) <= most:
                return other
        return None
