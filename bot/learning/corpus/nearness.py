"""Tells whether a message comes near one of a measuring set: such a message must not be trained on.

Near is a small normalised edit distance (edits over the longer length) between folded texts of more than
three words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

if TYPE_CHECKING:
    from collections.abc import Iterable

REWORDED = 0.25
"""Up to this distance a message counts as another's re-wording."""
KEPT_OUT = 0.30
"""The converter keeps a little more distance than that."""
_LONG = 3


class Near:
    """A measuring set to keep away from."""

    def __init__(self, texts: Iterable[str], limit: float = REWORDED) -> None:
        """Take the set's texts, folded, and the distance up to which one is near."""
        self._limit = limit
        self._texts = [text for text in texts if len(text.split()) > _LONG]

    def close(self, text: str) -> str | None:
        """Return the text of the set that `text` (folded) comes nearest, if it comes near any."""
        if len(text.split()) <= _LONG:
            return None
        # Letter by letter with all of them: with its cutoff that is quicker than to choose a few first.
        found = process.extractOne(
            text, self._texts, scorer=Levenshtein.normalized_distance, score_cutoff=self._limit
        )
        return None if found is None else str(found[0])
