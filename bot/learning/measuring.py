"""Figures of a model: on a measuring set through its own scorer, and on authors the models have not seen."""

from __future__ import annotations

import importlib.util
import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.components.archive import answers
from bot.components.judging import Calibration, Judge, Understanding, sigmoid
from bot.learning.benchmark.figures import recall_at

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from types import ModuleType

    from bot.components.examples import Example
    from bot.components.meaning import Meaning
    from bot.learning.folds import Unseen

Figures = dict[str, float]
TOUCHED = (0.10, 0.02)
"""Shares of the harmless messages that are touched where safety is read off at one threshold for all."""


def scorer(folder: Path) -> ModuleType:
    """Return the scorer that came with the measuring set, unchanged."""
    spec = importlib.util.spec_from_file_location("score", folder / "score.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(folder / "score.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def measured(meaning: Meaning, folder: Path) -> tuple[Figures, list[dict[str, Any]]]:
    """Return the figures on dev.jsonl, and its rows with gold and answer."""
    rows = [
        json.loads(line) for line in (folder / "dev.jsonl").read_text(encoding="utf-8").splitlines() if line
    ]
    blind = [
        {f"gold_{key}" if key in {"intent", "risk", "entities"} else key: value for key, value in row.items()}
        for row in rows
    ]
    done = [
        {**row, **answer}
        for row, answer in zip(blind, answers(meaning, [row["text"] for row in rows]), strict=True)
    ]
    figures, _ = scorer(folder).score(done)
    return {name: value for name, value in figures.items() if isinstance(value, float)}, done


def shortfalls(figures: Mapping[str, float], least: Mapping[str, float], slack: float = 0.0) -> list[str]:
    """Return which figures miss `least` by more than `slack`; for alarms, less is better."""
    missed = []
    for name, bound in least.items():
        value = figures.get(name)
        if value is None:
            continue
        short = value - bound if "alarms" in name else bound - value
        if short > slack + 1e-9:
            missed.append(f"{name} {value:.4f} against {bound:.4f}")
    return missed


class Judged(dict[str, Any]):
    """Gold and answers on unseen authors, for the pictures of the report."""


def judged_unseen(found: Unseen, examples: Sequence[Example]) -> tuple[Figures, Judged]:
    """Return figures over all training messages, each judged by models that did not see its author."""
    judge = Judge(found.intents, Calibration.read())
    done = judge.judge(found.margins, [example.text for example in examples])
    _, safety, _ = judge.evidence(found.margins)
    p_safety = sigmoid(safety @ np.array(judge.calibration.safety))
    safe = np.array([e.risk != "none" for e in examples])
    figures = _figures(examples, done)
    figures |= {f"safety_recall_at_{round(100 * at)}": recall_at(p_safety, safe, at) for at in TOUCHED}
    per_fold = []
    for k in sorted(set(found.fold)):
        its = np.flatnonzero(found.fold == k)
        folded = [examples[i] for i in its]
        authors = " ".join(sorted({e.author for e in folded}))
        per_fold.append({"authors": authors, **_figures(folded, [done[i] for i in its])})
    return figures, Judged(
        gold=[e.intent for e in examples],
        said=[d.intent for d in done],
        confidence=[d.confidence for d in done],
        safe=safe.tolist(),
        p_safety=p_safety,
        folds=per_fold,
    )


def _figures(examples: Sequence[Example], done: Sequence[Understanding]) -> Figures:
    def share(hits: list[bool]) -> float:
        return sum(hits) / len(hits) if hits else float("nan")

    pairs = list(zip(examples, done, strict=True))
    harmless = [d for e, d in pairs if e.risk == "none"]
    by_pair: defaultdict[str, list[bool]] = defaultdict(list)
    for e, d in pairs:
        if e.pair:
            by_pair[e.pair].append((d.risk != "none") == (e.risk != "none"))
    return {
        "messages": float(len(pairs)),
        "intent_accuracy": share([d.intent == e.intent for e, d in pairs]),
        "safety_recall": share([d.risk != "none" for e, d in pairs if e.risk != "none"]),
        "danger_recall": share([d.risk == "danger" for e, d in pairs if e.risk == "danger"]),
        "false_alarms": share([d.risk != "none" and d.tier == "sure" for d in harmless]),
        "soft_alarms": share([d.risk != "none" for d in harmless]),
        "pairs_both_right": share([all(right) for right in by_pair.values() if len(right) > 1]),
    }
