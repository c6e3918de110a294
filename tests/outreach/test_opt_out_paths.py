"""P6: after her no nothing is initiated, in any conversation of hers, by any path, whatever a list says."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from people import NOW, add_enrolled, add_woman
from sqlalchemy import select, update

from models import (
    Affiliation,
    Conversation,
    OutboxKind,
    OutboxMessage,
    OutboxState,
    Suppression,
    Template,
    TemplateState,
    Woman,
    WomanChange,
    utcnow,
)
from outreach.campaigns import reminders
from outreach.messages import bulk, delivery, inbox, outbox
from outreach.messages.outbox import Content
from outreach.messages.twilio import Outcome, Reason, SendResult
from outreach.people import changes, consent, conversations, invitations, preferences
from outreach.programme import programmes
from outreach.single_list import imports

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey
    from outreach.single_list.report import Report

KINDS = (OutboxKind.NOTICE, OutboxKind.REMINDER, OutboxKind.CAMPAIGN)
LATER = NOW + timedelta(hours=1)
HEAD = "dependencia,folio,nombre completo,teléfono,fecha de consentimiento\n"


def second_of(session: Session, key: PersonalKey, woman: Woman) -> Conversation:
    """Return another conversation of hers, on another number."""
    other = inbox.conversation_of(session, key, "whatsapp:+523312345678", NOW)
    other.woman_id, other.last_inbound_at = woman.id, NOW
    session.flush()
    return other


def queue(session: Session, key: PersonalKey, conversation: Conversation, kind: OutboxKind) -> OutboxMessage:
    return outbox.enqueue(session, key, conversation.id, kind, Content("Te esperamos mañana."))


def load(session: Session, key: PersonalKey, settings: Settings, *rows: str) -> Report:
    table = imports.read("women", (HEAD + "\n".join(rows) + "\n").encode())
    report = imports.load(session, key, settings, "women", table, LATER)
    session.expire_all()
    return report


def approve(session: Session) -> None:
    session.execute(update(Template).values(state=TemplateState.APPROVED, content_sid="HX1"))
    session.flush()


def stopped(session: Session) -> list[bool]:
    ends = session.scalars(select(Conversation.opted_out_at).order_by(Conversation.created_at)).all()
    return [end is not None for end in ends]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("said_in", [0, 1])
def test_what_is_queued_stops_at_once_on_all_her_numbers(
    session: Session, key: PersonalKey, kind: OutboxKind, said_in: int
) -> None:
    """Whichever number she says it on; what answers her is not taken back."""
    woman, first = add_woman(session, key)
    hers = (first, second_of(session, key, woman))
    waiting = [queue(session, key, one, kind) for one in hers]
    replies = [queue(session, key, one, OutboxKind.REPLY) for one in hers]
    preferences.opt_out(session, hers[said_in], LATER)
    assert [(row.state, row.reason) for row in waiting] == [(OutboxState.SUPPRESSED, "opted_out")] * 2
    assert {row.state for row in replies} == {OutboxState.QUEUED}


def test_another_woman_is_not_stopped(session: Session, key: PersonalKey) -> None:
    _, one = add_woman(session, key, 1)
    _, other = add_woman(session, key, 2)
    row = queue(session, key, other, OutboxKind.CAMPAIGN)
    preferences.opt_out(session, one, LATER)
    assert row.state is OutboxState.QUEUED


@pytest.mark.parametrize("kind", KINDS)
def test_the_gate_asks_all_her_conversations(
    session: Session, key: PersonalKey, settings: Settings, kind: OutboxKind
) -> None:
    """A conversation that became hers beside her no (a list in the same second) is held back all the same."""
    woman, first = add_woman(session, key)
    preferences.opt_out(session, first, LATER)
    other = second_of(session, key, woman)
    assert other.opted_out_at is None
    row = queue(session, key, other, kind)
    assert delivery.begin(session, key, settings, row.id, LATER) is None
    assert (row.state, row.reason) == (OutboxState.SUPPRESSED, "opted_out")
    reply = queue(session, key, other, OutboxKind.REPLY)
    assert delivery.begin(session, key, settings, reply.id, LATER) is not None


def test_a_programme_s_no_holds_for_the_other(session: Session, key: PersonalKey, settings: Settings) -> None:
    """Two programmes, a number each: neither writes first after she has said no to one."""
    woman, first = add_woman(session, key)
    other = second_of(session, key, woman)
    made = programmes.add(session, "otro", programmes.Rules("Otro programa"))
    other.programme_id = made.id
    session.flush()
    row = queue(session, key, other, OutboxKind.CAMPAIGN)
    preferences.opt_out(session, first, LATER)
    assert row.state is OutboxState.SUPPRESSED
    for programme_id in (first.programme_id, made.id):
        found = conversations.reaches(session, [woman.id], programme_id)
        assert found[woman.id].reason == conversations.OPTED_OUT


def test_a_try_that_comes_back_to_the_queue_is_not_made_again(
    session: Session, key: PersonalKey, settings: Settings
) -> None:
    """She says no while Twilio has the message: a passing failure would put it back on the queue."""
    approve(session)
    _, conversation = add_woman(session, key)
    now = conversation.last_inbound_at = utcnow()
    row = queue(session, key, conversation, OutboxKind.CAMPAIGN)
    row.next_try_at = now
    session.flush()
    calls, _ = bulk.begin(session, key, settings, OutboxKind.CAMPAIGN, 10, now)
    assert len(calls) == 1
    preferences.opt_out(session, conversation, now)
    failed = SendResult(Outcome.TRY_LATER, reason=Reason.TEMPORARY)
    bulk.finish(session, key, [(calls[0], failed)], now)
    session.flush()
    assert row.state is OutboxState.QUEUED
    again, _ = bulk.begin(session, key, settings, OutboxKind.CAMPAIGN, 10, now + timedelta(hours=2))
    assert again == []
    assert (row.state, row.reason) == (OutboxState.SUPPRESSED, "opted_out")


def test_reminders_planned_before_are_dropped(session: Session, key: PersonalKey, settings: Settings) -> None:
    _, conversation, first = add_enrolled(session, key)
    reminders.plan(session, key, settings, NOW)
    preferences.opt_out(session, conversation, NOW)
    reminders.send_due(session, key, settings, first.starts_at - timedelta(days=1))
    assert session.scalars(select(OutboxMessage)).all() == []


@pytest.mark.parametrize("word", ["no", "No", " NO. ", "Baja", "no acepta", "Se negó", "REVOCADO"])
def test_a_list_with_her_no_ends_her_contact(
    session: Session, key: PersonalKey, settings: Settings, word: str
) -> None:
    """What waits is taken back, on all her numbers; what her agency held as her consent is gone."""
    load(session, key, settings, "DIF,1,Ana Gil,3340010001,2026-03-01")
    approve(session)
    assert invitations.plan(session, key, settings, LATER) == 1
    report = load(session, key, settings, f"DIF,1,Ana Gil,,{word}")
    assert (report.errors, len(report.notes)) == ([], 1)
    row = session.scalars(select(OutboxMessage)).one()
    assert (row.state, row.reason) == (OutboxState.SUPPRESSED, "opted_out")
    assert stopped(session) == [True]
    assert session.scalars(select(Affiliation.consent_on)).all() == [None]
    assert len(session.scalars(select(Suppression)).all()) == 1


@pytest.mark.parametrize("cell", ["noviembre", "no sé", "nov 2026", "01/03/2026 no", "si", "sí"])
def test_what_is_neither_a_day_nor_a_no_is_refused(
    session: Session, key: PersonalKey, settings: Settings, cell: str
) -> None:
    """Nothing is guessed: the row is told, and nobody's contact ends or begins by it."""
    load(session, key, settings, "DIF,1,Ana Gil,3340010001,2026-03-01")
    assert len(load(session, key, settings, f"DIF,1,Ana Gil,,{cell}").errors) == 1
    assert stopped(session) == [False]


def test_no_list_begins_again_what_a_list_has_ended(
    session: Session, key: PersonalKey, settings: Settings
) -> None:
    """The list of before, another day of consent, another agency, another number: it stays ended."""
    load(session, key, settings, "DIF,1,Ana Gil,3340010001,no")
    approve(session)
    for row in (
        "DIF,1,Ana Gil,3340010001,2026-03-01",
        "DIF,1,Ana Gil,3340010002,2026-11-01",
        "IMSS,9,Ana Gil,3340010001,2026-11-01",
    ):
        load(session, key, settings, row)
    assert all(stopped(session))
    assert invitations.plan(session, key, settings, LATER) == 0


def test_a_no_without_a_number_waits_for_the_number(
    session: Session, key: PersonalKey, settings: Settings
) -> None:
    """A list ends the contact of a woman whose number nobody has; a later one brings it."""
    load(session, key, settings, "DIF,1,Ana Gil,,no")
    load(session, key, settings, "DIF,1,Ana Gil,3340010001,2026-11-01")
    approve(session)
    assert stopped(session) == [True]
    assert invitations.plan(session, key, settings, LATER) == 0


def test_her_own_yes_outlasts_the_list(session: Session, key: PersonalKey, settings: Settings) -> None:
    """She wrote ALTA after the list: the same list again does not end it a second time."""
    load(session, key, settings, "DIF,1,Ana Gil,3340010001,no")
    conversation = session.scalars(select(Conversation)).one()
    preferences.opt_in(session, conversation)
    session.flush()
    load(session, key, settings, "DIF,1,Ana Gil,3340010001,no")
    assert stopped(session) == [False]
    # Another agency's no is another word.
    load(session, key, settings, "IMSS,9,Ana Gil,3340010001,no")
    assert stopped(session) == [True]


def test_a_list_brings_a_woman_who_had_left(session: Session, key: PersonalKey, settings: Settings) -> None:
    """She wrote BAJA before anybody listed her; then lists name her, with her number and with another."""
    conversation = inbox.conversation_of(session, key, "whatsapp:+523340010001", NOW)
    preferences.opt_out(session, conversation, NOW)
    load(session, key, settings, "DIF,1,Ana Gil,3340010001,2026-11-01")
    load(session, key, settings, "DIF,1,Ana Gil,3340010002,2026-11-01")
    approve(session)
    assert all(stopped(session))
    assert invitations.plan(session, key, settings, LATER) == 0


def test_the_list_s_no_stands_in_her_history(session: Session, key: PersonalKey, settings: Settings) -> None:
    load(session, key, settings, "DIF,1,Ana Gil,3340010001,2026-03-01")
    load(session, key, settings, "DIF,1,Ana Gil,3340010001,no")
    rows = session.scalars(select(WomanChange)).all()
    ended = [one for row in rows if (one := changes.read(key, row)).what == changes.CONTACT_ENDED]
    assert [one.now.who for one in ended if one.now] == ["import:DIF"]


def test_who_agreed_on_her_phone_is_stopped_by_the_list_too(
    session: Session, key: PersonalKey, settings: Settings
) -> None:
    """The stricter word holds until she says otherwise herself."""
    load(session, key, settings, "DIF,1,Ana Gil,3340010001,")
    conversation = session.scalars(select(Conversation)).one()
    consent.record(session, conversation.id, consent.PRIVACY, given=True, message_sid="SM1")
    load(session, key, settings, "DIF,1,Ana Gil,3340010001,no")
    row = queue(session, key, conversation, OutboxKind.CAMPAIGN)
    assert delivery.begin(session, key, settings, row.id, LATER) is None
    assert row.reason == "opted_out"
