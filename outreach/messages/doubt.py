"""When a send in doubt is looked up, how long what follows it waits, and when it is sent again.

Every reply is looked up at the same moments, so that no time in the database tells which are urgent.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from models import OutboxKind, OutboxState
from outreach.ground import jobs
from outreach.messages import outbox, retry

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from models import OutboxMessage
    from outreach.messages.outbox import Content
    from outreach.sealing.crypto import PersonalKey

# Seconds from the doubt to each look at Twilio's list.
REPLY_LOOKS: Sequence[float] = (2, 4, 8, 30, 90)
BULK_LOOKS: Sequence[float] = (10, 30, 90)
LATER_LOOKS_EVERY = timedelta(minutes=1)
URGENT_AFTER = timedelta(seconds=8)
"""A reply of safety that is not in the list by then, or can't be looked up, is sent again: twice is better
than not at all."""
ABSENT_AFTER = timedelta(seconds=30)
"""Any other that the list still does not have after this was not taken."""
GIVE_UP_AFTER = timedelta(minutes=30)
MOST_BLIND = 2
"""Sends of a reply of safety that nobody saw end and the list did not have in time, before it is looked up as
any other: it reaches her so many times too often at most."""
HOLDS_FOR = timedelta(seconds=30)
"""What follows a reply in doubt waits for it no longer than this."""
MOST_HELD = 2
"""Tries of a reply that do so: the next answer may be one of safety, and does not wait for all twelve."""


def begin(
    session: Session,
    key: PersonalKey,
    row: OutboxMessage,
    content: Content,
    now: datetime,
    *,
    reason: str | None,
    code: int | None = None,
) -> bool:
    """Put a row whose call was not seen to end in doubt; its looks are counted from `now`."""
    if not outbox.advance(row, OutboxState.IN_DOUBT, reason=reason, code=code):
        return False
    content.doubts += 1
    outbox.write_content(key, row, content)
    row.sending_since = now
    schedule_look(session, row, now)
    return True


def schedule_look(session: Session, row: OutboxMessage, now: datetime) -> None:
    """Set the moment of the next look; a reply gets a job for it, the clock sees to the rest."""
    row.next_try_at = _next_look(row, now)
    if row.kind is OutboxKind.REPLY and row.next_try_at - now <= ABSENT_AFTER:
        jobs.defer_look_up(session, row.id, row.next_try_at)


def _next_look(row: OutboxMessage, now: datetime) -> datetime:
    since = row.sending_since or now
    looks = REPLY_LOOKS if row.kind is OutboxKind.REPLY else BULK_LOOKS
    moments = [since + timedelta(seconds=seconds) for seconds in looks]
    return next((moment for moment in moments if moment > now), now + LATER_LOOKS_EVERY)


def not_taken(row: OutboxMessage, content: Content, now: datetime, *, listed: bool) -> bool:
    """Say whether a row that Twilio's list does not have may be sent again; `listed`: the list was read."""
    waited = now - (row.sending_since or row.created_at)
    if content.urgent and content.doubts <= MOST_BLIND and row.attempts < retry.MOST_ATTEMPTS:
        return waited >= URGENT_AFTER
    return listed and waited >= ABSENT_AFTER


def of_no_use(row: OutboxMessage, content: Content, now: datetime) -> bool:
    """Say whether a reply comes too late to be sent again; a line of safety never does."""
    is_reply = row.kind is OutboxKind.REPLY and not content.urgent
    return is_reply and now - row.created_at >= retry.REPLY_OF_USE


def given_up(row: OutboxMessage, content: Content, now: datetime, *, listed: bool) -> bool:
    """Say whether a row in doubt is left to a person.

    How often it was in doubt is no reason: what the list does not have after `ABSENT_AFTER` was not taken.
    """
    if listed:
        over = row.attempts >= retry.MOST_ATTEMPTS or of_no_use(row, content, now)
        return over and not_taken(row, content, now, listed=True)
    return now - (row.sending_since or row.created_at) > GIVE_UP_AFTER
