"""Two programmes in one installation: each woman sees and gets only what her own decides."""

from __future__ import annotations

import uuid
from datetime import time, timedelta
from typing import TYPE_CHECKING

import pytest
from people import NOW, add_group, add_woman
from sqlalchemy import select

from models import FIRST_PROGRAMME, HelpResource, OutboxMessage, Programme, Reminder, TemplateState
from outreach.campaigns import reminders
from outreach.ground import programme_rules
from outreach.ground.settings import QuietHours
from outreach.messages import outbox, templates
from outreach.messages.conversation_state import PrivateState
from outreach.programme import answers, enrolment
from outreach.texts.answers import NONE
from outreach.turns import dialogue_facts

if TYPE_CHECKING:
    from sqlalchemy.orm import Session as Database

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey


@pytest.fixture
def coast(session: Database) -> Programme:
    """A programme an hour behind the first, with hours, offsets and ages of its own."""
    made = Programme(
        id=uuid.uuid4(), code="COSTA", name="Costa", timezone="America/Hermosillo", quiet_hours="22:00-08:00",
        reminder_offsets="720,60", least_age=15, guardian_under=16,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def test_rules_are_the_settings_but_for_its_columns(settings: Settings, coast: Programme) -> None:
    """Empty columns stand for the installation's settings, and so do those that can't be read."""
    rules = programme_rules.rules_of(settings, coast)
    assert str(rules.timezone) == "America/Hermosillo"
    assert rules.quiet_hours == QuietHours(time(22), time(8))
    assert (rules.reminder_offsets, rules.least_age, rules.guardian_under) == ((720, 60), 15, 16)
    assert rules.twilio is settings.twilio
    assert programme_rules.rules_of(settings, Programme()) == settings
    broken = Programme(timezone="Marte/Uno", quiet_hours="de noche", reminder_offsets="0,x")
    assert programme_rules.rules_of(settings, broken) == settings
    none = Programme(quiet_hours="00:00-00:00")
    assert programme_rules.rules_of(settings, none).quiet_hours is None


def test_each_woman_sees_her_programme_only(
    session: Database, key: PersonalKey, settings: Settings, coast: Programme
) -> None:
    """Workshops, groups, answers, help lines, ages and clock are those of her conversation's programme."""
    _, here = add_woman(session, key, 1)
    _, there = add_woman(session, key, 2)
    there.programme_id = coast.id
    ours, _ = add_group(session, code="a")
    theirs, _ = add_group(session, code="b")
    theirs.workshop.programme_id = coast.id
    answers.save_answer(session, "cost", None, "En la costa es gratis.", NOW, coast.id)
    session.add(
        HelpResource(code="costa", programme_id=coast.id, name="Casa Costa", channel="6", hours="9", says="x",
                     needs="shelter", source="x", rank=1)
    )  # fmt: skip
    session.flush()
    for conversation, group in ((here, ours), (there, theirs)):
        own = conversation.programme_id
        assert [o.group.id for o in enrolment.offers(session, NOW, programme_id=own)] == [group.id]
        assert [w.id for w in enrolment.workshops_of(session, own)] == [group.workshop_id]
    assert answers.answer(session, "cost", "14039", coast.id) == "En la costa es gratis."
    assert answers.answer(session, "cost", "14039") != "En la costa es gratis."
    assert answers.answer(session, "childcare", None, coast.id) == NONE
    names = {
        own: getattr(answers.best_help(session, "shelter", None, NOW, own), "name", None)
        for own in (FIRST_PROGRAMME, coast.id)
    }
    assert names[coast.id] == "Casa Costa"
    assert names[FIRST_PROGRAMME] not in {None, "Casa Costa"}
    facts = [
        dialogue_facts.build(session, key, settings, conversation, PrivateState(), NOW)
        for conversation in (here, there)
    ]
    assert [fact["now"][11:16] for fact in facts] == ["12:00", "11:00"]
    assert [(fact["least_age"], fact["guardian_under"]) for fact in facts] == [(14, 18), (15, 16)]


def test_reminders_go_by_the_programme_of_the_group(
    session: Database, key: PersonalKey, settings: Settings, coast: Programme
) -> None:
    """Offsets, hour and template are those of the programme that holds the session."""
    woman, conversation = add_woman(session, key)
    conversation.programme_id = coast.id
    group, first = add_group(session)
    group.workshop.programme_id = coast.id
    seat = enrolment.enrol(session, woman, group.id)
    assert seat is not None
    seat.created_at = NOW - timedelta(days=7)
    body = "Costa: tu taller es {{1}} en {{2}}, ¿vienes?"
    own = templates.save(session, name="costa_session_reminder", body=body, samples={"1": "hoy", "2": "aquí"})
    own.programme_id, own.state = coast.id, TemplateState.APPROVED
    session.flush()
    reminders.plan(session, key, settings, NOW)
    due = session.scalars(select(Reminder.due_at).order_by(Reminder.due_at)).all()
    # Twelve hours before is 23:00 there, in its night: the reminder leaves in the evening before it.
    assert [first.starts_at - one for one in due] == [timedelta(hours=14.5), timedelta(hours=1)]
    reminders.send_due(session, key, settings, due[0])
    [message] = session.scalars(select(OutboxMessage))
    body = "Costa: tu taller es mañana a las 11:00 en Casa de la Cultura, ¿vienes?"
    assert outbox.read_content(key, message).body == body
