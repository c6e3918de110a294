"""The end of a case: closed by its caseworker, or by the woman herself, which a caseworker is to see.

What she closes is closed at once, without the team's private key: from then on nothing of hers is sealed to
it and nobody writes to her by it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.casework import cases, thread
from outreach.casework.case_state import write_state
from outreach.casework.opened import DeskError
from outreach.casework.thread import Line
from outreach.casework.verbs import verb
from outreach.messages import conversation_state
from outreach.staff.audit import Action
from outreach.texts import desk as words

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from models import Conversation
    from outreach.casework.opened import Held
    from outreach.sealing.crypto import PersonalKey


def close_by_her(session: Session, key: PersonalKey, conversation: Conversation, now: datetime) -> bool:
    """Close her open case because she asks; False where there is none."""
    private = conversation_state.read(key, conversation)
    case = cases.open_case_of(session, private.case_id)
    if case is None:
        return False
    state = cases.locked_state(session, key, case)
    state.unclaim()
    state.waiting_since, state.handed_back, state.closed_by_her = None, False, now.isoformat()
    state.pending = None
    thread.append(session, case, state, Line("event", words.CLOSED_BY_HER, now))
    write_state(key, case, state)
    private.case_id, private.held, private.released = None, False, False
    conversation_state.write(key, conversation, private)
    session.flush()
    return True


@verb(Action.DESK_CLOSED, holds=True)
def close(held: Held) -> None:
    """Close the case; the bot answers again and new words of hers are no longer sealed to it.

    Cover mode stays on and from here ends by itself after a silence; `hidden.end_cover` ends it before.
    """
    held.state.unclaim()
    held.state.waiting_since = held.state.pending = None
    held.say("event", words.closed(held.worker.name))
    held.case.is_open = False
    held.hold(by_person=False)


@verb(Action.DESK_CLOSED)
def archive(held: Held) -> None:
    """Take a case that she closed herself from the list, seen.

    Raises:
        DeskError: she did not close it.
    """
    if held.state.closed_by_her is None:
        raise DeskError("Este caso no lo cerró ella.")
    held.say("event", words.archived(held.worker.name))
    held.case.is_open = False
