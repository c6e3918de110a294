"""Her answers to reminders: tied to the right session, days later, out of order, and taken back."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from people import NOW, add_group, add_woman
from sqlalchemy import select

from models import (
    Enrolment,
    Group,
    OutboxMessage,
    OutboxState,
    Reminder,
    ReminderState,
    Rsvp,
    Session,
    Turn,
    TurnState,
)
from outreach.campaigns import reminders
from outreach.messages import conversation_state, unlinking
from outreach.messages.inbox import Incoming, Kind
from outreach.programme import enrolment, notices_due, overview, timetable
from outreach.turns import handlers, turn_context
from outreach.turns.effects import ConfirmAttendance, DeclineAttendance

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session as Database

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey
    from outreach.turns.effects import Effect

_ = handlers  # importing it registers what each effect does
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
YES, NO = ConfirmAttendance(), DeclineAttendance()


class Two:
    """A woman with seats in two groups whose sessions are an hour apart: reminded of both, A before B."""

    def __init__(self, db: Database, key: PersonalKey, settings: Settings) -> None:
        self.db, self.key, self.settings = db, key, settings
        self.woman, self.talk = add_woman(db, key)
        self.first, self.second = (
            add_group(db, starts_in=2 * DAY + ahead, code=code)[1]
            for code, ahead in (("a", timedelta()), ("b", HOUR))
        )
        for meeting in (self.first, self.second):
            db.add(
                Enrolment(
                    woman_id=self.woman.id,
                    group_id=meeting.group_id,
                    state="enrolled",
                    created_at=NOW - 9 * DAY,
                )
            )
        db.flush()
        reminders.plan(db, key, settings, NOW)
        for number, meeting in enumerate((self.first, self.second)):
            reminders.send_due(db, key, settings, meeting.starts_at - DAY)
            self._arrives(meeting, f"SM{number}", meeting.starts_at - DAY)
        self.now = self.second.starts_at - DAY + MINUTE

    def _arrives(self, meeting: Session, sid: str, at: datetime) -> None:
        row = self.db.scalars(
            select(OutboxMessage)
            .join(Reminder, Reminder.outbox_id == OutboxMessage.id)
            .where(Reminder.session_id == meeting.id, OutboxMessage.state == OutboxState.QUEUED)
        ).one()
        row.state, row.sid, row.sending_since = OutboxState.DELIVERED, sid, at
        self.db.flush()

    def says(self, effect: Effect, *, quoting: str | None = None, after: timedelta = MINUTE) -> str:
        """Let her answer; return what she reads."""
        self.now += after
        turn = Turn(conversation_id=self.talk.id)
        self.db.add(turn)
        self.db.flush()
        came = Incoming(uuid.uuid4(), "SM9", Kind.TEXT, "x", None, None, (), quoting, None, self.now)
        state = conversation_state.read(self.key, self.talk)
        scene = turn_context.TurnContext(
            self.db, self.key, self.settings, self.talk, state, turn, [came], self.now
        )
        said = turn_context.apply(scene, effect)
        turn.state = TurnState.ANSWERED
        self.db.flush()
        return " ".join(content.body for content in said)

    def answers(self) -> dict[str, str]:
        """Return what stands for each session."""
        rows = self.db.execute(select(Session.code, Rsvp.answer).join(Rsvp, Rsvp.session_id == Session.id))
        return {code: given.value for code, given in rows}


@pytest.fixture
def two(session: Database, key: PersonalKey, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Two:
    made = Two(session, key, settings)
    monkeypatch.setattr(enrolment, "utcnow", lambda: made.now)
    return made


def test_without_a_quote_it_is_about_the_last_that_asked(two: Two) -> None:
    """Two sessions were reminded: her yes is about the second, and a quote of the first about the first."""
    two.says(YES)
    assert two.answers() == {"b-1": "confirmed"}
    two.says(NO, quoting="SM0")
    assert two.answers() == {"a-1": "declined", "b-1": "confirmed"}


def test_not_after_all_takes_back_the_yes_that_she_gave(two: Two) -> None:
    """She taps yes on the older reminder and then writes no: it is about that one."""
    two.says(YES, quoting="SM0")
    said = two.says(NO)
    assert two.answers() == {"a-1": "declined"}
    assert "Anoté que no vienes mañana a las 12:00." in said


def test_the_coordinator_sees_that_she_changed_her_mind(two: Two) -> None:
    """Her last word counts, and what it took the place of stands beside it."""
    two.says(YES)
    two.says(NO)
    group = two.db.get_one(Group, two.second.group_id)
    [seat] = overview.seats(two.db, two.key, group, two.second)
    assert (seat.answer, seat.earlier) == ("declined", "confirmed")


def test_a_repeated_answer_is_no_change_of_mind(two: Two) -> None:
    """A look-alike: twice yes."""
    two.says(YES)
    two.says(YES)
    group = two.db.get_one(Group, two.second.group_id)
    [seat] = overview.seats(two.db, two.key, group, two.second)
    assert (seat.answer, seat.earlier) == ("confirmed", None)


def test_days_later_the_session_is_over(two: Two) -> None:
    """An answer to the reminder of a session that is over notes nothing, and says what comes next."""
    said = two.says(YES, quoting="SM0", after=3 * DAY)
    assert two.answers() == {}
    assert said.startswith("Esa sesión era el miércoles 25 de noviembre a las 12:00 y ya pasó. ")
    assert "el miércoles 2 de diciembre a las 12:00" in said


def test_after_a_no_nothing_that_waits_leaves(two: Two) -> None:
    """The reminder of two hours before stands in the queue as she says no."""
    reminders.send_due(two.db, two.key, two.settings, two.second.starts_at - 2 * HOUR)
    waiting = select(OutboxMessage.reason).where(OutboxMessage.state == OutboxState.SUPPRESSED)
    two.now = two.second.starts_at - 2 * HOUR
    two.says(NO)
    assert two.db.scalars(waiting).all() == ["she_declined"]
    row = two.db.scalars(
        select(Reminder).where(Reminder.session_id == two.second.id, Reminder.minutes_before == 120)
    ).one()
    assert (row.state, row.reason) == (ReminderState.DROPPED, "she_declined")


def test_leaving_the_group_takes_its_reminders_back(two: Two) -> None:
    """Only those of that group."""
    for meeting in (two.first, two.second):
        reminders.send_due(two.db, two.key, two.settings, meeting.starts_at - 2 * HOUR)
    seat = two.db.scalars(select(Enrolment).where(Enrolment.group_id == two.first.group_id)).one()
    enrolment.leave(two.db, seat)
    states = two.db.execute(
        select(Session.code, OutboxMessage.state)
        .join(Reminder, Reminder.outbox_id == OutboxMessage.id)
        .join(Session, Session.id == Reminder.session_id)
        .where(Reminder.minutes_before == 120)
    ).all()
    assert sorted(map(tuple, states)) == [("a-1", OutboxState.SUPPRESSED), ("b-1", OutboxState.QUEUED)]


def test_an_answer_of_before_a_move_is_to_another_question(two: Two) -> None:
    """It no longer counts; an answer that quotes the notice of the move is about the moved session."""
    two.says(YES, quoting="SM0")
    timetable.move_session(two.db, two.first, two.first.starts_at + DAY, 120, two.now + MINUTE)
    notices_due.send_due(two.db, two.key, two.settings, two.now + MINUTE)
    notice = two.db.scalars(select(OutboxMessage).order_by(OutboxMessage.seq.desc()).limit(1)).one()
    notice.state, notice.sid = OutboxState.DELIVERED, "SMnotice"
    two.db.flush()
    two.says(NO, quoting="SMnotice", after=HOUR)
    group = two.db.get_one(Group, two.first.group_id)
    [seat] = overview.seats(two.db, two.key, group, two.first)
    assert (seat.answer, seat.earlier) == ("declined", None)


@pytest.mark.parametrize("at_rest", [True, False])
def test_the_last_that_asked_is_known_at_rest(two: Two, *, at_rest: bool) -> None:
    """P4 leaves a delivered message its day alone: her no is still about what came after her yes."""
    two.now = two.first.starts_at - DAY + 9 * MINUTE
    two.says(YES, quoting="SM0")
    two.now = two.second.starts_at - DAY + MINUTE
    if at_rest:
        assert unlinking.unlink(two.db, two.key, two.now) == 2
    two.says(NO)
    assert two.answers() == {"a-1": "confirmed", "b-1": "declined"}
