"""Messages that she edited, deleted or took back after sending them.

Twilio documents no such webhook, so whatever says in its type that it is one is read defensively: it is never
an error, and never louder than what it takes back. A deletion is answered with silence, because it comes from
a thumb in a hurry; what it names goes from our store where it can still be read. It must never be logged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from models import InboundMessage, utcnow
from outreach.messages import inbox, media
from outreach.messages.inbox import Kind

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from outreach.messages.inbox import Incoming
    from outreach.sealing.crypto import PersonalKey


def left(messages: Sequence[Incoming]) -> list[Incoming]:
    """Return what still stands of these messages: without deletions, what they name, and what was edited.

    Nor does a reaction that she took back, or a notice of the channel (a number changed), say anything.
    """
    gone = {_named(message, messages) for message in messages if message.kind in (Kind.DELETED, Kind.EDITED)}
    return [
        m
        for m in messages
        if m.kind not in (Kind.DELETED, Kind.SYSTEM)
        and m.reaction != ""
        and (m.sid not in gone or m.kind is Kind.EDITED)
    ]


def forget_deleted(
    session: Session, key: PersonalKey, conversation_id: uuid.UUID, messages: Sequence[Incoming]
) -> None:
    """Take away the text of what she deleted, answered or not, where it is hers and still readable."""
    named = {_named(message, messages) for message in messages if message.kind is Kind.DELETED} - {None}
    if not named:
        return
    rows = session.scalars(
        select(InboundMessage).where(
            InboundMessage.conversation_id == conversation_id, InboundMessage.message_sid.in_(named)
        )
    )
    for row in rows:
        inbox.blank(key, row)
        media.drop(session, key, [row.id], utcnow())


def _named(change: Incoming, messages: Sequence[Incoming]) -> str | None:
    """The message that a change is about; where it names none, the only other one that waits with it."""
    if change.changes:
        return change.changes
    others = [m.sid for m in messages if m.kind not in (Kind.DELETED, Kind.EDITED)]
    return others[0] if len(others) == 1 else None
