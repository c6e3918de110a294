"""Words with their place in the text, as she typed them and as they sound.

All extractors look at these, so that offsets always point into the text as it came. Never stores a text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from rapidfuzz.distance import Levenshtein

from bot.components.spelling import bare, sound
from bot.components.turn_memo import once_a_turn

LONGEST = 2_000
"""Characters searched for names and numbers; a forwarded chain holds none of hers further on."""

_WORD = re.compile(r"\w+")


class Token(NamedTuple):
    """A word, or a run of figures."""

    text: str
    bare: str
    sound: str
    start: int
    end: int
    after: str
    """What stands between the word before and this one."""


@dataclass(frozen=True)
class Found:
    """Something named in a text: what, its value in our terms, where."""

    entity: str
    value: str
    start: int
    end: int
    extra: dict[str, Any] = field(default_factory=dict)


def tokens(text: str) -> list[Token]:
    """Cut `text` into words; "9am" and "19años" are two words each."""
    return list(_tokens(text))


@once_a_turn
def _tokens(text: str) -> tuple[Token, ...]:
    found: list[Token] = []
    last = 0
    for match in _WORD.finditer(text[:LONGEST]):
        for start, end in _halves(text, match.start(), match.end()):
            plain = bare(text[start:end]).strip()
            found.append(Token(text[start:end], plain, sound(plain), start, end, text[last:start]))
            last = end
    return tuple(found)


def one_off(name: str, said: str) -> bool:
    """Whether one letter more, less or other makes the one word of the other."""
    return Levenshtein.distance(name, said, score_cutoff=1) == 1


def _halves(text: str, start: int, end: int) -> list[tuple[int, int]]:
    figures = start
    while figures < end and text[figures] in "0123456789":
        figures += 1
    if start < figures < end and text[figures:end].isalpha():
        return [(start, figures), (figures, end)]
    return [(start, end)]
