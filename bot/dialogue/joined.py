"""Sets spaces where she writes without them: "sivoyair" as "si voy a ir", "12demarzode1951" as three parts.

Why: an old woman who never looks for the space bar met "no te seguí" at every step. Only a message that is
nearly one word is read so, and only where all of it is made of words that women often write (`joined.txt`,
the commonest first); a name, a place or a word of its own stays. Pure; must never store or log.
"""

from __future__ import annotations

import math
import re
from functools import cache
from pathlib import Path

from bot.components.spelling import bare

_LIST = Path(__file__).with_name("joined.txt")
_LEAST = 7
"""Letters of a word that may be several."""
_LONGEST_WORD = 14
_DENSE = 7.0
"""Letters to a space from which a message counts as written without spaces."""
_MOST = 400
"""Letters of a message that is read so at all."""
_BEGINS = frozenset(
    (
        "si", "no", "ya", "yo", "me", "mi", "que", "quien", "como", "donde", "cuando", "cuanto", "buenas",
        "buenos", "quiero", "hola", "soy", "estoy", "tengo",
    )
)  # fmt: skip
"""How two joined words begin; three or more may begin with any."""
_RUN = re.compile(r"[^\W\d_]+|\d+|[\W_]+")
_CURP = re.compile(r"[a-zñ]{4}\d{6}")
_DRAWN_OUT = re.compile(r"(.)\1\1")
"""A shout, "ayudaaa", is one word."""
_TWO = 2


@cache
def _listed() -> tuple[list[str], frozenset[str]]:
    """The words that may be joined, the commonest first, and those that only look as if they were several."""
    written, _, one = _LIST.read_text(encoding="utf-8").partition("# one word\n")
    known = [word for line in written.splitlines() if not line.startswith("#") for word in line.split()]
    return known, frozenset(one.split())


@cache
def _costs() -> dict[str, float]:
    """What a word costs, by its rank: the less often it is written, the more."""
    known, _ = _listed()
    return {word: math.log((rank + 2) * math.log(len(known))) for rank, word in enumerate(known)}


def spaced(text: str) -> str:
    """Return `text` with the spaces that she left out; any other text as it is."""
    words = text.split()
    letters = sum(char.isalnum() for char in text)
    is_link = "/" in text or "@" in text
    if not words or is_link or not _LEAST <= letters <= _MOST or letters / len(words) < _DENSE:
        return text
    found = [_apart(word) for word in words]
    return text if found == words else " ".join(found)


def _apart(word: str) -> str:
    if _CURP.match(bare(word)):
        return word
    runs = _RUN.findall(word)
    parts = [" ".join(_words_of(run)) if run.isalpha() else run for run in runs]
    if parts == runs:
        return word
    return " ".join(" ".join(parts).split())


def _words_of(run: str) -> list[str]:
    said = bare(run)
    if said in _costs() or said in _listed()[1] or len(said) <= _TWO or _DRAWN_OUT.search(said):
        return [run]
    found = _split(said)
    if found is None or len(found[-1]) == 1 or (len(found) == _TWO and found[0] not in _BEGINS):
        return [run]
    return found


def _split(said: str) -> list[str] | None:
    """Return the cheapest words that make all of `said`; None where there are none."""
    costs = _costs()
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(said) + 1):
        options = [
            (best[start][0] + costs[said[start:end]], start)
            for start in range(max(0, end - _LONGEST_WORD), end)
            if said[start:end] in costs
        ]
        best.append(min(options, default=(math.inf, 0)))
    if math.isinf(best[-1][0]):
        return None
    ends, end = [], len(said)
    while end:
        ends.append((best[end][1], end))
        end = best[end][1]
    return [said[start:end] for start, end in reversed(ends)]
