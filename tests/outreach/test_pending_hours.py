"""A text that waits for an hour: sent then, once, or not at all."""

from __future__ import annotations

import threading
import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from pending_support import HOUR, NOW, TEXT, Room, make_room
from sqlalchemy import text

from models import Conversation
from outreach.casework import (
    pending,
    taking,
)
from outreach.texts import desk_writing as words

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session, sessionmaker

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey


@pytest.fixture
def room(session: Session, key: PersonalKey, settings: Settings) -> Room:
    return make_room(session, key, settings)


def _clock(room: Room, now: datetime = HOUR) -> bool:
    due = pending.due(room.session, room.lucia.key, now)
    left = [pending.send_due(room.session, room.lucia.key, case_id, now) for case_id in due]
    return any(left)


def test_it_leaves_at_its_hour(room: Room) -> None:
    """Not before, and once; a job of the outbox delivers it, as any answer of hers."""
    room.store(at=HOUR)
    room.answers()
    assert not _clock(room, HOUR - timedelta(seconds=1))
    assert _clock(room)
    assert not _clock(room, HOUR + timedelta(seconds=5))
    assert (room.sent(), room.held(), room.state().pending) == ([TEXT], [], None)
    assert room.session.scalar(text("SELECT count(*) FROM procrastinate_jobs WHERE lock LIKE 'send:%'"))


def test_two_clocks_send_it_once(room: Room, sessions: sessionmaker[Session]) -> None:
    """P3: both find it due; one waits for the other, and finds it gone."""
    room.store(at=HOUR)
    room.session.commit()
    found: list[bool] = []

    def clock() -> None:
        with sessions.begin() as other:
            assert pending.due(other, room.lucia.key, HOUR)
            gate.wait()
            found.append(pending.send_due(other, room.lucia.key, room.case.id, HOUR))

    gate = threading.Barrier(2)
    clocks = [threading.Thread(target=clock) for _ in range(2)]
    for one in clocks:
        one.start()
    for one in clocks:
        one.join(20)
    assert sorted(found) == [False, True]
    assert room.sent() == [TEXT]


def test_a_conversation_in_use_waits_for_the_next_tick(room: Room, sessions: sessionmaker[Session]) -> None:
    room.store(at=HOUR)
    room.session.commit()
    with sessions.begin() as turn:
        turn.get_one(Conversation, room.conversation.id, with_for_update=True)
        assert not _clock(room)
        room.session.commit()
    assert _clock(room)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda room: room.private(cover=True), "cover"),
        (lambda room: room.private(case_id=str(uuid.uuid4())), "closed"),
        (lambda room: setattr(room.conversation, "opted_out_at", NOW + timedelta(hours=1)), "stop"),
    ],
)
def test_what_stops_it_at_its_hour(room: Room, change: Callable[[Room], object], why: pending.Why) -> None:
    """P6, P9: hidden, closed, or no more messages wanted since: it does not leave, and a person is told."""
    room.store(at=HOUR)
    change(room)
    room.session.flush()
    assert not _clock(room)
    assert (room.sent(), room.state().pending, room.last()) == ([], None, words.STOPPED[why])
    assert room.held()[0].kind == "stopped"


def test_who_wanted_no_messages_before_gets_what_she_agreed(room: Room) -> None:
    """P6: she left the reminders, then agreed on an hour with a person: that costs her nothing."""
    room.conversation.opted_out_at = NOW - timedelta(days=3)
    room.store(at=HOUR)
    assert _clock(room)


def test_nobody_holds_it_at_its_hour(room: Room) -> None:
    """P8: it waits until somebody has the conversation, a quarter of an hour at most, and then says so."""
    room.store(at=HOUR)
    taking.hand_back(room.session, room.lucia, room.case.id, NOW)
    assert not _clock(room)
    assert room.state().pending is not None
    taking.take(room.session, room.marta, room.case.id, HOUR)
    assert _clock(room, HOUR + timedelta(minutes=5))


def test_too_late_is_not_sent(room: Room) -> None:
    """P3: missed by more than a quarter of an hour it is shown, never sent; the case waits for a person."""
    room.store(at=HOUR)
    assert not _clock(room, HOUR + pending.LATEST + timedelta(seconds=1))
    assert (room.sent(), room.last()) == ([], words.STOPPED["late"])
    assert room.state().waiting_since is not None


def test_too_late_with_nobody_there(room: Room) -> None:
    room.store(at=HOUR)
    taking.hand_back(room.session, room.lucia, room.case.id, NOW)
    assert not _clock(room, HOUR + pending.LATEST)
    assert room.last() == words.STOPPED["nobody"]


def test_the_window_is_shut_at_its_hour(room: Room) -> None:
    """It can't leave then: it waits for her answer, which is said."""
    hour = NOW + timedelta(hours=25)
    room.store(at=hour)
    assert not _clock(room, hour)
    assert room.last() == words.WAITS_FOR_HER
    assert [one.kind for one in room.held()] == ["answer"]
    room.answers(now=hour)
    assert room.sent() == [TEXT]


def test_her_data_are_gone_at_its_hour(room: Room) -> None:
    room.store(at=HOUR)
    room.session.delete(room.conversation)
    room.session.flush()
    assert not _clock(room)
    assert (room.state().pending, room.last()) == (None, words.STOPPED["gone"])
