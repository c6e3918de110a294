"""Who hangs together by pairs: A like B and B like C is a group of three, which only a person decides."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable


class Clusters:
    """The groups of a set of pairs."""

    def __init__(self, pairs: Iterable[tuple[uuid.UUID, uuid.UUID]]) -> None:
        self._parent: dict[uuid.UUID, uuid.UUID] = {}
        for a, b in pairs:
            self._parent[self._root(a)] = self._root(b)
        self._sizes = Counter(self._root(one) for one in list(self._parent))

    def _root(self, one: uuid.UUID) -> uuid.UUID:
        while (above := self._parent.setdefault(one, one)) != one:
            self._parent[one] = one = self._parent[above]
        return one

    def size(self, one: uuid.UUID) -> int:
        """Return how many records its group has."""
        return self._sizes[self._root(one)] if one in self._parent else 1
