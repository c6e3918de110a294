"""A campaign to the group of one woman, made and scheduled as a coordinator does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from outreach.campaigns import campaigns
from outreach.messages import templates
from outreach.people import registry
from outreach.programme import enrolment

if TYPE_CHECKING:
    import uuid

    from sqlalchemy.orm import Session as Database

    from models import Conversation


def send_notice(db: Database, conversation: Conversation, staff_id: uuid.UUID) -> None:
    """Let it go at once to all who have a seat beside hers."""
    woman = registry.woman_of(db, conversation)
    template = templates.by_name(db, templates.INVITATION)
    assert woman is not None
    assert template is not None
    (seat,) = enrolment.active(db, woman.id)
    now = datetime.now(UTC)
    campaign = campaigns.create(
        db,
        name="Aviso",
        template=template,
        group_id=seat.group_id,
        variables={},
        starts_at=now,
        ends_at=now + timedelta(hours=2),
        staff_id=staff_id,
    )
    campaigns.schedule(db, campaign, now)
