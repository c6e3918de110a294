"""A reminder at the gate: it waits for the end of her conversation, and within the window it is text."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from people import NOW, add_enrolled
from sqlalchemy import select, update

from models import Conversation, OutboxKind, OutboxMessage, OutboxState, Reminder, Template, TemplateState
from outreach.campaigns import reminder_outlook, reminders
from outreach.messages import bulk, conversation_state, delivery, outbox, reconcile
from outreach.messages.outbox import Content
from outreach.messages.twilio import Outcome, Reason, SendResult
from outreach.programme import missed_reminders

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session as Database

    from outreach.ground.settings import Settings
    from outreach.messages.delivery import Request
    from outreach.sealing.crypto import PersonalKey

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


class Sending:
    """One woman with a reminder of a day before at the gate."""

    def __init__(self, db: Database, key: PersonalKey, settings: Settings) -> None:
        self.db, self.key, self.settings = db, key, settings
        _, self.conversation, first = add_enrolled(db, key)
        db.execute(update(Template).values(state=TemplateState.APPROVED, content_sid="HX1"))
        self.conversation.last_inbound_at = None
        reminders.plan(db, key, settings, NOW)
        self.due = first.starts_at - DAY
        reminders.send_due(db, key, settings, self.due)
        self.row = db.scalars(select(OutboxMessage)).one()
        self.row.next_try_at = self.due

    def wrote(self, at: datetime, *, busy: bool = False) -> None:
        """Let her last message be of then; `busy`: she is in a form, or in a talk."""
        self.conversation.last_inbound_at = at
        state = conversation_state.read(self.key, self.conversation)
        state.busy = busy
        conversation_state.write(self.key, self.conversation, state)
        self.db.flush()

    def begin(self, at: datetime) -> list[Request]:
        """Let the worker look at what is due."""
        found, _ = bulk.begin(self.db, self.key, self.settings, OutboxKind.REMINDER, 50, at)
        self.db.flush()
        return found


@pytest.fixture
def sending(session: Database, key: PersonalKey, settings: Settings) -> Sending:
    return Sending(session, key, settings)


def test_it_waits_until_she_has_finished(sending: Sending) -> None:
    """In a form or in a talk it looks again each minute, until the last turn leaves her at nothing."""
    due = sending.due
    sending.wrote(due - MINUTE, busy=True)
    assert sending.begin(due) == []
    assert (sending.row.next_try_at, sending.row.reason) == (due + MINUTE, "in_conversation")
    sending.wrote(due + MINUTE / 2, busy=True)
    assert sending.begin(due + MINUTE) == []
    sending.wrote(due + MINUTE, busy=False)
    assert len(sending.begin(due + 2 * MINUTE)) == 1


def test_a_talk_that_stopped_lasts_a_quarter_of_an_hour(sending: Sending) -> None:
    """P4: she left it in the middle; staff see whom a longer wait would tell of."""
    sending.wrote(sending.due - 13 * MINUTE, busy=True)
    assert sending.begin(sending.due) == []
    assert len(sending.begin(sending.due + 2 * MINUTE)) == 1


def test_who_may_be_typing_is_not_interrupted(sending: Sending) -> None:
    """Outside a form and a talk a few seconds are enough."""
    sending.wrote(sending.due - MINUTE / 6)
    assert sending.begin(sending.due) == []
    assert sending.row.next_try_at == sending.due + MINUTE / 6
    assert len(sending.begin(sending.due + MINUTE / 6)) == 1


def test_it_waits_no_longer_than_it_is_of_use(sending: Sending, session: Database) -> None:
    """P3, P4: who writes on until the last useful moment gets none; it is counted, never by name."""
    until = sending.row.expires_at
    assert until is not None
    sending.wrote(until - 10 * MINUTE, busy=True)
    assert sending.begin(until - MINUTE / 2) == []
    assert (sending.row.state, sending.row.reason) == (OutboxState.EXPIRED, "in_conversation")
    session.execute(update(OutboxMessage).values(ended_at=until))
    assert missed_reminders.count(session, until - DAY, until) == 0
    assert missed_reminders.listed(session, sending.key, until - DAY, until) == []
    [(_, counted)] = reminder_outlook.not_sent(session, until).items()
    assert counted == {"in_conversation": 1}


def test_one_who_has_finished_does_not_wait(sending: Sending) -> None:
    """A look-alike: she has just enrolled, and the dialogue waits for nothing."""
    sending.wrote(sending.due - MINUTE)
    assert len(sending.begin(sending.due)) == 1


def test_a_clock_put_back_holds_nothing_for_ever(sending: Sending) -> None:
    """A last message of tomorrow is of a clock that was wrong."""
    sending.wrote(sending.due + DAY)
    assert len(sending.begin(sending.due)) == 1


@pytest.mark.parametrize("kind", [OutboxKind.NOTICE, OutboxKind.CAMPAIGN])
def test_other_kinds_do_not_wait(sending: Sending, session: Database, kind: OutboxKind) -> None:
    """A look-alike: a notice that a session was cancelled reaches her while she writes."""
    sending.wrote(sending.due - MINUTE)
    row = outbox.enqueue(session, sending.key, sending.conversation.id, kind, Content("Hola."))
    row.next_try_at = sending.due
    session.flush()
    found, _ = bulk.begin(session, sending.key, sending.settings, kind, 50, sending.due)
    assert [one.outbox_id for one in found] == [row.id]


@pytest.mark.parametrize("ago", [1, 14, 16, 600, 2000])
def test_a_case_changes_nothing(sending: Sending, session: Database, ago: int) -> None:
    """P4: with a case, a person who answers, or a sealed thread, the same waits, for as long."""
    sending.wrote(sending.due - ago * MINUTE)
    outcomes = []
    for given in ({}, {"case_id": "c", "held": True}, {"living_id": "l"}, {"cover": True}):
        row = session.get_one(OutboxMessage, sending.row.id)
        row.state, row.attempts, row.next_try_at = OutboxState.QUEUED, 0, sending.due
        talk = session.get_one(Conversation, sending.conversation.id)
        state = conversation_state.PrivateState(**given)
        conversation_state.write(sending.key, talk, state)
        session.flush()
        calls = sending.begin(sending.due)
        outcomes.append((len(calls), row.state, row.reason, row.next_try_at, row.expires_at))
    assert len(set(outcomes)) == 1


def test_within_the_window_it_is_text_with_its_buttons(sending: Sending, session: Database) -> None:
    """No template is asked for: the text and its buttons go, one content for all of the template."""
    sending.wrote(sending.due - 2 * HOUR)
    session.execute(update(Template).values(state=TemplateState.PAUSED))
    session.expire_all()
    [call] = sending.begin(sending.due)
    assert call.content_sid is None
    assert call.form is not None
    assert "{{1}}" in call.form.body
    assert call.form.samples.keys() == {"1", "2"}
    assert call.variables is not None
    assert "mañana a las 12:00" in call.variables
    assert [button.title for button in call.content.buttons] == ["Sí voy", "No puedo"]
    assert call.content.body.startswith("Hola. Tu taller es mañana a las 12:00")


def test_outside_the_window_it_is_the_template(sending: Sending) -> None:
    """She wrote two days ago: the approved template with its variables."""
    sending.wrote(sending.due - 2 * DAY)
    [call] = sending.begin(sending.due)
    assert (call.content_sid, call.form) == ("HX1", None)


def test_the_content_of_a_template_is_made_once(sending: Sending, session: Database) -> None:
    """The second reminder finds what the first had made at Twilio."""
    sending.wrote(sending.due - 2 * HOUR)
    [call] = sending.begin(sending.due)
    assert call.form is not None
    delivery.remember_quick_reply(session, call.form.digest, "HXmade")
    bulk.finish(session, sending.key, [(call, SendResult(Outcome.ACCEPTED, sid="SM1"))], sending.due)
    later = session.scalars(select(Reminder).where(Reminder.minutes_before == 120)).one().due_at
    sending.wrote(later - 2 * HOUR)
    reminders.send_due(session, sending.key, sending.settings, later)
    session.execute(update(OutboxMessage).values(next_try_at=later))
    [again] = sending.begin(later)
    assert (again.content_sid, again.form) == ("HXmade", None)
    assert again.variables is not None


@pytest.mark.parametrize("by_report", [True, False])
def test_text_that_found_the_window_closed_leaves_as_its_template(
    sending: Sending, session: Database, key: PersonalKey, *, by_report: bool
) -> None:
    """63016, by answer or by report: WhatsApp's word counts for more than our clock; said twice, it ends."""
    due, row = sending.due, sending.row
    sending.wrote(due - HOUR)
    [text] = sending.begin(due)
    assert text.content_sid is None

    def refused() -> None:
        if by_report:
            accepted = SendResult(Outcome.ACCEPTED, sid=f"SM{row.attempts}")
            delivery.finish(session, key, row.id, accepted, due)
            params = {"MessageSid": f"SM{row.attempts}", "MessageStatus": "failed", "ErrorCode": "63016"}
            reconcile.status_reported(session, key, params, str(row.id), due)
        else:
            refusal = SendResult(Outcome.REFUSED, reason=Reason.WINDOW_CLOSED, code=63016)
            delivery.finish(session, key, row.id, refusal, due)

    refused()
    assert row.state is OutboxState.QUEUED
    [form] = sending.begin(due + MINUTE)
    assert form.content_sid == "HX1"
    refused()
    assert (row.state, row.reason) == (OutboxState.FAILED, "window_closed")
