"""The pipeline's classifier on two public Spanish sets, trained on their texts alone.

The sets are read from a folder given by the caller (`corpus-es.json`, `train-es.tsv`, `test-es.tsv`); nothing
of them is kept here. Texts outside the set's intents are left out and repeated ones count once, as for the
peers' figures that the table quotes.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from bot.components.features import Features, views_for
from bot.components.judging import Calibration, softmax
from bot.components.training import C_INTENT, linear, net_of

if TYPE_CHECKING:
    from pathlib import Path

    from bot.components.features import Array

PEERS = {
    "corpus50": {"nlp.js": 0.980, "linear SVM": 0.908, "Rasa logistic": 0.880, "Rasa DIET": 0.871},
    "Facebook es": {"nlp.js": 0.970, "linear SVM": 0.984, "Rasa logistic": 0.976, "Rasa DIET": 0.979},
}
"""Measured on the same texts with the peers' own code (their data's SOURCE.md)."""


class Set(NamedTuple):
    """Texts with their intents."""

    train: list[tuple[str, str]]
    test: list[tuple[str, str]]


def _once(rows: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return list(
        {(" ".join(text.split()).casefold(), intent): (text, intent) for text, intent in rows}.values()
    )


def corpus50(folder: Path) -> Set:
    """Return the set of nlp.js' authors: 50 intents, five sentences each."""
    data = json.loads((folder / "corpus-es.json").read_text(encoding="utf-8"))["data"]
    known = [one for one in data if one["intent"] != "None"]
    train = [(text, one["intent"]) for one in known for text in one["utterances"]]
    test = [(text, one["intent"]) for one in known for text in one.get("tests", ())]
    return Set(_once(train), _once(test))


def facebook(folder: Path) -> Set:
    """Return the Spanish part of Facebook's multilingual set: 12 intents."""

    def read(name: str) -> list[tuple[str, str]]:
        rows = (line.split("\t") for line in (folder / name).read_text(encoding="utf-8").splitlines() if line)
        return _once([(row[2], row[0]) for row in rows])

    return Set(read("train-es.tsv"), read("test-es.tsv"))


def probabilities(train: list[tuple[str, str]], texts: list[str]) -> tuple[list[str], dict[str, Array]]:
    """Fit the intents' models to `train`; return the intents and each model's probabilities of `texts`."""
    features = Features(views_for(len(train)))
    rows = features.learn([text for text, _ in train])
    intents = sorted({intent for _, intent in train})
    gold = [intents.index(intent) for _, intent in train]
    weights, bias = linear(rows, gold, range(len(intents)), C_INTENT, "balanced")
    net = net_of(rows, gold, [0] * len(gold))
    asked = features.rows(texts)
    line, deep = np.asarray(asked @ weights + bias), net.outputs(asked)[:, : len(intents)]
    a, b, _ = Calibration.read().sharpness
    return intents, {"linear": softmax(line * a), "net": softmax(deep), "both": softmax(line * a + deep * b)}


def measured(folder: Path) -> list[dict[str, Any]]:
    """Return a row of the table for each set."""
    rows = []
    for name, read in (("corpus50", corpus50), ("Facebook es", facebook)):
        public = read(folder)
        began = time.process_time()
        intents, found = probabilities(public.train, [text for text, _ in public.test])
        row: dict[str, Any] = {"set": name, "train": len(public.train), "test": len(public.test)}
        for model, p in found.items():
            right = [
                intents[i] == intent for i, (_, intent) in zip(p.argmax(axis=1), public.test, strict=True)
            ]
            row[model] = float(np.mean(right))
        rows.append({**row, "CPU s": round(time.process_time() - began, 1), "peers": PEERS[name]})
    return rows
