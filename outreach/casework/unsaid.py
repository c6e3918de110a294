"""What the dialogue said and had not left when a person took her does not follow (promise P7).

Only confidential answers: an ordinary one, such as that BAJA was done, still leaves. So does whatever names
911 (promise P2 before P7), and what staff wrote. Which of these a row is can be read by the running server
alone; it ends for a reason that any woman's answer may end for (promise P4). One that is being sent just now
is not waited for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from models import OutboxKind, OutboxMessage, OutboxState
from outreach.messages import outbox

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from sqlalchemy.orm import Session

    from models import Conversation
    from outreach.messages.outbox import Content
    from outreach.sealing.crypto import PersonalKey

EMERGENCY = "911"
# As a reply ends that would come too late, and one of which nobody knows (`outreach.messages.reconcile`).
_ENDS = {OutboxState.QUEUED: "missed_its_moment", OutboxState.IN_DOUBT: "in_doubt"}


def withhold(
    session: Session,
    key: PersonalKey,
    conversation: Conversation,
    by_staff: Callable[[], Collection[str]] = frozenset,
) -> None:
    """End the answers of the dialogue to this conversation that wait or are in doubt.

    The caller has the conversation locked. `by_staff` gives the outbox ids of what staff wrote, which only
    the sealed thread tells; it is asked where something waits. What another has locked is being sent or
    reported on: it is left to them.
    """
    rows = session.scalars(
        select(OutboxMessage)
        .where(
            OutboxMessage.conversation_id == conversation.id,
            OutboxMessage.kind == OutboxKind.REPLY,
            OutboxMessage.state.in_(_ENDS),
            OutboxMessage.turn_id.is_not(None),
        )
        .with_for_update(skip_locked=True)
    )
    found = [(row, content) for row in rows if _may_be_withheld(content := outbox.read_content(key, row))]
    theirs = by_staff() if found else ()
    for row, content in found:
        if str(row.id) not in theirs:
            outbox.settle(key, row, content, OutboxState.FAILED, reason=_ENDS[row.state])


def _may_be_withheld(content: Content) -> bool:
    return content.confidential and content.file_token is None and EMERGENCY not in content.body
