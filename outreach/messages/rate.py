"""The token bucket under the account's limit, shared by all workers through one row.

WhatsApp allows 80 messages a second and sender (Twilio's best practices page). We stay below, and
campaigns and reminders leave the last tokens to conversation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.dialects.postgresql import insert

from models import OutboxKind, TokenBucket

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

NAME = "whatsapp"
PER_SECOND = 70.0
CAPACITY = 70.0
# What must remain in the bucket after a send of this kind.
KEPT = {OutboxKind.REPLY: 0.0, OutboxKind.NOTICE: 5.0, OutboxKind.REMINDER: 10.0, OutboxKind.CAMPAIGN: 25.0}


def take(session: Session, kind: OutboxKind, now: datetime) -> float:
    """Take one token and return 0.0, or return the seconds after which to ask again."""
    bucket = session.get(TokenBucket, NAME, with_for_update=True)
    if bucket is None:
        session.execute(
            insert(TokenBucket).values(name=NAME, tokens=CAPACITY, refilled_at=now).on_conflict_do_nothing()
        )
        bucket = session.get_one(TokenBucket, NAME, with_for_update=True)
    elapsed = max(0.0, (now - bucket.refilled_at).total_seconds())
    level = min(CAPACITY, bucket.tokens + elapsed * PER_SECOND)
    needed = 1.0 + KEPT[kind]
    bucket.refilled_at = max(now, bucket.refilled_at)
    if level < needed:
        bucket.tokens = level
        return (needed - level) / PER_SECOND
    bucket.tokens = level - 1.0
    return 0.0
