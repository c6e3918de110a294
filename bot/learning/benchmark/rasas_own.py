"""Rasa's ready-made classifiers on our data: trained on the other authors, asked about one fold of authors.

usage: python -m bot.benchmark.rasas_own {diet,logistic} [--epochs N] [--fold K] [--share S] --out FILE.json

Writes a row of the table. DIET takes long: `--epochs` and `--share` (of the training messages) say what was
run.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.components.examples import read_folder
from bot.components.labels import INTENTS
from bot.learning.authors import author_folds
from bot.learning.benchmark.figures import judged

if TYPE_CHECKING:
    from bot.components.examples import Example
    from bot.components.features import Array

ROOT = Path(__file__).resolve().parents[3]
_SEED = 20_261_123


def _config(kind: str, epochs: int) -> str:
    classifier = {
        "diet": f"  - name: DIETClassifier\n    epochs: {epochs}\n    entity_recognition: false\n"
        f"    ranking_length: 0\n    random_seed: {_SEED}\n    constrain_similarities: true\n",
        "logistic": f"  - name: LogisticRegressionClassifier\n    max_iter: 200\n    random_state: {_SEED}\n"
        "    ranking_length: 0\n",
    }
    return (
        "recipe: default.v1\nlanguage: es\nassistant_id: peer\n"
        "importers:\n  - name: bot.serving.importer.OneLineImporter\n"
        "pipeline:\n  - name: WhitespaceTokenizer\n  - name: LexicalSyntacticFeaturizer\n"
        "  - name: CountVectorsFeaturizer\n  - name: CountVectorsFeaturizer\n    analyzer: char_wb\n"
        "    min_ngram: 1\n    max_ngram: 4\n" + classifier[kind]
    )


def _write(folder: Path, examples: list[Example]) -> None:
    folder.mkdir()
    for intent in INTENTS:
        rows = [e for e in examples if e.intent == intent]
        about = {"author": "", "style": "", "risk": "none"}
        lines = (
            json.dumps({"text": e.text.translate(str.maketrans("[]", "()")), "metadata": about}) for e in rows
        )
        body = "".join(f"      - {line}\n" for line in lines)
        head = f'version: "3.1"\nnlu:\n  - intent: {intent}\n    examples:\n'
        (folder / f"{intent}.yml").write_text(head + body, encoding="utf-8")


def _train(kind: str, epochs: int, examples: list[Example], scratch: Path) -> float:
    (scratch / "config.yml").write_text(_config(kind, epochs), encoding="utf-8")
    _write(scratch / "nlu", examples)
    argv = [sys.executable, "-m", "rasa", "train", "nlu", "--config", str(scratch / "config.yml")]
    argv += ["--nlu", str(scratch / "nlu"), "--out", str(scratch / "models"), "--fixed-model-name", "peer"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(argv, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


async def _asked(model: Path, texts: list[str]) -> tuple[Array, float, float]:
    from rasa.core.agent import Agent  # noqa: PLC0415 - slow to load, and only this needs it

    began = time.process_time()
    agent = Agent.load(str(model))
    await agent.parse_message("hola")
    loaded = time.process_time() - began
    p = np.zeros((len(texts), len(INTENTS)))
    began = time.process_time()
    for i, text in enumerate(texts):
        found: dict[str, Any] = await agent.parse_message(text)
        for one in found["intent_ranking"]:
            p[i, INTENTS.index(one["name"])] = one["confidence"]
    return p, loaded, (time.process_time() - began) / len(texts)


def main() -> int:
    """Train, ask, write the row."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("kind", choices=("diet", "logistic"))
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--fold", type=int, default=2)
    parser.add_argument("--share", type=float, default=1.0)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    examples = read_folder(ROOT / "data" / "nlu")
    fold = author_folds(examples)
    seen = [e for e, k in zip(examples, fold, strict=True) if k != args.fold]
    chance = np.random.default_rng(_SEED)
    seen = [seen[i] for i in sorted(chance.permutation(len(seen))[: int(len(seen) * args.share)])]
    asked = [e for e, k in zip(examples, fold, strict=True) if k == args.fold]
    with tempfile.TemporaryDirectory() as scratch:
        trained = _train(args.kind, args.epochs, seen, Path(scratch))
        p, loaded, each = asyncio.run(
            _asked(Path(scratch) / "models" / "peer.tar.gz", [e.text for e in asked])
        )
    row: dict[str, Any] = {"classifier": args.kind, "epochs": args.epochs if args.kind == "diet" else None}
    row |= {"fold": args.fold, "trained on": len(seen), "asked": len(asked), **judged(p, INTENTS, asked)}
    row |= {
        "training CPU s": round(trained),
        "start-up CPU s": round(loaded, 1),
        "CPU ms a message": round(each * 1000, 2),
        "memory MB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    args.out.write_text(json.dumps(row, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(row))
    return 0


if __name__ == "__main__":
    sys.exit(main())
