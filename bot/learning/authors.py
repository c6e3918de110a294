"""Splits the training messages by author, never by line: two messages of one author are alike."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.components.encoder.pretrained import Array
    from bot.components.examples import Example


def author_folds(examples: Sequence[Example], count: int = 5) -> Array:
    """Return the fold of each example: whole authors, folds of about one size, the same each time."""
    sizes = [0] * count
    of: dict[str, int] = {}
    for author, written in sorted(
        Counter(e.author for e in examples).items(), key=lambda pair: (-pair[1], pair[0])
    ):
        of[author] = sizes.index(min(sizes))
        sizes[of[author]] += written
    return np.array([of[example.author] for example in examples])
