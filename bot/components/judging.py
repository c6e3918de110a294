"""From the models' scores to an intent, a risk and a tier.

The linear models, the net and the encoder each score the intents and the risk. Their scores become one
calibrated probability each of safety and of danger (`Calibration`), and from them the tier; what the lexicon
finds unmistakable is at least "perhaps", and a red flag decides whatever the models say. It must never keep
or log a text it was given.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from bot.components.labels import ALWAYS_DANGER, RISKS, SAFETY
from bot.components.lexicon import unmistakable
from bot.components.red_flags import Flag, flag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.components.features import Array

CALIBRATION = Path(__file__).with_name("calibration.json")
_TOLD = ALWAYS_DANGER | {"disclose_violence", "child_at_risk", "support_for_other"}
"""Intents in which something is told, so that a red flag may leave them as they are."""
_NEVER, _ALWAYS = 1e-6, 1 - 1e-6
_SCORERS = 3


@dataclass(frozen=True)
class Calibration:
    """Numbers learnt on authors the models had not seen; `bot/learning/calibrate.py` writes them."""

    sharpness: tuple[float, float, float]
    """The scores of linear models, net and encoder, each times its own, through softmax are probabilities."""
    safety: tuple[float, ...]
    """Weights of (bias, log-odds of the safety intents, margins of the linear risk model, the net's risk,
    the encoder's risk, all scores weighed by `scores`)."""
    danger: tuple[float, ...]
    perhaps: float
    """From this probability of safety on, the soft opening is added to the answer ..."""
    sure: float
    """From this one on, the safety conversation opens."""
    in_danger: float
    """From this probability of danger on (given safety), the emergency number comes first."""
    sooner: dict[str, float] = field(default_factory=dict)
    """... or from this one, by the likeliest safety intent: those in which women are heard less well."""
    scores: dict[str, tuple[float, ...]] = field(default_factory=dict)
    """By intent and risk, what its scores (linear, net, encoder) say of safety beside the sums above: which
    ordinary intent stands against a disclosure tells what the sum over the safety intents does not."""
    learnt_from: str = ""
    """Digest of the training data behind these numbers."""

    @classmethod
    def of(cls, raw: dict[str, Any]) -> Calibration:
        """Return the numbers that were kept as JSON."""
        tuples = {name: tuple(raw[name]) for name in ("sharpness", "safety", "danger")}
        scores = {name: tuple(weights) for name, weights in raw.get("scores", {}).items()}
        return cls(**{**raw, **tuples, "scores": scores})

    @classmethod
    def read(cls, path: Path = CALIBRATION) -> Calibration:
        """Read the numbers that came with the code."""
        return cls.of(json.loads(path.read_text(encoding="utf-8")))


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


def _log_odds(p: Array) -> Array:
    kept = np.clip(p, _NEVER, _ALWAYS)
    return np.asarray(np.log(kept / (1 - kept)))


def floored(found: Understanding, heard: Flag | None) -> Understanding:
    """Put a red flag under what the models say: sure, no less grave, and of an intent that fits.

    What the models surely understood as told stays: they know better whose danger it is.
    """
    if heard is None:
        return found
    risk = "danger" if "danger" in (found.risk, heard.risk) else "support"
    fits = found.tier == "sure" and found.intent in _TOLD and heard.name != "suicide"
    intent = found.intent if fits else heard.intent
    return replace(found, intent=intent, risk=risk, tier="sure", confidence=found.confidence if fits else 1.0)


class Scores(NamedTuple):
    """What one scorer says of each text."""

    intents: Array
    risks: Array

    @property
    def safe(self) -> Array:
        """How much likelier some risk is than none, in log-odds."""
        return np.asarray(np.logaddexp(self.risks[:, 1], self.risks[:, 2]) - self.risks[:, 0])

    @property
    def grave(self) -> Array:
        """How much likelier danger is than a wish for support, in log-odds."""
        return np.asarray(self.risks[:, 2] - self.risks[:, 1])


class Judge:
    """Weighs scores: columns for each intent and each risk of linear models, net and, where used, encoder."""

    def __init__(self, intents: Sequence[str], calibration: Calibration) -> None:
        """Keep the order of the columns and the numbers to weigh them by."""
        self.intents = tuple(intents)
        self.calibration = calibration
        bounds = [
            calibration.sooner.get(name, calibration.perhaps) for name in self.intents if name in SAFETY
        ]
        self._bounds = np.array(bounds or [calibration.perhaps])
        self._safe = np.array([i for i, name in enumerate(self.intents) if name in SAFETY], dtype=int)
        self._grave = np.array([i for i, name in enumerate(self.intents) if name in ALWAYS_DANGER], dtype=int)
        silent = (0.0,) * _SCORERS
        of = [calibration.scores.get(name, silent) for name in (*self.intents, *RISKS)]
        self._scores = np.array(of, dtype=float).T.ravel()

    def whole(self, margins: Array) -> Array:
        """Return the scores with a column for each scorer's; an absent encoder says nothing (zeros)."""
        absent = len(self._scores) - margins.shape[1]
        return np.hstack([margins, np.zeros((len(margins), absent))]) if absent > 0 else margins

    def parts(self, margins: Array) -> tuple[Scores, Scores, Scores]:
        """Return what linear models, net and encoder say."""
        n, width = len(self.intents), len(self.intents) + len(RISKS)
        margins = self.whole(margins)
        line, net, encoder = (margins[:, width * k : width * (k + 1)] for k in range(_SCORERS))
        return (
            Scores(line[:, :n], line[:, n:]),
            Scores(net[:, :n], net[:, n:]),
            Scores(encoder[:, :n], encoder[:, n:]),
        )

    def evidence(self, margins: Array) -> tuple[Array, Array, Array]:
        """Return the intents' probabilities, and what safety and danger are weighed from."""
        line, net, encoder = self.parts(margins)
        sharp = self.calibration.sharpness
        p = softmax(line.intents * sharp[0] + net.intents * sharp[1] + encoder.intents * sharp[2])
        one, risk = np.ones(len(margins)), line.risks
        safety = [
            one,
            _log_odds(p[:, self._safe].sum(axis=1)),
            -risk[:, 0],
            risk[:, 1:].max(axis=1),
            net.safe,
            encoder.safe,
            self.whole(margins) @ self._scores,
        ]
        danger = [
            one,
            _log_odds(p[:, self._grave].sum(axis=1)),
            risk[:, 2],
            -risk[:, 1],
            net.grave,
            encoder.grave,
        ]
        return p, np.stack(safety, axis=1), np.stack(danger, axis=1)

    def judge(self, margins: Array, texts: Sequence[str]) -> list[Understanding]:
        """Weigh the evidence of each text into an intent, a risk and a tier."""
        known = self.calibration
        p, safety, danger = self.evidence(margins)
        p_safety = sigmoid(safety @ np.array(known.safety))
        p_danger = sigmoid(danger @ np.array(known.danger))
        heard = (p_safety >= self.perhaps(p)) | np.array([unmistakable(text) for text in texts], dtype=bool)
        return [
            floored(self._one(p[i], float(p_safety[i]), float(p_danger[i]), heard=bool(heard[i])), flag(text))
            for i, text in enumerate(texts)
        ]

    def perhaps(self, p: Array) -> Array:
        """Return the probability of safety from which each message is "perhaps", given its intents'."""
        if not len(self._safe):
            return np.full(len(p), self.calibration.perhaps)
        return np.asarray(self._bounds[p[:, self._safe].argmax(axis=1)])

    def _one(self, p: Array, p_safety: float, p_danger: float, *, heard: bool) -> Understanding:
        known = self.calibration
        order = np.argsort(-p, kind="stable")
        ranked = [self.intents[i] for i in order]
        tier = "sure" if p_safety >= known.sure else "perhaps" if heard else "none"
        best = ranked[0]
        if tier == "sure":
            best = next((name for name in ranked if name in SAFETY), best)
        elif tier == "none":
            best = next((name for name in ranked if name not in SAFETY), best)
        risk = "none" if tier == "none" else "danger" if p_danger >= known.in_danger else "support"
        ranking = tuple((self.intents[i], float(p[i])) for i in order[:5])
        return Understanding(best, float(p[self.intents.index(best)]), risk, tier, ranking)
