"""What the understanding said of a text, read from Rasa's parse result into our own words.

Why: the dialogue must not depend on how the pipeline spells its output. Must never keep the text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

UNKNOWN = "nlu_fallback"

RISK_OF = {
    "disclose_violence": "support",
    "immediate_danger": "danger",
    "self_harm": "danger",
    "child_at_risk": "support",
    "support_for_other": "support",
    "ask_violence_help": "support",
    "phone_watched": "support",
    "quick_exit": "support",
}
"""The contract's least risk of each safety intent, used where the pipeline gives none of its own."""


@dataclass(frozen=True)
class Understanding:
    """Intent, how sure, and the two safety figures of the contract."""

    intent: str
    confidence: float
    risk: str
    tier: str
    entities: tuple[str, ...] = ()
    act: str = ""
    """What the message means after what was asked last (`bot/places.toml`); empty where nothing was asked."""
    act_confidence: float = 0.0
    topic: str = ""
    """What she fears or asks in a talk on safety, or the kind of harm that she tells of; empty if none."""
    topic_confidence: float = 0.0
    speaker: str = ""
    """Who holds the phone, where it is not the woman it belongs to, or she speaks for others."""
    speaker_confidence: float = 0.0
    hint: float = 0.0
    """How likely any intent of safety is, of those that are likely at all."""

    @property
    def sure(self) -> bool:
        """The safety conversation opens."""
        return self.tier == "sure"

    @property
    def perhaps(self) -> bool:
        """A soft, deniable opening is added to an ordinary answer."""
        return self.tier == "perhaps"


NOTHING = Understanding(UNKNOWN, 0.0, "none", "none")
"""What a message without words says."""


def _word(result: Mapping[str, object], key: str, allowed: tuple[str, ...]) -> str | None:
    for place in (result, result.get("safety")):
        if isinstance(place, Mapping) and place.get(key) in allowed:
            return str(place[key])
    return None


def read_parse(result: Mapping[str, object]) -> Understanding:
    """Read Rasa's parse result; `risk` and `tier` come from the pipeline, else from the intent."""
    raw = result.get("intent")
    intent = raw.get("name") if isinstance(raw, Mapping) else None
    confidence = raw.get("confidence", 0.0) if isinstance(raw, Mapping) else 0.0
    name = intent if isinstance(intent, str) and intent else UNKNOWN
    risk = _word(result, "risk", ("none", "support", "danger")) or RISK_OF.get(name, "none")
    tier = _word(result, "tier", ("none", "perhaps", "sure")) or ("none" if risk == "none" else "sure")
    found = result.get("entities")
    names = (
        [str(e["entity"]) for e in found if isinstance(e, Mapping) and "entity" in e]
        if isinstance(found, list)
        else []
    )
    return Understanding(
        intent=name,
        confidence=float(confidence) if isinstance(confidence, int | float) else 0.0,
        risk=risk,
        tier=tier,
        entities=tuple(sorted(set(names))),
        hint=_hint(result.get("intent_ranking")),
    )


def _hint(ranking: object) -> float:
    found = ranking if isinstance(ranking, list) else []
    return sum(
        float(one["confidence"]) for one in found if isinstance(one, Mapping) and one.get("name") in RISK_OF
    )


def gravest(said: Sequence[Understanding]) -> Understanding:
    """The first of `said`, unless another is surer of a risk, or as sure of a graver one."""
    tiers, risks = ("none", "perhaps", "sure"), ("none", "support", "danger")
    return max(
        said, key=lambda one: (tiers.index(one.tier), risks.index(one.risk) if one.tier != "none" else 0)
    )
