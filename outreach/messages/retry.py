"""When a send that failed for a while is tried again, and when trying is over.

Delays grow and carry jitter, so that what failed together does not come back together. Some of Twilio's
codes say themselves that seconds are too soon (https://www.twilio.com/docs/api/errors/63049).
"""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING

from models import OutboxKind
from outreach.messages.twilio import Reason

if TYPE_CHECKING:
    from datetime import datetime

    from models import OutboxMessage
    from outreach.messages.outbox import Content

MOST_ATTEMPTS = 12
"""Of one row, in all; with the delays below some four minutes for a reply."""
FIRST_SECONDS, LONGEST_SECONDS = 0.5, 60.0
FIRST_BULK_SECONDS, LONGEST_BULK_SECONDS = 5.0, 600.0
REPLY_OF_USE = timedelta(hours=2)
"""An answer that comes later than this answers nothing; a person is shown it instead."""
JITTER = 0.25
_HOUR, _DAY = 3600.0, 86400.0
LEAST_SECONDS = {
    30003: 30.0,  # her phone is off or out of reach
    30036: 30.0,
    63038: _HOUR,  # the account's limit of a rolling day
    63041: _HOUR,  # the template is paused, for three hours at first
    63049: _DAY,  # Meta keeps marketing back: never on the same day
}
ONCE_MORE = frozenset({30008, 30410, 30500})
"""Twilio does not know why it failed; one more try is what its pages allow."""


def delay(kind: OutboxKind, code: int | None, attempts: int) -> timedelta:
    """Return how long to wait after the attempt number `attempts` (1: the first)."""
    reply = kind is OutboxKind.REPLY
    first, longest = (FIRST_SECONDS, LONGEST_SECONDS) if reply else (FIRST_BULK_SECONDS, LONGEST_BULK_SECONDS)
    seconds = min(first * 2 ** max(0, attempts - 1), longest)
    spread = 1 + random.uniform(-JITTER, JITTER)  # noqa: S311 (nothing secret in it)
    least = LEAST_SECONDS.get(code or 0, 0.0)
    # What was refused together for an hour would come back together: later, never sooner.
    late = 1 + random.uniform(0, JITTER / 5)  # noqa: S311 (nothing secret in it)
    return timedelta(seconds=max(seconds * spread, least * late))


def next_attempt(
    row: OutboxMessage, content: Content, reason: Reason | None, code: int | None, now: datetime
) -> datetime | None:
    """Return when to try a row again; None where that would help nobody.

    Whether she may still be written to then (her hours, the session window) is asked of the gate.
    """
    temporary = reason is Reason.TEMPORARY or (code in ONCE_MORE and row.attempts <= 1)
    if not temporary or content.gone or row.conversation_id is None or row.attempts >= MOST_ATTEMPTS:
        return None
    at = now + delay(row.kind, code, row.attempts)
    last = row.created_at + REPLY_OF_USE if row.kind is OutboxKind.REPLY else row.expires_at
    return at if last is None or at < last else None
