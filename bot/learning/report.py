"""The report of a model: figures, confusions, and whether its probabilities are honest, with pictures."""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.components.labels import INTENTS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_SHADES = "magma_r"
_WORST = 25
_BINS = 10


def _pyplot() -> Any:  # noqa: ANN401 - matplotlib carries no types
    os.environ.setdefault("MPLBACKEND", "Agg")
    import matplotlib.pyplot as plt  # noqa: PLC0415 - slow to load, and only the report draws

    return plt


def draw_confusion(path: Path, gold: Sequence[str], said: Sequence[str], title: str) -> None:
    """Draw which intent was taken for which: a row adds up to one."""
    plt = _pyplot()
    names = [name for name in INTENTS if name in set(gold) | set(said)]
    counts = np.zeros((len(names), len(names)))
    for g, s in zip(gold, said, strict=True):
        counts[names.index(g), names.index(s)] += 1
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure, axes = plt.subplots(figsize=(13, 12))
    image = axes.imshow(shares, cmap=_SHADES, vmin=0, vmax=1)
    axes.set_xticks(range(len(names)), names, rotation=90, fontsize=7)
    axes.set_yticks(range(len(names)), names, fontsize=7)
    axes.set(xlabel="answered", ylabel="meant", title=title)
    figure.colorbar(image, shrink=0.6)
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    plt.close(figure)


def draw_reliability(path: Path, series: dict[str, tuple[Sequence[float], Sequence[bool]]]) -> None:
    """Draw what came true against what was promised, for each kind of probability."""
    plt = _pyplot()
    figure, axes = plt.subplots(figsize=(6, 6))
    axes.plot([0, 1], [0, 1], color="grey", linestyle="--", label="honest")
    for name, (promised, true) in series.items():
        p, t = np.array(promised), np.array(true, dtype=float)
        which = np.minimum((p * _BINS).astype(int), _BINS - 1)
        filled = [b for b in range(_BINS) if (which == b).any()]
        axes.plot(
            [p[which == b].mean() for b in filled],
            [t[which == b].mean() for b in filled],
            marker="o",
            label=name,
        )
    axes.set(xlabel="promised", ylabel="came true", title="Reliability on unseen authors")
    axes.legend()
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    plt.close(figure)


def _table(report: dict[str, Any]) -> list[str]:
    measured, unseen = report["measured"], report.get("unseen", {})
    lines = ["| figure | measuring set | floor | recorded | unseen authors |", "|---|---|---|---|---|"]
    for name, value in measured.items():
        cells = [
            f"{value:.4f}",
            *(f"{report[k][name]:.4f}" if name in report[k] else "" for k in ("floors", "recorded")),
            f"{unseen[name]:.4f}" if name in unseen else "",
        ]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    lines += [f"| {name} | | | | {value:.4f} |" for name, value in unseen.items() if name not in measured]
    return lines


def _folds(folds: Sequence[dict[str, Any]]) -> list[str]:
    names = [name for name in folds[0] if name not in {"authors", "messages"}]
    lines = [f"| authors | messages | {' | '.join(names)} |", "|---" * (len(names) + 2) + "|"]
    for fold in folds:
        cells = " | ".join("" if np.isnan(fold[name]) else f"{fold[name]:.3f}" for name in names)
        lines.append(f"| {fold['authors']} | {fold['messages']:.0f} | {cells} |")
    return lines


def _confusions(gold: Sequence[str], said: Sequence[str]) -> list[str]:
    worst = Counter((g, s) for g, s in zip(gold, said, strict=True) if g != s).most_common(_WORST)
    totals = Counter(gold)
    lines = ["| meant | answered | times | of |", "|---|---|---|---|"]
    return lines + [f"| {g} | {s} | {n} | {totals[g]} |" for (g, s), n in worst]


def write_report(folder: Path, report: dict[str, Any], wrong: Sequence[str]) -> None:
    """Write report.md and its pictures; no message is quoted in it."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = ["# How well the model understands", "", *_table(report), ""]
    lines += (
        ["## What is wrong", "", *(f"- {line}" for line in wrong), ""]
        if wrong
        else ["Nothing is under its floor.", ""]
    )
    gold, said = [r["gold_intent"] for r in report["rows"]], [r["intent"] for r in report["rows"]]
    draw_confusion(folder / "confusion.png", gold, said, "Measuring set")
    lines += ["## The measuring set", "", "![confusion](confusion.png)", ""]
    if "judged" in report:
        seen = report["judged"]
        draw_confusion(folder / "confusion-unseen.png", seen["gold"], seen["said"], "Unseen authors")
        right = [g == s for g, s in zip(seen["gold"], seen["said"], strict=True)]
        draw_reliability(
            folder / "reliability.png",
            {"intent": (seen["confidence"], right), "safety": (seen["p_safety"], seen["safe"])},
        )
        lines += [
            "## Unseen authors",
            "",
            "![confusion](confusion-unseen.png)",
            "",
            "![reliability](reliability.png)",
            "",
            *_folds(seen["folds"]),
            "",
            *_confusions(seen["gold"], seen["said"]),
            "",
        ]
    (folder / "report.md").write_text("\n".join(lines), encoding="utf-8")
