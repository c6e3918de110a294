"""Sessions that move or are cancelled: who is told, once, of what changed for her."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import time, timedelta
from typing import TYPE_CHECKING

import pytest
from people import NOW, add_enrolled, add_group, add_woman
from sqlalchemy import select
from support import counting

from models import (
    OutboxKind,
    OutboxMessage,
    OutboxState,
    Reminder,
    ReminderState,
    RsvpAnswer,
    Session,
    SessionChange,
    SessionNotice,
)
from outreach.campaigns import reminders
from outreach.ground.settings import QuietHours
from outreach.messages import outbox
from outreach.messages.reveal import revealing_words
from outreach.people import preferences
from outreach.programme import enrolment, notices_due, overview, session_notices, timetable
from outreach.programme.timetable import Change, TimetableError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session as Database
    from sqlalchemy.orm import sessionmaker

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def messages(db: Database, kind: OutboxKind) -> list[OutboxMessage]:
    return list(
        db.scalars(select(OutboxMessage).where(OutboxMessage.kind == kind).order_by(OutboxMessage.seq))
    )


def notices(db: Database) -> list[SessionNotice]:
    return list(db.scalars(select(SessionNotice).order_by(SessionNotice.revision, SessionNotice.change)))


def told(db: Database, session: Session) -> tuple[int, int, dict[str, int]]:
    found = session_notices.told(db, [session.id])[session.id]
    return found.told, found.waiting, found.reasons


def test_a_moved_session_is_told_once_and_reminded_anew(
    session: Database, key: PersonalKey, settings: Settings
) -> None:
    """F4: after the day-before reminder of the old time left, she is told of the move and reminded anew."""
    _, _, first = add_enrolled(session, key)
    old = first.starts_at
    reminders.plan(session, key, settings, NOW)
    reminders.send_due(session, key, settings, old - DAY)
    [reminded] = messages(session, OutboxKind.REMINDER)
    outbox.advance(reminded, OutboxState.SENDING)
    outbox.advance(reminded, OutboxState.DELIVERED)
    now = old - timedelta(hours=20)
    assert timetable.move_session(session, first, old + 3 * DAY, 90, now) == Change(to_tell=1, reminded=1)
    for _ in range(2):
        notices_due.send_due(session, key, settings, now)
    [message] = messages(session, OutboxKind.NOTICE)
    content = outbox.read_content(key, message)
    assert "Era el miércoles 25 de noviembre a las 12:00" in content.body
    assert "Ahora es el sábado 28 de noviembre a las 12:00" in content.body
    assert revealing_words(content.body) == []
    assert message.expires_at == first.starts_at
    reminders.plan(session, key, settings, old + DAY)
    coming = [(r.minutes_before, r.due_at) for r in session.scalars(
        select(Reminder).where(Reminder.state == ReminderState.PLANNED).order_by(Reminder.due_at)
    )]  # fmt: skip
    assert coming == [(1440, old + 2 * DAY), (120, old + 3 * DAY - 2 * HOUR)]
    assert told(session, first) == (0, 1, {})
    outbox.advance(message, OutboxState.SENDING)
    outbox.advance(message, OutboxState.DELIVERED)
    session.flush()
    assert told(session, first) == (1, 0, {})


def test_a_second_move_replaces_a_notice_that_has_not_left(
    session: Database, key: PersonalKey, settings: Settings
) -> None:
    """She is told once, from the time that she knows to the time that holds."""
    _, _, first = add_enrolled(session, key)
    old = first.starts_at
    timetable.move_session(session, first, old + DAY, 120, NOW)
    notices_due.send_due(session, key, settings, NOW)
    timetable.move_session(session, first, old + 2 * DAY, 120, NOW + HOUR)
    notices_due.send_due(session, key, settings, NOW + HOUR)
    gone, message = messages(session, OutboxKind.NOTICE)
    assert (gone.state, gone.reason) == (OutboxState.SUPPRESSED, "superseded")
    body = outbox.read_content(key, message).body
    assert "Era el miércoles 25" in body
    assert "Ahora es el viernes 27" in body


@pytest.mark.parametrize("handed_over", [False, True])
def test_moving_back_before_anything_was_told_tells_nobody(
    session: Database, key: PersonalKey, settings: Settings, *, handed_over: bool
) -> None:
    """What she knows holds again: neither a notice nor a word of the detour; her answer counts again."""
    woman, _, first = add_enrolled(session, key)
    old = first.starts_at
    enrolment.answer(session, woman.id, first.id, RsvpAnswer.DECLINED)
    timetable.move_session(session, first, old + DAY, 120, NOW)
    if handed_over:
        notices_due.send_due(session, key, settings, NOW)
    assert timetable.move_session(session, first, old, 120, NOW + HOUR).to_tell == 0
    notices_due.send_due(session, key, settings, NOW + HOUR)
    assert [m.state for m in messages(session, OutboxKind.NOTICE)] == [OutboxState.SUPPRESSED] * handed_over
    reminders.plan(session, key, settings, NOW)
    reminders.send_due(session, key, settings, old - DAY)
    [reminder] = session.scalars(
        select(Reminder).where(Reminder.minutes_before == 1440, Reminder.revision == 3)
    )
    assert reminder.reason == "she_declined"


def test_moving_back_after_she_was_told_tells_her(
    session: Database, key: PersonalKey, settings: Settings
) -> None:
    """What Twilio has taken she may have read: the way back is a change for her too."""
    _, _, first = add_enrolled(session, key)
    old = first.starts_at
    timetable.move_session(session, first, old + DAY, 120, NOW)
    notices_due.send_due(session, key, settings, NOW)
    [message] = messages(session, OutboxKind.NOTICE)
    outbox.advance(message, OutboxState.SENDING)
    session.flush()
    assert timetable.move_session(session, first, old, 120, NOW + HOUR).to_tell == 1
    assert message.state is OutboxState.SENDING
    assert notices(session)[-1].known_starts_at == old + DAY


def test_an_answer_to_the_old_time_does_not_count_for_the_new(
    session: Database, key: PersonalKey, settings: Settings
) -> None:
    """She said no to Wednesday: of Saturday she is reminded."""
    woman, _, first = add_enrolled(session, key)
    enrolment.answer(session, woman.id, first.id, RsvpAnswer.DECLINED)
    from models import utcnow  # noqa: PLC0415 (the answer is dated by the clock)

    moved_at = utcnow()
    first.starts_at = moved_at + 2 * DAY
    session.flush()
    timetable.move_session(session, first, moved_at + 5 * DAY, 120, moved_at)
    group = first.group
    assert [s.answer for s in overview.seats(session, key, group, first)] == [None]
    later = first.starts_at - DAY
    reminders.plan(session, key, settings, later)
    reminders.send_due(session, key, settings, later)
    assert len(messages(session, OutboxKind.REMINDER)) == 1


def test_a_cancelled_session_is_told_also_before_its_reminders(
    session: Database, key: PersonalKey, settings: Settings
) -> None:
    """Nobody travels to a session that does not take place; one who left the group is not written to."""
    woman, conversation, first = add_enrolled(session, key)
    other, _ = add_woman(session, key, 2)
    silent, quiet = add_woman(session, key, 3)
    for one in (other, silent):
        enrolment.enrol(session, one, first.group_id)
    preferences.opt_out(session, quiet, NOW)
    assert timetable.cancel_session(session, first, NOW) == Change(to_tell=3, reminded=0)
    seat = enrolment.current(session, other.id)
    assert seat is not None
    enrolment.leave(session, seat)
    notices_due.send_due(session, key, settings, NOW)
    [message] = messages(session, OutboxKind.NOTICE)
    assert message.conversation_id == conversation.id
    assert message.expires_at == first.starts_at
    body = outbox.read_content(key, message).body
    assert "Se canceló tu sesión de Huerto en casa. Era el miércoles 25" in body
    assert told(session, first) == (0, 1, {"no_longer_enrolled": 1, "opted_out": 1})
    assert reminders.plan(session, key, settings, NOW) == 0
    assert woman.id


def test_cancelling_after_an_untold_move_names_the_time_she_knows(
    session: Database, key: PersonalKey, settings: Settings
) -> None:
    """She knows Wednesday; that it would have been Friday need not bother her."""
    _, _, first = add_enrolled(session, key)
    old = first.starts_at
    timetable.move_session(session, first, old + 2 * DAY, 120, NOW)
    timetable.cancel_session(session, first, NOW)
    notices_due.send_due(session, key, settings, NOW)
    [message] = messages(session, OutboxKind.NOTICE)
    assert "Era el miércoles 25" in outbox.read_content(key, message).body
    assert message.expires_at == old
    assert [(n.change, n.state) for n in notices(session)] == [
        (SessionChange.CANCELLED, ReminderState.HANDED_OVER), (SessionChange.MOVED, ReminderState.DROPPED),
    ]  # fmt: skip


def test_a_reminder_that_is_leaving_is_not_booked_as_suppressed(
    sessions: sessionmaker[Database], key: PersonalKey, settings: Settings
) -> None:
    """F10, P3: the cancellation waits for the row that a worker has locked, and sees that it left."""
    with sessions.begin() as db:
        _, _, first = add_enrolled(db, key)
        reminders.plan(db, key, settings, NOW)
        reminders.send_due(db, key, settings, first.starts_at - DAY)
        [row] = messages(db, OutboxKind.REMINDER)
        session_id, row_id, at = first.id, row.id, first.starts_at - DAY
    changes: list[Change] = []

    def cancel() -> None:
        with sessions.begin() as db:
            changes.append(timetable.cancel_session(db, db.get_one(Session, session_id), at))

    with sessions() as worker:
        outbox.advance(worker.get_one(OutboxMessage, row_id, with_for_update=True), OutboxState.SENDING)
        worker.flush()
        thread = threading.Thread(target=cancel)
        thread.start()
        thread.join(timeout=0.5)
        assert thread.is_alive()
        worker.commit()
        thread.join(timeout=10)
    assert changes == [Change(to_tell=1, reminded=1)]
    with sessions() as db:
        assert db.get_one(OutboxMessage, row_id).state is OutboxState.SENDING


def test_what_can_not_be_moved(session: Database, key: PersonalKey) -> None:
    """Neither what is over or cancelled, nor into the past, nor onto another session of the group."""
    _, first = add_group(session)
    old, week = first.starts_at, timedelta(days=7)
    for starts_at, minutes in (
        (NOW, 60),
        (old, 0),
        (old, 721),
        (old + week + HOUR, 60),
        (old + week - HOUR, 61),
    ):
        with pytest.raises(TimetableError):
            timetable.move_session(session, first, starts_at, minutes, NOW)
        session.refresh(first)
    assert timetable.move_session(session, first, old + HOUR, 120, NOW).to_tell == 0
    assert first.revision == 2
    same = first.starts_at + timedelta(seconds=20)
    assert timetable.move_session(session, first, same, 60, NOW) == Change(0, 0)
    assert (first.revision, first.minutes) == (2, 60)
    with pytest.raises(TimetableError, match="pasó"):
        timetable.move_session(session, first, old + 9 * DAY, 60, first.starts_at)
    timetable.cancel_session(session, first, NOW)
    with pytest.raises(TimetableError, match="cancelada"):
        timetable.move_session(session, first, old + 9 * DAY, 60, NOW)


def test_statements_do_not_grow_with_the_women(
    session: Database, key: PersonalKey, settings: Settings
) -> None:
    """Moving and telling cost the same for two women as for twenty."""

    def cost(number: int, women: int) -> tuple[int, int]:
        group, first = add_group(session, capacity=100, code=f"n{number}")
        for i in range(women):
            enrolment.enrol(session, add_woman(session, key, 100 * number + i)[0], group.id)
        session.flush()
        with counting(session) as moving:
            timetable.move_session(session, first, first.starts_at + DAY, 120, NOW)
        with counting(session) as telling:
            assert notices_due.send_due(session, key, settings, NOW) == women
        return len(moving), len(telling)

    assert cost(1, 2) == cost(2, 20)


@pytest.mark.parametrize("had_left", [True, False])
def test_a_detour_does_not_remind_twice(
    session: Database, key: PersonalKey, settings: Settings, *, had_left: bool
) -> None:
    """Moved by mistake and back within minutes: who was reminded is not reminded again, who was not is."""
    woman, _, first = add_enrolled(session, key)
    old = first.starts_at
    reminders.plan(session, key, settings, NOW)
    reminders.send_due(session, key, settings, old - DAY)
    [message] = messages(session, OutboxKind.REMINDER)
    if had_left:
        outbox.advance(message, OutboxState.SENDING)
        outbox.advance(message, OutboxState.SENT)
        session.flush()
    timetable.move_session(session, first, old + DAY, 120, old - DAY)
    timetable.move_session(session, first, old, 120, old - DAY)
    reminders.plan(session, key, settings, old - DAY)
    reminders.send_due(session, key, settings, old - DAY)
    states = [one.state for one in messages(session, OutboxKind.REMINDER)]
    again = [OutboxState.SUPPRESSED, OutboxState.QUEUED]
    assert states == ([OutboxState.SENT] if had_left else again)
    # Her "sí" is an answer to it, as before the detour; the reminder of the same day is still to come.
    assert reminders.pending(session, woman.id, old - DAY)
    planned = select(Reminder.minutes_before).where(Reminder.state == ReminderState.PLANNED)
    assert session.scalars(planned).all() == [120]


@pytest.mark.parametrize(("hours", "fits"), [(10, False), (16, True)])
def test_whoever_changes_a_session_at_night_learns_that_no_message_is_in_time(
    settings: Settings, hours: int, *, fits: bool
) -> None:
    """At 22:00 a session at 8:00 is too near: the hours of the programme begin at 9:00."""
    rules = replace(settings, quiet_hours=QuietHours(time(20), time(9)))
    night = NOW + timedelta(hours=10)
    assert notices_due.in_time(rules, night + timedelta(hours=hours), night) is fits
    assert notices_due.in_time(rules, NOW + HOUR, NOW)
