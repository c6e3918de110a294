"""Taking confidential words away at Twilio, on both sides of the conversation.

Every reply and every message of hers is to be looked at for a while (`outreach.messages.redaction_queue`), so
that the moment of the look tells a thief with the database nothing; what it means is only seen by reading the
row with the key. A text that was taken away was confidential, or she had it erased: it goes at Twilio too.

The messages of one look share their fate: where Twilio refuses one, all are looked at again, so that what is
left to do does not stand out either.

Files that she sends are not touched here: each has its own way (`outreach.messages.media`), and Twilio's copy
stays until ours is sealed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import or_, select, update

from models import InboundMessage, OutboxMessage, OutboxState, Turn, TurnState
from outreach.ground import counters
from outreach.messages import inbox, outbox

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey

UNREPORTED_FOR = timedelta(minutes=30)
"""A send whose delivery is never reported is looked at after this all the same."""
AGAIN_AFTER = timedelta(minutes=10)
GIVE_UP_AFTER = timedelta(days=1)
MOST_AT_ONCE = 100


@dataclass
class Look:
    """Messages that were looked at together: the SIDs whose text must go at Twilio, by row.

    `with_files` are those of ours that took a file along, which goes at Twilio too.
    """

    ours: dict[uuid.UUID, list[str]] = field(default_factory=dict)
    hers: dict[uuid.UUID, list[str]] = field(default_factory=dict)
    with_files: set[str] = field(default_factory=set)

    @property
    def owed(self) -> list[str]:
        """All that must go."""
        return [sid for sids in (*self.ours.values(), *self.hers.values()) for sid in sids]

    def __bool__(self) -> bool:
        return bool(self.ours or self.hers)


def look(session: Session, key: PersonalKey, now: datetime) -> Look:
    """Look at what has passed; a confidential text of ours that is still here goes now."""
    found = Look()
    for sent in _passed_on(session, now):
        content = outbox.read_content(key, sent)
        if content.confidential and not content.gone:
            outbox.take_text(key, sent, content)
        gone = content.gone or content.confidential
        found.ours[sent.id] = [sid for sid in (sent.sid, *content.earlier) if sid] if gone else []
        if content.file_name:
            found.with_files.update(found.ours[sent.id])
    for came in _answered(session, now):
        found.hers[came.id] = [came.message_sid] if inbox.is_blank(key, came) else []
    return found


def _passed_on(session: Session, now: datetime) -> Sequence[OutboxMessage]:
    taken_back = (OutboxState.QUEUED, OutboxState.SENDING, OutboxState.IN_DOUBT)
    return session.scalars(
        select(OutboxMessage)
        .where(
            OutboxMessage.redact_after < now,
            OutboxMessage.state.not_in(taken_back),
            or_(OutboxMessage.state.in_(outbox.OVER), OutboxMessage.redact_after < now - UNREPORTED_FOR),
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


def settle(session: Session, looked: Look, refused: Collection[str], now: datetime) -> None:
    """Note that the texts are gone at Twilio, but for those refused: then all are looked at again.

    After a day what is still refused is given up and counted, for a person to see.
    """
    again = now + AGAIN_AFTER if refused else None
    for model, rows, came_at in (
        (OutboxMessage, looked.ours, OutboxMessage.created_at),
        (InboundMessage, looked.hers, InboundMessage.received_at),
    ):
        if not rows:
            continue
        old = set(session.scalars(select(model.id).where(model.id.in_(rows), came_at < now - GIVE_UP_AFTER)))
        lost = sum(1 for row_id in old for sid in rows[row_id] if sid in refused)
        if lost:
            counters.count(session, counters.REDACTIONS_REFUSED, lost)
        for ids, moment in ((set(rows) - old, again), (old, None)):
            session.execute(
                update(model)
                .where(model.id.in_(ids))
                .values(redact_after=moment)
                .execution_options(synchronize_session=False)
            )
