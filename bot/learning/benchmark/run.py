"""Runs parts of the measurement of the understanding and keeps their figures.

usage: python -m bot.benchmark.run [PART ...] [--public FOLDER] [--fold K]

Parts: `decisions` (what each part adds, all folds), `encoder` (what it adds, by fold), `peers`, `views`,
`curve` (one fold of authors), `cost`, and `public` where the folder of the public sets is given. Figures go
to benchmarks/latest/understanding.json, each part beside what earlier runs left; pictures to
benchmarks/pictures/.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from bot.components.archive import newest
from bot.components.examples import digest, read_folder
from bot.learning.authors import author_folds
from bot.learning.benchmark import cost, curve, decisions, encoder, peers, public_sets
from bot.learning.folds import unseen_once

ROOT = Path(__file__).resolve().parents[3]
FIGURES = ROOT / "benchmarks" / "latest" / "understanding.json"
PICTURES = ROOT / "benchmarks" / "pictures"
PARTS = ("cost", "decisions", "encoder", "peers", "views", "curve")


def _part(name: str, args: argparse.Namespace) -> Any:  # noqa: ANN401 - rows of a table, as JSON knows them
    if name == "public":
        return public_sets.measured(args.public)
    examples = read_folder(ROOT / "data" / "nlu")
    if name == "cost":
        return cost.measured(
            newest(ROOT / "bot" / "trained"), [e.text for e in examples[:: len(examples) // 1000]]
        )
    if name == "decisions":
        return decisions.steps(unseen_once(examples, ROOT / "bot" / "trained" / "unseen.npz"), examples)
    if name == "encoder":
        return encoder.table(unseen_once(examples, ROOT / "bot" / "trained" / "unseen.npz"), examples)
    seen, asked = peers.split(examples, author_folds(examples), args.fold)
    if name == "peers":
        return [peers.row(peer, seen, asked) for peer in peers.PEERS]
    if name == "views":
        return peers.views(seen, asked)
    lines = curve.points(seen, asked)
    PICTURES.mkdir(exist_ok=True)
    curve.draw(PICTURES / "learning-curve.png", lines)
    return lines


def main() -> None:
    """Run the parts asked for, keep and print each as soon as it is done."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "parts", nargs="*", choices=[[], *PARTS, "public"], help="all but `public` where none is named"
    )
    parser.add_argument("--public", type=Path, help="folder of the public Spanish sets")
    parser.add_argument("--fold", type=int, default=2, help="which fold of authors is asked about")
    args = parser.parse_args()
    wanted = args.parts or [*PARTS, *(["public"] if args.public else [])]
    for name in wanted:
        done = _part(name, args)
        kept = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.is_file() else {}
        kept[name] = done
        kept["data"] = digest(read_folder(ROOT / "data" / "nlu"))
        FIGURES.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        print(json.dumps({name: done}, indent=1, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
