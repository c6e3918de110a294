"""Text normalization: the one folding of case, accents, width, invisible characters and chat markup.

Every comparison of what people typed goes through here, so that two rooms cannot disagree on what is equal.
The dialogue has its own twin in `bot/components/spelling.py`, which keeps ñ. Pure functions: they must never
store or log a text.
"""

from __future__ import annotations

import re
import unicodedata

# Format, surrogate, private use and unassigned characters; nonspacing and enclosing marks.
_DROPPED = frozenset({"Cf", "Cs", "Co", "Cn", "Mn", "Me"})
# Letters and symbols of other categories that are drawn as nothing: Hangul fillers, the braille blank.
_BLANKS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
# WhatsApp's markers of bold, italics, strikethrough and monospace, except between two letters: a_b.
_MARKUP = re.compile(r"(?<![^\W_])[*_~`]+|[*_~`]+(?![^\W_])")
_NOT_A_WORD = re.compile(r"[^\w\s]|_")
# Letters with a stroke, which Unicode does not decompose.
_OTHER_LETTERS = str.maketrans("\u00f8\u0111\u0142\u0131", "odli")


def visible(text: str) -> str:
    """Return `text` without characters that are drawn as nothing; spaces and line breaks stay."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if _is_drawn(c))


def _is_drawn(char: str) -> bool:
    category = unicodedata.category(char)
    return char.isspace() or not (category in _DROPPED or category == "Cc" or char in _BLANKS)


def fold(text: str) -> str:
    """Return `text` in lower case, ASCII figures, without accents, invisible characters or markup; ñ is n."""
    lower = visible(visible(text).casefold()).translate(_OTHER_LETTERS)
    return _MARKUP.sub("", "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in lower))


def words(text: str) -> str:
    """Return the folded words of `text` with one space between, without punctuation or emoji."""
    return " ".join(_NOT_A_WORD.sub(" ", fold(text)).split())
