"""Campaigns: each woman at most once, nobody who left, and nothing that hints at a case."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

import pytest
from sqlalchemy import select, text

from models import (
    Campaign,
    CampaignRecipient,
    CampaignState,
    ChannelAddress,
    DeadLetter,
    Enrolment,
    Group,
    OutboxKind,
    OutboxMessage,
    OutboxState,
    Role,
    Suppression,
    Template,
    TemplateState,
    Woman,
    Workshop,
)
from outreach.campaigns import campaigns
from outreach.campaigns.campaigns import CampaignError
from outreach.campaigns.preview import Preview, preview
from outreach.casework import cases
from outreach.ground.settings import QuietHours
from outreach.messages import outbox, templates
from outreach.people import consent, conversations, registry
from outreach.sealing import vault
from outreach.staff import accounts

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
TEXT = {"1": "mañana a las 10:00 en la Casa de la Cultura"}


class Stage(NamedTuple):
    """A group of five women who can be written to."""

    group: Group
    women: list[Woman]
    campaign: Campaign


@pytest.fixture
def stage(session: Session, key: PersonalKey) -> Stage:
    workshop = Workshop(code="huerto", name="Huerto en casa", axis="food")
    session.add(workshop)
    session.flush()
    group = Group(code="g1", workshop_id=workshop.id, municipality="14039", place="Casa", capacity=30)
    session.add(group)
    session.flush()
    women = [_woman(session, key, group, str(3300000000 + i)) for i in range(5)]
    approved = templates.by_name(session, templates.GROUP_NOTICE)
    assert approved is not None
    approved.state, approved.content_sid = TemplateState.APPROVED, "HX1"
    accounts.add(session, "rosa", "Rosa", Role.COORDINATOR, NOW)
    return Stage(group, women, _campaign(session, group))


def _woman(session: Session, key: PersonalKey, group: Group, phone: str | None) -> Woman:
    details = registry.Details(full_name=f"Mujer {phone}", birth_date="1990-01-01")
    woman = registry.add_woman(session, key, details, municipality="14039", axis="food")
    session.add(Enrolment(woman_id=woman.id, group_id=group.id, state="enrolled"))
    if phone:
        assert registry.link_phone(session, key, woman, phone)
    session.flush()
    conversation = conversations.of_woman(session, woman.id)
    if conversation is not None:
        consent.record(session, conversation.id, consent.PRIVACY, given=True, message_sid="SM0")
    return woman


def _campaign(session: Session, group: Group, starts_at: datetime = NOW) -> Campaign:
    template = templates.by_name(session, templates.GROUP_NOTICE)
    rosa = accounts.find(session, "rosa")
    assert template is not None
    assert rosa is not None
    return campaigns.create(
        session,
        name="Aviso",
        template=template,
        group_id=group.id,
        variables=TEXT,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=6),
        staff_id=rosa.id,
    )


def _messages(session: Session) -> list[OutboxMessage]:
    query = select(OutboxMessage).where(OutboxMessage.kind == OutboxKind.CAMPAIGN)
    return list(session.scalars(query))


def _preview(session: Session, key: PersonalKey, settings: Settings, campaign: Campaign) -> Preview:
    return preview(session, key, settings, campaign, NOW)


def test_preview_says_who_and_why_not(
    session: Session, key: PersonalKey, settings: Settings, stage: Stage
) -> None:
    """The preview counts who gets it and gives each other woman's ordinary reason; it changes nothing."""
    _woman(session, key, stage.group, None)
    gone, left, shut = (conversations.of_woman(session, woman.id) for woman in stage.women[:3])
    assert gone is not None
    assert left is not None
    assert shut is not None
    gone.opted_out_at = NOW
    session.add(Suppression(lookup_hash=left.addresses[0].lookup_hash, reason="stop"))
    shut.addresses[0].blocked_at = NOW
    session.flush()
    shown = _preview(session, key, settings, stage.campaign)
    assert shown.reached_count == len(shown.reached) == 2
    assert shown.reasons == {"opted_out": 2, "no_number": 1, "blocked": 1}
    assert TEXT["1"] in campaigns.text_of(session, stage.campaign)
    assert not session.scalars(select(CampaignRecipient)).all()


def test_a_case_changes_nothing(session: Session, key: PersonalKey, settings: Settings, stage: Stage) -> None:
    """P4, P7: a woman with an open case is in the preview and the campaign like any other."""
    before = _preview(session, key, settings, stage.campaign)
    vault.make_team(session, "Atención")
    conversation = conversations.of_woman(session, stage.women[0].id)
    assert conversation is not None
    cases.open_case(session, key, conversation, urgency="danger", about="danger", now=NOW)
    assert _preview(session, key, settings, stage.campaign) == before
    campaigns.schedule(session, stage.campaign, NOW)
    assert campaigns.run_due(session, key, NOW) == 5


def test_each_woman_once(session: Session, key: PersonalKey, stage: Stage) -> None:
    """P3: however often the clock ticks, in whatever batches, each woman has one message."""
    campaigns.schedule(session, stage.campaign, NOW)
    assert campaigns.run_due(session, key, NOW - timedelta(minutes=1)) == 0
    handed = [campaigns.run_due(session, key, NOW, batch=2) for _ in range(4)]
    assert handed == [2, 2, 1, 0]
    assert stage.campaign.state is CampaignState.DONE
    rows = _messages(session)
    assert len({row.conversation_id for row in rows}) == len(rows) == 5
    assert all(row.expires_at == stage.campaign.ends_at for row in rows)
    content = outbox.read_content(key, rows[0])
    assert (content.variables, content.confidential) == (TEXT, False)


def test_a_crash_loses_and_doubles_nothing(
    session: Session, sessions: sessionmaker[Session], key: PersonalKey, stage: Stage
) -> None:
    """P3: a batch that was rolled back half-way is handed over by the next tick, once."""
    campaigns.schedule(session, stage.campaign, NOW)
    session.commit()
    with sessions() as crashed:
        campaigns.run_due(crashed, key, NOW, batch=3)
        crashed.rollback()
    for _ in range(3):
        with sessions.begin() as clock:
            campaigns.run_due(clock, key, NOW, batch=3)
    assert len(_messages(session)) == 5
    jobs = session.scalar(text("SELECT count(*) FROM procrastinate_jobs"))
    assert jobs == 2  # one for each batch that was kept, none for that of the crash


def test_too_late(session: Session, key: PersonalKey, stage: Stage) -> None:
    """P3: who has not been handed over when the campaign ends gets nothing, and that is reported."""
    campaigns.schedule(session, stage.campaign, NOW)
    campaigns.run_due(session, key, NOW, batch=2)
    campaigns.run_due(session, key, stage.campaign.ends_at)
    progress = campaigns.progress(session, stage.campaign)
    assert (progress.states, progress.reasons, progress.waiting) == ({"queued": 2}, {"too_late": 3}, 0)
    assert progress.total == 5


def test_two_campaigns_in_a_day(session: Session, key: PersonalKey, settings: Settings, stage: Stage) -> None:
    """A woman who got a campaign today does not get a second one."""
    campaigns.schedule(session, stage.campaign, NOW)
    campaigns.run_due(session, key, NOW)
    second = _campaign(session, stage.group, NOW + timedelta(hours=2))
    assert _preview(session, key, settings, second).reasons == {"in_another": 5}
    next_week = _campaign(session, stage.group, NOW + timedelta(days=7))
    assert _preview(session, key, settings, next_week).reached_count == 5


def test_pause_and_cancel(session: Session, key: PersonalKey, stage: Stage) -> None:
    """A pause stops the next batch; cancelling also takes back what has not left."""
    campaign = stage.campaign
    campaigns.schedule(session, campaign, NOW)
    campaigns.run_due(session, key, NOW, batch=2)
    campaigns.pause(session, campaign)
    assert campaigns.run_due(session, key, NOW) == 0
    campaigns.resume(session, campaign)
    campaigns.run_due(session, key, NOW, batch=1)
    outbox.advance(_messages(session)[0], OutboxState.SENDING)
    session.flush()
    campaigns.cancel(session, campaign)
    progress = campaigns.progress(session, campaign)
    assert progress.states == {"sending": 1, "suppressed": 2}
    assert progress.reasons == {"cancelled": 2}
    assert campaigns.run_due(session, key, NOW) == 0
    with pytest.raises(CampaignError):
        campaigns.cancel(session, campaign)


def test_what_can_not_be_scheduled(session: Session, stage: Stage) -> None:
    """P5: neither a template that is not approved, nor words that reveal, nor a time that is over."""
    template = session.get_one(Template, stage.campaign.template_id)
    template.state = TemplateState.PENDING
    with pytest.raises(CampaignError, match="aprueba"):
        campaigns.schedule(session, stage.campaign, NOW)
    template.state = TemplateState.APPROVED
    with pytest.raises(CampaignError, match="pasó"):
        campaigns.schedule(session, stage.campaign, NOW + timedelta(days=1))
    for words in ("por la violencia en casa", "línea uno\nlínea dos", " "):
        with pytest.raises(CampaignError):
            campaigns.create(
                session,
                name="x",
                template=template,
                group_id=stage.group.id,
                variables={"1": words},
                starts_at=NOW,
                ends_at=NOW + timedelta(hours=1),
                staff_id=uuid.uuid4(),
            )


def test_the_addresses_hash_is_the_suppressed_one(session: Session, key: PersonalKey, stage: Stage) -> None:
    """P6: BAJA from +521 stops what goes to +52: both are one hash."""
    address = session.scalars(select(ChannelAddress)).first()
    assert address is not None
    assert address.lookup_hash in {key.lookup("address", f"+52{3300000000 + i}") for i in range(5)}


def test_a_campaign_that_can_not_be_run_stops_no_other(
    session: Session, key: PersonalKey, settings: Settings, stage: Stage
) -> None:
    """It is held with a dead letter that a person sees; the others of the tick leave."""
    other = _campaign(session, stage.group, NOW - timedelta(minutes=1))
    for one in (other, stage.campaign):
        campaigns.schedule(session, one, NOW)
    other.variables = '{"1": {"hers": "of a later version", "otherwise": ""}}'
    assert campaigns.run_due(session, key, NOW, settings=settings) == 5
    assert (other.state, other.pause_reason) == (CampaignState.PAUSED, "broken")
    assert stage.campaign.state is CampaignState.DONE
    [letter] = session.scalars(select(DeadLetter))
    assert (letter.kind, letter.subject_id, letter.error) == ("campaign", other.id, "ValueError")
    assert campaigns.run_due(session, key, NOW, settings=settings) == 0


def test_what_leaves_evenly_does_not_pile_up_overnight(
    session: Session, key: PersonalKey, settings: Settings, stage: Stage
) -> None:
    """A minute's share that is handed over at night leaves with all others in the first minute of the day."""
    rules = replace(settings, quiet_hours=QuietHours(time(20), time(9)))
    night = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
    stage.campaign.per_minute, stage.campaign.ends_at = 60, night + timedelta(days=2)
    campaigns.schedule(session, stage.campaign, NOW)
    assert campaigns.run_due(session, key, night, settings=rules) == 0
    opens = night + timedelta(hours=11)
    assert (stage.campaign.state, stage.campaign.next_batch_at) == (CampaignState.RUNNING, opens)
    assert campaigns.run_due(session, key, opens - timedelta(minutes=1), settings=rules) == 0
    assert campaigns.run_due(session, key, opens, settings=rules) == 5
