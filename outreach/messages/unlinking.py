"""At rest a message names nobody: what is over loses its conversation, its turn and its time of day (P4).

What she may still ask of it (access, erasure) finds it by `owner_hash`, which only the running server can
compute, for each kind and each day that her conversation existed.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select, update

from models import Conversation, OutboxKind, OutboxMessage, OutboxState
from outreach.messages import outbox

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey

UNREPORTED_AFTER = timedelta(hours=24)
"""A send whose delivery was not reported by then is as good as over."""
MOST_AT_ONCE = 500
# Rows of these kinds are named by no other table, so that their place in the queue would be the last tie.
_FREE = frozenset({OutboxKind.REPLY, OutboxKind.NOTICE})
_TIMES = ("created_at", "expires_at", "next_try_at", "sending_since", "ended_at")


def unlink(session: Session, key: PersonalKey, now: datetime, limit: int = MOST_AT_ONCE) -> int:
    """Unlink up to `limit` messages that are over; return how many."""
    rows = session.scalars(
        select(OutboxMessage)
        .where(
            OutboxMessage.conversation_id.is_not(None),
            OutboxMessage.state.not_in((OutboxState.QUEUED, OutboxState.SENDING, OutboxState.IN_DOUBT)),
            or_(
                OutboxMessage.state.in_(outbox.OVER),
                (OutboxMessage.state == OutboxState.SENT)
                & (OutboxMessage.sending_since < now - UNREPORTED_AFTER),
            ),
        )
        .order_by(OutboxMessage.state, OutboxMessage.sending_since)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    if rows:
        session.execute(update(OutboxMessage), [_unlinked(key, row) for row in rows])
        session.expire_all()
    return len(rows)


def _unlinked(key: PersonalKey, row: OutboxMessage) -> dict[str, Any]:
    """Return the columns of a row at rest; the same are written for every row."""
    if row.conversation_id is None:
        raise ValueError("this row is at rest already")
    if row.state in outbox.MISSED or row.state is OutboxState.SENT:
        # Shown to a person until she has seen to it; a late report may still end it.
        content = outbox.read_content(key, row)
        content.conversation = str(row.conversation_id)
        outbox.write_content(key, row, content)
    day = row.created_at.astimezone(UTC).date()
    times = {name: _day(getattr(row, name)) for name in _TIMES}
    return {
        "id": row.id,
        "owner_hash": outbox.owner_hash(key, row.conversation_id, row.kind, day),
        "conversation_id": None,
        "turn_id": None,
        "seq": -secrets.randbits(62) if row.kind in _FREE else row.seq,
        "body_cipher": row.body_cipher,
    } | times


def _day(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def of_conversation(
    session: Session, key: PersonalKey, conversation: Conversation, now: datetime
) -> Sequence[OutboxMessage]:
    """Return all messages that went to a conversation, also those at rest, oldest day first."""
    first, last = (moment.astimezone(UTC).date() for moment in (conversation.created_at, now))
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    hashes = [outbox.owner_hash(key, conversation.id, kind, day) for day in days for kind in OutboxKind]
    return session.scalars(
        select(OutboxMessage)
        .where(or_(OutboxMessage.conversation_id == conversation.id, OutboxMessage.owner_hash.in_(hashes)))
        .order_by(OutboxMessage.created_at, OutboxMessage.seq)
    ).all()


def initiated(
    session: Session,
    key: PersonalKey,
    conversations: Sequence[Conversation],
    kinds: Sequence[OutboxKind],
    now: datetime,
    *,
    days: int,
) -> Sequence[OutboxMessage]:
    """Return the messages of some kinds of the last days, also those at rest, newest first."""
    today = now.astimezone(UTC).date()
    hashes = [
        outbox.owner_hash(key, one.id, kind, today - timedelta(days=back))
        for one in conversations
        for kind in kinds
        for back in range(days + 1)
    ]
    ids = [one.id for one in conversations]
    return session.scalars(
        select(OutboxMessage)
        .where(
            or_(OutboxMessage.conversation_id.in_(ids), OutboxMessage.owner_hash.in_(hashes)),
            OutboxMessage.kind.in_(kinds),
            OutboxMessage.created_at >= now - timedelta(days=days),
        )
        .order_by(OutboxMessage.created_at.desc(), OutboxMessage.id)
    ).all()


def forget_owner(session: Session, key: PersonalKey, row: OutboxMessage) -> None:
    """Let a message be found by nobody any more, once its text is gone."""
    content = outbox.read_content(key, row)
    content.conversation = None
    outbox.write_content(key, row, content)
    row.owner_hash = None
    session.flush()
