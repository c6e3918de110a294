"""Reads the labelled messages of `data/nlu/`: Rasa's YAML format, held to one example a line as JSON.

One line an example keeps author and style beside the text, makes changes readable, and reads a hundred times
faster than YAML. A line that is not so is an error, never skipped.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_INTENT = "- intent:"
_EXAMPLE = "- {"
_KNOWN = ("version:", "nlu:", "examples:", "#")
_MARK = re.compile(r"\[([^\[\]]+)\]\((\w+)\)")


class ExampleError(ValueError):
    """A line of the training data is not an example in our form."""


@dataclass(frozen=True)
class Example:
    """One labelled message; `entities` are (entity, start, end)."""

    text: str
    intent: str
    risk: str
    author: str = ""
    style: str = ""
    entities: tuple[tuple[str, int, int], ...] = ()
    pair: str = ""
    """Two messages of one pair differ by little and mean different things."""


def unmarked(marked: str) -> tuple[str, tuple[tuple[str, int, int], ...]]:
    """Return the text without its entity marks, and where the entities are."""
    text, last, found = "", 0, []
    for mark in _MARK.finditer(marked):
        text += marked[last : mark.start()]
        found.append((mark[2], len(text), len(text) + len(mark[1])))
        text += mark[1]
        last = mark.end()
    return text + marked[last:], tuple(found)


def read_file(path: Path) -> Iterator[Example]:
    """Yield the examples of one file."""
    intent = ""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            said = line.strip()
            if said.startswith(_INTENT):
                intent = said[len(_INTENT) :].strip()
            elif said.startswith(_EXAMPLE):
                try:
                    raw = json.loads(said[2:])
                    text, entities = unmarked(raw["text"])
                    about = raw["metadata"]
                    known = (about["risk"], about["author"], about["style"], entities, about.get("pair", ""))
                    yield Example(text, intent, *known)
                except (ValueError, KeyError, TypeError) as reason:
                    raise ExampleError(f"{path}, line {number}: not an example ({reason})") from reason
            elif said and not said.startswith(_KNOWN):
                raise ExampleError(f"{path}, line {number}: an example must stand on one line")


def read_folder(folder: Path) -> list[Example]:
    """Return all examples under a folder, files in order."""
    return [example for path in sorted(folder.rglob("*.yml")) for example in read_file(path)]


def digest(examples: Iterable[Example]) -> str:
    """Return what tells one set of labelled messages from another: their texts and labels, in any order."""
    rows = sorted(json.dumps([e.text, e.intent, e.risk, e.author]) for e in examples)
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()[:16]
