#!/usr/bin/env python3
"""Judge messages: one JSON object a line in, the same with intent, risk and entities out.

usage: understand.py [--model MODEL.tar.gz] < messages.jsonl > answers.jsonl

A line of input holds `text`; its other keys are carried through. Exit status 1: no usable model. 2: a line
that is not a JSON object with a string `text` (every answer before it has been printed).
It must print nothing else on standard output, and never a text on standard error.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bot.components.archive import ModelError, answers, newest, open_model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.components.meaning import Meaning

TRAINED = Path(__file__).resolve().parents[1] / "trained"
_AT_ONCE = 64
"""Lines judged together: few enough to answer soon, enough to be quick."""


class LineError(Exception):
    """A line of the input cannot be judged."""


def parsed(number: int, line: bytes) -> dict[str, Any]:
    """Return the object of one line."""
    try:
        row = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError) as reason:
        raise LineError(f"line {number}: not a JSON object") from reason
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise LineError(f'line {number}: not a JSON object with a string "text"')
    return row


def answered(meaning: Meaning, rows: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the lines of output for some rows."""
    for row, answer in zip(rows, answers(meaning, [row["text"] for row in rows]), strict=True):
        # A half of a surrogate pair is legal in JSON and not in UTF-8: it is written back escaped.
        line = json.dumps({**row, **answer}, ensure_ascii=False)
        yield line if line.isprintable() or _encodes(line) else json.dumps({**row, **answer})


def _encodes(line: str) -> bool:
    try:
        line.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def run(meaning: Meaning) -> int:
    """Judge standard input; return the exit status."""
    waiting: list[dict[str, Any]] = []
    shown = sys.stderr.isatty()
    number, failed = 0, None

    def flush() -> None:
        for line in answered(meaning, waiting):
            sys.stdout.write(line + "\n")
        sys.stdout.flush()
        waiting.clear()
        if shown:
            sys.stderr.write(f"\r{number} messages")
            sys.stderr.flush()

    for number, line in enumerate(sys.stdin.buffer, 1):
        if not line.strip():
            continue
        try:
            waiting.append(parsed(number, line))
        except LineError as reason:
            failed = str(reason)
            break
        if len(waiting) >= _AT_ONCE:
            flush()
    flush()
    if shown:
        sys.stderr.write("\n")
    if failed:
        sys.stderr.write(f"understand: {failed}\n")
        return 2
    return 0


def main() -> int:
    """Read the command line, the model, then the messages."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", type=Path, help="the trained model (default: the newest in bot/trained/)")
    args = parser.parse_args()
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr] # a file, whatever the terminal speaks
    try:
        meaning = open_model(args.model or newest(TRAINED))
    except ModelError as reason:
        sys.stderr.write(f"understand: {reason}\n")
        return 1
    try:
        return run(meaning)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


if __name__ == "__main__":
    sys.exit(main())
