#!/usr/bin/env python3
"""Check a trained model: the measuring set against its floors, unseen authors, and the data themselves.

usage: check_model.py [--model MODEL.tar.gz] [--report FOLDER] [--quick] [--record]

Writes report.md with pictures into FOLDER. Exit status 1 when a figure is under its floor, is more than
two points worse than the recorded one, when one of unseen authors is under its own floor, when acts in
context are not read as they must be, or when `rasa data validate` finds a mistake. `--quick` measures only;
`--record` keeps the figures as the recorded ones.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from bot.components.archive import ModelError, newest, open_model  # noqa: E402
from bot.components.examples import digest, read_folder  # noqa: E402
from bot.components.judging import Calibration  # noqa: E402
from bot.learning import acts  # noqa: E402
from bot.learning.folds import unseen_once  # noqa: E402
from bot.learning.measuring import Figures, judged_unseen, measured, shortfalls  # noqa: E402
from bot.learning.report import write_report  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Mapping

MEASURES = ROOT / "tests" / "understanding"
LOSS = 0.02
"""A change may lose so much of a recorded figure."""


def read_json(path: Path) -> dict[str, float]:
    """Return the figures of a file, none where there is no such file."""
    if not path.is_file():
        return {}
    found: dict[str, float] = json.loads(path.read_text(encoding="utf-8"))
    return found


def valid_data() -> list[str]:
    """Return what `rasa data validate` has against the data; nothing where they are good."""
    asked = [
        sys.executable,
        "-m",
        "rasa",
        "data",
        "validate",
        "--config",
        "config.yml",
        "--domain",
        "bot/domain",
        "--data",
        "data",
    ]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return []
    last = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    return [f"rasa data validate: {last[-1] if last else 'it failed without a word'}"]


def compared(figures: Figures, floors: Mapping[str, float], recorded: Mapping[str, float]) -> list[str]:
    """Return what is wrong with the figures of the measuring set."""
    wrong = [f"under the floor: {line}" for line in shortfalls(figures, floors)]
    return wrong + [f"worse than recorded: {line}" for line in shortfalls(figures, recorded, LOSS)]


def check(args: argparse.Namespace) -> list[str]:
    """Run all checks, write the report, return what is wrong."""
    floors, recorded = read_json(args.measures / "floors.json"), read_json(args.measures / "recorded.json")
    unseen_floors = read_json(args.measures / "floors_unseen.json")
    meaning = open_model(args.model or newest(ROOT / "bot" / "trained"))
    figures, rows = measured(meaning, args.measures)
    wrong = compared(figures, floors, recorded)
    report: dict[str, Any] = {"measured": figures, "rows": rows, "floors": floors, "recorded": recorded}
    if not args.quick:
        examples = read_folder(ROOT / "data" / "nlu")
        found = unseen_once(examples, ROOT / "bot" / "trained" / "unseen.npz")
        report["unseen"], report["judged"] = judged_unseen(found, examples)
        if Calibration.read().learnt_from != digest(examples):
            sys.stderr.write(
                "check-model: the calibration is of other data; run bot/learning/calibrate.py, then train\n"
            )
        wrong += [f"unseen authors: {line}" for line in shortfalls(report["unseen"], unseen_floors)]
        read, short = acts.checked(meaning, examples)
        wrong += [f"in context: {line}" for line in short] + valid_data()
        report["acts"] = {family: one._asdict() for family, one in read.items()}
        print(acts.table(read))
    write_report(args.report, report, wrong)
    if args.record:
        kept = {name: figures[name] for name in floors if name in figures}
        (args.measures / "recorded.json").write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
    for name in floors:
        print(f"{name:26} {figures.get(name, float('nan')):.4f}   floor {floors[name]:.3f}")
    for name, value in report.get("unseen", {}).items():
        if name in unseen_floors:
            print(f"unseen authors: {name:26} {value:.4f}   floor {unseen_floors[name]:.3f}")
    print(f"report: {args.report / 'report.md'}")
    return wrong


def main() -> int:
    """Read the command line, check, say what is wrong."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", type=Path, help="the trained model (default: the newest in bot/trained/)")
    parser.add_argument("--report", type=Path, default=ROOT / "bot" / "trained" / "report")
    parser.add_argument(
        "--measures", type=Path, default=MEASURES, help="folder of dev.jsonl, floors.json, score.py"
    )
    parser.add_argument(
        "--quick", action="store_true", help="leave out unseen authors and the data's validation"
    )
    parser.add_argument(
        "--record", action="store_true", help="keep the figures as those that may not be lost"
    )
    args = parser.parse_args()
    try:
        wrong = check(args)
    except ModelError as reason:
        sys.stderr.write(f"check-model: {reason}\n")
        return 1
    for line in wrong:
        sys.stderr.write(f"check-model: {line}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
