"""A conversation handed to a colleague or to the team: its holder keeps it until somebody accepts.

An offer ends with whoever made it: when the conversation changes hands, or its holder is gone, it is over
(`CaseState.unclaim`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.casework import colleagues
from outreach.casework.opened import DeskError
from outreach.casework.verbs import verb
from outreach.staff.audit import Action
from outreach.texts import desk_queue as texts

if TYPE_CHECKING:
    import uuid

    from outreach.casework.opened import Held

OVER = "Ese ofrecimiento ya terminó."


@verb(Action.DESK_OFFERED, holds=True)
def offer(held: Held, to: uuid.UUID) -> None:
    """Offer the conversation to a colleague, or by the team's id to the whole team; the last offer holds.

    Raises:
        DeskError: it is her own, or somebody who can't open this case.
    """
    state = held.state
    if to == held.worker.staff.id:
        raise DeskError("La conversación ya es tuya.")
    whom = texts.TO_THE_TEAM
    if to != held.case.team_id:
        able = colleagues.of_case(
            held.session, held.case.team_id, held.now, for_supervisor=state.for_supervisor
        )
        if to not in able:
            raise DeskError("Esa persona no puede abrir esta conversación.")
        whom = texts.to_person(able[to].name)
    state.offered_to, state.offered_by = str(to), str(held.worker.staff.id)
    state.offered_at = held.now.isoformat()
    held.say("event", texts.offered(held.worker.name, whom))


@verb(Action.DESK_CANCELLED, holds=True)
def withdraw(held: Held) -> None:
    """Take an offer back.

    Raises:
        DeskError: there is none.
    """
    if held.state.offered_to is None:
        raise DeskError(OVER)
    held.state.end_offer()
    held.say("event", texts.withdrawn(held.worker.name))


@verb(Action.DESK_ACCEPTED)
def accept(held: Held) -> None:
    """Take the conversation that was offered to her or to her team.

    Raises:
        DeskError: it is not offered to her any more, or the woman closed the case.
    """
    held.refuse_if_she_closed_it()
    if not offered_to(held.state.offered_to, held.worker.staff.id, held.case.team_id) or held.holds:
        held.refuse_if_a_colleague_has_it()
        raise DeskError(OVER)
    before = held.state.claimed_name or ""
    held.claim(held.worker.staff.id, held.worker.name)
    held.say("event", texts.accepted(held.worker.name, before))


@verb(Action.DESK_DECLINED)
def decline(held: Held) -> None:
    """Say that she can't take what was offered to her; its holder keeps it.

    Raises:
        DeskError: it is not offered to her.
    """
    if held.state.offered_to != str(held.worker.staff.id):
        raise DeskError(OVER)
    held.state.end_offer()
    held.say("event", texts.declined(held.worker.name))


def offered_to(offered: str | None, staff_id: uuid.UUID, team_id: uuid.UUID) -> bool:
    """Say whether an offer is for somebody: by name, or for the whole team."""
    return offered is not None and offered in {str(staff_id), str(team_id)}
