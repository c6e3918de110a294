"""A number that wrote lately costs one statement, and what is stored is what any other number's would be."""

from __future__ import annotations

import threading
import time
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event, func, select, text

from models import ChannelAddress, Conversation, InboundMessage, utcnow
from outreach.ground import counters
from outreach.messages import conversation_state, flood, inbox, storing
from outreach.messages.gate_facts import read_address
from outreach.sealing.crypto import LookupHash

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session, sessionmaker

    from outreach.sealing.crypto import PersonalKey

SECONDS = 10.0
PHONE, OLD_FORM = "whatsapp:+523312345678", "whatsapp:+5213312345678"


class Door:
    """Stores messages as the webhook does, and notes the statements of each."""

    def __init__(self, engine: Engine, sessions: sessionmaker[Session], key: PersonalKey) -> None:
        self.sessions, self.key, self.known = sessions, key, storing.Known()
        self._one_by_one = engine.execution_options(isolation_level="AUTOCOMMIT")
        self.statements: list[str] = []
        event.listen(engine, "before_cursor_execute", lambda *given: self.statements.append(given[2]))

    def takes(self, body: str, *, sender: str = PHONE, sid: str | None = None, **more: str) -> bool:
        """Take one message; say whether the one statement stored it."""
        given = {"MessageSid": [sid or f"SM{uuid.uuid4().hex}"], "From": [sender], "Body": [body]}
        given |= {name: [value] for name, value in more.items()}
        self.statements.clear()
        arrival = inbox.read_in(self.key, given, utcnow())
        if inbox.store_known(self._one_by_one, self.key, arrival, self.known):
            return True
        with self.sessions.begin() as session:
            inbox.store(session, self.key, arrival, self.known)
        return False

    def is_known(self) -> None:
        """Let the number have written before."""
        for body in ("uno", "dos"):
            self.takes(body)


@pytest.fixture
def door(engine: Engine, sessions: sessionmaker[Session], key: PersonalKey) -> Door:
    return Door(engine, sessions, key)


def _jobs(session: Session) -> list[Any]:
    found = text(
        "SELECT queue_name, task_name, priority, lock, queueing_lock, args, scheduled_at"
        " FROM procrastinate_jobs"
    )
    return list(session.execute(found))


def test_it_is_one_statement_from_the_third_message_on(door: Door, session: Session) -> None:
    """P1: the message, its turn, when she wrote and from where: what several statements would have left."""
    assert [door.takes("uno"), door.takes("dos"), door.takes("tres")] == [False, False, True]
    assert len(door.statements) == 1
    rows = session.scalars(select(InboundMessage).order_by(InboundMessage.seq)).all()
    assert [inbox.read(door.key, row).text for row in rows] == ["uno", "dos", "tres"]
    assert len({row.conversation_id for row in rows}) == 1
    conversation = session.scalars(select(Conversation)).one()
    assert conversation.last_inbound_at == rows[-1].received_at
    address = session.scalars(select(ChannelAddress)).one()
    assert address.last_seen_at == rows[-1].received_at
    assert len(_jobs(session)) == 1


def test_its_turn_is_that_of_any_other(door: Door, session: Session) -> None:
    door.is_known()
    (before,) = _jobs(session)
    session.execute(text("DELETE FROM procrastinate_jobs"))
    session.commit()
    assert door.takes("tres")
    assert _jobs(session) == [before]


def test_the_form_that_wrote_last_is_kept_and_a_block_ends(door: Door, session: Session) -> None:
    door.is_known()
    session.scalars(select(ChannelAddress)).one().blocked_at = utcnow()
    session.commit()
    assert door.takes("tres", sender=OLD_FORM)
    session.expire_all()
    address = session.scalars(select(ChannelAddress)).one()
    assert (read_address(door.key, address), address.blocked_at) == (OLD_FORM, None)


def test_the_same_sid_is_stored_once_and_counted(door: Door, session: Session) -> None:
    """P2."""
    door.is_known()
    assert door.takes("tres", sid="SM3")
    assert not door.takes("tres", sid="SM3")
    assert session.scalar(select(func.count()).select_from(InboundMessage)) == 3
    assert counters.read(session, counters.DUPLICATE_INBOUND) == 1


def test_a_number_that_moved_writes_to_its_new_conversation(door: Door, session: Session) -> None:
    """The row says whose it is, not what is remembered."""
    door.is_known()
    other = inbox.conversation_of(session, door.key, "whatsapp:+523300000001", utcnow())
    address = session.scalars(select(ChannelAddress).where(ChannelAddress.conversation_id != other.id)).one()
    address.conversation_id = other.id
    session.commit()
    assert door.takes("tres")
    last = session.scalars(select(InboundMessage).order_by(InboundMessage.seq.desc())).first()
    assert last is not None
    assert last.conversation_id == other.id


def test_a_number_whose_row_is_another_by_now_is_looked_up(door: Door, session: Session) -> None:
    """Erased and here again: its address is sealed to the new row's id."""
    door.is_known()
    old = session.scalars(select(ChannelAddress)).one()
    session.delete(old)
    session.commit()
    assert not door.takes("tres")
    new = session.scalars(select(ChannelAddress)).one()
    assert new.id != old.id
    assert read_address(door.key, new) == PHONE
    assert [door.takes("cuatro"), door.takes("cinco")] == [False, True]


@pytest.mark.parametrize("is_new", [True, False])
def test_a_number_that_moves_while_it_waits_takes_the_other_way(
    door: Door, session: Session, *, is_new: bool
) -> None:
    """P1: its row is locked by who moves it, to a conversation that the statement may not see yet."""
    door.is_known()
    to = inbox.conversation_of(session, door.key, "whatsapp:+523300000001", utcnow()).id
    session.execute(text("UPDATE channel_address SET blocked_at = now()"))
    session.execute(text("DELETE FROM procrastinate_jobs"))
    session.commit()
    done: list[bool] = []
    with door.sessions.begin() as mover:
        address = mover.scalars(
            select(ChannelAddress).where(ChannelAddress.conversation_id != to).with_for_update()
        ).one()
        if is_new:
            to = uuid.uuid4()
            empty = conversation_state.empty(door.key, to)
            mover.add(Conversation(id=to, private_cipher=empty))
            mover.flush()
        address.conversation_id = to
        mover.flush()
        writer = threading.Thread(target=lambda: done.append(door.takes("tres")))
        writer.start()
        _until_one_waits(session)
    writer.join(SECONDS)
    assert done == [False]
    session.expire_all()
    last = session.scalars(select(InboundMessage).order_by(InboundMessage.seq.desc())).first()
    assert last is not None
    assert last.conversation_id == to
    assert [job.queueing_lock for job in _jobs(session)] == [f"take:{to}"]
    assert session.get_one(Conversation, to).last_inbound_at == last.received_at
    noted = session.get_one(ChannelAddress, address.id)
    assert (noted.last_seen_at, noted.blocked_at) == (last.received_at, None)
    assert counters.read(session, counters.DUPLICATE_INBOUND) == 0


def _until_one_waits(session: Session) -> None:
    waits = text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        " AND datname = current_database()"
    )
    deadline = time.monotonic() + SECONDS
    while not session.scalar(waits) and time.monotonic() < deadline:
        session.rollback()
        time.sleep(0.02)
    assert session.scalar(waits)
    session.rollback()


def test_a_flood_takes_the_other_way(door: Door, session: Session) -> None:
    door.is_known()
    for n in range(flood.MOST - 2):
        assert door.takes(f"{n}")
    assert not door.takes("una más")
    wakes = [job for job in _jobs(session) if job.queueing_lock.startswith(f"{flood.WAKE}:")]
    assert len(wakes) == 1
    for row in session.scalars(select(InboundMessage)):
        row.received_at -= flood.WITHIN + timedelta(seconds=1)
    session.commit()
    assert door.takes("más tarde")


@pytest.mark.parametrize(
    "more",
    [
        {"ExternalUserId": "MX.abc"},
        {"NumMedia": "1", "MediaUrl0": "https://example.org/x", "MediaContentType0": "image/jpeg"},
    ],
)
def test_what_takes_more_takes_the_other_way(door: Door, session: Session, more: dict[str, str]) -> None:
    door.is_known()
    assert not door.takes("tres", **more)
    assert session.scalar(select(func.count()).select_from(InboundMessage)) == 3


def test_while_the_key_changes_nothing_is_guessed() -> None:
    """An address has two hashes then."""
    known, lookup = storing.Known(), LookupHash(b"x" * 32)
    known.learn(lookup, uuid.uuid4())
    assert known.of(lookup) is not None
    lookup.other = b"y" * 32
    assert known.of(lookup) is None


def test_no_more_are_remembered_than_fit() -> None:
    known, ids = storing.Known(most=2), [uuid.uuid4() for _ in range(3)]
    for n, address_id in enumerate(ids):
        known.learn(bytes([n]), address_id)
    assert [known.of(bytes([n])) for n in range(3)] == [None, *ids[1:]]
    known.learn(bytes([1]), ids[1])
    known.learn(bytes([3]), ids[0])
    assert known.of(bytes([2])) is None


def test_what_fails_changes_nothing(door: Door, session: Session) -> None:
    """P1: no message without its turn."""
    door.is_known()
    session.execute(text("DELETE FROM procrastinate_jobs"))
    session.execute(text("ALTER TABLE procrastinate_jobs ADD CONSTRAINT never CHECK (priority > 99)"))
    session.commit()
    with pytest.raises(Exception, match="never"):
        door.takes("tres")
    assert session.scalar(select(func.count()).select_from(InboundMessage)) == 2
