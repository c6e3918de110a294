"""A case that she closes herself: at once for her, and seen by a caseworker before it leaves the list.

Runs without the team's private key. From here on nothing of hers is sealed to it and nobody writes to her by
it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.casework import cases, thread
from outreach.casework.case_state import write_state
from outreach.casework.thread import Line
from outreach.messages import conversation_state
from outreach.texts import desk as words

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from models import Conversation
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
    thread.append(session, case, state, Line("event", words.CLOSED_BY_HER, now))
    write_state(key, case, state)
    private.case_id, private.held, private.released = None, False, False
    conversation_state.write(key, conversation, private)
    session.flush()
    return True
