"""The 125 municipalities of Jalisco by any usual spelling (INEGI codes).

Why: "tlajo", "cd guzman" and "san juan" are answers; the last one fits several and is asked. Must never
choose between two places by itself.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path

from bot.components.spelling import spoken_words

_FILE = Path(__file__).with_name("municipalities.csv")
_SMALL = frozenset(("de", "del", "el", "la", "los", "las", "en", "san", "santa"))
_NEAR = 0.84
"""Likeness from which a misspelt name is taken for the name."""
_SHORTEST, _LONGEST, _LENGTHS_APART = 4, 60, 3
"""Letters: of a part of a name, of what may be a name, by which a misspelt one may differ in length."""


@dataclass(frozen=True, order=True)
class Place:
    """A municipality."""

    code: str
    name: str


@cache
def _known() -> tuple[tuple[str, Place], ...]:
    with _FILE.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return tuple(
        (_key(name), Place(row["code"], row["name"]))
        for row in rows
        for name in (row["name"], *filter(None, row["also"].split(";")))
    )


def _key(text: str) -> str:
    return " ".join(spoken_words(text))


def _distinct(found: list[Place]) -> list[Place]:
    return sorted(set(found))


def find(text: str) -> list[Place]:
    """Places that `text` names: none, one, or those between which she must choose."""
    said = _key(text)
    if not said or len(said) > _LONGEST:
        return []
    exact = [p for key, p in _known() if key == said]
    if exact:
        return _distinct(exact)
    padded = f" {said} "
    inside = [(len(key), p) for key, p in _known() if len(key) >= _SHORTEST and f" {key} " in padded]
    if inside:
        longest = max(length for length, _ in inside)
        return _distinct([p for length, p in inside if length == longest])
    if len(said) >= _SHORTEST and said not in _SMALL:
        parts = [p for key, p in _known() if f" {said} " in f" {key} "]
        if parts:
            return _distinct(parts)
    alike = [(key, place) for key, place in _known() if abs(len(key) - len(said)) <= _LENGTHS_APART]
    near = [(SequenceMatcher(None, said, key).ratio(), place) for key, place in alike]
    best = max((r for r, _ in near), default=0.0)
    return _distinct([p for r, p in near if r == best]) if best >= _NEAR else []


def name_of(code: str) -> str:
    """The name of a code, empty where there is none."""
    return next((p.name for _, p in _known() if p.code == code), "")
