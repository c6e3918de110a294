"""A million women of whom a campaign reaches 35,000, written with COPY, its indexes built after.

Those whom the audience's conditions choose are whole, with numbers that the sender decrypts; of the others
what is never read is filler of the same length. Nobody here exists.
"""

from __future__ import annotations

import os
import random
import time
import uuid
from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from benchmarks import seeding
from benchmarks.measure import percentile
from models import (
    FIRST_PROGRAMME,
    Affiliation,
    Base,
    Campaign,
    ChannelAddress,
    Consent,
    Conversation,
    LinkRun,
    Woman,
    utcnow,
)
from outreach.campaigns import audience
from outreach.campaigns.audience import Audience
from outreach.campaigns.compiling import Asked
from outreach.campaigns.conditions import Block, Condition, Kind, Match
from outreach.ground.addresses import canonical
from outreach.messages import conversation_state
from outreach.people import consent, name_keys
from outreach.people import details as records

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session, sessionmaker

    from outreach.sealing.crypto import PersonalKey

TOWNS = tuple(
    f"14{number:03d}" for number in (39, 120, 98, 101, 97, 70, 67, 93, 53, 23, 8, 73, 6, 15, 30, 63)
)
WANTED, AXIS, YOUNGEST, OLDEST, LEFT_OUT = TOWNS[:3], "production", 20, 45, "SSAS"
AXES, AGENCIES = ("food", AXIS, "occupation", "health", "employment"), ("DIF", "SEMUJER", LEFT_OUT)
_CHUNK, _COUNTS, _SAID_NO_EACH = 20_000, 15, 20
_COLUMNS: dict[type[Base], tuple[str, ...]] = {
    Woman: ("id", "created_at", "updated_at", "municipality", "axis", "birth_year_hash", "details_cipher"),
    Affiliation: ("id", "woman_id", "agency", "folio_cipher", "folio_hash", "source", "created_at"),
    Conversation: ("id", "created_at", "programme_id", "woman_id", "last_inbound_at", "opted_out_at",
                   "private_cipher"),
    ChannelAddress: ("id", "conversation_id", "lookup_hash", "kind", "address_cipher", "last_seen_at"),
    Consent: ("id", "conversation_id", "kind", "given", "notice", "version", "message_sid", "created_at"),
}  # fmt: skip


def chosen(now_year: int) -> Audience:
    """An audience as coordinators build it: an axis and an age, one of three towns, no one of one agency."""
    age = Condition(Kind.AGE, number=YOUNGEST, until=OLDEST, year=now_year)
    return Audience(
        blocks=(
            Block(Match.ALL, (Condition(Kind.AXIS, place=AXIS), age)),
            Block(Match.ANY, tuple(Condition(Kind.MUNICIPALITY, place=town) for town in WANTED)),
            Block(Match.NONE, (Condition(Kind.AGENCY, place=LEFT_OUT),)),
        )
    )


class _Planting:
    """Rows of one woman after the other."""

    def __init__(self, key: PersonalKey, reached: int, among: int) -> None:
        self.phones: dict[str, uuid.UUID] = {}
        self._key, self._reached, self._among = key, reached, among
        self._chance = random.Random(2026)
        self._now = utcnow()
        self._years: dict[int, bytes] = {}
        details = records.Details(full_name="Ana Gil Ruiz", birth_date="1990-05-17")
        self._details = records.encrypt(key, uuid.uuid4(), details)
        self._address = os.urandom(len(self._whole_address(uuid.uuid4(), "whatsapp:+522000000000")))
        self._private = os.urandom(len(conversation_state.empty(key, uuid.uuid4())))
        self._folio = key.encrypt({"folio": "F-0000000"}, place="affiliation:none")

    def _whole_address(self, row_id: uuid.UUID, address: str) -> bytes:
        return self._key.encrypt({"address": address}, place=f"address:{row_id}")

    def _year(self, year: int) -> bytes:
        if year not in self._years:
            self._years[year] = name_keys.birth_year_hash(self._key, f"{year:04d}")
        return self._years[year]

    def add(self, number: int, rows: dict[type[Base], list[tuple[Any, ...]]]) -> None:
        """Add a woman; every so manieth is one whom the conditions choose."""
        chance, now = self._chance, self._now
        every = self._among // self._reached
        is_chosen = number % every == 0 and len(self.phones) < self._reached
        said_no = number % every == 1 and number // every % _SAID_NO_EACH == 0
        if is_chosen or said_no:
            town, axis, age, agency = chance.choice(WANTED), AXIS, chance.randint(YOUNGEST, OLDEST), "DIF"
        else:
            town, axis, age = chance.choice(TOWNS), chance.choice(AXES), chance.randint(15, 80)
            fits = town in WANTED and axis == AXIS and YOUNGEST <= age <= OLDEST
            agency = LEFT_OUT if fits else chance.choice(AGENCIES)
        woman, talk, address_id, made = (uuid.UUID(int=chance.getrandbits(128), version=4) for _ in range(4))
        phone = f"whatsapp:+522{number:09d}"
        private, address, lookup = self._private, self._address, os.urandom(32)
        if is_chosen or said_no:
            private = conversation_state.empty(self._key, talk)
            address = self._whole_address(address_id, phone)
            lookup = self._key.lookup("address", canonical(phone))
        if is_chosen:
            self.phones[phone] = woman
        heard = now - timedelta(days=number % 300 + 2)
        hashed = self._year(now.year - age)
        rows[Woman].append((woman, now, now, town, axis, hashed, self._details))
        rows[Affiliation].append((made, woman, agency, self._folio, os.urandom(32), "import", now))
        rows[Conversation].append(
            (talk, now, FIRST_PROGRAMME, woman, heard, heard if said_no else None, private)
        )
        rows[ChannelAddress].append((address_id, talk, lookup, "phone", address, heard))
        rows[Consent].append(
            (made, talk, consent.PRIVACY, True, consent.NOTICE, consent.NOTICE_VERSION, f"SM{number}", heard)
        )


def plant(
    engine: Engine, key: PersonalKey, sessions: sessionmaker[Session], reached: int, among: int
) -> seeding.Seeded:
    """Write `among` women of whom the audience's conditions choose `reached`, and a twentieth who said no."""
    began = time.perf_counter()
    with sessions.begin() as session:
        seeding.approve_templates(session)
    with engine.begin() as connection:
        for agency in AGENCIES:
            connection.execute(
                text("INSERT INTO agency (code, name) VALUES (:a, :a) ON CONFLICT DO NOTHING"), {"a": agency}
            )
        indexes = [one for noun in _COLUMNS for one in Base.metadata.tables[noun.__tablename__].indexes]
        for index in indexes:
            index.drop(connection, checkfirst=True)
    planting = _Planting(key, reached, among)
    for start in range(0, among, _CHUNK):
        rows: dict[type[Base], list[tuple[Any, ...]]] = defaultdict(list)
        for number in range(start, min(start + _CHUNK, among)):
            planting.add(number, rows)
        _copy(engine, rows)
    with engine.begin() as connection:
        for index in indexes:
            index.create(connection)
    with sessions.begin() as session:
        # The list was compared: the clock has other things to do meanwhile.
        now = utcnow()
        session.add(LinkRun(started_at=now, finished_at=now, women=among, certain=0, review=0, joined=0))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    return seeding.Seeded(planting.phones, [], time.perf_counter() - began)


def _copy(engine: Engine, rows: dict[type[Base], list[tuple[Any, ...]]]) -> None:
    with engine.begin() as connection:
        driver: Any = connection.connection.driver_connection
        for noun, columns in _COLUMNS.items():
            into = f"COPY {noun.__tablename__} ({', '.join(columns)}) FROM STDIN"
            with driver.cursor() as cursor, cursor.copy(into) as copy:
                for row in rows[noun]:
                    copy.write_row(row)


def counted(sessions: sessionmaker[Session], key: PersonalKey) -> tuple[audience.Counted, float]:
    """Count the audience as the form does while it is built; return it, and the p95 in milliseconds."""
    now = utcnow()
    campaign = Campaign(
        id=uuid.uuid4(),
        programme_id=FIRST_PROGRAMME,
        audience=chosen(now.year).to_json(),
        starts_at=now,
        ends_at=now + timedelta(hours=8),
    )
    times = []
    for _ in range(_COUNTS):
        with sessions() as session:
            began = time.perf_counter()
            found = audience.count(session, campaign, Asked(key, now))
            times.append((time.perf_counter() - began) * 1000)
    return found, percentile(times, 0.95)
