"""What staff did, kept in words that name no woman and no case.

What was done in a case stands sealed in its own thread (`outreach.casework.cases`). Here it leaves only the
hour, because an exact time beside a message that left at the same time would say whose case it is.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from models import AuditEvent

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlalchemy.orm import Session


class Action(enum.StrEnum):
    """All that is recorded."""

    LOGGED_IN = "login"
    LOCKED_OUT = "login.locked"
    LOGGED_OUT = "logout"
    PASSWORD_CHANGED = "password.changed"  # noqa: S105 (the name of an action)
    STAFF_ADDED = "staff.added"
    STAFF_DISABLED = "staff.disabled"
    STAFF_RESET = "staff.reset"
    KEY_GRANTED = "key.granted"
    KEY_RECOVERED = "key.recovered"
    DESK_READ = "desk.read"
    DESK_TAKEN = "desk.taken"
    DESK_CLOSED = "desk.closed"
    SESSION_CREATED = "session.created"
    SESSION_MOVED = "session.moved"
    SESSION_CANCELLED = "session.cancelled"
    CAMPAIGN_SCHEDULED = "campaign.scheduled"
    CAMPAIGN_STOPPED = "campaign.stopped"
    TEMPLATE_SAVED = "template.saved"
    RESOURCE_CONFIRMED = "resource.confirmed"
    ANSWER_SAVED = "answer.saved"


def record(session: Session, staff_id: uuid.UUID | None, action: Action, now: datetime) -> None:
    """Add one event; those of the desk keep the hour only."""
    at = now.replace(minute=0, second=0, microsecond=0) if action.value.startswith("desk.") else now
    session.add(AuditEvent(staff_id=staff_id, action=action.value, at=at))
