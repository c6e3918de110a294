"""The secret key is replaced: all of it, whatever happens in between; the old one is worth nothing after."""

from __future__ import annotations

import hmac
import re
import uuid
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import JSON, Enum, String, event, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from models import (
    ChannelAddress,
    Conversation,
    InboundMessage,
    Installation,
    KeyChange,
    ListedPhone,
    NameKey,
    RasaTracker,
    RecoveryCode,
    Suppression,
    Woman,
    utcnow,
)
from outreach.ground.addresses import canonical
from outreach.ground.settings import ROOT, SecretKey
from outreach.messages import gate_facts, inbox
from outreach.people import preferences
from outreach.programme import cards
from outreach.sealing import crypto, key_check, rekeying
from outreach.sealing.crypto import DecryptionError, PersonalKey, links_of, succeeds, successor

if TYPE_CHECKING:
    from sqlalchemy import Column
    from sqlalchemy.orm import Session, sessionmaker

    from outreach.ground.settings import Settings

SHE = "whatsapp:+523300000001"
NEWCOMER = "whatsapp:+523312345678"
TAGS: dict[str, str] = {}


def pair(first: bytes, other: bytes) -> PersonalKey:
    """Make a key with another beside it."""
    made = SecretKey(first)
    made.other = other
    return PersonalKey(made)


class House:
    """A database with the sample programme in it, and the two keys."""

    def __init__(self, sessions: sessionmaker[Session], settings: Settings) -> None:
        self.sessions = sessions
        self.old_bytes = bytes(settings.secret_key)
        self.new_bytes = successor(self.old_bytes)
        self.old, self.new = PersonalKey(self.old_bytes), PersonalKey(self.new_bytes)
        self.before = pair(self.old_bytes, self.new_bytes)
        self.now = pair(self.new_bytes, self.old_bytes)
        self.now_at = utcnow()

    def begins(self) -> None:
        """Begin the change."""
        with self.sessions.begin() as db:
            rekeying.begin(db, utcnow(), present=self.old, following=self.new)

    def step(self, rows: int = rekeying.BATCH, tags: dict[str, str] = TAGS) -> rekeying.Progress:
        """Take a step of its own."""
        self.now_at += timedelta(minutes=2)
        with self.sessions.begin() as db:
            return rekeying.step(db, self.now, self.now_at, tags=tags, rows=rows)

    def finishes(self, rows: int = rekeying.BATCH) -> int:
        """Take steps until it is over; return how many."""
        for count in range(1, 2000):
            if self.step(rows).finished:
                return count
        raise AssertionError("it never ends")

    def content(self, key: PersonalKey) -> dict[str, dict[uuid.UUID, list[Any]]]:
        """Return what a key opens of every table, with the lengths."""
        found: dict[str, dict[uuid.UUID, list[Any]]] = {}
        with self.sessions() as db:
            for one in rekeying.kept():
                if one.table.name == RasaTracker.__tablename__:
                    continue
                rows = db.execute(select(one.key, *one.ciphers)).all()
                found[one.table.name] = {
                    row[0]: [
                        (len(blob), key.decrypt(blob, place=one.place(row[0]))) for blob in row[1:] if blob
                    ]
                    for row in rows
                }
        return found

    def left(self, key: PersonalKey) -> list[str]:
        """Name the tables with a row that is not under a key."""
        with self.sessions() as db:
            return [
                one.table.name
                for one in rekeying.kept()
                if any(
                    rekeying.is_left(key, one, row)
                    for row in db.execute(select(one.key, *one.ciphers, *one.hashes))
                )
            ]


@pytest.fixture
def bare(sessions: sessionmaker[Session], settings: Settings, key: PersonalKey) -> House:
    """Two women who wrote, one of whom wants nothing from us, and a state of Rasa's."""
    made = House(sessions, settings)
    with sessions.begin() as db:
        key_check.ensure(db, key)
        for number, sender in enumerate((SHE, "whatsapp:+523300000002")):
            receive(db, key, sender, f"SM{number:032d}")
        hers = inbox.conversation_of(db, key, SHE, utcnow())
        preferences.opt_out(db, hers, utcnow())
        db.add(
            RasaTracker(
                conversation_id=hers.id,
                state=crypto.DialogueKey(key).close(b"state", str(hers.id)),
                expires_at=utcnow() + timedelta(days=1),
            )
        )
    return made


@pytest.fixture
def house(bare: House, settings: Settings, key: PersonalKey) -> House:
    """The same with rows in every table that holds something under the key."""
    with bare.sessions.begin() as db:
        fill(db, key)
    return bare


def fill(db: Session, key: PersonalKey) -> None:
    """Add three rows to every table of the walk, whatever else they would need."""
    db.execute(text("SET LOCAL session_replication_role = replica"))
    for one in rekeying.kept():
        if one.table.name == RasaTracker.__tablename__:
            continue
        for number in range(3):
            row_id = uuid.uuid4()
            values: dict[str, Any] = {
                column.name: _plain(column)
                for column in one.table.columns
                if not column.nullable
                and column.default is None
                and column.server_default is None
                and column not in (*one.ciphers, *one.hashes)
            }
            values |= {one.key.name: row_id}
            said = {"of": one.table.name, "number": number}
            values |= {c.name: key.encrypt(said, place=one.place(row_id)) for c in one.ciphers}
            values |= {c.name: key.lookup(c.name, f"{one.table.name} {number}") for c in one.hashes}
            db.execute(insert(one.table).values(values).on_conflict_do_nothing())
    code = select(RecoveryCode.id).limit(1).scalar_subquery()
    db.execute(
        update(RecoveryCode)
        .where(RecoveryCode.id == code)
        .values(code_hash=key.lookup("recovery code", "a code"))
    )


def _plain(column: Column[Any]) -> object:
    kind = column.type
    if column.name.endswith("_hash"):
        return uuid.uuid4().bytes * 2
    if isinstance(kind, JSON):
        return {}
    if isinstance(kind, Enum):
        return kind.enums[0] if kind.enum_class is None else next(iter(kind.enum_class))
    if isinstance(kind, String):
        return uuid.uuid4().hex[: kind.length]
    if kind.python_type is uuid.UUID:
        return uuid.uuid4()
    if kind.python_type is datetime:
        return utcnow()
    return {int: 1, bool: False, date: date(2026, 1, 1), bytes: b"x", dict: {}, list: []}[kind.python_type]


def receive(db: Session, key: PersonalKey, sender: str, sid: str) -> None:
    """Store a message."""
    inbox.receive(db, key, {"MessageSid": [sid], "From": [sender], "Body": ["hola"]}, utcnow())


def suppressed(db: Session, key: PersonalKey, sender: str) -> bool:
    """Say whether the gate sees that somebody wants nothing from us."""
    hers = inbox.conversation_of(db, key, sender, utcnow())
    return gate_facts._addresses(db, {hers.id})[hers.id][2]


# The key itself


def test_a_first_key_hashes_as_ever() -> None:
    """What is stored by an installation that never changed its key is found as it was."""
    secret = bytes(range(32))
    inner = crypto._derive(secret, "lookup hashes")
    assert PersonalKey(secret).lookup("curp", "X") == hmac.new(inner, b"curp\0X", sha256).digest()


def test_a_hash_goes_from_key_to_key_without_its_value() -> None:
    """Over two changes; one that is there stays; a key that is not in the chain gives another."""
    first = bytes(range(32))
    second = successor(first)
    third = successor(second)
    hashes = [PersonalKey(one).lookup("address", "+52") for one in (first, second, third)]
    assert [links_of(one) for one in hashes] == [0, 1, 2]
    assert PersonalKey(third).renewed(hashes[0]) == hashes[2]
    assert PersonalKey(third).renewed(hashes[1]) == hashes[2]
    assert PersonalKey(third).renewed(hashes[2]) == hashes[2]
    assert PersonalKey(successor(first)).lookup("address", "+52") != hashes[1]
    assert succeeds(second, first)
    assert not succeeds(third, first)
    assert not succeeds(first, second)
    assert not succeeds(bytes(64), first)
    assert PersonalKey(third).lasting("hold out", "x") == PersonalKey(first).lasting("hold out", "x")


def test_the_old_key_does_not_give_the_new_hash() -> None:
    """Who knows the old key alone has the inner link; the last one needs the new one."""
    old = bytes(range(32))
    new = successor(old)
    inner = PersonalKey(old).lookup("address", "+52")
    stolen = crypto._derive(old, "lookup hashes")
    outer = PersonalKey(new).lookup("address", "+52")
    assert outer[:32] != inner
    assert outer[:32] != hmac.new(stolen, inner, sha256).digest()


def test_a_printed_card_is_good_for_ever() -> None:
    """A card of before the change names the same seat; one that nobody signed names none."""
    old = bytes(range(32))
    seat = uuid.uuid4()
    printed = cards.token(PersonalKey(old), seat)
    assert cards.seat_of(PersonalKey(successor(old)), printed) == seat
    assert cards.seat_of(PersonalKey(successor(bytes(32))), printed) is None


def test_every_place_of_a_cipher_is_known() -> None:
    """The walk opens a cipher by the place it was encrypted for: each that the code names is a table's."""
    known = {rekeying.PLACES.get(one.table.name, one.table.name) for one in rekeying.kept() if one.ciphers}
    known -= {RasaTracker.__tablename__}
    named = set()
    for path in (ROOT / "outreach").rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        named |= set(re.findall(r'place=f"([a-z_]+):', source))
        named |= set(re.findall(r'def _place[^"]*return f"([a-z_]+):', source))
    assert named - known == set()
    assert known - named <= {"retention_pause", "retention_rule"}


# The walk


def test_nothing_is_forgotten(house: House) -> None:
    """Every value of every table opens with the new key alone, says the same, and is as long."""
    before = house.content(house.old)
    house.begins()
    house.finishes()
    assert house.content(house.new) == before
    assert house.left(house.new) == []
    with house.sessions() as db:
        for one in rekeying.kept():
            for row in db.execute(select(one.key, *one.ciphers, *one.hashes)):
                assert not rekeying.opens(house.old, one, row), one.table.name
                hashes: tuple[Any, ...] = tuple(row)[1 + len(one.ciphers) :]
                assert all(links_of(found) == 1 for found in hashes if found is not None)
        assert db.scalar(select(Installation.key_check)) == key_check.value(house.new)
        assert db.get(KeyChange, 1) is None


def test_everybody_is_found_at_any_moment(house: House) -> None:
    """By either hash while it lasts; a code on paper and a name too."""
    with house.sessions() as db:
        phones = db.scalar(select(func.count()).select_from(ListedPhone))
        assert db.scalar(select(func.count()).select_from(NameKey))
        assert db.scalar(select(func.count()).select_from(Woman))
        hashes = set(db.scalars(select(ChannelAddress.lookup_hash)))
    house.begins()
    for _ in range(400):
        with house.sessions() as db:
            for sender in (SHE, "whatsapp:+523300000002"):
                wanted = house.now.lookup("address", canonical(sender))
                assert db.scalar(select(ChannelAddress.id).where(ChannelAddress.lookup_hash == wanted))
                assert db.scalar(select(ChannelAddress.id).where(ChannelAddress.lookup_hash.in_([wanted])))
                assert suppressed(db, house.now, SHE)
            code = house.now.lookup("recovery code", "a code")
            assert db.scalar(select(RecoveryCode.id).where(RecoveryCode.code_hash == code))
        if house.step(rows=60).finished:
            break
    else:
        raise AssertionError("it never ends")
    with house.sessions() as db:
        assert db.scalar(select(func.count()).select_from(ListedPhone)) == phones
        assert len(set(db.scalars(select(ChannelAddress.lookup_hash)))) == len(hashes)
        assert suppressed(db, house.new, SHE)
        assert not suppressed(db, house.new, "whatsapp:+523300000002")


class KilledError(Exception):
    """The process is gone at this statement."""


def _killed_at(house: House, number: int) -> bool:
    """Take a step that ends at its n-th statement; say whether it had so many."""
    engine = house.sessions.kw["bind"]
    count = [0]

    def fall(*_arguments: object) -> None:
        count[0] += 1
        if count[0] == number:
            raise KilledError

    event.listen(engine, "before_cursor_execute", fall)
    try:
        house.step(rows=1)
    except KilledError:
        return True
    finally:
        event.remove(engine, "before_cursor_execute", fall)
    return False


def test_killed_at_any_statement_it_goes_on(bare: House) -> None:
    """Nothing is half done: what was there before opens in between, and in the end with the new key alone."""
    before = bare.content(bare.old)
    bare.begins()
    killed = 0
    for turn in range(300):
        killed += _killed_at(bare, 1 + turn * 5 % 11)
        assert turn % 5 or bare.content(bare.now) == before
        if bare.step(rows=1).finished:
            break
    else:
        raise AssertionError("it never ends")
    assert killed > 10
    assert bare.content(bare.new) == before
    assert bare.left(bare.new) == []


def test_messages_come_in_all_the_while(bare: House) -> None:
    """From those who are known and from new ones, stored by a process with either key first."""
    bare.begins()
    with bare.sessions() as db:
        known = db.scalar(select(func.count()).select_from(Conversation)) or 0
    late = 12
    for number in range(200):
        if number < late:
            with bare.sessions.begin() as db:
                key = (bare.before, bare.now)[number % 2]
                receive(db, key, f"whatsapp:+5233123456{number // 2:02d}", f"MM{number:032d}")
                receive(db, key, SHE, f"KM{number:032d}")
        elif bare.step(rows=5).finished:
            break
        bare.step(rows=5) if number < late else None
    else:
        raise AssertionError("it never ends")
    with bare.sessions() as db:
        assert db.scalar(select(func.count()).select_from(Conversation)) == known + late // 2
        assert db.scalar(select(func.count()).select_from(InboundMessage)) == 2 + 2 * late
    assert bare.left(bare.new) == []


def test_an_opt_out_written_from_an_old_look_holds(bare: House) -> None:
    """A suppression that came in under the old hash after its address had moved is brought along at once."""
    bare.begins()
    other = "whatsapp:+523300000002"
    while True:
        bare.step(rows=5)
        with bare.sessions() as db:
            found = db.scalars(select(ChannelAddress.lookup_hash)).all()
        if all(links_of(one) == 1 for one in found):
            break
    with bare.sessions.begin() as db:
        db.add(Suppression(lookup_hash=bare.old.lookup("address", canonical(other)), reason="x"))
    bare.step(rows=1)
    with bare.sessions() as db:
        assert suppressed(db, bare.now, other)
    bare.finishes()


def test_a_locked_row_is_passed_over_and_not_forgotten(bare: House) -> None:
    """A turn that holds a conversation does not stop the walk, which comes back for it."""
    bare.begins()
    with bare.sessions() as turn:
        held = turn.scalars(select(Conversation).with_for_update()).all()
        address = turn.scalars(select(Suppression).with_for_update()).all()
        assert held
        assert address
        for _ in range(30):
            bare.step()
        with bare.sessions() as db:
            assert db.get(KeyChange, 1) is not None
            assert suppressed(db, bare.now, SHE)
        turn.rollback()
    bare.finishes()
    assert bare.left(bare.new) == []


def test_what_opens_with_neither_key_stops_it(bare: House) -> None:
    """The old key is not given up while something may need it; once that is seen to it ends."""
    with bare.sessions.begin() as db:
        row = db.scalars(select(InboundMessage)).first()
        assert row is not None
        kept, row_id = row.body_cipher, row.id
        row.body_cipher = b"\x01" + bytes(200)
    bare.begins()
    for _ in range(20):
        told = bare.step()
        assert not told.finished
    with bare.sessions() as db:
        assert rekeying.left(db) == 1
        assert db.scalar(select(Installation.key_check)) == key_check.value(bare.old)
    with bare.sessions.begin() as db:
        db.execute(update(InboundMessage).where(InboundMessage.id == row_id).values(body_cipher=kept))
    bare.finishes()


def test_not_while_a_process_writes_with_the_old_key(bare: House) -> None:
    """A connection that names another key, or none, holds the end; others' connections do not."""
    bare.begins()
    tags = {"avanza": " newkey00"}
    with bare.sessions() as late:
        late.execute(text("SET application_name = 'avanza'"))
        late.commit()
        for name, count in (("avanza", 1), ("avanza oldkey00", 1), ("avanza newkey00", 0), ("avanzado", 0)):
            late.execute(text(f"SET application_name = '{name}'"))
            late.commit()
            with bare.sessions() as db:
                assert rekeying.stragglers(db, tags) == count
        late.execute(text("SET application_name = 'avanza oldkey00'"))
        late.commit()
        for _ in range(20):
            assert not bare.step(tags=tags).finished
        late.execute(text("SET application_name = 'psql'"))
        late.commit()
        for _ in range(20):
            if bare.step(tags=tags).finished:
                break
        else:
            raise AssertionError("it never ends")


def test_only_a_process_with_the_new_key_first_walks(bare: House) -> None:
    """A clock that was not restarted after the change had begun leaves it alone."""
    bare.begins()
    with bare.sessions.begin() as db:
        assert rekeying.step(db, bare.before, utcnow(), tags={}).waits
        assert rekeying.step(db, bare.old, utcnow(), tags={}).waits
        assert rekeying.step(db, bare.new, utcnow(), tags={}).waits
    with pytest.raises(rekeying.NotPreparedError):
        bare.begins()


def test_twice_in_a_row(bare: House) -> None:
    """A key that took another's place is replaced as the first was."""
    before = bare.content(bare.old)
    bare.begins()
    bare.finishes()
    bare.old, bare.old_bytes = bare.new, bare.new_bytes
    bare.new_bytes = successor(bare.old_bytes)
    bare.new, bare.now = PersonalKey(bare.new_bytes), pair(bare.new_bytes, bare.old_bytes)
    bare.begins()
    bare.finishes()
    assert bare.content(bare.new) == before
    with bare.sessions() as db:
        assert suppressed(db, bare.new, SHE)
        tracker = db.scalars(select(RasaTracker)).one()
        assert crypto.DialogueKey(bare.new).opens(tracker.state, str(tracker.conversation_id))
        with pytest.raises(DecryptionError):
            crypto.DialogueKey(bare.old).renew(tracker.state, str(tracker.conversation_id))
