"""What the trained model costs: start-up, memory, and time of a message on one core."""

from __future__ import annotations

import resource
import time
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.components.archive import answers, open_model

if TYPE_CHECKING:
    from pathlib import Path

_ONE_BY_ONE, _TOGETHER = 300, 1_000


def _memory() -> int:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def measured(model: Path, texts: list[str]) -> dict[str, Any]:
    """Return CPU seconds and megabytes; wall-clock time depends on what else the machine does."""
    began = time.process_time()
    meaning = open_model(model)
    loaded, memory = time.process_time() - began, _memory()
    answers(meaning, texts[:20])
    each = []
    for text in texts[:_ONE_BY_ONE]:
        began = time.process_time()
        meaning.understand(text)
        each.append(1000 * (time.process_time() - began))
    began = time.process_time()
    answers(meaning, texts[:_TOGETHER])
    return {
        "start-up CPU s": round(loaded, 2),
        "peak memory MB": memory,
        "archive MB": round(model.stat().st_size / 1e6, 1),
        "CPU ms a message, p50": round(float(np.median(each)), 2),
        "CPU ms a message, p99": round(float(np.quantile(each, 0.99)), 2),
        "CPU s for 1,000 messages with entities": round(time.process_time() - began, 2),
    }
