"""Tune the pretrained encoder to the training messages.

usage: python -m bot.learning.encoder.train [--epochs N] [--layers 6-9] [--seed N] [--only K ...]

First on all but one fold of authors, for each fold in turn: the scores of those that the encoder did not see
go to unseen.npz beside this file, and the calibration learns from them. Then on all messages: the layers go
to bot/components/encoder/tuned.npz. Afterwards run bot/learning/calibrate.py and train the model. What is
done is kept under bot/trained/encoder/, so that an interrupted run goes on where it stopped.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from bot.components.encoder import tuned as tuned_file
from bot.components.encoder.pretrained import SHA256, Pretrained
from bot.components.examples import digest, read_folder
from bot.components.labels import INTENTS, RISKS
from bot.components.replies import read_replies
from bot.learning.authors import author_folds
from bot.learning.encoder import unseen
from bot.learning.encoder.network import Lower, Upper
from bot.learning.encoder.texts import LONGEST, Texts, cached, texts_of
from bot.learning.encoder.tuning import Plan, Task, scores, tuned

if TYPE_CHECKING:
    from bot.components.encoder.pretrained import Array
    from bot.components.examples import Example

ROOT = Path(__file__).resolve().parents[3]
WORK = ROOT / "bot" / "trained" / "encoder"
SEED = 20_261_129
FOLDS, WHOLE = 3, -1
"""Fewer folds than the other models get: each training takes ten minutes of a core."""


def said(line: str) -> None:
    """Print a line at once."""
    print(f"{time.strftime('%H:%M:%S')} {line}", flush=True)


class Run:
    """What all trainings of a run share."""

    def __init__(self, args: argparse.Namespace) -> None:
        self.examples: list[Example] = read_folder(ROOT / "data" / "nlu")
        self.pretrained = Pretrained(args.weights)
        self.texts: Texts = texts_of(self.pretrained, self.examples, [r.text for r in read_replies()])
        first, last = map(int, args.layers.split("-"))
        self.plan = Plan(tuple(range(first, last + 1)), args.epochs, args.seed)
        layers = f"{first}-{last}"
        self.name = f"{args.epochs}-{layers}-{args.seed}-{digest(self.examples)}"
        self.fold = author_folds(self.examples, FOLDS)
        self.intents = tuple(name for name in INTENTS if name in {e.intent for e in self.examples})
        WORK.mkdir(parents=True, exist_ok=True)
        below = Lower(self.pretrained, range(first), self.texts.kept, LONGEST)
        said(f"{len(self.examples)} messages, {len(self.texts.kept)} pieces kept")
        known = cached(below, self.texts.numbers, WORK / f"lower-{first}-{digest(self.examples)}.pt")
        said("frozen layers done")
        self.task = Task(
            known,
            np.array([self.intents.index(e.intent) for e in self.examples]),
            np.array([RISKS.index(e.risk) for e in self.examples]),
            (len(self.intents), len(RISKS)),
        )

    def one(self, k: int) -> None:
        """Train without fold `k`, or on all messages; keep the scores or the layers."""
        kept = WORK / f"fold{k}-{self.name}.npy"
        if k != WHOLE and kept.exists():
            return
        said(f"fold {k}" if k != WHOLE else "all messages")
        net = tuned(self.pretrained, self.task, np.flatnonzero(self.fold != k), self.plan, said)
        if k == WHOLE:
            self._keep(net)
            return
        asked = np.flatnonzero(self.fold == k)
        found = scores(net, self.task.cached, asked)
        right = found[:, : len(self.intents)].argmax(1) == self.task.intents[asked]
        said(f"fold {k}: intents {right.mean():.4f}")
        np.save(kept, found)

    def _about(self) -> dict[str, Any]:
        """Return what decides the layers, for the files that are kept."""
        return {
            "layers": list(self.plan.layers),
            "epochs": self.plan.epochs,
            "seed": self.plan.seed,
            "data": digest(self.examples),
            "messages": len(self.examples),
            "pretrained": SHA256,
            "torch": torch.__version__,
        }

    def _keep(self, net: Upper) -> None:
        about = {"intents": self.intents, "risks": RISKS, **self._about()}
        layers = {n: layer.arrays() for n, layer in zip(self.plan.layers, net.layers, strict=True)}
        head, bias = (part.detach().float().numpy() for part in (net.head.weight, net.head.bias))
        tuned_file.write(
            tuned_file.Tuned(about, np.asarray(self.texts.kept), self.texts.words, layers, head, bias)
        )

    def together(self) -> None:
        """Write the scores of all folds into one file, once there are all."""
        kept = [WORK / f"fold{k}-{self.name}.npy" for k in range(FOLDS)]
        if not all(path.exists() for path in kept):
            return
        every: Array = np.zeros((len(self.examples), sum(self.task.sizes)), dtype=np.float32)
        for k, path in enumerate(kept):
            every[self.fold == k] = np.load(path)
        right = every[:, : len(self.intents)].argmax(1) == self.task.intents
        figures = {
            "intents of unseen authors, the encoder alone": round(float(right.mean()), 4),
            "by fold": [round(float(right[self.fold == k].mean()), 4) for k in range(FOLDS)],
        }
        said(json.dumps(figures))
        unseen.write(self.examples, self.intents, every, {**self._about(), **figures})


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--layers", default="6-9", help="those tuned, of 0 to 11; layers above are left out")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument(
        "--only", type=int, nargs="+", help="some of the trainings: 0 to 2, or -1: all messages"
    )
    parser.add_argument("--weights", type=Path, help="the pretrained file (default: the installed package's)")
    args = parser.parse_args()
    torch.set_num_threads(1)  # sums in one order: the same data give the same layers
    run = Run(args)
    for k in args.only or [*range(FOLDS), WHOLE]:
        run.one(k)
    run.together()


if __name__ == "__main__":
    main()
