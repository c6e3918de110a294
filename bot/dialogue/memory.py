"""What one turn leaves for the next: the answer to say again, the choices on offer, the counts.

Why: a turn that is asked twice must be answered the same without being said twice to the dialogue, and a
"2" means the second button of the last answer. Kept in one slot, so that it lives in the sealed state.
Must never hold what she wrote.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

SLOT = "memory"
LATELY = 3600
"""Seconds for which the last question is still in the air."""
Item = dict[str, object]


@dataclass(frozen=True)
class Memory:
    """The last turn's answer and what it left open."""

    message_id: str = ""
    items: Sequence[Item] = ()
    open_items: Sequence[Item] = ()
    """The last question that waits for an answer, to be put again after a digression."""
    choices: Sequence[tuple[str, str]] = ()
    """Title and payload of the buttons on offer; they outlive a text that was not understood."""
    yes: str = ""
    no: str = ""
    expects: str = ""
    place: str = ""
    """What was asked last, as `bot/places.toml` names it."""
    misses: int = 0
    signature: str = ""
    said: int = 0
    asked_at: str = ""
    cover: str = ""
    """Whether this was said under cover, and counts since when (`covered`)."""

    def offers(self) -> list[tuple[str, str]]:
        """Title and payload of the buttons on offer, in order."""
        return [(str(title), str(payload)) for title, payload in self.choices]

    def asked_lately(self, now: datetime | None) -> bool:
        """Whether the last answer is less than an hour old."""
        if not self.asked_at or now is None:
            return bool(self.asked_at)
        return abs((now - datetime.fromisoformat(self.asked_at)).total_seconds()) < LATELY


def _buttons(item: Item) -> list[Mapping[str, object]]:
    found = item.get("buttons")
    return [b for b in found if isinstance(b, Mapping)] if isinstance(found, list) else []


def choices_of(items: Sequence[Item]) -> list[tuple[str, str]]:
    """Title and payload of all buttons of an answer, in order."""
    found = [b for item in items for b in _buttons(item)]
    return [(str(b.get("title", "")), str(b.get("payload", ""))) for b in found]


def from_slot(value: object) -> Memory:
    """Read the slot; what is not a memory is an empty one."""
    if not isinstance(value, Mapping):
        return Memory()
    known = {k: v for k, v in value.items() if k in Memory.__dataclass_fields__}
    return Memory(**known)


def to_slot(memory: Memory) -> dict[str, object]:
    """The memory as plain values."""
    return dict(vars(memory))


UNSEEN = frozenset(("receipt", "enter_cover", "leave_cover", "note_danger"))
"""Effects that show her nothing: an answer with one of them reads as the same answer without it."""


def signature(items: Sequence[Item]) -> str:
    """What makes two answers the same: what she reads of them, and the effects that tell her something."""
    told = [item for item in items if not effects_of([item]) & UNSEEN]
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]


def effects_of(items: Sequence[Item]) -> set[str]:
    """The names of the effects of an answer."""
    customs = (item.get("custom") for item in items)
    return {str(custom.get("effect", "")) for custom in customs if isinstance(custom, Mapping)}


@dataclass
class Said:
    """What the rules said in this turn, as collected, before it is made an answer."""

    items: list[Item] = field(default_factory=list)
    open_items: list[Item] = field(default_factory=list)
    yes: str = ""
    no: str = ""
    expects: str = ""
    place: str = ""
    sets: Mapping[str, object] = field(default_factory=dict)

    def goes_on(self, before: Memory, items: Sequence[Item]) -> None:
        """Say `items` of the last turn as well, with what they left open."""
        self.items += items
        self.yes, self.no = before.yes, before.no
        self.expects, self.place = before.expects, before.place
        self.open_items = list(before.open_items)
