"""A campaign to a group, and how its messages end, for tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from models import (
    Campaign,
    CampaignRecipient,
    Enrolment,
    Group,
    OutboxMessage,
    OutboxState,
    Role,
    TemplateState,
    Woman,
    Workshop,
)
from outreach.campaigns import (
    campaigns,
)
from outreach.messages import outbox, templates
from outreach.people import consent, conversations, registry
from outreach.staff import accounts

if TYPE_CHECKING:
    from sqlalchemy.orm import Session as Database

    from outreach.sealing.crypto import PersonalKey


NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=6)
AN_HOUR = timedelta(hours=1)


class Stage(NamedTuple):
    """A group whose women can be written to, and a campaign to it."""

    group: Group
    women: list[Woman]
    campaign: Campaign


def stage_of(session: Database, key: PersonalKey, number: int, percent: int = 0) -> Stage:
    workshop = Workshop(code="huerto", name="Huerto en casa", axis="food")
    session.add(workshop)
    session.flush()
    group = Group(code="g1", workshop_id=workshop.id, municipality="14039", place="Casa", capacity=99)
    session.add(group)
    session.flush()
    women = [woman_of(session, key, group, str(3300000000 + i)) for i in range(number)]
    approved = templates.by_name(session, templates.GROUP_NOTICE)
    assert approved is not None
    approved.state, approved.content_sid = TemplateState.APPROVED, "HX1"
    rosa = accounts.add(session, "rosa", "Rosa", Role.COORDINATOR, NOW)
    assert rosa
    author = accounts.find(session, "rosa")
    assert author is not None
    campaign = campaigns.create(
        session,
        name="Aviso",
        template=approved,
        group_id=group.id,
        variables={"1": "mañana a las 10:00 en la Casa"},
        starts_at=NOW,
        ends_at=LATER,
        staff_id=author.id,
    )
    campaign.hold_out_percent = percent
    campaigns.schedule(session, campaign, NOW)
    return Stage(group, women, campaign)


def woman_of(session: Database, key: PersonalKey, group: Group, phone: str) -> Woman:
    details = registry.Details(full_name=f"Mujer {phone}", birth_date="1990-01-01")
    woman = registry.add_woman(session, key, details, municipality="14039", axis="food")
    session.add(Enrolment(woman_id=woman.id, group_id=group.id, state="enrolled"))
    assert registry.link_phone(session, key, woman, phone)
    session.flush()
    conversation = conversations.of_woman(session, woman.id)
    assert conversation is not None
    consent.record(session, conversation.id, consent.PRIVACY, given=True, message_sid="SM0")
    return woman


def message_of(session: Database, stage: Stage, number: int) -> OutboxMessage:
    row = session.scalars(
        select(OutboxMessage)
        .join(CampaignRecipient, CampaignRecipient.outbox_id == OutboxMessage.id)
        .where(CampaignRecipient.woman_id == stage.women[number].id)
    ).one()
    session.refresh(row)
    return row


def ends(
    session: Database,
    stage: Stage,
    number: int,
    state: OutboxState,
    reason: str | None = None,
    code: int | None = None,
    at: datetime = NOW,
) -> OutboxMessage:
    """Let a woman's message end so, as the worker does."""
    row = message_of(session, stage, number)
    if state is not OutboxState.EXPIRED and row.state is OutboxState.QUEUED:
        assert outbox.advance(row, OutboxState.SENDING)
        row.sending_since = at
        session.flush()
    assert outbox.advance(row, state, reason=reason, code=code)
    if row.ended_at is not None:
        row.ended_at = at
    session.flush()
    return row
