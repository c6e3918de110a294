"""An answer to a voice note, made short: the same questions, numbers and buttons with fewer words.

Pure; must never take out a number, a line of help or what the law has her told.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from outreach.texts.brief import HIDES, SHORTER, WORDS_TO_WRITE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from outreach.messages.outbox import Content

# The longest first: one may stand within another.
_KNOWN: Final = re.compile("|".join(re.escape(one) for one in sorted(SHORTER, key=len, reverse=True)))
_EXAMPLE: Final = re.compile(
    r"(?: Por ejemplo: (?:\*[^*]+\*(?: o )?)+|, por ejemplo(?: dos| tres)?:? \*[^*]+\*)(?=[.?])\.?"
)
_SMILES: Final = re.compile(
    rf"(?P<before>\w?)[ \u00a0]*(?!{HIDES})[\U0001F300-\U0001FAFF\u2600-\u27BF]\ufe0f?"
    r"(?P<after>[ ]?[^\s.,:;!?]?)"
)
_WORD: Final = re.compile(
    r"\b(?:[Ee]scribe|[Mm]anda) (?=[*«](?!(?:" + "|".join(WORDS_TO_WRITE) + r")\b))|\bescribe (?=ALTA|BAJA)"
)
_SPACES: Final = re.compile(r"[ \u00a0]{2,}")


def brief(said: Iterable[Content]) -> list[Content]:
    """Return what is said, as she reads it where she spoke; what would be left empty stays whole."""
    return [replace(one, body=shortened(one.body) or one.body) for one in said]


def shortened(text: str) -> str:
    """Return a text with less of it; lines, numbers and what she is to choose from stay."""
    lines = [_line(line) for line in _KNOWN.sub(lambda found: SHORTER[found[0]], text).split("\n")]
    return "\n".join(lines).strip()


def _line(line: str) -> str:
    said = _WORD.sub(lambda found: "Di " if found[0][0].isupper() else "di ", _EXAMPLE.sub(_end, line))
    return _SPACES.sub(" ", _SMILES.sub(_stop, said)).strip()


def _end(found: re.Match[str]) -> str:
    """What is left of an example: the end of its sentence, where it stood in one."""
    return "." if found[0].startswith(",") else ""


def _stop(found: re.Match[str]) -> str:
    """What stands where a smile stood: the end of the sentence, where it was that."""
    ends = found["before"] and found["after"].strip()
    return f"{found['before']}{'.' if ends else ''}{found['after']}"
