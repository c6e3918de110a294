"""What she means and whether she is safe: features, models, encoder and judge as training leaves them.

It knows nothing of Rasa, and must never keep or log a text it was given.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np

from bot.components.context import Readers
from bot.components.encoder.encoder import Encoder
from bot.components.features import Array, Features
from bot.components.judging import Calibration, Judge, Understanding
from bot.components.labels import RISKS
from bot.components.models import Models
from bot.components.reading import NOT_READ, Reading

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from scipy.sparse import csr_matrix


class Meaning:
    """The trained models: `fit` or `load`, then `margins` and `judge`, or `understand`."""

    def __init__(
        self,
        features: Features,
        intents: Sequence[str],
        models: Models,
        calibration: Calibration,
        context: Readers | None = None,
        encoder: Encoder | None = None,
    ) -> None:
        """Keep what one answer needs; `context` reads a message where it was said.

        Only models of other labels than ours have no `encoder`.
        """
        self.features = features
        self.models = models
        self.context = context
        self.encoder = encoder
        self._judge = Judge(intents, calibration)

    def margins(self, texts: Sequence[str]) -> Array:
        """Return the scores of each intent and each risk for each text."""
        margins = self.models.margins(self.features.rows(texts))
        if self.encoder is None:
            return margins
        return np.hstack([margins, self.encoder.scores(texts, self._judge.intents)])

    def judge(self, margins: Array, texts: Sequence[str]) -> list[Understanding]:
        """Weigh the evidence of each text into an intent, a risk and a tier."""
        return self._judge.judge(margins, texts)

    def understand(self, text: str) -> Understanding:
        """Judge one message alone."""
        return self.judge(self.margins([text]), [text])[0]

    def sense(self, rows: csr_matrix) -> Array:
        """Return what the models make of each row, for who reads it in its context."""
        return self.models.sense(rows)

    def read(self, text: str, places: Sequence[str]) -> list[Reading]:
        """Return the likeliest act of a message at each place; none where there is no model for it."""
        if self.context is None or not places:
            return [NOT_READ for _ in places]
        row = self.features.rows([text])
        sense = self.sense(row)
        return [self.context.read(row, sense, place) for place in places]

    def save(self, folder: Path) -> None:
        """Write the models as plain arrays and JSON: nothing that runs code when it is read."""
        self.models.save(folder)
        if self.context:
            self.context.save(folder)
        np.save(folder / "idf.npy", self.features.idf)
        about = {
            "views": self.features.names,
            "intents": self._judge.intents,
            "risks": RISKS,
            "calibration": asdict(self._judge.calibration),
            "encoder": self.encoder.digest if self.encoder else "",
            "grams": [list(vocabulary) for vocabulary in self.features.vocabulary],
        }
        (folder / "model.json").write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Meaning:
        """Read what `save` wrote; the encoder's weights are the installed ones.

        Raises:
            EncoderError: they are missing, or not those that the model was trained with.
        """
        about = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        features = Features(about["views"])
        offset = 0
        for grams in about["grams"]:
            features.vocabulary.append({gram: offset + i for i, gram in enumerate(grams)})
            offset += len(grams)
        features.idf = np.load(folder / "idf.npy")
        models, calibration = Models.load(folder), Calibration.of(about["calibration"])
        encoder = Encoder.read(belongs_to=about["encoder"]) if about["encoder"] else None
        return cls(features, about["intents"], models, calibration, Readers.load(folder), encoder)
