"""A million women of whom a campaign reaches 35,000; indexes are built after the rows.

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
_CHUNK, _COUNTS, _SAID_NO_EACH = 20_000, 60, 20
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


_OTHERS = """
CREATE TEMP TABLE planted ON COMMIT DROP AS
SELECT n, gen_random_uuid() AS woman, gen_random_uuid() AS talk, town, axis, age,
  CASE WHEN town = ANY(:wanted) AND axis = :axis AND age BETWEEN :youngest AND :oldest THEN :left_out
  ELSE (CAST(:agencies AS text[]))[1 + floor(random() * 3)::int] END AS agency
FROM (SELECT n, (CAST(:towns AS text[]))[1 + floor(random() * 16)::int] AS town,
  (CAST(:axes AS text[]))[1 + floor(random() * 5)::int] AS axis, 15 + floor(random() * 65)::int AS age
  FROM generate_series(1, :count) n) drawn"""
_INSERTS = (
    """INSERT INTO woman (id, created_at, updated_at, municipality, axis, birth_year_hash, details_cipher)
    SELECT woman, :now, :now, town, axis, (CAST(:years AS bytea[]))[age], :details FROM planted""",
    """INSERT INTO affiliation (id, woman_id, agency, folio_cipher, folio_hash, source, created_at)
    SELECT gen_random_uuid(), woman, agency, :folio, sha256(CAST('f' || n AS bytea)), 'import', :now
    FROM planted""",
    """INSERT INTO conversation (id, created_at, programme_id, woman_id, last_inbound_at, private_cipher)
    SELECT talk, :now, :programme, woman, :now - n % 300 * interval '1 day', :private FROM planted""",
    """INSERT INTO channel_address (id, conversation_id, lookup_hash, kind, address_cipher, last_seen_at)
    SELECT gen_random_uuid(), talk, sha256(CAST('a' || n AS bytea)), 'phone', :address, :now FROM planted""",
    """INSERT INTO consent (id, conversation_id, kind, given, notice, version, message_sid, created_at)
    SELECT gen_random_uuid(), talk, :privacy, true, :notice, :version, 'SM' || n, :now FROM planted""",
)


class _Planting:
    """The rows of those who are chosen, one woman after the other, and the filler of the others."""

    def __init__(self, key: PersonalKey) -> None:
        self.phones: dict[str, uuid.UUID] = {}
        self._key = key
        self._chance = random.Random(2026)
        self._now = utcnow()
        self._years = [name_keys.birth_year_hash(key, f"{self._now.year - age:04d}") for age in range(81)]
        details = records.Details(full_name="Ana Gil Ruiz", birth_date="1990-05-17")
        self._details = records.encrypt(key, uuid.uuid4(), details)
        self._folio = key.encrypt({"folio": "F-0000000"}, place="affiliation:none")

    def _address(self, row_id: uuid.UUID, address: str) -> bytes:
        return self._key.encrypt({"address": address}, place=f"address:{row_id}")

    def filler(self) -> dict[str, Any]:
        """What the statements of the others are given."""
        anyone = uuid.uuid4()
        return {
            "now": self._now, "years": self._years[1:], "details": self._details, "folio": self._folio,
            "private": os.urandom(len(conversation_state.empty(self._key, anyone))),
            "address": os.urandom(len(self._address(anyone, "whatsapp:+522000000000"))),
            "programme": FIRST_PROGRAMME, "privacy": consent.PRIVACY, "notice": consent.NOTICE,
            "version": consent.NOTICE_VERSION, "wanted": list(WANTED), "axis": AXIS, "youngest": YOUNGEST,
            "oldest": OLDEST, "left_out": LEFT_OUT, "agencies": list(AGENCIES), "towns": list(TOWNS),
            "axes": list(AXES),
        }  # fmt: skip

    def add(self, number: int, rows: dict[type[Base], list[tuple[Any, ...]]], *, said_no: bool) -> None:
        """Add a woman whom the conditions choose; who said no is among those left out."""
        chance, now = self._chance, self._now
        woman, talk, address_id, made = (uuid.uuid4() for _ in range(4))
        phone = f"whatsapp:+522{number:09d}"
        if not said_no:
            self.phones[phone] = woman
        heard = now - timedelta(days=number % 300 + 2)
        hashed = self._years[chance.randint(YOUNGEST, OLDEST)]
        rows[Woman].append((woman, now, now, chance.choice(WANTED), AXIS, hashed, self._details))
        rows[Affiliation].append((made, woman, "DIF", self._folio, os.urandom(32), "import", now))
        rows[Conversation].append(
            (talk, now, FIRST_PROGRAMME, woman, heard, heard if said_no else None,
             conversation_state.empty(self._key, talk))
        )  # fmt: skip
        rows[ChannelAddress].append(
            (address_id, talk, self._key.lookup("address", canonical(phone)), "phone",
             self._address(address_id, phone), heard)
        )  # fmt: skip
        rows[Consent].append(
            (made, talk, consent.PRIVACY, True, consent.NOTICE, consent.NOTICE_VERSION, f"SM{made}", heard)
        )


def plant(
    engine: Engine, key: PersonalKey, sessions: sessionmaker[Session], reached: int, among: int
) -> seeding.Seeded:
    """Write `among` women; the audience's conditions choose `reached`, and a twentieth more who said no."""
    began = time.perf_counter()
    said_no = reached // _SAID_NO_EACH
    with sessions.begin() as session:
        seeding.approve_templates(session)
    planting = _Planting(key)
    indexes = [one for noun in _COLUMNS for one in Base.metadata.tables[noun.__tablename__].indexes]
    with engine.begin() as connection:
        for agency in AGENCIES:
            connection.execute(
                text("INSERT INTO agency (code, name) VALUES (:a, :a) ON CONFLICT DO NOTHING"), {"a": agency}
            )
        for index in indexes:
            index.drop(connection, checkfirst=True)
        # Every row hangs on one of the same statement's: what a foreign key would ask is known.
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        values = planting.filler() | {"count": among - reached - said_no}
        for statement in (_OTHERS, *_INSERTS):
            wanted = text(statement)
            connection.execute(wanted, {name: values[name] for name in wanted.compile().params})
    for start in range(0, reached + said_no, _CHUNK):
        rows: dict[type[Base], list[tuple[Any, ...]]] = defaultdict(list)
        for number in range(start, min(start + _CHUNK, reached + said_no)):
            planting.add(number, rows, said_no=number >= reached)
        _copy(engine, rows)
    with engine.begin() as connection:
        for noun in _COLUMNS:
            # By ids, which are random: those who are chosen must not lie side by side.
            connection.execute(text(f"CLUSTER {noun.__tablename__} USING pk_{noun.__tablename__}"))
        for index in indexes:
            index.create(connection)
    with sessions.begin() as session:
        # The list was compared: the clock has other things to do meanwhile.
        now = utcnow()
        session.add(LinkRun(started_at=now, finished_at=now, women=among, certain=0, review=0, joined=0))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    return seeding.Seeded(planting.phones, [], time.perf_counter() - began, said_no)


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
