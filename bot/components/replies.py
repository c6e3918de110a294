"""Reads the labelled replies of `data/replies/`: what women answer at each place, and the act that they mean.

One JSON object a line: `after`, `act`, `text`, `author`, `style`, `risk` and, where two differ by little,
`pair`. A line that is not so is an error, never skipped.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.components.examples import ExampleError
from bot.components.places import places

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).resolve().parents[2] / "data" / "replies"


@dataclass(frozen=True)
class Reply:
    """One labelled answer at a place."""

    after: str
    act: str
    text: str
    author: str
    style: str = ""
    risk: str = "none"
    pair: str = ""


def read_replies(folder: Path = FOLDER) -> list[Reply]:
    """Return all replies of a folder, files in order; raises ExampleError at a line that is none."""
    return [reply for path in sorted(folder.glob("*.jsonl")) for reply in _of_file(path)]


def _of_file(path: Path) -> Iterator[Reply]:
    known = places()
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                reply = Reply(**json.loads(line))
                acts = known[reply.after].all_acts
            except (ValueError, TypeError, KeyError) as reason:
                raise ExampleError(f"{path}, line {number}: not a reply ({reason})") from reason
            if reply.act not in acts:
                raise ExampleError(f"{path}, line {number}: {reply.after} has no act {reply.act}")
            yield reply


def digest_of_replies(folder: Path = FOLDER) -> str:
    """Return what tells one set of replies and places from another."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.jsonl")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
