"""The redaction queue: when a message is looked at after it has passed (see `outreach.messages.redaction`).

Every reply and every message of hers is queued alike, so that the queue tells nothing of any of them.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from models import InboundMessage, OutboxMessage

LOOKED_AT_AFTER = timedelta(seconds=30)
"""From a message's passing to the first look: Twilio redacts only what is no longer on its way."""


def mark(row: InboundMessage | OutboxMessage, now: datetime) -> None:
    """Have a message looked at soon."""
    row.redact_after = now + LOOKED_AT_AFTER
