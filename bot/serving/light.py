"""Rasa's trackers without their detours: copied as they stand, replayed with the slots that rules look at.

Why: for every action of a turn Rasa copied its tracker by replaying all events, and for every prediction
replayed them again with all slots, of which a third influence any rule, asking each three times for its
feature; a fifth of the turn went there. The events and what they do are Rasa's own. Must never give another
copy or other states than Rasa does: `tests/bot/dialogue/test_straight.py` holds both side by side.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from rasa.shared.core.constants import SHOULD_NOT_BE_SET
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionReverted,
    ActiveLoop,
    Restarted,
    SessionStarted,
    UserUtteranceReverted,
)
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker

if TYPE_CHECKING:
    State = dict[str, dict[str, Any]]

RASAS_PAST_STATES = DialogueStateTracker.past_states
"""As Rasa reads a tracker's past; asked where rules are not the only ones that decide."""


class History(DialogueStateTracker):
    """A tracker's past as it is replayed, with those slots alone that the rules can see."""

    @classmethod
    def before(cls, tracker: DialogueStateTracker) -> History:
        """Where the tracker began."""
        seen = [slot for slot in tracker.slots.values() if slot.influence_conversation]
        return cls(tracker.sender_id, seen, is_rule_tracker=tracker.is_rule_tracker)

    def _set_slot(self, key: str, value: object) -> None:
        slot = self.slots.get(key)
        if slot is not None:
            slot.value = value


def twin(slot: Slot) -> Slot:
    """What `copy.copy` makes of a slot, without its way through pickling: Rasa copies all of them often."""
    made = object.__new__(type(slot))
    made.__dict__.update(slot.__dict__)
    return made


def copied(tracker: DialogueStateTracker) -> DialogueStateTracker:
    """A tracker of the same events in the same state."""
    made = object.__new__(type(tracker))
    made.__dict__.update(tracker.__dict__)
    made.slots = {name: twin(slot) for name, slot in tracker.slots.items()}
    made.events = tracker.events.copy()
    made.active_loop = copy.copy(tracker.active_loop)  # Rasa marks in place that it was rejected
    made.sender_source = made.model_id = made.assistant_id = None  # as Rasa's copy forgets them
    return made


def applied_events(tracker: DialogueStateTracker) -> list[Any]:
    """As Rasa tells them; where nothing was reverted and no form ran, all since the session began."""
    began, forms = 0, set()
    for at, event in enumerate(tracker.events, 1):
        kind = type(event)
        if kind in (SessionStarted, Restarted):
            began = at
        elif kind is ActiveLoop:
            forms.add(event.name)
    kept = list(tracker.events)[began:]
    plain = not any(
        type(event) in (ActionReverted, UserUtteranceReverted)
        or (type(event) is ActionExecuted and event.action_name in forms)
        for event in kept
    )
    return kept if plain else list(tracker.applied_events())


def past_states(
    tracker: DialogueStateTracker,
    domain: Domain,
    omit_unset_slots: bool = False,
    ignore_rule_only_turns: bool = False,
    rule_only_data: dict[str, Any] | None = None,
) -> list[State]:
    """The state before each action that still counts, and the present one."""
    if omit_unset_slots or ignore_rule_only_turns:
        asked = (domain, omit_unset_slots, ignore_rule_only_turns, rule_only_data)
        told: list[State] = RASAS_PAST_STATES(tracker, *asked)
        return told
    history, states = History.before(tracker), []
    for event in applied_events(tracker):
        if type(event) is ActionExecuted:
            states.append(domain.get_active_state(history))
        event.apply_to(history)
    return [*states, domain.get_active_state(history)]


def slots_sub_state(
    tracker: DialogueStateTracker,
    omit_unset_slots: bool = False,
) -> dict[str, Any]:
    """The features of the slots that have one, each asked once."""
    slots: dict[str, Any] = {}
    for name, slot in tracker.slots.items():
        feature = slot.as_feature() if slot.influence_conversation else ()
        if not feature or (omit_unset_slots and not slot.has_been_set):
            continue
        if slot.value == SHOULD_NOT_BE_SET:
            slots[name] = SHOULD_NOT_BE_SET
        elif any(feature):
            slots[name] = tuple(feature)
    return slots


def lighten() -> None:
    """Have Rasa copy and read its trackers so; a second time changes nothing."""
    Slot.__copy__ = twin
    DialogueStateTracker.copy = copied
    DialogueStateTracker.past_states = past_states
    Domain._get_slots_sub_state = staticmethod(slots_sub_state)  # noqa: SLF001
