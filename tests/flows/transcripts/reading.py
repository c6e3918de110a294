"""The written transcripts as objects: areas, threads, lines. Reads JSON; knows nothing of pages."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from transcripts import words

if TYPE_CHECKING:
    from pathlib import Path


LONGEST = 3_000
"""What she writes beyond this is told by its length: a reader of tone need not scroll through it."""
_SHOWN = 300
_WORTH_SKIPPING = 4


@dataclass(frozen=True)
class Line:
    """One bubble, or a note between bubbles."""

    who: str
    """`she`, `avanza` or `note`."""
    text: str
    buttons: tuple[str, ...] = ()
    tap: bool = False
    """Whether she tapped a button where she could have written."""


@dataclass(frozen=True)
class Thread:
    """One script as it was played."""

    name: str
    fault: str | None
    lines: tuple[Line, ...]
    like: str = ""
    """The name of an earlier thread of the area that begins with the same lines; else empty."""
    shared: int = 0
    """How many lines these are."""


@dataclass
class Area:
    """The threads of one file of scripts."""

    key: str
    title: str
    threads: list[Thread] = field(default_factory=list)

    @property
    def faults(self) -> int:
        """How many threads did not go as written, or show a known fault."""
        return sum(thread.fault is not None for thread in self.threads)


def read_areas(folder: Path) -> list[Area]:
    """Every area of every transcript in a folder: the scripts first, then whatever else was played.

    Areas of one name in two files stay apart: the second is named after its file too.
    """
    areas: list[Area] = []
    files = sorted(folder.glob("*.json"), key=lambda file: (file.stem != "scripts", file.stem))
    for file in files:
        own: dict[str, Area] = {}
        for told in json.loads(file.read_text(encoding="utf-8")):
            key = told["area"] if file.stem == "scripts" else f"{file.stem}-{told['area']}"
            if key not in own:
                own[key] = Area(key, words.area_title(file.stem, told["area"]))
            lines = tuple(_line(line) for line in told["lines"])
            like, shared = _begins_like(lines, own[key].threads)
            own[key].threads.append(Thread(told["name"], told["fault"], lines, like, shared))
        areas += own.values()
    return areas


def _begins_like(lines: tuple[Line, ...], earlier: list[Thread]) -> tuple[str, int]:
    """The earlier thread with the longest same beginning, where it is long enough to be skipped by a reader.

    Something of the thread itself is always left, since that is what it was written for.
    """
    best, most = "", 0
    for thread in earlier:
        pairs = enumerate(zip(lines, thread.lines, strict=False))
        same = next((n for n, (mine, other) in pairs if mine != other), min(len(lines), len(thread.lines)))
        if min(same, len(lines) - 1) > most:
            best, most = thread.name, min(same, len(lines) - 1)
    return (best, most) if most >= _WORTH_SKIPPING else ("", 0)


def _line(told: dict[str, object]) -> Line:
    who, text = str(told["who"]), str(told["text"])
    buttons = told.get("buttons") or []
    assert isinstance(buttons, list)
    if who == "note":
        return Line(who, words.note(text))
    if who == "she" and text.startswith("[") and text.endswith("]"):
        return Line(who, text[1:-1], tap=True)
    if who == "she" and len(text) > LONGEST:
        text = words.CUT.format(start=text[:_SHOWN], length=len(text))
    titles = tuple(str(title) for title in buttons)
    # Choices stand in the text too, numbered, for who would rather write; here a reader needs them once.
    numbered = "".join(f"\n{n}. {title}" for n, title in enumerate(titles, 1))
    return Line(who, words.sent(text) if who == "she" else text.removesuffix(numbered), titles)
