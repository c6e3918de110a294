"""Which message of Twilio's list a row in doubt is: it has no id of ours, and two answers may read alike.

A message counts as a row's where the text is the same, no other row has its sid or had it before, and of the
rows of this conversation that are not settled and read alike this one was sent nearest to it. Taken for
another row's, a row that was never taken would be lost, and the other one sent twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from models import OutboxMessage, OutboxState, Template
from outreach.messages import doubt, outbox

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from outreach.messages.outbox import Content
    from outreach.messages.twilio import Remote
    from outreach.sealing.crypto import PersonalKey

UNSETTLED = (OutboxState.QUEUED, OutboxState.SENDING, OutboxState.IN_DOUBT)
MAY_BE_TAKEN = (OutboxState.SENDING, OutboxState.IN_DOUBT)
BELIEVED = (OutboxState.SENT, OutboxState.DELIVERED, OutboxState.READ)


def proof_of(
    session: Session, key: PersonalKey, row: OutboxMessage, content: Content, remote: Sequence[Remote]
) -> Remote | None:
    """Return the message of Twilio's list that must be this row, or None."""
    if not remote:
        return None
    bodies = _bodies(session, row, content)
    earlier, rivals = set(content.earlier), list[OutboxMessage]()
    # Before the sids: a rival that is settled meanwhile is then seen by its sid.
    for other in _others(session, row):
        its = outbox.read_content(key, other)
        earlier |= set(its.earlier)
        if other.state in MAY_BE_TAKEN and bodies & _bodies(session, other, its):
            rivals.append(other)
    sids = [message.sid for message in remote]
    taken = set(session.scalars(select(OutboxMessage.sid).where(OutboxMessage.sid.in_(sids))))
    for message in remote:
        if message.sid in taken or message.sid in earlier or _plain(message.body) not in bodies:
            continue
        nearest = min([row, *rivals], key=lambda one: (_apart(one, message.created_at), one.seq))
        if nearest is row:
            return message
    return None


def give_back(session: Session, key: PersonalKey, row: OutboxMessage, sid: str, now: datetime) -> None:
    """Take a sid from the row that was wrongly believed sent by it: a report says that it is `row`'s."""
    other = session.scalar(
        select(OutboxMessage).where(OutboxMessage.sid == sid, OutboxMessage.id != row.id).with_for_update()
    )
    if other is None:
        return
    other.sid = None
    content = outbox.read_content(key, other)
    if other.state in BELIEVED and not content.gone:
        other.state, other.ended_at, other.sending_since = OutboxState.IN_DOUBT, None, now
        content.doubts += 1
        outbox.write_content(key, other, content)
        doubt.schedule_look(session, other, now)
    session.flush()


def _others(session: Session, row: OutboxMessage) -> Sequence[OutboxMessage]:
    if row.conversation_id is None:
        return ()
    return session.scalars(
        select(OutboxMessage).where(
            OutboxMessage.conversation_id == row.conversation_id,
            OutboxMessage.id != row.id,
            OutboxMessage.state.in_(UNSETTLED),
        )
    ).all()


def _bodies(session: Session, row: OutboxMessage, content: Content) -> set[str]:
    template_id = outbox.template_of(row, content)
    template = session.get(Template, template_id) if template_id else None
    return {_plain(content.body)} | ({_plain(template.body)} if template else set())


def _apart(row: OutboxMessage, created_at: datetime | None) -> float:
    if created_at is None or row.sending_since is None:
        return 0.0
    return abs((created_at - row.sending_since).total_seconds())


def _plain(text: str) -> str:
    return " ".join(text.split())
