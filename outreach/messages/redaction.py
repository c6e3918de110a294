"""Taking confidential words away at Twilio, on both sides of the conversation.

Every reply and every message of hers carries a mark for a while (`outreach.messages.redaction_queue`),
so that the mark tells a thief with the database nothing; what it means is only seen by reading the row with
the key. A blanked text
was confidential, or she had it erased: it goes at Twilio too. Any other loses its mark and stays.

Files that she sends are not touched here: until a person can hear them, Twilio's copy is the only one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from models import InboundMessage, OutboxMessage, OutboxState, Turn, TurnState
from outreach.ground import counters
from outreach.messages import inbox, outbox

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey

UNREPORTED_FOR = timedelta(minutes=30)
"""A send whose delivery is never reported is looked at after this all the same."""
AGAIN_AFTER = timedelta(minutes=10)
GIVE_UP_AFTER = timedelta(days=1)
MOST_AT_ONCE = 500
ARRIVED = (OutboxState.DELIVERED, OutboxState.READ, OutboxState.UNDELIVERED, OutboxState.FAILED)


@dataclass(frozen=True)
class Owed:
    """A message at Twilio whose text must go: the row that says so, and Twilio's id."""

    row_id: uuid.UUID
    sid: str
    hers: bool


def owed(session: Session, key: PersonalKey, now: datetime) -> list[Owed]:
    """Take the mark off what may stay, and return what must go."""
    found = []
    for sent in _passed_on(session, now):
        if sent.sid is None or not outbox.is_blank(key, sent):
            sent.redact_after = None
        else:
            found.append(Owed(sent.id, sent.sid, hers=False))
    for came in _answered(session, now):
        if inbox.is_blank(key, came):
            found.append(Owed(came.id, came.message_sid, hers=True))
        else:
            came.redact_after = None
    return found


def _passed_on(session: Session, now: datetime) -> Sequence[OutboxMessage]:
    return session.scalars(
        select(OutboxMessage)
        .where(
            OutboxMessage.redact_after < now,
            or_(OutboxMessage.state.in_(ARRIVED), OutboxMessage.redact_after < now - UNREPORTED_FOR),
        )
        .order_by(OutboxMessage.redact_after)
        .limit(MOST_AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()


def _answered(session: Session, now: datetime) -> Sequence[InboundMessage]:
    return session.scalars(
        select(InboundMessage)
        .join(Turn, Turn.id == InboundMessage.turn_id)
        .where(InboundMessage.redact_after < now, Turn.state != TurnState.OPEN)
        .order_by(InboundMessage.redact_after)
        .limit(MOST_AT_ONCE)
        .with_for_update(of=InboundMessage, skip_locked=True)
    ).all()


def done(session: Session, about: Owed) -> None:
    """Note that the text is gone at Twilio."""
    row = _row(session, about)
    if row is not None:
        row.redact_after = None


def refused(session: Session, about: Owed, now: datetime) -> None:
    """Try again later; after a day, give up and count it, for a person to see."""
    row = _row(session, about)
    if row is None or row.redact_after is None:
        return
    since = row.received_at if isinstance(row, InboundMessage) else row.created_at
    if now - since < GIVE_UP_AFTER:
        row.redact_after = now + AGAIN_AFTER
    else:
        row.redact_after = None
        counters.count(session, counters.REDACTIONS_REFUSED)


def _row(session: Session, about: Owed) -> InboundMessage | OutboxMessage | None:
    if about.hers:
        return session.get(InboundMessage, about.row_id, with_for_update=True)
    return session.get(OutboxMessage, about.row_id, with_for_update=True)
