#!/usr/bin/env python3
"""Turn authors' batches (JSON Lines) into the training data of `data/nlu/`, one example a line.

usage: python bot/learning/corpus/convert.py BATCH.jsonl [...] [--add] [--out data/nlu] [--keep-out SET.jsonl]

A line of a batch holds `text`, `intent`, `risk`, `style` and, where marked, `entities` by value and `pair`;
the file name is the author. Each file of `data/nlu/` is written anew from the batches given; with `--add`
also from what it holds of other authors. Left out: repeated messages, contradicting ones, and any that
comes near a line of a measuring set (`--keep-out`).
Standard library only.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))

from bot.components.examples import read_folder  # noqa: E402
from bot.components.labels import ALWAYS_DANGER, ENTITIES, INTENTS, SAFETY  # noqa: E402
from bot.learning.corpus.mending import MENDED  # noqa: E402
from bot.learning.corpus.nearness import KEPT_OUT, Near  # noqa: E402

_SHARED_RISK = SAFETY - ALWAYS_DANGER - {"disclose_violence", "ask_violence_help", "phone_watched"}
_LONG = 3
"""Messages of at most so many words repeat by nature ("sí", "gracias maestra")."""


class Line(NamedTuple):
    """One example on its way."""

    author: str
    text: str
    intent: str
    risk: str
    style: str
    entities: tuple[tuple[str, str], ...]
    pair: str = ""


def fold(text: str) -> str:
    """Return a text as it counts when looking for repeats: no case, accents, signs or doubled spaces."""
    plain = unicodedata.normalize("NFD", text.casefold())
    kept = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return " ".join(kept.split())


def read(path: Path) -> list[Line]:
    """Read one author's batch; labels known to be wrong are mended on the way."""
    lines = []
    with path.open(encoding="utf-8") as rows:
        for number, row in enumerate(rows, 1):
            if not row.strip():
                continue
            try:
                lines.append(_line(path.stem, json.loads(row)))
            except (ValueError, KeyError) as reason:
                raise SystemExit(f"{path}, line {number}: {reason}") from reason
    return lines


def held(folder: Path) -> list[Line]:
    """Return what the training data hold already."""
    return [
        Line(
            e.author,
            e.text,
            e.intent,
            e.risk,
            e.style,
            tuple((n, e.text[a:z]) for n, a, z in e.entities),
            e.pair,
        )
        for e in read_folder(folder)
    ]


def _line(author: str, raw: dict[str, Any]) -> Line:
    text = " ".join(unicodedata.normalize("NFC", raw["text"]).split())
    intent, risk = MENDED.get(fold(text), (raw["intent"], raw["risk"]))
    if intent not in INTENTS:
        raise ValueError(f"no such intent: {intent}")
    found = tuple((e["entity"], " ".join(e["value"].split())) for e in raw.get("entities", ()))
    if unknown := {entity for entity, _ in found} - set(ENTITIES):
        raise ValueError(f"no such entity: {', '.join(sorted(unknown))}")
    pair = f"{author}-{str(raw['pair']).removeprefix(f'{author}-')}" if raw.get("pair") else ""
    return Line(author, text, intent, _risk(intent, risk), raw.get("style", "casual"), found, pair)


def _risk(intent: str, risk: str) -> str:
    """Hold the risk to what the contract allows for the intent."""
    if intent not in SAFETY:
        return "none"
    if intent in ALWAYS_DANGER:
        return "danger"
    return risk if intent in _SHARED_RISK and risk == "danger" else "support"


def marked(line: Line) -> str:
    """Return the text with its entities marked the way Rasa writes them."""
    text = line.text.translate(str.maketrans("[]", "()"))
    spans: list[tuple[int, int, str]] = []
    for entity, value in line.entities:
        wanted = value.translate(str.maketrans("[]", "()"))
        for hit in re.finditer(rf"(?<!\w){re.escape(wanted)}(?!\w)", text):
            if all(hit.end() <= start or end <= hit.start() for start, end, _ in spans):
                spans.append((hit.start(), hit.end(), entity))
                break
    for start, end, entity in sorted(spans, reverse=True):
        text = f"{text[:start]}[{text[start:end]}]({entity}){text[end:]}"
    return text


def chosen(
    lines: list[Line], near: Near, checked: frozenset[str] = frozenset()
) -> tuple[list[Line], Counter[str]]:
    """Return the lines worth training on, and how many were left out for which reason.

    What authors in `checked` wrote was held away from the measuring sets before.
    """
    left_out: Counter[str] = Counter()
    labels: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for line in lines:
        labels[fold(line.text) or line.text].add((line.intent, line.risk))
    kept, seen = [], set()
    for line in lines:
        key = fold(line.text) or line.text
        long = len(key.split()) > _LONG
        if long and len(labels[key]) > 1:
            left_out["contradicting"] += 1
        elif (key, line.intent) in seen:
            left_out["repeated"] += 1
        elif line.author not in checked and near.close(key):
            left_out["near a measuring set"] += 1
        else:
            seen.add((key, line.intent))
            kept.append(line)
    return kept, left_out


def _about(line: Line) -> dict[str, str]:
    about = {"author": line.author, "style": line.style, "risk": line.risk}
    return {**about, "pair": line.pair} if line.pair else about


def write(lines: list[Line], folder: Path) -> None:
    """Write one file an intent, authors in order."""
    folder.mkdir(parents=True, exist_ok=True)
    by_intent: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        by_intent[line.intent].append(line)
    for intent in INTENTS:
        rows = [
            json.dumps({"text": marked(line), "metadata": _about(line)}, ensure_ascii=False)
            for line in sorted(by_intent[intent], key=lambda line: line.author)
        ]
        body = "".join(f"      - {row}\n" for row in rows)
        head = f'version: "3.1"\nnlu:\n  - intent: {intent}\n    examples:\n'
        (folder / f"{intent}.yml").write_text(head + body, encoding="utf-8")


def main() -> int:
    """Convert the batches named on the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("batches", nargs="+", type=Path)
    parser.add_argument("--add", action="store_true", help="keep what other authors wrote")
    parser.add_argument("--out", type=Path, default=ROOT / "data" / "nlu")
    parser.add_argument(
        "--keep-out", type=Path, nargs="*", default=[ROOT / "tests" / "understanding" / "dev.jsonl"]
    )
    args = parser.parse_args()
    measuring = [json.loads(row)["text"] for path in args.keep_out for row in path.open(encoding="utf-8")]
    lines = [line for path in sorted(args.batches, key=lambda p: p.stem) for line in read(path)]
    checked: frozenset[str] = frozenset()
    if args.add:
        new = {line.author for line in lines}
        others = [line for line in held(args.out) if line.author not in new]
        lines, checked = others + lines, frozenset(line.author for line in others)
    kept, left_out = chosen(lines, Near(map(fold, measuring), KEPT_OUT), checked)
    write(kept, args.out)
    reasons = ", ".join(f"{count} {reason}" for reason, count in left_out.most_common()) or "none"
    print(f"{len(kept)} examples of {len({line.author for line in kept})} authors; left out: {reasons}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
