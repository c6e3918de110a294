"""What was given up, handed to a person: she is on the desk, and who handed it over learns nothing (P4)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select
from staffroom import CANARY, enter, open_case

from console import words
from models import (
    AuditEvent,
    Case,
    Conversation,
    DeadLetter,
    InboundMessage,
    OutboxKind,
    Role,
    SealedEntry,
    Turn,
    utcnow,
)
from outreach.ground import dead_letters, jobs
from outreach.messages import inbox, outbox
from outreach.messages.outbox import Content
from outreach.turns import give_up

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy.orm import Session as Database
    from staffroom import Browser, Programme

    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)
ADDRESS = "whatsapp:+523312345678"


def buried(session: Database, key: PersonalKey, address: str = ADDRESS) -> DeadLetter:
    """Bury a turn in which she wrote something; return the letter."""
    given = {"MessageSid": [uuid.uuid4().hex], "From": [address], "Body": [CANARY]}
    row = session.get_one(InboundMessage, inbox.receive(session, key, given, utcnow()))
    turn = Turn(conversation_id=row.conversation_id)
    session.add(turn)
    session.flush()
    row.turn_id = turn.id
    session.flush()
    give_up.bury(session, key, row.conversation_id, turn.id, "KeyError")
    session.commit()
    return session.scalars(select(DeadLetter).where(DeadLetter.subject_id == turn.id)).one()


def hand(browser: Browser, letter: DeadLetter) -> str:
    """Click; return the page that follows."""
    browser.post(f"/pendientes/{letter.id}/pasar", page="/pendientes")
    return browser.get("/pendientes").get_data(as_text=True)


def cases_of(session: Database) -> int:
    """Count the open cases."""
    session.rollback()
    return session.scalar(select(func.count()).select_from(Case).where(Case.is_open)) or 0


def test_her_message_reaches_the_desk(session: Database, key: PersonalKey, team: str, ana: Browser) -> None:
    """With what she wrote, sealed; the letter is closed, and the record of staff says who did it."""
    letter = buried(session, key)
    page = hand(ana, letter)
    assert words.LETTER_HANDED in page
    assert cases_of(session) == 1
    assert session.get_one(DeadLetter, letter.id, populate_existing=True).closed_at is not None
    assert "dead_letter.handed" in session.scalars(select(AuditEvent.action)).all()
    row = session.scalars(select(InboundMessage)).one()
    assert inbox.is_blank(key, row)
    assert (session.scalar(select(func.count()).select_from(SealedEntry)) or 0) >= 1


def test_twice_is_once(session: Database, key: PersonalKey, team: str, ana: Browser) -> None:
    """A second click, or a colleague's, opens nothing."""
    letter = buried(session, key)
    hand(ana, letter)
    assert words.LETTER_WAS_CLOSED in hand(ana, letter)
    assert cases_of(session) == 1


def test_the_same_page_with_and_without_a_case(
    session: Database, key: PersonalKey, team: str, programme: Programme, ana: Browser
) -> None:
    """Neither before nor after does anything tell who it is, what she wrote, or that she had a case (P4)."""
    without = buried(session, key)
    shown = [ana.get("/pendientes").get_data(as_text=True)]
    shown.append(hand(ana, without))
    assert cases_of(session) == 1
    case = session.scalars(select(Case)).one()
    of_hers = buried(session, key)
    shown.append(hand(ana, of_hers))
    assert cases_of(session) == 1
    assert shown[1].split("<main")[1] == shown[2].split("<main")[1]
    open_case(session, key, programme.conversation)
    for page in shown:
        assert CANARY not in page
        assert ADDRESS[-10:] not in page
        assert str(case.id) not in page
        assert str(without.subject_id) not in page


@pytest.mark.parametrize("kind", [OutboxKind.REPLY, OutboxKind.CAMPAIGN])
def test_a_reply_that_never_left(
    session: Database, key: PersonalKey, team: str, programme: Programme, ana: Browser, kind: OutboxKind
) -> None:
    """Somebody may wait for a reply; nobody waits for a campaign."""
    row = outbox.enqueue(session, key, programme.conversation.id, kind, Content("Hola"), job=False)
    letter = dead_letters.bury(session, dead_letters.DELIVERY, row.id, "KeyError")
    session.commit()
    page = hand(ana, letter)
    expected = words.LETTER_HANDED if kind is OutboxKind.REPLY else words.LETTER_NOT_HANDED
    assert expected in page
    assert cases_of(session) == (kind is OutboxKind.REPLY)
    closed = session.get_one(DeadLetter, letter.id, populate_existing=True).closed_at is not None
    assert closed is (kind is OutboxKind.REPLY)


def test_what_is_of_nobody_has_no_such_button(session: Database, ana: Browser) -> None:
    """A task of the clock, a batch, a job over no row: nobody is meant, whatever is sent by hand."""
    letters = [
        dead_letters.bury(session, dead_letters.TICK, None, "redact: KeyError"),
        dead_letters.bury(session, dead_letters.JOB, None, jobs.DELIVER_BATCH),
        dead_letters.bury(session, dead_letters.JOB, uuid.uuid4(), jobs.IMPORT),
    ]
    session.commit()
    assert "Pasar a una persona" not in ana.get("/pendientes").get_data(as_text=True)
    for letter in letters:
        hand(ana, letter)
    assert cases_of(session) == 0


def test_of_a_woman_who_is_gone(session: Database, key: PersonalKey, team: str, ana: Browser) -> None:
    """Erased meanwhile, or a row that never was: said, and left open."""
    letter = dead_letters.bury(session, dead_letters.TURN, uuid.uuid4(), "KeyError")
    session.commit()
    assert words.LETTER_NOT_HANDED in hand(ana, letter)
    assert session.get_one(DeadLetter, letter.id, populate_existing=True).closed_at is None


def test_where_what_she_wrote_can_not_be_kept(
    session: Database, key: PersonalKey, team: str, ana: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What made the turn fail may raise here too: the case is opened all the same."""

    def fails(*_arguments: object) -> None:
        raise KeyError

    letter = buried(session, key)
    monkeypatch.setattr("outreach.turns.keep.seal_incoming", fails)
    assert words.LETTER_HANDED in hand(ana, letter)
    assert cases_of(session) == 1
    row = session.scalars(select(InboundMessage)).one()
    assert not inbox.is_blank(key, row)


def test_a_state_that_does_not_open(session: Database, key: PersonalKey, team: str, ana: Browser) -> None:
    """No page of errors: it is said, and stays."""
    letter = buried(session, key)
    row = session.scalars(select(InboundMessage)).one()
    conversation = session.get_one(Conversation, row.conversation_id)
    conversation.private_cipher = bytes(300)
    session.commit()
    assert words.LETTER_NOT_HANDED in hand(ana, letter)
    assert cases_of(session) == 0


def test_only_who_oversees(
    app: Flask, session: Database, key: PersonalKey, rosa: Browser, lucia: Browser
) -> None:
    """A coordinator and a caseworker have neither the page nor the click."""
    letter = buried(session, key)
    for browser in (rosa, lucia):
        assert browser.post(f"/pendientes/{letter.id}/pasar", page="/").status_code == 404
    assert cases_of(session) == 0
    paula = enter(app, session, Role.SUPERVISOR, "paula")
    assert words.LETTER_HANDED in hand(paula, letter)


def test_on_the_page_of_the_service(session: Database, key: PersonalKey, ana: Browser) -> None:
    """The administrator sees them there too, the oldest five, with the same clicks."""
    for number in range(7):
        dead_letters.bury(session, dead_letters.TURN, uuid.uuid4(), f"Error{number}")
    session.commit()
    page = ana.get("/servicio").get_data(as_text=True)
    assert page.count("Pasar a una persona") == 5
    assert "Ver todo lo pendiente" in page
