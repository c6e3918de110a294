"""Whether a case may be opened as it is, or only for a reason: a colleague's conversation is hers.

Curiosity is to cost a sentence that the holder and the supervisor read; danger that nobody has taken costs
nothing.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from models import Role
from outreach.casework.opened import DeskError
from outreach.staff.audit import Action

if TYPE_CHECKING:
    import uuid

    from outreach.casework.opened import Seen

SHOWS_NOTHING: Final = frozenset(
    {
        Action.DESK_TAKEN,
        Action.DESK_TAKEN_OVER,
        Action.DESK_ACCEPTED,
        Action.DESK_DECLINED,
        Action.DESK_REASSIGNED,
        Action.DESK_NOTED,
        Action.DESK_ACKNOWLEDGED,
        Action.DESK_BROKE_GLASS,
        Action.DESK_CLOSE_APPROVED,
        Action.DESK_CLOSE_SENT_BACK,
        Action.DESK_REOPENED,
    }
)
"""Steps that move a conversation, add or mark something, and show nothing of it: each asks what it needs."""


class NeedsReasonError(DeskError):
    """Esta conversación la tiene una compañera. Para abrirla, escribe el motivo."""

    def __init__(self, case_id: uuid.UUID, holder: str, holder_id: str) -> None:
        """Say which case it is and who has it, for the page that asks for the reason."""
        super().__init__(self.__doc__)
        self.case_id, self.holder, self.holder_id = case_id, holder, holder_id


def needs_reason(seen: Seen) -> bool:
    """Say whether she has to give a reason before she is shown anything of a case.

    Not for what nobody holds, nor where she is asked to look: it is offered to her or to her team, or she is
    the supervisor who is to approve its end.
    """
    state, staff = seen.state, seen.worker.staff
    if not seen.case.is_open or state.claimed_by is None or seen.holds:
        return False
    if state.offered_to in {str(staff.id), str(seen.case.team_id)}:
        return False
    if state.closing_asked_by and staff.role is Role.SUPERVISOR:
        return False
    until = state.allowed.get(str(staff.id))
    return until is None or datetime.fromisoformat(until) <= seen.now
