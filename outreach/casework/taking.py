"""Who has a conversation: taken, taken over, handed back. Taking silences the bot (P7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.casework.opened import DeskError
from outreach.casework.verbs import verb
from outreach.staff.audit import Action
from outreach.texts import desk as words

if TYPE_CHECKING:
    from outreach.casework.opened import Held


@verb(Action.DESK_TAKEN)
def take(held: Held, *, instead: bool = False) -> None:
    """Take a conversation; `instead` says that a colleague's may be taken over.

    Raises:
        DeskError: a colleague has it, or the woman closed it.
    """
    state, worker = held.state, held.worker
    if state.closed_by_her:
        raise DeskError("Ella pidió cerrar este caso: ya no se le escribe por aquí.")
    other = state.claimed_name if state.claimed_by is not None and not held.holds else None
    if other and not instead:
        raise DeskError(f"La conversación la tiene {other}.")
    if held.holds and held.private is not None and held.private.held:
        return
    state.unclaim()
    state.claimed_by, state.claimed_name = str(worker.staff.id), worker.name
    state.claimed_at, state.handed_back = held.now.isoformat(), False
    held.hold(by_person=True)
    held.say("event", words.taken_over(worker.name, other) if other else words.taken(worker.name))


@verb(Action.DESK_HANDED_BACK, holds=True)
def hand_back(held: Held) -> None:
    """Give the conversation back to the bot; the case stays open."""
    held.state.unclaim()
    held.state.waiting_since, held.state.handed_back = None, True
    held.say("event", words.handed_back(held.worker.name))
    held.hold(by_person=False)
