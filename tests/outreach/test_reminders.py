"""Reminders: planned in time, inside her hours, never late, never twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from people import NOW, add_enrolled
from sqlalchemy import select

from models import OutboxMessage, OutboxState, Reminder, ReminderState, RsvpAnswer, Suppression
from outreach.campaigns import reminders
from outreach.ground import counters
from outreach.ground.addresses import canonical
from outreach.ground.settings import QuietHours
from outreach.messages import conversation_state, may_send, outbox
from outreach.messages.conversation_state import PrivateState
from outreach.people import preferences
from outreach.programme import enrolment

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

QUIET = QuietHours(time(20), time(9))


def planned(session: Session) -> list[Reminder]:
    return list(session.scalars(select(Reminder).order_by(Reminder.due_at)))


def test_a_day_and_two_hours_before(session: Session, key: PersonalKey, settings: Settings) -> None:
    """By default she is reminded a day before and two hours before; planning twice adds nothing."""
    _, _, first = add_enrolled(session, key)
    assert reminders.plan(session, key, settings, NOW) == 2
    assert reminders.plan(session, key, settings, NOW) == 0
    assert [first.starts_at - r.due_at for r in planned(session)] == [timedelta(days=1), timedelta(hours=2)]


def test_what_was_due_before_she_enrolled_is_not_owed(
    session: Session, key: PersonalKey, settings: Settings
) -> None:
    """A woman who enrols three hours before gets only the later reminder."""
    woman, _, first = add_enrolled(session, key, starts_in=timedelta(hours=3))
    seat = enrolment.current(session, woman.id)
    assert seat is not None
    seat.created_at = NOW
    assert reminders.plan(session, key, settings, NOW) == 1
    assert planned(session)[0].due_at == first.starts_at - timedelta(hours=2)


def test_a_missed_moment_is_dropped_and_counted(
    session: Session, key: PersonalKey, settings: Settings
) -> None:
    """P3: a reminder that missed its moment is dropped and reported, never sent late."""
    add_enrolled(session, key)
    reminders.plan(session, key, settings, NOW)
    over = planned(session)[0].useful_until
    assert over is not None
    reminders.send_due(session, key, settings, over)
    assert planned(session)[0].state is ReminderState.DROPPED
    assert planned(session)[0].reason == "missed_its_moment"
    assert counters.read(session, counters.REMINDERS_DROPPED) == 1
    assert session.scalars(select(OutboxMessage)).all() == []


def test_due_reminders_are_handed_over_once(session: Session, key: PersonalKey, settings: Settings) -> None:
    """P3: two ticks at the same moment make one message, with buttons and a time to live."""
    add_enrolled(session, key)
    reminders.plan(session, key, settings, NOW)
    due = planned(session)[0].due_at
    reminders.send_due(session, key, settings, due)
    reminders.send_due(session, key, settings, due)
    message = session.scalars(select(OutboxMessage)).one()
    content = outbox.read_content(key, message)
    assert "mañana a las 12:00" in content.body
    assert [b.payload for b in content.buttons] == ["/confirm_attendance", "/decline_attendance"]
    assert message.expires_at == due + timedelta(hours=3)


@pytest.mark.parametrize("reason", ["session_cancelled", "no_longer_enrolled", "she_declined"])
def test_reasons_not_to_remind(session: Session, key: PersonalKey, settings: Settings, reason: str) -> None:
    """No reminder for a cancelled session, a seat she left, or a session she declined."""
    woman, _, first = add_enrolled(session, key)
    reminders.plan(session, key, settings, NOW)
    seat = enrolment.current(session, woman.id)
    assert seat is not None
    match reason:
        case "session_cancelled":
            first.cancelled_at = NOW
        case "no_longer_enrolled":
            enrolment.leave(session, seat)
        case _:
            enrolment.answer(session, woman.id, first.id, RsvpAnswer.DECLINED)
    session.flush()
    reminders.send_due(session, key, settings, planned(session)[0].due_at)
    assert planned(session)[0].reason == reason


def test_opting_out_takes_back_what_waits(session: Session, key: PersonalKey, settings: Settings) -> None:
    """P6: after BAJA nothing initiated leaves, not even what was queued; ALTA lifts it."""
    _, conversation, _ = add_enrolled(session, key)
    reminders.plan(session, key, settings, NOW)
    due = planned(session)
    reminders.send_due(session, key, settings, due[0].due_at)
    message = session.scalars(select(OutboxMessage)).one()
    preferences.opt_out(session, conversation, NOW)
    assert message.state is OutboxState.SUPPRESSED
    reminders.send_due(session, key, settings, due[1].due_at)
    assert planned(session)[1].reason == "opted_out"
    address = key.lookup("address", canonical("whatsapp:+5213300000001"))
    assert session.scalars(select(Suppression.lookup_hash)).all() == [address]
    preferences.opt_in(session, conversation)
    assert session.scalars(select(Suppression.lookup_hash)).all() == []


def test_an_answer_belongs_to_the_session_that_asked(
    session: Session, key: PersonalKey, settings: Settings
) -> None:
    """A reply that quotes a reminder is about that reminder's session, also out of order."""
    woman, _, first = add_enrolled(session, key)
    reminders.plan(session, key, settings, NOW)
    reminders.send_due(session, key, settings, planned(session)[0].due_at)
    message = session.scalars(select(OutboxMessage)).one()
    message.state, message.sid = OutboxState.DELIVERED, "SMx"
    session.flush()
    asked = reminders.asked_session(session, woman.id, "SMx", NOW)
    assert asked is not None
    assert asked.id == first.id
    assert reminders.pending(session, woman.id, NOW)
    reminders.answered(session, woman.id, first.id)
    assert not reminders.pending(session, woman.id, NOW)


@given(
    st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2027, 1, 1)),  # noqa: DTZ001 (made aware below)
    st.times(),
    st.times(),
    st.sets(st.integers(0, 6), min_size=1),
)
def test_moments_are_moved_into_allowed_hours(
    moment: datetime, start: time, end: time, days: set[int]
) -> None:
    """Whatever the quiet hours, hers and her days, a moved moment lies in no span and on a day of hers."""
    settings = _settings_with(QUIET)
    state = PrivateState(contact_days=sorted(days))
    if start.strftime("%H:%M") < end.strftime("%H:%M"):
        state.contact_from, state.contact_until = start.strftime("%H:%M"), end.strftime("%H:%M")
    aware = moment.replace(tzinfo=settings.timezone)
    later = may_send.next_allowed(aware, settings, state)
    spans = may_send.quiet_spans(settings, state)
    if later == aware + may_send.NEVER:
        assert all(any(s.covers(time(n // 60, n % 60)) for s in spans) for n in range(24 * 60))
    elif later != aware:
        assert later > aware
        assert not any(s.covers(later.astimezone(settings.timezone).time()) for s in spans)
        assert later.astimezone(settings.timezone).weekday() in days
    earlier = may_send.latest_allowed(aware, settings, state)
    assert earlier <= aware
    local = earlier.astimezone(settings.timezone)
    if not all(any(s.covers(time(n // 60, n % 60)) for s in spans) for n in range(24 * 60)):
        assert local.weekday() in days
        assert not any(s.covers(local.time()) for s in spans)


def _settings_with(quiet: QuietHours) -> Settings:
    from support import environment  # noqa: PLC0415 (hypothesis can't take function fixtures)

    from outreach.ground.settings import ROOT, load_settings  # noqa: PLC0415

    return replace(load_settings(environment(ROOT / "var" / "test")), quiet_hours=quiet)


def test_her_own_hours_move_a_reminder(session: Session, key: PersonalKey, settings: Settings) -> None:
    """Her hours decide like the quiet hours do: what falls outside goes at the nearest earlier moment."""
    _, conversation, first = add_enrolled(session, key)
    state = conversation_state.read(key, conversation)
    state.contact_from, state.contact_until = "11:00", "20:00"
    conversation_state.write(key, conversation, state)
    reminders.plan(session, key, settings, NOW)
    # The session is at 12:00; 10:00 is outside her hours, which ended at 20:00 the day before.
    assert planned(session)[1].due_at == first.starts_at - timedelta(hours=16, minutes=15)
