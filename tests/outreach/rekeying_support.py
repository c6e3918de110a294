"""What tests of replacing the secret key share: a database with rows in every table, and two keys."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import JSON, Enum, String, select, text, update
from sqlalchemy.dialects.postgresql import insert

from models import (
    RasaTracker,
    RecoveryCode,
    utcnow,
)
from outreach.ground.settings import SecretKey
from outreach.messages import gate_facts, inbox
from outreach.people import preferences
from outreach.sealing import crypto, key_check, rekeying, under_key
from outreach.sealing.crypto import PersonalKey, successor

if TYPE_CHECKING:
    from sqlalchemy import Column
    from sqlalchemy.orm import Session, sessionmaker

    from outreach.ground.settings import Settings

SHE = "whatsapp:+523300000001"
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
            for one in under_key.kept():
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
                for one in under_key.kept()
                if any(
                    under_key.is_left(key, one, row)
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
    for one in under_key.kept():
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
