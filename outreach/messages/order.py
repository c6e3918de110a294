"""Which reply of a conversation leaves next, and when, if not now.

WhatsApp shows messages in the order in which they reach the phone, not in which they were sent. So an
answer's next message leaves once the one before was reported as delivered, or after a bounded wait.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import bindparam, or_, select

from models import OutboxKind, OutboxMessage, OutboxState
from outreach.ground import jobs
from outreach.messages import doubt, outbox

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

DELIVERED_WITHIN = timedelta(seconds=4)
"""So long the next message of an answer waits for the report that the one before was delivered."""
RETRIED_WITHIN = timedelta(seconds=60)
"""So long it waits for one before that Twilio refuses for now."""


@dataclass(frozen=True)
class Next:
    """The reply that may leave now, or else the first that waits and when to look at it again."""

    row_id: uuid.UUID | None = None
    waits: uuid.UUID | None = None
    again_at: datetime | None = None


def next_reply(session: Session, conversation_id: uuid.UUID | None, now: datetime) -> Next:
    """Return the oldest reply of a conversation that may be tried now.

    Within one answer nothing overtakes: 911 comes first also where Twilio refused it once. A reply in doubt
    holds back whatever follows it. Both for a bounded time.
    """
    held: dict[uuid.UUID | None, datetime] = {}
    all_held: datetime | None = None
    waiting = Next()
    for row in _under_way(session, conversation_id, now):
        until = _holds_until(row, now)
        if row.state is not OutboxState.QUEUED:
            if until is not None and row.state is not OutboxState.SENT:
                all_held = max(until, all_held or until)
            elif until is not None and row.turn_id is not None:
                held[row.turn_id] = max(until, held.get(row.turn_id, until))
            continue
        waits_for = [moment for moment in (all_held, held.get(row.turn_id)) if moment and moment > now]
        if row.next_try_at is not None and row.next_try_at > now:
            waits_for.append(row.next_try_at)
        if not waits_for:
            return Next(row_id=row.id)
        if waiting.again_at is None or max(waits_for) < waiting.again_at:
            waiting = Next(waits=row.id, again_at=max(waits_for))
        if until is not None and row.turn_id is not None:
            held[row.turn_id] = max(until, held.get(row.turn_id, until))
    return waiting


class _UnderWay(NamedTuple):
    id: uuid.UUID
    turn_id: uuid.UUID | None
    state: OutboxState
    created_at: datetime
    sending_since: datetime | None
    next_try_at: datetime | None
    attempts: int


# Built once, and without the bodies: it is asked twice a turn.
_UNDER_WAY = (
    select(
        OutboxMessage.id,
        OutboxMessage.turn_id,
        OutboxMessage.state,
        OutboxMessage.created_at,
        OutboxMessage.sending_since,
        OutboxMessage.next_try_at,
        OutboxMessage.attempts,
    )
    .where(
        OutboxMessage.conversation_id == bindparam("conversation_id"),
        OutboxMessage.kind == OutboxKind.REPLY,
        or_(
            OutboxMessage.state.in_((OutboxState.QUEUED, OutboxState.SENDING, OutboxState.IN_DOUBT)),
            (OutboxMessage.state == OutboxState.SENT) & (OutboxMessage.sending_since > bindparam("since")),
        ),
    )
    .order_by(OutboxMessage.seq)
)


def _under_way(session: Session, conversation_id: uuid.UUID | None, now: datetime) -> Sequence[_UnderWay]:
    given = {"conversation_id": conversation_id, "since": now - DELIVERED_WITHIN}
    return [_UnderWay(*row) for row in session.execute(_UNDER_WAY, given)]


def _holds_until(row: _UnderWay, now: datetime) -> datetime | None:
    """Return until when a reply holds back what follows it in its answer."""
    since = row.sending_since or row.created_at
    if row.state is OutboxState.SENT:
        return since + DELIVERED_WITHIN
    if row.state is OutboxState.IN_DOUBT and row.attempts > doubt.MOST_HELD:
        return None
    if row.state is not OutboxState.QUEUED:
        return since + doubt.HOLDS_FOR
    last = row.created_at + RETRIED_WITHIN
    return max(row.next_try_at, now) if row.next_try_at is not None and now < last else None


def reported(session: Session, row: OutboxMessage) -> None:
    """A reply got where it goes, or ended: have what waited for it leave at once."""
    if row.kind is not OutboxKind.REPLY or row.conversation_id is None:
        return
    waiting = session.scalar(
        select(OutboxMessage.id)
        .where(
            OutboxMessage.conversation_id == row.conversation_id,
            OutboxMessage.kind == OutboxKind.REPLY,
            OutboxMessage.state == OutboxState.QUEUED,
        )
        .order_by(OutboxMessage.seq)
        .limit(1)
    )
    if waiting is not None:
        lock = jobs.send_lock(row.conversation_id)
        jobs.defer_delivery(session, waiting, lock=lock, priority=outbox.PRIORITY[row.kind])
