"""Reminders, offers and campaigns by batches: statements follow the batches, never the women."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

from people import NOW, add_group, add_woman
from sqlalchemy import insert, select
from support import counting

from models import (
    Enrolment,
    Group,
    OutboxMessage,
    Reminder,
    ReminderState,
    Session,
    Workshop,
)
from outreach.campaigns import reminder_planning, reminders
from outreach.messages import conversation_state
from outreach.programme import enrolment, missed_reminders

if TYPE_CHECKING:
    from sqlalchemy.orm import Session as Database

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

DAY = timedelta(days=1)


def fill(db: Database, key: PersonalKey, women: int, code: str = "g") -> Session:
    """Add a group of so many women who enrolled a week ago."""
    group, first = add_group(db, capacity=1000, code=code)
    for i in range(women):
        woman, conversation = add_woman(db, key, 100 * ord(code) + i)
        if i % 5 == 0:
            state = conversation_state.read(key, conversation)
            state.contact_from, state.contact_until = "11:00", "20:00"
            conversation_state.write(key, conversation, state)
        db.add(
            Enrolment(
                woman_id=woman.id, group_id=group.id, state="enrolled", created_at=NOW - timedelta(days=7)
            )
        )
    db.flush()
    return first


def test_planning_and_handing_over_cost_by_the_batch(
    session: Database, key: PersonalKey, settings: Settings
) -> None:
    """F6: five women or fifty, the statements are the same."""

    def cost(women: int, code: str) -> tuple[int, int]:
        first = fill(session, key, women, code)
        with counting(session) as planning:
            assert reminders.plan(session, key, settings, NOW) == 2 * women
        due = first.starts_at - DAY
        with counting(session) as handing:
            assert reminders.send_due(session, key, settings, due) == women
        return len(planning), len(handing)

    small = cost(5, "a")
    assert cost(50, "b") == small
    assert max(small) <= 12
    queued = session.scalars(select(OutboxMessage)).all()
    assert len({row.conversation_id for row in queued}) == 55


def test_batches_leave_nobody_out(session: Database, key: PersonalKey, settings: Settings) -> None:
    """However small the batches, each woman has each reminder once; her hours decide for her alone."""
    first = fill(session, key, 7)
    assert reminder_planning.plan(session, key, settings, NOW, batch=2) == 14
    assert reminder_planning.plan(session, key, settings, NOW, batch=2) == 0
    due = session.scalars(select(Reminder.due_at).where(Reminder.minutes_before == 120)).all()
    evening = timedelta(hours=16, minutes=15)
    assert sorted(first.starts_at - one for one in due) == [timedelta(hours=2)] * 5 + [evening] * 2
    at = first.starts_at - DAY
    assert [reminders.send_due(session, key, settings, at, limit=3) for _ in range(4)] == [3, 3, 1, 0]
    assert len(session.scalars(select(OutboxMessage)).all()) == 7


def test_what_loses_its_use_first_goes_first(session: Database, key: PersonalKey, settings: Settings) -> None:
    """Two hours before one session is a day before another: the narrow window is served first."""
    fill(session, key, 2, "a")
    second = fill(session, key, 2, "b")
    second.starts_at += timedelta(hours=22)
    session.flush()
    for now in (NOW, NOW + DAY):
        reminders.plan(session, key, settings, now)
    moment = second.starts_at - DAY
    waiting = session.scalars(select(Reminder).where(Reminder.due_at < moment - timedelta(hours=1)))
    for row in waiting:
        row.state = ReminderState.DROPPED
    reminders.send_due(session, key, settings, moment + timedelta(minutes=1), limit=1)
    [handed] = session.scalars(select(Reminder).where(Reminder.state == ReminderState.HANDED_OVER))
    assert handed.minutes_before == 120


def test_offers_are_one_query(session: Database) -> None:
    """F9: with a thousand groups the offer is one statement, her axis first, then free seats."""
    workshop = Workshop(id=uuid.uuid4(), code="w", name="Huerto", axis="food")
    other = Workshop(id=uuid.uuid4(), code="v", name="Costura", axis="occupation")
    session.add_all([workshop, other])
    session.flush()
    groups = [
        {"id": uuid.uuid4(), "code": f"g{i:04d}", "municipality": "14039", "place": "Casa", "created_at": NOW,
         "workshop_id": other.id if i == 999 else workshop.id, "capacity": 0 if i < 500 else 9}
        for i in range(1000)
    ]  # fmt: skip
    session.execute(insert(Group), groups)
    meetings = [
        {"id": uuid.uuid4(), "code": f"s{i}-{n}", "group_id": group["id"], "minutes": 60, "revision": 1,
         "starts_at": NOW + timedelta(days=n)}
        for i, group in enumerate(groups) for n in (-1, 2, 3)
    ]  # fmt: skip
    session.execute(insert(Session), meetings)
    with counting(session) as statements:
        found = enrolment.offers(session, NOW, axis="occupation")
        shown = [(o.group.code, o.free, o.group.workshop.name, o.next_session.starts_at) for o in found]
    assert len(statements) == 1
    soon = NOW + timedelta(days=2)
    assert shown == [
        ("g0999", 9, "Costura", soon), ("g0500", 9, "Huerto", soon), ("g0501", 9, "Huerto", soon),
    ]  # fmt: skip


def test_missed_reminders_count_what_was_owed(
    session: Database, key: PersonalKey, settings: Settings
) -> None:
    """F14: a count without names; neither those of cancelled and moved sessions nor what she declined."""
    fill(session, key, 3)
    kept = fill(session, key, 4, "b")
    reminders.plan(session, key, settings, NOW)
    rows = session.scalars(select(Reminder).where(Reminder.minutes_before == 1440)).all()
    for row in rows:
        row.state = ReminderState.DROPPED
        row.reason = "missed_its_moment" if row.session_id == kept.id else "session_cancelled"
    next(row for row in rows if row.session_id == kept.id).reason = "she_declined"
    session.flush()
    now = kept.starts_at
    with counting(session) as statements:
        assert missed_reminders.count(session, now - 7 * DAY, now) == 3
    assert len(statements) == 1
    listed = missed_reminders.listed(session, key, now - 7 * DAY, now)
    assert [line.reason for line in listed] == ["missed_its_moment"] * 3
    kept.cancelled_at = now
    session.flush()
    assert missed_reminders.count(session, now - 7 * DAY, now) == 0
