"""The chains over what staff did: each event has its place, and whatever was done to one shows."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from models import AuditEvent, Role, Staff, Stream
from outreach.ground.database import make_sessions, sqlalchemy_url
from outreach.staff import accounts, audit, chain
from outreach.staff.audit import Action

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session, sessionmaker

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
WRITERS = 50
DESK = (Action.DESK_TAKEN, Action.DESK_OPENED, Action.DESK_ANSWERED, Action.DESK_NOTED, Action.DESK_CLOSED)
OFFICE = (Action.LOGGED_IN, Action.KEY_GRANTED, Action.LOGGED_OUT)


@pytest.fixture
def staff(session: Session) -> Staff:
    accounts.add(session, "lucia", "Lucía", Role.CASEWORKER, NOW)
    session.commit()
    found = accounts.find(session, "lucia")
    assert found is not None
    return found


@pytest.fixture
def told(session: Session, staff: Staff) -> Staff:
    """Somebody who did five things at the desk and some elsewhere, each committed."""
    for minute, action in enumerate((*DESK, *OFFICE)):
        audit.record(session, staff.id, action, NOW + timedelta(minutes=minute))
        session.commit()
    return staff


def _broken(session: Session) -> dict[Stream, int]:
    session.rollback()
    return {one.stream: one.broken_at for one in chain.verify(session) if one.broken_at is not None}


def _as_superuser(engine: Engine, *statements: str) -> None:
    """Change rows as one who owns the database can: without the triggers."""
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in statements:
            connection.execute(text(statement))


def test_each_event_has_its_place(session: Session, told: Staff) -> None:
    """The two streams are counted apart, each from 1, and both are whole."""
    found = dict(
        session.execute(
            select(AuditEvent.stream, func.array_agg(AuditEvent.position)).group_by(AuditEvent.stream)
        ).all()
    )
    assert set(found[Stream.DESK]) == {1, 2, 3, 4, 5}
    assert set(found[Stream.OFFICE]) == {1, 2, 3, 4}  # she was added, too
    assert _broken(session) == {}
    assert set(chain.heads(session)) == {Stream.DESK, Stream.OFFICE}


def test_no_event_of_the_desk_has_a_time_of_day(session: Session, staff: Staff) -> None:
    """P4: the desk's events keep the day in UTC, also of a clock that is set to another zone."""
    local = NOW.astimezone(tz=None).replace(hour=23, minute=59)
    for action in Action:
        audit.record(session, staff.id, action, local)
    session.commit()
    desk = session.scalars(select(AuditEvent.at).where(AuditEvent.stream == Stream.DESK)).all()
    assert {at.astimezone(UTC).time().isoformat() for at in desk} == {"00:00:00"}
    assert len(desk) == sum(action.value.startswith("desk.") for action in Action)


def test_several_events_of_one_transaction(session: Session, staff: Staff) -> None:
    """They are chained in the order in which they were recorded; what is rolled back leaves no gap."""
    for action in DESK:
        audit.record(session, staff.id, action, NOW)
    session.commit()
    audit.record(session, staff.id, Action.DESK_TASK, NOW)
    session.flush()
    session.rollback()
    audit.record(session, None, Action.DESK_PRINTED, NOW)
    session.commit()
    query = select(AuditEvent.action).where(AuditEvent.stream == Stream.DESK).order_by(AuditEvent.position)
    assert session.scalars(query).all() == [*DESK, Action.DESK_PRINTED]
    assert _broken(session) == {}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET action = 'desk.noted' WHERE position = 2",
        "UPDATE audit_event SET at = at + interval '1 day' WHERE position = 2",
        "UPDATE audit_event SET chain = NULL WHERE position = 2",
        "DELETE FROM audit_event WHERE position = 2",
        "DELETE FROM audit_event_desk",
        "TRUNCATE audit_event",
        "TRUNCATE audit_event_office",
        "DELETE FROM staff",
        (
            "INSERT INTO audit_event (id, stream, position, action, at, chain) "
            "VALUES (gen_random_uuid(), 'desk', 6, 'desk.taken', now(), sha256('x'))"
        ),
    ],
)
def test_the_database_refuses_every_change(engine: Engine, told: Staff, statement: str) -> None:
    """What was recorded is neither changed nor deleted, and nobody gives an event its place."""
    assert told
    with pytest.raises((DBAPIError, IntegrityError)), engine.begin() as connection:
        connection.execute(text(statement))


TAMPERED = {
    "another action": ("UPDATE audit_event_desk SET action = 'desk.noted' WHERE position = 3", 3),
    "another day": ("UPDATE audit_event_desk SET at = at - interval '1 day' WHERE position = 1", 1),
    "nobody did it": ("UPDATE audit_event_desk SET staff_id = NULL WHERE position = 5", 5),
    "taken away": ("DELETE FROM audit_event_desk WHERE position = 2", 2),
    "taken away, the rest moved up": (
        ("DELETE FROM audit_event_desk WHERE position = 2; "
        "UPDATE audit_event_desk SET position = position - 1 WHERE position > 2"), 2,
    ),
    "two that changed places": (
        ("UPDATE audit_event_desk SET position = 99 WHERE position = 2; "
        "UPDATE audit_event_desk SET position = 2 WHERE position = 4; "
        "UPDATE audit_event_desk SET position = 4 WHERE position = 99"), 2,
    ),
    "one put between": (
        ("UPDATE audit_event_desk SET position = position + 1 WHERE position > 3; "
        "INSERT INTO audit_event_desk (id, stream, position, action, at, chain) "
        "SELECT gen_random_uuid(), 'desk', 4, action, at, chain FROM audit_event_desk WHERE position = 3"), 4,
    ),
    "one without a place": (
        ("INSERT INTO audit_event_desk (id, stream, action, at) "
        "VALUES (gen_random_uuid(), 'desk', 'desk.taken', now())"), 6,
    ),
    "chained anew by hand": ("UPDATE audit_event_desk SET chain = sha256(chain) WHERE position = 4", 4),
}  # fmt: skip


@pytest.mark.parametrize("name", TAMPERED)
def test_tampering_is_found_at_its_row(engine: Engine, session: Session, told: Staff, name: str) -> None:
    """Whatever one who owns the database does to one row: the first that is not as it was is named."""
    assert told
    statements, row = TAMPERED[name]
    # In one statement a unique index would be asked row by row.
    _as_superuser(engine, "DROP INDEX uq_audit_event_stream_position", *statements.split("; "))
    assert _broken(session) == {Stream.DESK: row}


def test_the_last_ones_taken_away(engine: Engine, session: Session, told: Staff) -> None:
    """A chain without its end is whole; the head that was noted before tells."""
    assert told
    noted = chain.heads(session)
    _as_superuser(engine, "DELETE FROM audit_event_desk WHERE position = 5")
    assert _broken(session) == {}
    assert chain.lost(session, noted) == [Stream.DESK]


def test_the_whole_chain_written_anew(engine: Engine, session: Session, told: Staff) -> None:
    """One who changes an event and chains all again leaves no head as it was."""
    noted = chain.heads(session)
    _as_superuser(engine, "DELETE FROM audit_event_desk")
    for action in (Action.DESK_NOTED, *DESK[1:]):
        audit.record(session, told.id, action, NOW)
        session.commit()
    assert _broken(session) == {}
    assert chain.lost(session, noted) == [Stream.DESK]


def test_a_head_on_paper(session: Session, told: Staff) -> None:
    """A head that was printed is found again after more was done, however it is typed; another is not."""
    printed = {stream: chain.code(head) for stream, head in chain.heads(session).items()}
    for action in (Action.DESK_TAKEN, Action.LOGGED_IN):
        audit.record(session, told.id, action, NOW)
    session.commit()
    for stream, code in printed.items():
        assert len(code) == len("0000-0000-0000-0000-0000")
        assert chain.finds(session, code) is stream
        assert chain.finds(session, f" {code.lower().replace('-', ' ')}") is stream
    for typed in ("", "hola", "0000-0000", "0" * 20, printed[Stream.DESK][:-1]):
        assert chain.finds(session, typed) is None


def test_fifty_writers_at_once(database_url: str, sessions: sessionmaker[Session], staff: Staff) -> None:
    """All are chained, none twice, no place is left out, and nobody waits for another in a circle."""
    engine = create_engine(sqlalchemy_url(database_url), pool_size=20, max_overflow=0, pool_timeout=60)
    many, start = make_sessions(engine), Barrier(WRITERS)
    failed: list[BaseException] = []

    def write(number: int) -> None:
        start.wait()
        # In either order: were the lock taken as they are recorded, some would wait for each other.
        actions = (Action.DESK_TAKEN, Action.LOGGED_IN)[:: 1 if number % 2 else -1]
        try:
            with many.begin() as db:
                for action in actions:
                    audit.record(db, staff.id, action, NOW)
                    db.flush()
        except DBAPIError as error:
            failed.append(error)

    threads = [Thread(target=write, args=(number,)) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    engine.dispose()
    assert failed == []
    with sessions() as db:
        assert _broken(db) == {}
        last = select(func.max(AuditEvent.position)).where(AuditEvent.stream == Stream.DESK)
        assert db.scalar(last) == WRITERS


def test_a_dump_tells_no_order_over_both(engine: Engine, session: Session, told: Staff) -> None:
    """P4: rows lie by stream, so that no step of the desk lies between two dated events."""
    for _ in range(3):
        for action in (Action.LOGGED_IN, Action.DESK_TAKEN, Action.LOGGED_OUT):
            audit.record(session, told.id, action, NOW)
            session.commit()
    with engine.connect() as connection:
        lying = connection.scalars(text("SELECT stream FROM audit_event")).all()
    assert list(lying) == sorted(lying)
    assert set(lying) == {"desk", "office"}


def test_an_empty_record(session: Session) -> None:
    """Before anybody did anything it is whole, and has no head."""
    assert [(one.head, one.broken_at) for one in chain.verify(session)] == [(None, None)] * 2
    assert (chain.heads(session), chain.lost(session, {})) == ({}, [])
    assert chain.lost(session, {Stream.DESK: uuid.uuid4().bytes * 2}) == [Stream.DESK]
