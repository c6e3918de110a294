"""What has lost its reason does not leave, also where Twilio gave it back after it could be taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from campaign_support import AN_HOUR, NOW, stage_of
from people import add_enrolled
from sqlalchemy import select, update
from support import counting

from models import (
    Campaign,
    CampaignRecipient,
    OutboxKind,
    OutboxMessage,
    OutboxState,
    RsvpAnswer,
    Session,
    Template,
    TemplateState,
)
from outreach.campaigns import campaigns, following, outcomes, reminders, variables
from outreach.campaigns.outcomes import Part
from outreach.campaigns.variables import Hers, PerWoman
from outreach.messages import bulk, overtaken
from outreach.messages.twilio import Outcome, Reason, SendResult
from outreach.programme import enrolment, notices_due, timetable

if TYPE_CHECKING:
    from datetime import datetime

    from campaign_support import Stage
    from sqlalchemy.orm import Session as Database

    from outreach.ground.settings import Settings
    from outreach.messages.delivery import Request
    from outreach.sealing.crypto import PersonalKey

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
CAMPAIGN, REMINDER, NOTICE = OutboxKind.CAMPAIGN, OutboxKind.REMINDER, OutboxKind.NOTICE
FOR_A_WHILE = SendResult(Outcome.TRY_LATER, reason=Reason.TEMPORARY, code=63018)


class Gate:
    """The worker, at moments that a test names."""

    def __init__(self, db: Database, key: PersonalKey, settings: Settings) -> None:
        self.db, self.key, self.settings = db, key, settings

    def begin(self, kind: OutboxKind, at: datetime) -> list[Request]:
        """Let what is queued be due, and the worker look at it."""
        queued = OutboxMessage.state == OutboxState.QUEUED
        self.db.execute(update(OutboxMessage).where(queued).values(next_try_at=at))
        found, _ = bulk.begin(self.db, self.key, self.settings, kind, 50, at)
        self.db.flush()
        self.db.expire_all()
        return found

    def end(self, calls: list[Request], at: datetime, result: SendResult = FOR_A_WHILE) -> None:
        """Let the calls end."""
        bulk.finish(self.db, self.key, [(call, result) for call in calls], at)
        self.db.flush()

    def ends(self) -> list[tuple[str, str | None]]:
        """Return where each message stands and why."""
        rows = self.db.scalars(select(OutboxMessage).order_by(OutboxMessage.seq))
        return [(row.state.value, row.reason) for row in rows]


@pytest.fixture
def gate(session: Database, key: PersonalKey, settings: Settings) -> Gate:
    return Gate(session, key, settings)


@pytest.mark.parametrize(
    ("happens", "reason"),
    [
        ("moved", "session_moved"),
        ("cancelled", "session_cancelled"),
        ("declined", "she_declined"),
        ("left", "no_longer_enrolled"),
        ("confirmed", None),
        ("nothing", None),
    ],
)
def test_a_reminder_that_came_back(gate: Gate, happens: str, reason: str | None) -> None:
    """It was with Twilio as the session changed or she answered, and was refused for a while."""
    db, key = gate.db, gate.key
    woman, conversation, first = add_enrolled(db, key)
    db.execute(update(Template).values(state=TemplateState.APPROVED, content_sid="HX1"))
    conversation.last_inbound_at = None
    due = first.starts_at - DAY
    reminders.plan(db, key, gate.settings, due - DAY)
    reminders.send_due(db, key, gate.settings, due)
    calls = gate.begin(REMINDER, due)
    assert len(calls) == 1
    if happens == "moved":
        timetable.move_session(db, first, first.starts_at + DAY, 90, due)
    elif happens == "cancelled":
        timetable.cancel_session(db, first, due)
    elif happens in {"declined", "confirmed"}:
        enrolment.answer(db, woman.id, first.id, RsvpAnswer(happens))
    elif happens == "left":
        seat = enrolment.current(db, woman.id)
        assert seat is not None
        enrolment.leave(db, seat)
    gate.end(calls, due)
    assert len(gate.begin(REMINDER, due + MINUTE)) == (reason is None)
    assert gate.ends()[0] == (("suppressed", reason) if reason else ("sending", "temporary"))


@pytest.mark.parametrize("again", [True, False])
def test_a_notice_of_a_move_that_moved_again(gate: Gate, *, again: bool) -> None:
    """The older notice, given back, would arrive after the newer one and name a wrong day."""
    db, key = gate.db, gate.key
    _, conversation, first = add_enrolled(db, key)
    db.execute(update(Template).values(state=TemplateState.APPROVED, content_sid="HX1"))
    conversation.last_inbound_at = None
    start = first.starts_at
    timetable.move_session(db, first, start + DAY, 90, NOW)
    notices_due.send_due(db, key, gate.settings, NOW)
    calls = gate.begin(NOTICE, NOW)
    if again:
        timetable.move_session(db, first, start + 2 * DAY, 90, NOW + MINUTE)
        notices_due.send_due(db, key, gate.settings, NOW + MINUTE)
    gate.end(calls, NOW + MINUTE)
    [leaving] = gate.begin(NOTICE, NOW + 2 * MINUTE)
    assert ("viernes 27" in leaving.content.body) is again
    assert gate.ends()[0] == (("suppressed", "superseded") if again else ("sending", "temporary"))


def staged(gate: Gate, women: int = 2, **values: object) -> Stage:
    """Return a campaign to a group that the clock has begun; with `per_minute=4` one is handed over."""
    stage = stage_of(gate.db, gate.key, women)
    stage.campaign.ends_at = NOW + 30 * DAY
    for name, value in values.items():
        setattr(stage.campaign, name, value)
    gate.db.flush()
    campaigns.run_due(gate.db, gate.key, NOW, settings=gate.settings)
    return stage


def part_of(gate: Gate, stage: Stage) -> dict[Part, int]:
    gate.db.flush()
    return dict(following.standing(gate.db, stage.campaign.id).parts)


def test_what_a_cancelled_campaign_had_on_its_way_does_not_leave_again(gate: Gate) -> None:
    """What the coordinator was told will not leave is also what comes back."""
    stage = staged(gate, per_minute=4)
    calls = gate.begin(CAMPAIGN, NOW)
    campaigns.cancel(gate.db, stage.campaign, NOW)
    gate.end(calls, NOW)
    assert gate.begin(CAMPAIGN, NOW + AN_HOUR) == []
    assert part_of(gate, stage) == {Part.LEFT_OUT: 2}


def test_what_a_paused_campaign_had_on_its_way_waits(gate: Gate) -> None:
    """It waits with the others, and leaves when somebody lets the campaign go on."""
    stage = staged(gate, per_minute=4)
    calls = gate.begin(CAMPAIGN, NOW)
    campaigns.pause(gate.db, stage.campaign)
    gate.end(calls, NOW)
    assert gate.begin(CAMPAIGN, NOW + AN_HOUR) == []
    assert part_of(gate, stage) == {Part.WAITING: 2}
    campaigns.resume(gate.db, stage.campaign, NOW + 2 * AN_HOUR)
    assert len(gate.begin(CAMPAIGN, NOW + 2 * AN_HOUR)) == 1


def test_who_left_the_group_meanwhile_gets_nothing_of_it(gate: Gate) -> None:
    """A campaign to a group waits for the morning; she gives her seat back in the evening."""
    stage = staged(gate)
    seat = enrolment.current(gate.db, stage.women[0].id)
    assert seat is not None
    enrolment.leave(gate.db, seat)
    assert len(gate.begin(CAMPAIGN, NOW + AN_HOUR)) == 1
    assert part_of(gate, stage)[Part.LEFT_OUT] == 1


@pytest.mark.parametrize(("names_it", "leave"), [(True, 0), (False, 2)])
def test_a_campaign_that_names_her_session_does_not_say_the_time_of_before(
    gate: Gate, *, names_it: bool, leave: int
) -> None:
    """The session moves while the message waits; a new try says the new time. Other texts leave."""
    db = gate.db
    stage = stage_of(db, gate.key, 2)
    meeting = Session(code="g1-1", group_id=stage.group.id, starts_at=NOW + 2 * DAY)
    db.add(meeting)
    if names_it:
        stage.campaign.variables = variables.to_json({"1": PerWoman(Hers.NEXT_SESSION)})
    db.flush()
    campaigns.run_due(db, gate.key, NOW, settings=gate.settings)
    db.execute(update(OutboxMessage).values(created_at=NOW))
    timetable.move_session(db, meeting, NOW + 3 * DAY, 90, NOW + MINUTE)
    assert len(gate.begin(CAMPAIGN, NOW + AN_HOUR)) == leave
    if names_it:
        pair = db.execute(select(CampaignRecipient.outcome, CampaignRecipient.reason)).first()
        assert pair is not None
        assert outcomes.read(*pair).reason == "session_moved"
        campaigns.run_due(db, gate.key, NOW + AN_HOUR, settings=gate.settings)


def test_a_campaign_that_was_held_is_not_the_second_of_a_day(gate: Gate) -> None:
    """What a pause held for days waits for a day without another campaign."""
    db = gate.db
    stage = staged(gate)
    campaigns.pause(db, stage.campaign)
    day = NOW + 3 * DAY
    other = Campaign(
        name="Otra", template_id=stage.campaign.template_id, programme_id=stage.campaign.programme_id,
        starts_at=day, ends_at=day + AN_HOUR, created_by=stage.campaign.created_by, group_id=stage.group.id,
    )  # fmt: skip
    db.add(other)
    db.flush()
    db.add(CampaignRecipient(campaign_id=other.id, woman_id=stage.women[0].id, left_at=day))
    campaigns.resume(db, stage.campaign, day + AN_HOUR)
    assert len(gate.begin(CAMPAIGN, day + AN_HOUR)) == 1
    [waits] = db.scalars(select(OutboxMessage).where(OutboxMessage.state == OutboxState.QUEUED))
    assert (waits.reason, waits.next_try_at) == ("in_another", day + DAY)
    assert len(gate.begin(CAMPAIGN, day + DAY + MINUTE)) == 1


def test_the_gate_asks_once_for_all(gate: Gate) -> None:
    """What has overtaken the messages of a batch is one statement, whatever its size."""
    staged(gate, 12)
    rows = gate.db.scalars(select(OutboxMessage)).all()
    with counting(gate.db) as asked:
        assert overtaken.reasons(gate.db, rows, NOW) == {}
    assert len(asked) == 1
