"""Many writers of one case at once, on a real PostgreSQL: one holder, one order, no deadlock."""

from __future__ import annotations

import uuid
from contextlib import suppress
from datetime import timedelta
from threading import Barrier, Thread
from typing import TYPE_CHECKING

import pytest
from at_desk import sit_down
from desk_support import case_of, talk, worker_of
from sqlalchemy import create_engine, event, func, select

from models import (
    AuditEvent,
    Case,
    Conversation,
    OutboxMessage,
    OutboxState,
    Role,
    SealedEntry,
    Staff,
    utcnow,
)
from outreach.casework import (
    answering,
    blocks,
    cases,
    closing,
    holding,
    notes,
    offers,
    reading,
    taking,
    thread,
    undelivered,
)
from outreach.casework.opened import Caseworker, DeskError
from outreach.ground.database import make_sessions, sqlalchemy_url
from outreach.messages import conversation_state
from outreach.sealing import vault
from outreach.staff.audit import Action

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.orm import Session, sessionmaker

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

TAKERS = 50
CONNECTIONS = 20  # the tests' server has a hundred for all workers
ROUNDS = 12
REASON = "terminó mi turno"


@pytest.fixture
def many(database_url: str) -> Iterator[sessionmaker[Session]]:
    """Sessions for many threads; a deadlock is found after 50 ms, so that a short run shows it."""
    engine = create_engine(
        sqlalchemy_url(database_url),
        pool_size=CONNECTIONS,
        max_overflow=0,
        pool_timeout=60,
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def quick(connection: object, _: object) -> None:
        connection.execute("SET deadlock_timeout = '50ms'")  # type: ignore[attr-defined] # psycopg's own
        connection.commit()  # type: ignore[attr-defined]

    yield make_sessions(engine)
    engine.dispose()


class Room:
    """Caseworkers at their desks and one case."""

    def __init__(
        self, session: Session, key: PersonalKey, names: list[str], supervisor: str | None = None
    ) -> None:
        recovery = vault.make_team(session, "Atención")
        people = [worker_of(session, key, recovery, name, utcnow()) for name in names]
        if supervisor:
            people.append(worker_of(session, key, recovery, supervisor, utcnow(), Role.SUPERVISOR))
        for one in people:
            sit_down(session, one.staff, utcnow())
        conversation = talk(session, key, utcnow())
        self.key, self.conversation_id = key, conversation.id
        self.case_id = case_of(session, key, conversation, utcnow()).id
        self.rings = [(one.staff.id, one.private_key) for one in people]
        session.commit()

    def worker(self, db: Session, number: int) -> Caseworker:
        """Return a caseworker as a request has her."""
        staff_id, ring = self.rings[number]
        return Caseworker(self.key, ring, db.get_one(Staff, staff_id))

    def state(self, db: Session) -> cases.CaseState:
        """Return the case's state as it stands."""
        return cases.read_state(self.key, db.get_one(Case, self.case_id, populate_existing=True))

    def talk(self, db: Session) -> Conversation:
        """Lock the conversation, as a turn does."""
        return db.get_one(Conversation, self.conversation_id, with_for_update=True, populate_existing=True)


def _at_once(acts: list[Callable[[], None]]) -> None:
    ready, failed = Barrier(len(acts)), []

    def run(act: Callable[[], None]) -> None:
        ready.wait()
        try:
            act()
        except BaseException as error:  # noqa: BLE001 (shown below, by the thread that asserts)
            failed.append(error)

    threads = [Thread(target=run, args=(act,)) for act in acts]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert not failed, failed


def test_fifty_take_and_one_holds(many: sessionmaker[Session], session: Session, key: PersonalKey) -> None:
    """P7: pressed at once by fifty, the conversation is one caseworker's, and the others are told whose."""
    room = Room(session, key, [f"una{n}" for n in range(TAKERS)])
    told: list[str] = []

    def takes(number: int) -> Callable[[], None]:
        def act() -> None:
            try:
                with many.begin() as db:
                    taking.take(db, room.worker(db, number), room.case_id, utcnow())
            except DeskError as error:
                told.append(str(error))

        return act

    _at_once([takes(number) for number in range(TAKERS)])
    holder = room.state(session)
    assert told == [f"La conversación la tiene {holder.claimed_name}."] * (TAKERS - 1)
    query = select(AuditEvent.staff_id).where(AuditEvent.action == Action.DESK_TAKEN)
    assert [str(one) for one in session.scalars(query)] == [holder.claimed_by]
    number = next(n for n, (staff_id, _) in enumerate(room.rings) if str(staff_id) == holder.claimed_by)
    entries = reading.open_thread(session, room.worker(session, number), room.case_id, utcnow()).entries
    assert sum("tomó la conversación" in entry.text for entry in entries) == 1


def _who_hand_it_over(room: Room) -> list[Callable[[Session], None]]:
    """Five who change whose it is: two take it over, one offers it, one accepts, a supervisor assigns it."""

    def _take_over(db: Session, number: int) -> None:
        holder = room.state(db).claimed_by
        whose = uuid.UUID(holder) if holder else uuid.uuid4()
        taking.take_over(db, room.worker(db, number), room.case_id, utcnow(), REASON, holder=whose)

    def takes(db: Session) -> None:
        _take_over(db, 0)

    def takes_over(db: Session) -> None:
        _take_over(db, 1)

    def offers_it(db: Session) -> None:
        offers.offer(db, room.worker(db, 0), room.case_id, utcnow(), room.rings[2][0])

    def accepts(db: Session) -> None:
        offers.accept(db, room.worker(db, 2), room.case_id, utcnow())

    def reassigns(db: Session) -> None:
        holder = room.state(db).claimed_by
        whose = uuid.UUID(holder) if holder else None
        worker = room.worker(db, 3)
        taking.reassign(db, worker, room.case_id, utcnow(), room.rings[1][0], REASON, holder=whose)

    return [takes, takes_over, offers_it, accepts, reassigns]


def _writers(room: Room, many: sessionmaker[Session], settings: Settings) -> list[Callable[[Session], None]]:
    """Six more who write to the case: three at the desk, her turns, the clock, a callback."""

    def answers(db: Session) -> None:
        answering.reply(db, room.worker(db, 0), room.case_id, utcnow(), "Te leo")

    def notes_down(db: Session) -> None:
        notes.note(db, room.worker(db, 2), room.case_id, utcnow(), "nota")

    def hands_back(db: Session) -> None:
        taking.hand_back(db, room.worker(db, 1), room.case_id, utcnow())

    def she_writes(db: Session) -> None:
        private = conversation_state.read(room.key, room.talk(db))
        assert private.case_id is not None
        cases.woman_wrote(db, room.key, uuid.UUID(private.case_id), "sigo aquí", utcnow())

    def somebody_is_gone(db: Session) -> None:
        holding.release_abandoned(db, room.key, settings, utcnow() + timedelta(hours=3))

    def acknowledges(db: Session) -> None:
        for outbox_id in room.state(db).replies[-1:]:
            db.rollback()
            with many.begin() as callback:
                # As a delivery does: the row first, then what is known of her.
                row = callback.get_one(OutboxMessage, uuid.UUID(outbox_id), with_for_update=True)
                room.talk(callback)
                row.state = OutboxState.FAILED
            with many.begin() as desk:
                worker = room.worker(desk, 2)
                undelivered.acknowledge(desk, worker, room.case_id, utcnow(), uuid.UUID(outbox_id))

    return [notes_down, she_writes, answers, hands_back, somebody_is_gone, acknowledges]


def test_eleven_writers_and_no_deadlock(
    many: sessionmaker[Session], session: Session, key: PersonalKey, settings: Settings
) -> None:
    """Conversation before case, everywhere: nobody waits in a circle, no line is lost or written twice."""
    room = Room(session, key, ["lucia", "marta", "ines"], supervisor="sofia")
    wrote = {"nota": 0, "sigo aquí": 0}

    def repeats(write: Callable[[Session], None], says: str | None) -> Callable[[], None]:
        def act() -> None:
            for _ in range(ROUNDS):
                with suppress(DeskError), many() as db:
                    write(db)
                    db.commit()
                if says:
                    wrote[says] += 1

        return act

    said = {0: "nota", 1: "sigo aquí"}
    writers = [*_writers(room, many, settings), *_who_hand_it_over(room)]
    _at_once([repeats(write, said.get(n)) for n, write in enumerate(writers)])
    case = session.get_one(Case, room.case_id, populate_existing=True)
    state = cases.read_state(key, case)
    entries = thread.read(session, room.rings[0][1], case, state)
    assert [entry.position for entry in entries] == list(range(1, (state.entries or 0) + 1))
    kept = blocks.newest(session, room.rings[0][1], blocks.NOTES, room.case_id, 2 * ROUNDS)
    said_by_all = [entry.text for entry in entries] + [one["text"] for _, one in kept]
    for says, times in wrote.items():
        assert said_by_all.count(says) == times == ROUNDS
    rows = session.scalar(select(func.count()).where(SealedEntry.case_id == case.id)) or 0
    assert rows == -(-len(entries) // thread.BLOCK) * thread.BLOCK
    private = conversation_state.read(key, session.get_one(Conversation, room.conversation_id))
    assert private.held == (state.claimed_by is not None), "silent exactly while somebody has her (P7)"


def test_she_closes_while_she_is_answered(
    many: sessionmaker[Session], session: Session, key: PersonalKey
) -> None:
    """P9: her closing and her caseworker's answers at once: after it nothing is answered, nothing hangs."""
    room = Room(session, key, ["lucia"])
    with many.begin() as db:
        taking.take(db, room.worker(db, 0), room.case_id, utcnow())

    def answers() -> None:
        for _ in range(ROUNDS):
            with suppress(DeskError), many.begin() as db:
                answering.reply(db, room.worker(db, 0), room.case_id, utcnow(), "Te leo")

    def closes() -> None:
        with many.begin() as db:
            assert closing.close_by_her(db, key, room.talk(db), utcnow())

    _at_once([answers, closes, answers])
    state = room.state(session)
    assert (state.closed_by_her is not None, state.claimed_by) == (True, None)
    case = session.get_one(Case, room.case_id)
    authors = [entry.author for entry in thread.read(session, room.rings[0][1], case, state)]
    assert authors[-1] == "event", "the last line is her closing"


def test_a_deadlock_would_be_seen(many: sessionmaker[Session], session: Session, key: PersonalKey) -> None:
    """The test above can fail: two who lock the other way round do wait in a circle."""
    room = Room(session, key, ["lucia"])
    both = Barrier(2)

    def conversation_first() -> None:
        with many.begin() as db:
            room.talk(db)
            both.wait()
            db.get_one(Case, room.case_id, with_for_update=True)

    def case_first() -> None:
        with many.begin() as db:
            db.get_one(Case, room.case_id, with_for_update=True)
            both.wait()
            room.talk(db)

    with pytest.raises(AssertionError, match="deadlock detected"):
        _at_once([conversation_first, case_first])
