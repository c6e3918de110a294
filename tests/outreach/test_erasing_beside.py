"""P7: an erasure and a step in another conversation of hers at that moment undo nothing of each other."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from at_desk import sit_down
from desk_steps import NOW, Desk
from people import add_woman
from sqlalchemy import text

from models import Conversation, Woman
from outreach.casework import cases, taking
from outreach.messages import conversation_state, identity, inbox
from outreach.people import second_number
from outreach.single_list import erasure, rights

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable

    from sqlalchemy.orm import Session, sessionmaker

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey


BLOCKED = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


def _until(true: Callable[[], bool], looking: Session) -> None:
    for _ in range(100):
        looking.rollback()
        if true():
            return
        time.sleep(0.05)


@pytest.fixture
def desk(session: Session, key: PersonalKey) -> Desk:
    made = Desk(session, key)
    sit_down(session, made.lucia.staff, NOW)
    return made


def _erases(sessions: sessionmaker[Session], key: PersonalKey, settings: Settings, first: uuid.UUID) -> None:
    with sessions.begin() as session:
        conversation = session.get_one(Conversation, first, with_for_update=True)
        state = conversation_state.read(key, conversation)
        rights.erase(session, key, settings, conversation, state, NOW)
        conversation_state.write(key, conversation, state)


def test_a_conversation_that_is_being_taken(
    desk: Desk, sessions: sessionmaker[Session], settings: Settings
) -> None:
    """She erases from one number while a caseworker takes the conversation of the other: that stays held."""
    session, key = desk.session, desk.key
    _, first = add_woman(session, key, 1)
    _, second = add_woman(session, key, 2)
    second.woman_id = first.woman_id
    case = cases.open_case(session, key, second, urgency="danger", about="violence", now=NOW)
    session.commit()
    ids = (first.id, second.id, case.id)
    taking.take(session, desk.lucia, ids[2], NOW)
    session.flush()
    erasing = threading.Thread(target=_erases, args=(sessions, key, settings, ids[0]))
    erasing.start()
    with sessions() as looking:
        _until(lambda: bool(looking.scalar(BLOCKED)), looking)
    session.commit()
    erasing.join(30)
    assert not erasing.is_alive()
    with sessions() as after:
        private = conversation_state.read(key, after.get_one(Conversation, ids[1]))
        assert (private.held, private.case_id, private.preferred_name) == (True, str(ids[2]), None)


@pytest.mark.parametrize("which", ["another number", "the same"])
def test_a_message_that_comes_in(
    which: str,
    session: Session,
    key: PersonalKey,
    sessions: sessionmaker[Session],
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """P1: she writes in the moment in which a number of hers is taken away: neither stops the other."""
    _, first = add_woman(session, key, 1)
    _, second = add_woman(session, key, 2)
    second.woman_id = first.woman_id
    session.commit()
    writes = {"another number": "whatsapp:+523300000002", "the same": "whatsapp:+523300000001"}[which]
    came, forget = list[str](), erasure.forget_addresses

    def comes() -> None:
        with sessions.begin() as webhook:
            given = {"MessageSid": ["SM77"], "From": [writes], "Body": ["hola"]}
            inbox.receive(webhook, key, given, NOW)
        came.append(which)

    coming = threading.Thread(target=comes)

    def beside(personal: PersonalKey, conversation: Conversation) -> None:
        if not coming.ident:
            coming.start()
            with sessions() as looking:
                _until(lambda: bool(came or looking.scalar(BLOCKED)), looking)
        forget(personal, conversation)

    first_id = first.id
    if which == "the same":
        first.woman_id = None  # as an erasure leaves it
        request = rights.open_request(session, settings, first, rights.ERASURE, NOW)
        request.done_at = NOW
        session.commit()
    monkeypatch.setattr(erasure, "forget_addresses", beside)
    if which == "the same":
        assert rights.finish(session, key, NOW + timedelta(days=2)) == 1
        session.commit()
    else:
        _erases(sessions, key, settings, first_id)
    coming.join(30)
    assert came == [which]


def test_a_number_that_was_named_writes_as_another_is_named(
    session: Session, key: PersonalKey, sessions: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    """P1: what was made for the number goes, but not while its first message is being stored."""
    woman, first = add_woman(session, key, 1)
    second_number.propose(session, key, first, woman, "3300000002", NOW)
    session.commit()
    ids, raised, whose = (woman.id, first.id), list[Exception](), identity.whose

    def names_another() -> None:
        try:
            with sessions.begin() as turn:
                conversation = turn.get_one(Conversation, ids[1], with_for_update=True)
                hers = turn.get_one(Woman, ids[0])
                second_number.propose(turn, key, conversation, hers, "3300000003", NOW)
        except Exception as error:  # noqa: BLE001 (it is what the test looks at)
            raised.append(error)

    naming = threading.Thread(target=names_another)

    def slow(*given: Any) -> identity.Whose:
        found = whose(*given)
        if not naming.ident:
            naming.start()
            with sessions() as looking:
                _until(lambda: bool(looking.scalar(BLOCKED)), looking)
        return found

    monkeypatch.setattr(identity, "whose", slow)
    given = {"MessageSid": ["SM77"], "From": ["whatsapp:+523300000002"], "Body": ["hola"]}
    inbox.receive(session, key, given, NOW)
    session.commit()
    naming.join(30)
    assert raised == []
    with sessions() as after:
        assert after.scalar(text("SELECT count(*) FROM conversation")) == 3
