"""Who has a conversation: taken, taken over, assigned, let go, handed back. A holder silences the bot (P7).

Each step says whom its page showed as the holder where that matters: of two who press at the same moment
the second is told, instead of taking it from the first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from models import Role
from outreach.casework import colleagues, glass, reasons
from outreach.casework.opened import DeskError
from outreach.casework.permitted import needs_reason
from outreach.casework.verbs import verb
from outreach.staff.audit import Action
from outreach.texts import desk as words
from outreach.texts import desk_queue as texts
from outreach.texts import desk_referrals as referral_texts

if TYPE_CHECKING:
    import uuid

    from outreach.casework.opened import Held

SUPERVISION = frozenset({Role.SUPERVISOR})


@verb(Action.DESK_TAKEN)
def take(held: Held) -> None:
    """Take a conversation that nobody has.

    Raises:
        DeskError: a colleague has it, or the woman closed it.
    """
    held.refuse_if_she_closed_it()
    held.refuse_if_a_colleague_has_it()
    if held.holds and held.private is not None and held.private.held:
        return
    held.claim(held.worker.staff.id, held.worker.name)
    name = held.worker.name
    held.say("event", referral_texts.taken(name) if held.state.apart else words.taken(name))


@verb(Action.DESK_TAKEN_OVER)
def take_over(held: Held, reason: str, *, holder: uuid.UUID) -> None:
    """Take a conversation that a colleague has, for a reason; `holder` is whose it was on the page.

    Who may not open it without a reason is told to the supervisors, as if she had opened it.

    Raises:
        NoReasonError: no reason was given.
        DeskError: another has it by now, or the woman closed it.
    """
    said = reasons.given(reason)
    held.refuse_if_she_closed_it()
    if held.state.claimed_by != str(holder):
        held.refuse_if_a_colleague_has_it()
    if held.holds:
        return
    other = held.state.claimed_name
    held.reasons.append(said)
    if needs_reason(held):
        glass.tell(held, said)  # else taking it would be the way to read it that nobody hears of
    held.claim(held.worker.staff.id, held.worker.name)
    name = held.worker.name
    held.say("event", texts.taken_over(name, other, said) if other else words.taken(name))


@verb(Action.DESK_HANDED_BACK, holds=True)
def hand_back(held: Held) -> None:
    """Give the conversation back to the bot; the case stays open."""
    held.state.end_closing()
    held.state.unclaim()
    held.state.waiting_since, held.state.handed_back = None, True
    held.say("event", words.handed_back(held.worker.name))
    held.hold(by_person=False)


@verb(Action.DESK_HANDED_BACK, holds=True)
def let_go(held: Held, reason: str) -> None:
    """Leave the conversation to whoever takes it: it waits, and the bot answers meanwhile.

    Raises:
        NoReasonError: no reason was given.
    """
    said = reasons.given(reason)
    _leave_to_nobody(held)
    held.say("event", texts.let_go(held.worker.name, said))


@verb(Action.DESK_REASSIGNED, roles=SUPERVISION)
def reassign(held: Held, to: uuid.UUID, reason: str, *, holder: uuid.UUID | None) -> None:
    """Give a conversation to a colleague who is at her desk, or by the team's id to whoever takes it.

    `holder` is whose it was on the page.

    Raises:
        NoReasonError: no reason was given.
        DeskError: she is not there, another has it by now, or the woman closed it.
    """
    said = reasons.given(reason)
    held.refuse_if_she_closed_it()
    state, worker = held.state, held.worker
    if state.claimed_by != (str(holder) if holder else None):
        raise DeskError(held.whose())
    if to == held.case.team_id:
        _leave_to_nobody(held)
        held.say("event", texts.reassigned_to_all(worker.name, said))
        return
    if state.claimed_by == str(to):
        raise DeskError(held.whose())
    known = colleagues.of_case(
        held.session, held.case.team_id, held.now, for_supervisor=state.for_supervisor
    ).get(to)
    if known is None:
        raise DeskError("Esa persona no puede abrir esta conversación.")
    if not known.here:
        # The bot would be silent for a woman whom nobody reads.
        raise DeskError(f"{known.name} no tiene la mesa abierta ahora. Elige a quien esté en la mesa.")
    held.claim(known.id, known.name)
    held.say("event", texts.reassigned(worker.name, known.name, said))


def _leave_to_nobody(held: Held) -> None:
    held.state.end_closing()
    held.state.unclaim()
    held.state.handed_back = False
    held.state.waiting_since = held.state.waiting_since or held.now.isoformat()
    held.hold(by_person=False, left=True)
