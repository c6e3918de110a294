"""Tells whether a message comes near one of a measuring set: such a message must not be trained on.

Near is a normalised edit distance up to `LIMIT` between folded texts of more than three words.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from bot.components.edits import distance

if TYPE_CHECKING:
    from collections.abc import Iterable

LIMIT = 0.3
"""Edits over the longer length, up to which two messages count as one another's re-wording."""
_LONG = 3


def _pairs(text: str) -> Counter[str]:
    return Counter(text[i : i + 2] for i in range(len(text) - 1))


class Near:
    """A measuring set to keep away from."""

    def __init__(self, texts: Iterable[str]) -> None:
        """Take the set's texts, folded."""
        self._texts = [text for text in texts if len(text.split()) > _LONG]
        self._where: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        for number, text in enumerate(self._texts):
            for pair, count in _pairs(text).items():
                self._where[pair].append((number, count))

    def close(self, text: str) -> str | None:
        """Return the text of the set that `text` (folded) comes near, if any.

        One edit spoils at most two pairs of neighbouring letters, so near texts share many pairs: only
        those few are compared letter by letter.
        """
        if len(text.split()) <= _LONG:
            return None
        shared: Counter[int] = Counter()
        for pair, count in _pairs(text).items():
            for number, its_count in self._where.get(pair, ()):
                shared[number] += min(count, its_count)
        for number, count in shared.items():
            other = self._texts[number]
            longer = max(len(text), len(other))
            most = int(LIMIT * longer)
            if abs(len(text) - len(other)) > most or count < longer - 1 - 2 * most:
                continue
            if distance(text, other) <= most:
                return other
        return None
