"""Sets right the few spellings that sound the same and that the models of meaning have not seen.

Why: "estoy mui contenta con el taller" was heard as leaving it. Only whole words whose sound is that of the
word meant, or nearly ("mui" is none by the rules of sound). Names, places and what a question keeps stay as
she wrote them. Pure; must never store or log.
"""

from __future__ import annotations

import re

from bot.dialogue.joined import spaced

_AS_USUAL = {
    "mui": "muy", "muii": "muy", "estoi": "estoy", "soi": "soy", "boi": "voy", "voi": "voy", "oi": "hoy",
    "doi": "doy", "lei": "ley",
}  # fmt: skip
_WORD = re.compile(rf"\b(?:{'|'.join(_AS_USUAL)})\b", re.IGNORECASE)
_AND = re.compile(r"(?<=[a-zñáéíóú,] )i(?= [a-zñáéíóú]{2,})", re.IGNORECASE)
"""The "i" between two words that means "and"; a list "a b c i" or a number has none."""


def respelled(text: str) -> str:
    """Return `text` with these spellings as usual: "mui" as "muy", an "i" alone as "y", "sivoy" apart."""
    return _AND.sub("y", _WORD.sub(lambda found: _AS_USUAL[found[0].lower()], spaced(text)))
