#!/usr/bin/env python3
"""Judge messages: one JSON object a line in, the same with intent, risk and entities out.

usage: understand.py [--model MODEL.tar.gz] < messages.jsonl > answers.jsonl
       understand.py --places

A line of input holds `text`, and may hold `after`, the place at which it was said (`--places` lists them):
the answer then has `act` and `act_confidence`. Its other keys are carried through. Exit status 1: no usable
model. 2: a line that is not a JSON object with a string `text`, or whose `after` is no place (every answer
before it has been printed).
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
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # standard error is for our own lines

from bot.components.archive import ModelError, answers, newest, open_model
from bot.components.places import EVERYWHERE, places
from bot.components.reading import Reading, guarded
from bot.dialogue.in_place import exact

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.components.meaning import Meaning
    from bot.components.places import Place

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
    if row.get("after") and row["after"] not in asked():
        raise LineError(f'line {number}: "after" is none of the places that --places lists')
    return row


def asked() -> dict[str, Place]:
    """The places that ask or say something, by name."""
    return {name: place for name, place in places().items() if not place.hidden}


def listed() -> Iterator[str]:
    """Yield a line for each place: what she read, and what her answer can mean."""
    for name, place in asked().items():
        acts = {act: about.means for act, about in place.acts.items()} | EVERYWHERE
        lasting = {act: True for act, about in place.acts.items() if about.lasting}
        line = {"after": name, "says": place.says, "acts": acts, "lasting": lasting}
        yield json.dumps(line, ensure_ascii=False)


def in_context(meaning: Meaning, row: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    """The answer with what the text means after the row's place."""
    after = row.get("after")
    if not after:
        return answer
    act = exact(row["text"], places()[after])
    reading = Reading(act, 1.0) if act else meaning.read(row["text"], (after,))[0]
    reading = guarded(reading, after, row["text"], answer["risk"], answer["tier"])
    return {**answer, "act": reading.act, "act_confidence": round(reading.confidence, 4)}


def answered(meaning: Meaning, rows: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the lines of output for some rows."""
    for row, alone in zip(rows, answers(meaning, [row["text"] for row in rows]), strict=True):
        answer = in_context(meaning, row, alone)
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
    parser.add_argument(
        "--places", action="store_true", help="list the places and their acts, and judge nothing"
    )
    args = parser.parse_args()
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr] # a file, whatever the terminal speaks
    if args.places:
        for line in listed():
            sys.stdout.write(line + "\n")
        return 0
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
