"""Where she is when she writes, as `bot/places.toml` names it: the form's question, else what was said last.

Must never hold what she wrote.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.components.places import places

if TYPE_CHECKING:
    from rasa.shared.core.trackers import DialogueStateTracker

    from bot.dialogue.ask import Ask
    from bot.dialogue.memory import Memory

REMINDER = "sessions.reminder"
_OF_SLOT = {
    "details_ok": "enrolment.summary",
    "minors_at_home": "food.minors",
    "update_field": "my_data.which_detail",
    "update_value": "my_data.new_value",
    **{f"q{number}": "food.question" for number in range(1, 13)},
}
_WHICH = "enrolment.municipality_which"


def place_of(tracker: DialogueStateTracker, before: Memory, ask: Ask) -> str:
    """The place, empty where nothing is asked; a reminder counts where nothing lately said does."""
    slot = tracker.get_slot("requested_slot") if tracker.active_loop_name else None
    if slot == "municipality" and any("municipality" in payload for _, payload in before.offers()):
        return _WHICH
    if slot:
        name = _OF_SLOT.get(slot, f"enrolment.{slot}")
        return name if name in places() else ""
    lately = before.asked_lately(ask.context.now)
    if ask.context.flag("reminder_pending") and not (lately and before.place):
        return REMINDER
    return before.place
