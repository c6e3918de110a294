"""The encoder's scores of messages whose author it did not see: a file in the repository.

The calibration and the check of the model need them, and to make them takes an hour. A message is found by a
digest of author and text, so that the file holds no text and outlives changes of order.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.components.encoder.pretrained import Array
    from bot.components.examples import Example

FILE = Path(__file__).with_name("unseen.npz")
_STEPS = 127


def _keys(examples: Sequence[Example]) -> Array:
    found = [
        hashlib.blake2b(f"{e.author}\0{e.text}".encode(errors="surrogatepass"), digest_size=8).digest()
        for e in examples
    ]
    return np.frombuffer(b"".join(found), dtype="<u8")


def write(
    examples: Sequence[Example],
    intents: Sequence[str],
    scores: Array,
    about: dict[str, Any],
    path: Path = FILE,
) -> None:
    """Write the scores in 8 bit; `about` tells how the encoders were trained, and their figures."""
    keys, at = np.unique(_keys(examples), return_index=True)
    step = float(np.abs(scores).max()) / _STEPS
    steps = np.rint(scores[at] / step).astype(np.int8)
    told = np.frombuffer(json.dumps(about).encode(), dtype=np.uint8)
    np.savez_compressed(path, keys=keys, intents=np.array(intents), step=step, scores=steps, about=told)


def read(examples: Sequence[Example], path: Path = FILE) -> tuple[tuple[str, ...], Array, Array]:
    """Return the intents, the scores of each example, and whether the file has it (zeros if not)."""
    with np.load(path, allow_pickle=False) as held:
        keys, intents, step, steps = held["keys"], held["intents"], float(held["step"]), held["scores"]
    asked = _keys(examples)
    at = np.searchsorted(keys, asked).clip(max=len(keys) - 1)
    known = keys[at] == asked
    return tuple(map(str, intents)), np.where(known[:, None], steps[at] * np.float32(step), 0), known
