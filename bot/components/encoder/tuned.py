"""The file of what was tuned: upper layers and head in 8 bit, the kept pieces, the words of the respelling.

A row of a matrix shares one scale. Nothing that runs code is written or read.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from bot.components.encoder.pretrained import MATRICES, VECTORS, Array, EncoderError

FILE = Path(__file__).with_name("tuned.npz")
_STEPS = 127


class Tuned(NamedTuple):
    """What `bot/learning/encoder` learnt."""

    about: dict[str, Any]
    """`intents` in the order of the head, `layers` tuned, and how it was trained."""
    kept: Array
    """The pretrained numbers of the pieces that count here."""
    words: tuple[str, ...]
    layers: dict[int, dict[str, Array]]
    head: Array
    """(outputs, inputs)"""
    head_bias: Array


def coarse(weights: Array) -> tuple[Array, Array]:
    """Return a matrix in 8 bit, and the scale of each row."""
    scale = np.abs(weights).max(axis=1).astype(np.float32) / _STEPS
    scale[scale == 0] = 1
    return np.rint(weights / scale[:, None]).astype(np.int8), scale


def fine(steps: Array, scale: Array) -> Array:
    """Return the matrix that `coarse` made small, in single precision."""
    return np.asarray(steps.astype(np.float32) * scale[:, None])


def write(tuned: Tuned, path: Path = FILE) -> None:
    """Write the file; the same contents give the same bytes."""
    arrays: dict[str, Array] = {
        "about": _bytes(json.dumps(tuned.about, ensure_ascii=False, sort_keys=True)),
        "kept": tuned.kept.astype(np.int32),
        "words": _bytes("\n".join(tuned.words)),
        "head": tuned.head.astype(np.float32),
        "head_bias": tuned.head_bias.astype(np.float32),
    }
    for number, layer in tuned.layers.items():
        for name in MATRICES:
            arrays[f"{number}.{name}"], arrays[f"{number}.{name}.scale"] = coarse(layer[name])
        for name in VECTORS:
            arrays[f"{number}.{name}"] = layer[name].astype(np.float32)
    np.savez_compressed(path, **arrays)


def read(path: Path = FILE) -> Tuned:
    """Read what `write` wrote.

    Raises:
        EncoderError: the file is missing or broken.
    """
    try:
        with np.load(path, allow_pickle=False) as arrays:
            about = json.loads(arrays["about"].tobytes())
            layers = {
                int(number): {
                    name: fine(arrays[f"{number}.{name}"], arrays[f"{number}.{name}.scale"])
                    for name in MATRICES
                }
                | {name: arrays[f"{number}.{name}"] for name in VECTORS}
                for number in about["layers"]
            }
            words = tuple(arrays["words"].tobytes().decode().split("\n"))
            return Tuned(about, arrays["kept"], words, layers, arrays["head"], arrays["head_bias"])
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as reason:
        raise EncoderError(f"The encoder's tuned layers are missing or broken: {path.name}.") from reason


def digest(path: Path = FILE) -> str:
    """Return what tells one file of tuned layers from another."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    except OSError:
        raise EncoderError(f"The encoder's tuned layers are missing: {path.name}.") from None


def _bytes(text: str) -> Array:
    return np.frombuffer(text.encode(), dtype=np.uint8)
