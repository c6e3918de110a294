"""P7: an erasure and a step in another conversation of hers at that moment undo nothing of each other."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest
from at_desk import sit_down
from desk_steps import NOW, Desk
from people import add_woman
from sqlalchemy import text

from models import Conversation
from outreach.casework import cases, taking
from outreach.messages import conversation_state
from outreach.single_list import rights

if TYPE_CHECKING:
    import uuid

    from sqlalchemy.orm import Session, sessionmaker

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey


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
        waits = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                     " AND wait_event_type = 'Lock'")  # fmt: skip
        for _ in range(200):
            looking.rollback()
            if looking.scalar(waits):
                break
            time.sleep(0.05)
    session.commit()
    erasing.join(30)
    assert not erasing.is_alive()
    with sessions() as after:
        private = conversation_state.read(key, after.get_one(Conversation, ids[1]))
        assert (private.held, private.case_id, private.preferred_name) == (True, str(ids[2]), None)
