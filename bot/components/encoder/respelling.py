"""Writes a message as a dictionary would, since the encoder learnt from well spelt text.

A word that careful writers use stays; any other becomes their word of the same sound ("kiere", "quiere"), and
an abbreviation is written out. Which words those are is learnt from the texts of the training data.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from bot.components.spelling import LONGEST, bare, readable, sound, spoken_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.components.examples import Example

CAREFUL = frozenset({"clean", "dictated"})
"""Styles of the training data whose spelling is to be trusted."""
OFTEN, AUTHORS = 2, 2
"""How often, and by how many authors, a word must be written to count as spelt so."""
_WORD = re.compile(r"[^\W_]+")
_RUN = re.compile(r"(.)\1{2,}")
_BLANK = re.compile(r"\s+")
_FEWER = 2
_REMEMBERED = 20_000


def _plain(text: str) -> str:
    return _BLANK.sub(" ", _RUN.sub(r"\1\1", readable(text[:LONGEST]).lower())).strip()


def careful_words(examples: Iterable[Example]) -> list[str]:
    """Return the words of the careful messages, the most frequent first."""
    count: Counter[str] = Counter()
    by: defaultdict[str, set[str]] = defaultdict(set)
    for example in examples:
        if example.style in CAREFUL:
            for word in _WORD.findall(_plain(example.text)):
                count[word] += 1
                by[word].add(example.author)
    known = [word for word, n in count.items() if n >= OFTEN and len(by[word]) >= AUTHORS]
    return sorted(known, key=lambda word: (-count[word], word))


class Respelling:
    """Respells messages by a list of words, the most frequent first."""

    def __init__(self, words: Sequence[str]) -> None:
        """Take the words that are spelt well."""
        self.words = tuple(words)
        self._known = frozenset(self.words)
        self._of_sound: dict[str, str] = {}
        for word in self.words:
            self._of_sound.setdefault(sound(bare(word)), word)
        self._found: dict[str, str] = {}

    def __call__(self, text: str) -> str:
        """Return the message in small letters, its words respelt."""
        return _WORD.sub(lambda found: self._respelt(found[0]), _plain(text))

    def _respelt(self, word: str) -> str:
        if word in self._known:
            return word
        if word not in self._found:
            if len(self._found) >= _REMEMBERED:
                self._found.clear()
            self._found[word] = self._looked_up(word)
        return self._found[word]

    def _looked_up(self, word: str) -> str:
        parts = [self._of_sound.get(part, "") for part in spoken_words(word)]
        meant = " ".join(parts)
        # "amenazado" may sound like "amenaza": whoever writes in haste leaves letters out, and adds none.
        return meant if all(parts) and len(meant) > len(word) - _FEWER else word
