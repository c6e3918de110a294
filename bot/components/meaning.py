"""What she means and whether she is safe: linear models over the views of `features`.

Two models look at the same numbers: one for the 44 intents, one for risk alone. Their scores become one
calibrated probability each of safety and of danger (`Calibration`), and from them the tier; what the
lexicon finds unmistakable is at least "perhaps". It knows nothing of Rasa, and must never keep or log a
text it was given.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bot.components.features import Array, Features
from bot.components.labels import ALWAYS_DANGER, RISKS, SAFETY
from bot.components.lexicon import unmistakable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scipy.sparse import csr_matrix

CALIBRATION = Path(__file__).with_name("calibration.json")


@dataclass(frozen=True)
class Calibration:
    """Numbers learnt on authors the models had not seen; `bot/calibrate.py` writes them."""

    sharpness: float
    """Margins times this, through softmax, are probabilities of the intents."""
    safety: tuple[float, ...]
    """Weights of (bias, log-odds of the safety intents, margins of the risk model ...)."""
    danger: tuple[float, ...]
    perhaps: float
    """From this probability of safety on, the soft opening is added to the answer."""
    sure: float
    """From this one on, the safety conversation opens."""
    in_danger: float
    """From this probability of danger on (given safety), the emergency number comes first."""

    @classmethod
    def read(cls, path: Path = CALIBRATION) -> Calibration:
        """Read the numbers that came with the code."""
        raw = json.loads(path.read_text(encoding="utf-8"))
        return cls(**{**raw, "safety": tuple(raw["safety"]), "danger": tuple(raw["danger"])})


@dataclass(frozen=True)
class Understanding:
    """What one message means."""

    intent: str
    confidence: float
    risk: str
    tier: str
    ranking: tuple[tuple[str, float], ...]


def softmax(scores: Array) -> Array:
    """Return rows that add up to one."""
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(e / e.sum(axis=1, keepdims=True))


def sigmoid(x: Array) -> Array:
    """Return the logistic function, safe at both ends."""
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -40, 40))))


class Meaning:
    """The trained models: `fit` or `load`, then `margins` and `understand`."""

    def __init__(
        self,
        features: Features,
        intents: Sequence[str],
        weights: Array,
        bias: Array,
        calibration: Calibration,
    ) -> None:
        """Keep one column of weights for each intent, then one for each risk."""
        self.features = features
        self.intents = tuple(intents)
        self.weights = weights
        self.bias = bias
        self.calibration = calibration
        self._safe_columns = np.array([i for i, name in enumerate(self.intents) if name in SAFETY])
        self._danger_columns = np.array([i for i, name in enumerate(self.intents) if name in ALWAYS_DANGER])

    def margins(self, texts: Sequence[str]) -> Array:
        """Return the score of each intent and each risk for each text."""
        rows: csr_matrix = self.features.rows(texts)
        return np.asarray(rows @ self.weights + self.bias)

    def understand(self, text: str) -> Understanding:
        """Judge one message alone."""
        return self.judge(self.margins([text]), [text])[0]

    def evidence(self, margins: Array) -> tuple[Array, Array, Array]:
        """Return the intents' probabilities, and what safety and danger are weighed from."""
        p = softmax(margins[:, : len(self.intents)] * self.calibration.sharpness)
        risk = margins[:, len(self.intents) :]
        one = np.ones(len(margins))
        safe = np.clip(p[:, self._safe_columns].sum(axis=1), 1e-6, 1 - 1e-6)
        grave = np.clip(p[:, self._danger_columns].sum(axis=1), 1e-6, 1 - 1e-6)
        columns_safety = np.stack(
            [one, np.log(safe / (1 - safe)), -risk[:, 0], risk[:, 1:].max(axis=1)], axis=1
        )
        columns_danger = np.stack([one, np.log(grave / (1 - grave)), risk[:, 2], -risk[:, 1]], axis=1)
        return p, columns_safety, columns_danger

    def judge(self, margins: Array, texts: Sequence[str]) -> list[Understanding]:
        """Weigh the evidence of each text into an intent, a risk and a tier."""
        known = self.calibration
        p, safety, danger = self.evidence(margins)
        p_safety = sigmoid(safety @ np.array(known.safety))
        p_danger = sigmoid(danger @ np.array(known.danger))
        return [
            self._one(p[i], float(p_safety[i]), float(p_danger[i]), plain=unmistakable(text))
            for i, text in enumerate(texts)
        ]

    def _one(self, p: Array, p_safety: float, p_danger: float, *, plain: bool) -> Understanding:
        known = self.calibration
        order = np.argsort(-p, kind="stable")
        ranked = [self.intents[i] for i in order]
        tier = (
            "sure" if p_safety >= known.sure else "perhaps" if p_safety >= known.perhaps or plain else "none"
        )
        best = ranked[0]
        if tier == "sure":
            best = next((name for name in ranked if name in SAFETY), best)
        elif tier == "none":
            best = next((name for name in ranked if name not in SAFETY), best)
        risk = "none" if tier == "none" else "danger" if p_danger >= known.in_danger else "support"
        ranking = tuple((name, float(p[self.intents.index(name)])) for name in ranked[:5])
        return Understanding(best, float(p[self.intents.index(best)]), risk, tier, ranking)

    def save(self, folder: Path) -> None:
        """Write the models as plain arrays and JSON: nothing that runs code when it is read."""
        np.savez_compressed(
            folder / "weights.npz",
            weights=self.weights.astype(np.float16),
            bias=self.bias,
            idf=self.features.idf,
        )
        grams = [list(vocabulary) for vocabulary in self.features.vocabulary]
        about = {
            "views": self.features.names,
            "intents": self.intents,
            "risks": RISKS,
            "calibration": asdict(self.calibration),
            "grams": grams,
        }
        (folder / "model.json").write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Meaning:
        """Read what `save` wrote."""
        about = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        arrays = np.load(folder / "weights.npz")
        features = Features(about["views"])
        offset = 0
        for grams in about["grams"]:
            features.vocabulary.append({gram: offset + i for i, gram in enumerate(grams)})
            offset += len(grams)
        features.idf = arrays["idf"]
        raw = about["calibration"]
        known = Calibration(**{**raw, "safety": tuple(raw["safety"]), "danger": tuple(raw["danger"])})
        # Stored column by column; a product with sparse rows would copy all of it anew for each message.
        weights = np.ascontiguousarray(arrays["weights"], dtype=np.float32)
        return cls(features, about["intents"], weights, arrays["bias"], known)

    def calibrated(self, calibration: Calibration) -> Meaning:
        """Return the same models weighed by other numbers."""
        return Meaning(self.features, self.intents, self.weights, self.bias, replace(calibration))
