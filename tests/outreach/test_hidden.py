"""Cover mode at the desk: its end for a reason, what was held back, her number; and her own closing."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import pytest
from at_desk import lines_of
from desk_support import close_case
from sqlalchemy import select

from models import AuditEvent, Case, Conversation, OutboxMessage, Role
from outreach.casework import answering, cases, closing, hidden, person, taking
from outreach.casework.opened import Caseworker, DeskError, NotYoursError
from outreach.messages import conversation_state, cover_state, inbox, outbox
from outreach.sealing import vault
from outreach.staff import accounts
from outreach.staff.audit import Action
from outreach.texts import desk as words
from outreach.turns import cover

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outreach.ground.settings import Settings
    from outreach.messages.conversation_state import PrivateState
    from outreach.sealing.crypto import PersonalKey

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
REASON = "Hablé con ella por teléfono, está sola"


class Room(NamedTuple):
    """A caseworker, a conversation that she holds, and its case."""

    lucia: Caseworker
    conversation: Conversation
    case: Case


@pytest.fixture
def room(session: Session, key: PersonalKey) -> Room:
    text = vault.make_team(session, "Atención")
    password = accounts.add(session, "lucia", "Lucia", Role.CASEWORKER, NOW)
    staff = accounts.find(session, "lucia")
    assert staff is not None
    vault.grant_with_recovery_key(session, text, staff.id)
    private = vault.unlock(session, staff, password)
    assert private is not None
    conversation = inbox.conversation_of(session, key, "whatsapp:+523300001234", NOW)
    conversation.last_inbound_at = NOW
    session.flush()
    case = cases.open_case(session, key, conversation, urgency="support", about="violence", now=NOW)
    lucia = Caseworker(key, private, staff)
    taking.take(session, lucia, case.id, NOW)
    return Room(lucia, conversation, case)


def _private(room: Room) -> PrivateState:
    return conversation_state.read(room.lucia.key, room.conversation)


def _hide(room: Room, word: str | None = None) -> None:
    state = _private(room)
    if word is not None:
        assert cover.set_word(state, word)
    cover.enter(state, NOW)
    conversation_state.write(room.lucia.key, room.conversation, state)


def _texts(session: Session, room: Room) -> list[str]:
    rows = session.scalars(select(OutboxMessage).order_by(OutboxMessage.seq))
    return [outbox.read_content(room.lucia.key, row).body for row in rows]


def _events(session: Session, room: Room) -> list[str]:
    return [e.text for e in lines_of(session, room.lucia, room.case) if e.author == "event"]


def test_ended_with_a_reason_what_was_held_back_leaves(session: Session, room: Room) -> None:
    """P7, P9: the reason stands in the thread, the step is recorded, and her caseworker's words reach her."""
    _hide(room, "canela fina")
    for text in ("¿Sigues ahí?", "Te espero mañana a las 10"):
        answering.reply(session, room.lucia, room.case.id, NOW, text)
    assert _texts(session, room) == []
    assert hidden.end_cover(session, room.lucia, room.case.id, NOW, REASON) == 2
    assert not _private(room).cover
    assert _texts(session, room) == ["¿Sigues ahí?", "Te espero mañana a las 10"]
    assert words.cover_ended("Lucia", REASON) in _events(session, room)
    assert Action.DESK_COVER_ENDED in session.scalars(select(AuditEvent.action)).all()
    assert hidden.send_held_back(session, room.lucia, room.case.id, NOW) == 0


@pytest.mark.parametrize("reason", ["", "   ", "ok"])
def test_without_a_reason_it_stays(session: Session, room: Room, reason: str) -> None:
    _hide(room)
    with pytest.raises(hidden.NoReasonError):
        hidden.end_cover(session, room.lucia, room.case.id, NOW, reason)
    assert _private(room).cover


def test_only_who_holds_her_ends_it_or_sees_her_number(session: Session, room: Room) -> None:
    """P10: a step that is not hers is refused and changes nothing."""
    _hide(room)
    taking.hand_back(session, room.lucia, room.case.id, NOW)
    with pytest.raises(NotYoursError):
        hidden.end_cover(session, room.lucia, room.case.id, NOW, REASON)
    with pytest.raises(NotYoursError):
        person.see_person(session, room.lucia, room.case.id, NOW)
    assert _private(room).cover


def test_what_was_held_back_leaves_once_she_is_back_by_her_word(session: Session, room: Room) -> None:
    """P9: not while cover is on; after her word by one step of the caseworker, each text once."""
    _hide(room)
    answering.reply(session, room.lucia, room.case.id, NOW, "¿Sigues ahí?")
    with pytest.raises(DeskError, match="modo oculto"):
        hidden.send_held_back(session, room.lucia, room.case.id, NOW)
    state = _private(room)
    cover_state.leave(state)
    conversation_state.write(room.lucia.key, room.conversation, state)
    assert len(hidden.held_back(lines_of(session, room.lucia, room.case))) == 1
    assert hidden.send_held_back(session, room.lucia, room.case.id, NOW) == 1
    assert _texts(session, room) == ["¿Sigues ahí?"]
    assert hidden.held_back(lines_of(session, room.lucia, room.case)) == []


def test_the_window_keeps_them_back_and_they_are_not_lost(session: Session, room: Room) -> None:
    """P3: a day later WhatsApp lets nothing through; they stay on the desk."""
    _hide(room)
    answering.reply(session, room.lucia, room.case.id, NOW, "¿Sigues ahí?")
    later = NOW + timedelta(hours=25)
    assert hidden.end_cover(session, room.lucia, room.case.id, later, REASON) == 0
    assert _texts(session, room) == []
    assert len(hidden.held_back(lines_of(session, room.lucia, room.case))) == 1


def test_the_desk_says_whether_she_has_a_word_and_when_cover_ends(
    session: Session, room: Room, settings: Settings
) -> None:
    """P8: with an open case a person looks; once it is closed a silence ends it."""
    assert hidden.cover_of(_private(room), settings) is None
    _hide(room, "canela fina")
    said = hidden.cover_of(_private(room), settings)
    hours = settings.cover_hours * cover_state.OWN_WORD_TIMES
    assert said == hidden.Cover(NOW, own_word=True, ends_at=None, hours_alone=hours)
    close_case(session, room.lucia, room.case, NOW)
    said = hidden.cover_of(_private(room), settings)
    assert said is not None
    assert said.ends_at == NOW + timedelta(hours=hours)


def test_a_case_that_she_closes_is_closed_for_her_at_once_and_seen_by_the_team(
    session: Session, room: Room
) -> None:
    """P9: nothing more is sealed to it or written by it; it leaves the list when a caseworker saw that."""
    key = room.lucia.key
    taking.hand_back(session, room.lucia, room.case.id, NOW)
    assert closing.close_by_her(session, key, room.conversation, NOW)
    assert _private(room).case_id is None
    (line,) = cases.open_cases(session, key)
    assert (line.closed_by_her, line.waiting_since) == (True, None)
    assert words.CLOSED_BY_HER in _events(session, room)
    with pytest.raises(DeskError, match="pidió cerrar"):
        taking.take(session, room.lucia, room.case.id, NOW)
    again = cases.open_case(session, key, room.conversation, urgency="danger", about="danger", now=NOW)
    closing.archive(session, room.lucia, room.case.id, NOW)
    assert [one.id for one in cases.open_cases(session, key)] == [again.id]
    assert _private(room).case_id == str(again.id)


def test_nothing_is_closed_where_there_is_no_case_and_nothing_archived_that_she_did_not_close(
    session: Session, room: Room
) -> None:
    other = inbox.conversation_of(session, room.lucia.key, "whatsapp:+523300009999", NOW)
    assert not closing.close_by_her(session, room.lucia.key, other, NOW)
    with pytest.raises(DeskError, match="no lo cerró"):
        closing.archive(session, room.lucia, room.case.id, NOW)


def test_a_conversation_keeps_its_length_whatever_cover_holds(session: Session, room: Room) -> None:
    """P4: the private state has one length, with cover, a word and a case or without."""
    before = len(room.conversation.private_cipher)
    _hide(room, "canela fina")
    assert len(room.conversation.private_cipher) == before
    assert uuid.UUID(str(_private(room).case_id)) == room.case.id
