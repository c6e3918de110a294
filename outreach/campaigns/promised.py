"""Whether she may be told that she will be reminded (promise P8)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from outreach.campaigns import hold_out, reminder_rules

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlalchemy.orm import Session as Database

    from models import Conversation, Workshop
    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey


def reminders(
    db: Database,
    key: PersonalKey,
    settings: Settings,
    conversation: Conversation,
    workshop: Workshop,
    now: datetime,
    starts_at: datetime | None = None,
) -> bool:
    """Say whether sessions of a workshop will be reminded to the woman of a conversation.

    Of the one that begins at `starts_at` at least one reminder must be still ahead.
    """
    if conversation.opted_out_at is not None:
        return False
    minutes = reminder_rules.in_force(db, settings)[workshop.programme_id].of(workshop.id)
    if starts_at is not None and all(starts_at - timedelta(minutes=each) <= now for each in minutes):
        return False
    return bool(minutes) and not _drawn(db, key, workshop.programme_id, conversation.woman_id)


def _drawn(db: Database, key: PersonalKey, programme_id: uuid.UUID, woman_id: uuid.UUID | None) -> bool:
    if woman_id is None:
        return False
    return hold_out.without_reminder(key, programme_id, woman_id, hold_out.of_reminders(db))
