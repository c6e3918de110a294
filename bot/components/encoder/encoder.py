"""The whole encoder as the models of `meaning` ask it: texts in, scores of intents and risks out."""

from __future__ import annotations

import hashlib
import os
from collections import OrderedDict
from typing import TYPE_CHECKING

import numpy as np

from bot.components.encoder import tuned as tuned_file
from bot.components.encoder.forward import Forward, Layer
from bot.components.encoder.pieces import FIRST, LAST, Pieces
from bot.components.encoder.pretrained import EncoderError, Pretrained
from bot.components.encoder.respelling import Respelling
from bot.components.labels import RISKS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bot.components.encoder.pretrained import Array

UNKNOWN = -9.0
"""The score of an intent that the encoder did not learn of."""
_KEPT = 64
"""Texts whose scores are remembered: one turn asks several times for the same."""


class Encoder:
    """Scores of texts: `scores`, a column for each of the wanted intents, then for each risk."""

    def __init__(self, pretrained: Pretrained, tuned: tuned_file.Tuned, digest: str) -> None:
        """Join the frozen lower layers with the tuned upper ones."""
        self.digest = digest
        self.intents = tuple(tuned.about["intents"])
        last = max(tuned.layers)  # what lies above is left out: the head reads this layer
        held = [tuned.layers.get(number) or pretrained.layer(number) for number in range(last + 1)]
        self._respelling = Respelling(tuned.words)
        self._pieces = Pieces(pretrained.named(tuned.kept), pretrained.scores[tuned.kept].tolist())
        self._forward = Forward(
            pretrained.embeddings(tuned.kept).astype(np.float16),
            pretrained.positions(FIRST + LAST + 2),
            pretrained.first_norm(),
            [Layer.of(one) for one in held],
            (tuned.head, tuned.head_bias),
        )
        self._secret = os.urandom(16)
        self._known: OrderedDict[bytes, Array] = OrderedDict()

    @classmethod
    def read(cls, path: Path = tuned_file.FILE, belongs_to: str = "") -> Encoder:
        """Read the tuned file of the repository and the pretrained one of the installed package.

        `belongs_to`: the digest of the tuned file that is wanted, if one is.

        Raises:
            EncoderError: one of them is missing, broken, or not the expected one.
        """
        digest = tuned_file.digest(path)
        if belongs_to not in ("", digest):
            raise EncoderError("The encoder's tuned layers are not the model's own: train the model again.")
        return cls(Pretrained(), tuned_file.read(path), digest)

    def scores(self, texts: Sequence[str], intents: Sequence[str]) -> Array:
        """Return a row for each text: its scores of `intents`, then of the risks."""
        place = [self.intents.index(name) if name in self.intents else -1 for name in intents]
        raw = self._raw(texts)
        every = np.hstack([raw, np.full((len(texts), 1), UNKNOWN, dtype=np.float32)])
        risks = range(len(self.intents), len(self.intents) + len(RISKS))
        return np.asarray(every[:, [*place, *risks]])

    def _raw(self, texts: Sequence[str]) -> Array:
        """Return the head's outputs; those of the last texts are remembered by digest, never the text."""
        keys = [
            hashlib.blake2b(text.encode(errors="surrogatepass"), key=self._secret).digest() for text in texts
        ]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        found = dict(self._known)
        if new:
            cut = [self._pieces.numbers(self._respelling(text)) for text in new.values()]
            found.update(zip(new, self._forward.scores(cut), strict=True))
        for key in keys[-_KEPT:]:
            self._known[key] = found[key]
            self._known.move_to_end(key)
        while len(self._known) > _KEPT:
            self._known.popitem(last=False)
        width = len(self.intents) + len(RISKS)
        return np.array([found[key] for key in keys], dtype=np.float32).reshape(len(texts), width)


__all__ = ["UNKNOWN", "Encoder", "EncoderError"]
