"""Who is left without a message by lot, and what sending achieved in a month."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from campaign_support import NOW, Stage, ends, stage_of
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from support import counting

from models import (
    Attendance,
    AttendanceState,
    CampaignRecipient,
    OutboxState,
    Reminder,
    ReminderState,
    Session,
    TemplateState,
)
from outreach.campaigns import (
    campaigns,
    following,
    hold_out,
    reminders,
    tracking,
)
from outreach.campaigns.outcomes import Part
from outreach.casework.counts import quarter_of
from outreach.figures import by_lot, report, sending, sending_sheets, sheets
from outreach.figures import counting as counting_of
from outreach.messages import templates
from outreach.sealing.crypto import PersonalKey

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable

    from sqlalchemy.orm import Session as Database

    from outreach.ground.settings import Settings


@pytest.fixture
def stage(session: Database, key: PersonalKey) -> Stage:
    return stage_of(session, key, 6)


def test_the_lot_is_the_same_each_time(session: Database, key: PersonalKey) -> None:
    """A share is left out by lot: kept by woman, with its reason, and none of them is written to."""
    stage = stage_of(session, key, 40, percent=20)
    handed = campaigns.run_due(session, key, NOW)
    held = set(
        session.scalars(select(CampaignRecipient.woman_id).where(CampaignRecipient.reason == "held_out"))
    )
    assert held == {
        woman.id
        for woman in stage.women
        if hold_out.drawn(key, f"campaign {stage.campaign.id}", woman.id, 20)
    }
    assert handed + len(held) == 40
    assert 1 <= len(held) <= 20
    found = following.standing(session, stage.campaign.id)
    assert (found.addressed, found.parts[Part.HELD_OUT]) == (handed, len(held))


@given(percent=st.sampled_from(hold_out.SHARES), scope=st.text(max_size=8), woman=st.uuids())
def test_a_draw_grows_with_its_share(percent: int, scope: str, woman: uuid.UUID) -> None:
    """Nobody is drawn at nothing; who is drawn at a share is drawn at each larger one."""
    one = PersonalKey(bytes(32))
    assert not hold_out.drawn(one, scope, woman, 0)
    if hold_out.drawn(one, scope, woman, percent):
        assert all(hold_out.drawn(one, scope, woman, more) for more in range(percent, 101, 7))


def test_reminders_by_lot(
    session: Database, key: PersonalKey, settings: Settings, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A drawn woman's reminder is dropped with its reason; without a share chosen nobody's is."""
    template = templates.by_name(session, templates.SESSION_REMINDER)
    assert template is not None
    template.state, template.content_sid = TemplateState.APPROVED, "HX2"
    meeting = Session(code="s1", group_id=stage.group.id, starts_at=NOW + timedelta(hours=2), minutes=60)
    session.add(meeting)
    session.flush()
    session.add_all(
        Reminder(woman_id=woman.id, session_id=meeting.id, minutes_before=120, due_at=NOW,
                 useful_until=NOW + timedelta(minutes=30))
        for woman in stage.women
    )  # fmt: skip
    programme = stage.campaign.programme_id
    hold_out.choose(session, programme, 20, NOW)
    drawn = {stage.women[0].id, stage.women[3].id}
    monkeypatch.setattr(
        hold_out, "drawn", lambda _key, _scope, woman, percent: percent == 20 and woman in drawn
    )
    assert reminders.send_due(session, key, settings, NOW) == 6
    states = {row.woman_id: (row.state, row.reason) for row in session.scalars(select(Reminder))}
    assert {woman for woman, (_, reason) in states.items() if reason == "held_out"} == drawn
    assert sum(state is ReminderState.HANDED_OVER for state, _ in states.values()) == 4
    with pytest.raises(ValueError, match="33"):
        hold_out.choose(session, programme, 33, NOW)


def _marks(session: Database, stage: Stage, present: Callable[[int], bool]) -> None:
    meeting = Session(code="s9", group_id=stage.group.id, starts_at=NOW + timedelta(days=1), minutes=60)
    session.add(meeting)
    session.flush()
    session.add_all(
        Attendance(
            woman_id=woman.id,
            session_id=meeting.id,
            state=AttendanceState.PRESENT if present(number) else AttendanceState.ABSENT,
        )
        for number, woman in enumerate(stage.women)
    )
    session.flush()


def test_with_and_without_is_withheld_while_small(
    session: Database, key: PersonalKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both groups are shown once each cell is ten at least, two weeks later; by lot, not by who got it."""
    stage = stage_of(session, key, 60, percent=20)
    lot = {woman.id for woman in stage.women[::2]}
    monkeypatch.setattr(hold_out, "drawn", lambda _key, _scope, woman, _percent: woman in lot)
    campaigns.run_due(session, key, NOW)
    _marks(session, stage, lambda number: (number % 2 == 1 and number < 41) or number % 6 == 0)
    then = NOW + timedelta(days=15)
    assert sending.compared(session, stage.campaign, NOW + timedelta(days=3)) is None
    found = sending.compared(session, stage.campaign, then)
    assert found == by_lot.Compared(30, 20, 30, 10)
    assert sheets.lot(found, "").rows[0][1][:2] == (30, 20)
    few = {"with_came": 20, "with_not": 12, "without_came": 9, "without_not": 30}
    assert by_lot.compare(few) is None


def test_results_of_a_month(session: Database, key: PersonalKey, settings: Settings, stage: Stage) -> None:
    """Campaigns, reminders and templates of a month, from what the clock kept; few are withheld."""
    campaigns.run_due(session, key, NOW)
    for number in range(6):
        ends(session, stage, number, OutboxState.READ if number else OutboxState.DELIVERED)
    tracking.follow(session, NOW + timedelta(days=2))
    zone = settings.timezone
    assert sending.keep_months(session, key, zone, NOW + timedelta(days=2)) == 2
    assert sending.keep_months(session, key, zone, NOW + timedelta(days=2)) == 0
    first = sending.months(NOW, zone)[0]
    with counting(session) as statements:
        found = sending.month(session, key, first, zone)
    assert len(statements) <= 4
    sheet = sending_sheets.of(found, {})[0]
    assert sheet.rows == (("Aviso", (6, 6, 5, None, None, None)),)
    assert sending.month(session, key, sending.months(NOW, zone)[2], zone).campaigns == []


def test_reminders_by_lot_stand_in_the_quarter(session: Database, key: PersonalKey) -> None:
    """Marks of women reminded and of those left without by lot; sessions without a lot are no part of it."""
    stage = stage_of(session, key, 60)
    _marks(session, stage, lambda number: (number % 2 == 1 and number < 41) or number % 6 == 0)
    (meeting,) = session.scalars(select(Session)).all()
    other = Session(code="s2", group_id=stage.group.id, starts_at=NOW + timedelta(days=2), minutes=60)
    session.add(other)
    session.flush()
    for number, woman in enumerate(stage.women):
        held = number % 2 == 0
        session.add_all(
            Reminder(
                woman_id=woman.id,
                session_id=each.id,
                minutes_before=120,
                due_at=NOW,
                state=ReminderState.DROPPED if held and each is meeting else ReminderState.HANDED_OVER,
                reason="held_out" if held and each is meeting else None,
            )
            for each in (meeting, other)
        )
    session.add(Attendance(woman_id=stage.women[0].id, session_id=other.id, state=AttendanceState.PRESENT))
    session.flush()
    quarter = quarter_of(NOW.date())
    counted = counting_of.count(session, key, quarter, ZoneInfo("America/Mexico_City"))
    assert counted.lot == {"with_came": 20, "with_not": 10, "without_came": 10, "without_not": 20}
    shown = report.make(counted, quarter, report.names(session))
    assert shown.lot == by_lot.Compared(30, 20, 30, 10)
    assert sheets.of(shown)[-1].code == "lot"
    empty = counting_of.Counts.from_json(counted.as_json() | {"lot": {}})
    assert sheets.of(report.make(empty, quarter, report.names(session)))[-1].code != "lot"
