"""What a supervisor sees of her teams: load, unanswered danger, what is overdue, whom she may assign to."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from at_desk import sit_down
from desk_steps import NOW, ZONE, Desk

from outreach.casework import answering, appointment_steps, cases, closing, oversight, roster, taking

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey


@pytest.fixture
def desk(session: Session, key: PersonalKey) -> Desk:
    return Desk(session, key)


def _overview(desk: Desk, at: datetime = NOW) -> oversight.Overview:
    return oversight.overview(
        desk.session, desk.key, desk.sofia.staff.id, {desk.team_id}, at, danger_minutes=5
    )


def test_load_and_what_nobody_has(desk: Desk) -> None:
    """Per person what she has, how many of it wait, the longest wait; and what waits for nobody."""
    first, second = desk.taken(), desk.taken()
    answering.reply(desk.session, desk.lucia, first.id, NOW, "Te leo")
    desk.case()
    sit_down(desk.session, desk.marta.staff, NOW)
    roster.start_shift(desk.session, desk.marta.staff, 8, NOW)
    found = _overview(desk)
    people = {one.name: one for one in found.people}
    assert [one.name for one in found.people] == ["Lucia", "Marta", "Sofia"]
    lucia = people["Lucia"]
    assert (lucia.held, lucia.waiting, lucia.waiting_since) == (2, 1, NOW)
    assert (people["Marta"].here, people["Marta"].on_shift, people["Marta"].held) == (True, True, 0)
    assert (found.unclaimed.waiting, found.unclaimed.waiting_since) == (1, NOW)
    row = found.row(second.id)
    assert row is not None
    assert [one.name for one in found.able_for(row)] == ["Marta"]
    assert found.row(uuid.uuid4()) is None


def test_one_who_may_no_longer_is_still_seen(desk: Desk) -> None:
    """Disabled with a conversation in her hands: the supervisor sees whose it is."""
    desk.taken()
    desk.lucia.staff.disabled_at = NOW
    desk.session.flush()
    found = {one.name: one for one in _overview(desk).people}
    assert (found["Lucia"].held, found["Lucia"].here) == (1, False)


def test_unanswered_danger(desk: Desk) -> None:
    """Danger that waits for more than the minutes, held or not; not what is answered or has just come."""
    talks = [desk.case()[1] for _ in range(3)]
    found = [
        cases.open_case(desk.session, desk.key, one, urgency="danger", about="violence", now=NOW)
        for one in talks
    ]
    taking.take(desk.session, desk.lucia, found[0].id, NOW)
    taking.take(desk.session, desk.marta, found[1].id, NOW)
    answering.reply(desk.session, desk.marta, found[1].id, NOW, "Te leo")
    assert _overview(desk, NOW + timedelta(minutes=4)).danger == []
    late = {row.case.id for row in _overview(desk, NOW + timedelta(minutes=5)).danger}
    assert late == {found[0].id, found[2].id}


def test_overdue(desk: Desk) -> None:
    """Agreed hours and tasks whose time is past, and cases for which staff were called in vain."""
    case = desk.taken()
    hour = NOW + timedelta(hours=1)
    appointment_steps.appoint(desk.session, desk.lucia, case.id, NOW, hour, "", ZONE)
    task, called = desk.taken(), desk.case()[0]
    for one, values in ((task, {"follow_up_at": hour.isoformat()}), (called, {"alert_step": 1})):
        state = cases.read_state(desk.key, one)
        for name, value in values.items():
            setattr(state, name, value)
        cases.write_state(desk.key, one, state)
    desk.session.flush()
    before, after = _overview(desk, hour), _overview(desk, hour + timedelta(seconds=1))
    assert (before.missed, before.overdue) == ([], [])
    assert [row.case.id for row in after.missed] == [case.id]
    assert [row.case.id for row in after.overdue] == [task.id]
    assert [row.case.id for row in after.called] == [called.id]
    taking.take(desk.session, desk.marta, called.id, NOW)
    assert _overview(desk).called == []


def test_what_she_closed_changes_no_hands(desk: Desk) -> None:
    case, conversation = desk.case()
    closing.close_by_her(desk.session, desk.key, conversation, NOW)
    found = _overview(desk)
    assert [row.case.id for row in found.rows] == [case.id]
    assert found.row(case.id) is None
    assert found.unclaimed.waiting == 0
