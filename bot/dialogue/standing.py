"""Where the dialogue stands when she writes, and the act that her turn is read as.

Why: what a text means depends on what was asked; both sides of that reading are plain values here. Must never
hold what she wrote, but for the answers that a form asked for.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.dialogue.acts import OF_RASA
from bot.dialogue.answers import plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

LEAST_CONFIDENCE = 0.30
"""Under this an intent is a guess, and a guess is not understood."""
SHORT = 4
"""Words up to which an answer is only the answer."""
SURELY = 0.7
"""From this a yes or no in other words than the known ones answers what was asked."""
CLEAR = 0.55
"""From this an intent interrupts a field that takes any words."""


@dataclass(frozen=True)
class Standing:
    """Where the dialogue stands when she writes."""

    today: date
    intents: frozenset[str]
    form_field: str = ""
    asked: Sequence[str] = ()
    """What the open form asks for, in order."""
    filled: Mapping[str, str] = field(default_factory=dict)
    offers: Sequence[tuple[str, str]] = ()
    yes: str = ""
    no: str = ""
    expects: str = ""
    place: str = ""
    """What she was asked last, as `bot/places.toml` names it."""
    secret: bool = False
    """There is something to hide: a conversation on safety, a case, or a safe word."""
    in_safety: bool = False
    cover: bool = False
    registered: bool = False
    consented: bool = False
    opted_out: bool = False
    case_open: bool = False
    minor: bool = False
    least_age: int = 14
    guardian_under: int = 18
    open_offer: bool = False
    """A question waits that is put again after a digression."""
    reminder_pending: bool = False
    fresh: bool = True
    """The last question was asked lately; an older one gives way to a reminder."""
    older: Sequence[tuple[str, str]] = ()
    """Groups that were on offer before the last choices, and still are by their title."""
    has_seat: bool = False
    has_session: bool = False
    interpreter: bool = False
    """She has said that her language is another one, and a person was called."""
    unheard: bool = False
    by_voice: bool = False
    """A voice note that was listened to and not made out."""


@dataclass(frozen=True)
class Act:
    """The dialogue's reading of a turn."""

    intent: str
    entities: Mapping[str, str] = field(default_factory=dict)
    slots: Mapping[str, object] = field(default_factory=dict)
    soft: bool = False
    missed: bool = False
    corrects: bool = False
    """A form's answer is set right, and she is told so."""
    also: str = ""
    """A response that is given beside the answer of the rules."""
    recognised: bool = False
    """Under cover: somebody says that the phone is another's."""


def payload_intent(payload: str) -> str:
    """The intent that a payload names."""
    return payload[1:].partition("{")[0]


def read_payload(payload: str, intents: frozenset[str]) -> Act | None:
    """The act of a button: `/intent` or `/intent{"entity": "value"}`; None where it is none of ours."""
    if not payload.startswith("/"):
        return None
    name = payload_intent(payload)
    brace, rest = payload[1 + len(name) : 2 + len(name)], payload[2 + len(name) :]
    if name not in intents or name in OF_RASA:
        return None
    try:
        values = json.loads(brace + rest) if brace else {}
    except ValueError:
        return None
    if not isinstance(values, dict):
        return None
    return Act(name, {str(k): plain(str(v), 120) for k, v in values.items()})
