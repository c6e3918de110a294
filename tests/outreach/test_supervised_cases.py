"""Harm by the programme's own people: the case is a supervisor's, and no caseworker is shown it."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

import pytest
from sqlalchemy import select

from models import Conversation, OutboxMessage, OutboxState, Role, Turn
from outreach.casework import answering, cases, taking, undelivered
from outreach.casework.opened import Caseworker, DeskError, NoSuchCaseError, opened
from outreach.messages import conversation_state
from outreach.messages.inbox import Incoming, Kind
from outreach.sealing import vault
from outreach.staff import accounts
from outreach.turns import handlers, turn_context
from outreach.turns.effects import OpenCase

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models import Case
    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

_ = handlers  # importing it registers what each effect does
NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)


class Room(NamedTuple):
    """A caseworker, a supervisor and a conversation."""

    lucia: Caseworker
    sofia: Caseworker
    conversation: Conversation


def _staff(session: Session, key: PersonalKey, recovery: str, name: str, role: Role) -> Caseworker:
    password = accounts.add(session, name, name.title(), role, NOW)
    person = accounts.find(session, name)
    assert person is not None
    vault.grant_with_recovery_key(session, recovery, person.id)
    private = vault.unlock(session, person, password)
    assert private is not None
    return Caseworker(key, private, person)


def _conversation(session: Session, key: PersonalKey) -> Conversation:
    conversation = Conversation(id=uuid.uuid4(), last_inbound_at=NOW, private_cipher=b"")
    conversation.private_cipher = conversation_state.empty(key, conversation.id)
    session.add(conversation)
    session.flush()
    return conversation


@pytest.fixture
def room(session: Session, key: PersonalKey) -> Room:
    recovery = vault.make_team(session, "Atención")
    return Room(
        _staff(session, key, recovery, "lucia", Role.CASEWORKER),
        _staff(session, key, recovery, "sofia", Role.SUPERVISOR),
        _conversation(session, key),
    )


def _open(session: Session, room: Room, about: str = cases.PROGRAMME) -> Case:
    key = room.lucia.key
    return cases.open_case(session, key, room.conversation, urgency="support", about=about, now=NOW)


def test_only_a_supervisor_is_shown_it(session: Session, room: Room) -> None:
    """A caseworker neither finds it in the list, nor opens it, nor takes it."""
    case = _open(session, room)
    key = room.lucia.key
    assert cases.open_cases(session, key, supervisor=False) == []
    assert [line.id for line in cases.open_cases(session, key)] == [case.id]
    assert opened(session, room.lucia, case.id, NOW) is None
    with pytest.raises(DeskError):
        taking.take(session, room.lucia, case.id, NOW)
    taking.take(session, room.sofia, case.id, NOW)
    found = opened(session, room.sofia, case.id, NOW)
    assert found is not None
    assert found.about == cases.PROGRAMME


def test_an_answer_of_it_that_did_not_arrive_is_the_supervisors_too(session: Session, room: Room) -> None:
    """No list of the desk names the case to a caseworker."""
    case = _open(session, room)
    taking.take(session, room.sofia, case.id, NOW)
    answering.reply(session, room.sofia, case.id, NOW, "Te leo")
    row = session.scalars(select(OutboxMessage)).one()
    row.state = OutboxState.UNDELIVERED
    session.flush()
    key, teams = room.lucia.key, {case.team_id}
    assert undelivered.undelivered(session, key, teams, supervisor=False) == []
    with pytest.raises(NoSuchCaseError):
        undelivered.acknowledge(session, room.lucia, case.id, NOW, row.id)
    assert [found.case_id for found in undelivered.undelivered(session, key, teams)] == [case.id]
    assert undelivered.acknowledge(session, room.sofia, case.id, NOW, row.id)


def test_a_complaint_that_becomes_it_goes_to_the_supervisor(session: Session, room: Room) -> None:
    """It began as a plain complaint that nobody has taken yet."""
    case = _open(session, room, "complaint")
    assert opened(session, room.lucia, case.id, NOW) is not None
    _open(session, room)
    assert opened(session, room.lucia, case.id, NOW) is None
    assert opened(session, room.sofia, case.id, NOW) is not None


def test_who_has_her_already_keeps_her(session: Session, room: Room) -> None:
    """A person who is talking with her is not taken away in the middle."""
    case = _open(session, room, "violence")
    taking.take(session, room.lucia, case.id, NOW)
    _open(session, room)
    assert opened(session, room.lucia, case.id, NOW) is not None


def test_where_there_is_no_supervisor_the_team_sees_it(session: Session, key: PersonalKey) -> None:
    """Better a caseworker than nobody."""
    recovery = vault.make_team(session, "Atención")
    lucia = _staff(session, key, recovery, "lucia", Role.CASEWORKER)
    room = Room(lucia, lucia, _conversation(session, key))
    case = _open(session, room)
    assert opened(session, lucia, case.id, NOW) is not None


def test_a_case_of_it_is_as_long_as_any_other(session: Session, room: Room) -> None:
    """P4: the mark is inside the encrypted state."""
    plain = _open(session, room, "violence")
    other = Room(room.lucia, room.sofia, _conversation(session, room.lucia.key))
    marked = _open(session, other)
    assert len(plain.state_cipher) == len(marked.state_cipher)


def _said(
    session: Session,
    key: PersonalKey,
    settings: Settings,
    conversation: Conversation,
    about: str,
    urgency: str,
) -> str:
    """Apply the opening of a case as a turn does; return what she is told."""
    turn = Turn(conversation_id=conversation.id)
    session.add(turn)
    session.flush()
    came = Incoming(uuid.uuid4(), "SM1", Kind.TEXT, "x", None, None, (), None, None, NOW)
    state = conversation_state.read(key, conversation)
    scene = turn_context.TurnContext(session, key, settings, conversation, state, turn, [came], NOW)
    return " ".join(c.body for c in turn_context.apply(scene, OpenCase(urgency=urgency, about=about)))


@pytest.mark.parametrize("about", ["overdose", "child_now"])
def test_no_text_stands_in_the_way_of_the_emergency(
    session: Session, room: Room, settings: Settings, about: str
) -> None:
    """What to do was said by the dialogue; the case opens in silence, as danger."""
    key = room.lucia.key
    assert _said(session, key, settings, room.conversation, about, "danger") == ""
    assert [line.danger for line in cases.open_cases(session, key)] == [True]


def test_she_is_told_where_harm_by_the_programme_goes(
    session: Session, room: Room, settings: Settings
) -> None:
    """P8: to supervision, not to who gives the workshop, and that nobody reads yet."""
    said = _said(session, room.lucia.key, settings, room.conversation, cases.PROGRAMME, "support")
    assert "supervisión" in said
    assert "nadie te está leyendo" in said
