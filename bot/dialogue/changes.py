"""What a correction changed: said with what it was before, and undone by "regresa".

Why: a correction that went wrong must be seen at once ("no la tengo" once moved a woman to Atengo). The
answers that it replaced are kept for one turn, in a slot. Pure; must never store or log.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.dialogue import naming, words
from bot.dialogue.continued import in_words
from bot.dialogue.lexicon import CHANGED_NAMES
from bot.dialogue.standing import Act

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.dialogue.standing import Standing

UNDO = "undo"


def told(act: Act, here: Standing) -> Act:
    """Return a correction with what she is told of it; one that changes nothing is no correction."""
    if not act.corrects:
        return act
    changed = [
        name for name in CHANGED_NAMES if name in act.slots and _was(name, here) != _is(name, act.slots)
    ]
    if not changed:
        return replace(act, corrects=False)
    changed.sort(key=lambda name: name == here.form_field or name not in here.filled)
    label, was, now = _of_name(changed[0], act.slots, here)
    before = {name: here.filled.get(name) for name in act.slots}
    if "details_ok" in here.asked:
        before["details_ok"] = None
    return replace(
        act,
        slots={
            **act.slots,
            UNDO: json.dumps(before),
            "changed_label": label,
            "changed_from": was or "sin dato",
            "changed_to": now or "sin dato",
        },
    )


def undone(text: str, here: Standing) -> Act | None:
    """Return what was before the last correction, where she takes that back at once."""
    kept = here.filled.get(UNDO)
    if not kept or not (words.goes_back(text) or words.takes_back(text)):
        return None
    slots = json.loads(kept)
    return Act("inform", slots=slots, corrects=True) if isinstance(slots, dict) else None


def _was(name: str, here: Standing) -> str:
    return in_words(here.filled, name)


def _is(name: str, slots: Mapping[str, object]) -> str:
    return in_words(slots, name)


def _of_name(name: str, slots: Mapping[str, object], here: Standing) -> tuple[str, str, str]:
    """What changed, from what and to what: only the surname where only that part of her name is another."""
    was, now = _was(name, here), _is(name, slots)
    if name == "full_name":
        (given, before), (same, after) = naming.split(was), naming.split(now)
        if given == same and before and after:
            other = [at for at, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1]]
            one = len(other) == 1 and len(before) == len(after)
            return CHANGED_NAMES["surname"], *(
                (before[other[0]], after[other[0]]) if one else (" ".join(before), " ".join(after))
            )
    return CHANGED_NAMES[name], was, now
