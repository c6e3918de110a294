"""Looking for a woman among a million, and the pages of the list, by the verbs that the pages call.

The million is written with COPY, its indexes built after; every value is encrypted and hashed as the product
does it. Nobody here exists.
"""

from __future__ import annotations

import random
import time
import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from benchmarks import planting
from benchmarks.measure import percentile
from models import Affiliation, Base, ListedPhone, NameKey, Woman, utcnow
from outreach.people import details as records
from outreach.people import finding, name_keys, registry
from outreach.people.finding import Asked
from outreach.programme import how_many, overview

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sqlalchemy import Engine
    from sqlalchemy.orm import Session, sessionmaker

    from benchmarks.report import Report
    from outreach.sealing.crypto import PersonalKey

SEARCH_MS, PAGE_MS = 200.0, 300.0
_CHUNK, _EACH, _PAGES = 20_000, 30, 60
_AGENCIES = ("DIF", "SEMUJER", "SSAS")
_COLUMNS = {
    Woman: ("id", "created_at", "municipality", "details_cipher", "curp_hash", "name_birth_hash",
            "birth_year_hash"),
    NameKey: ("id", "woman_id", "sound_hash"),
    Affiliation: ("id", "woman_id", "agency", "folio_cipher", "folio_hash", "source", "created_at"),
    ListedPhone: ("id", "woman_id", "lookup_hash"),
}  # fmt: skip


@dataclass(frozen=True)
class Person:
    """One invented woman."""

    id: uuid.UUID
    given: str
    first: str
    second: str
    born: date
    town: str
    folio: str
    curp: str
    phone: str

    @property
    def name(self) -> str:
        """Her whole name."""
        return f"{self.given} {self.first} {self.second}".strip()


def people(count: int, seed: int) -> Iterator[Person]:
    """Yield invented women; common names are as common as they are in planting."""
    chance = random.Random(seed)
    given = [1 / (rank + 3) for rank in range(len(planting.GIVEN))]
    surnames = [1 / (rank + 3) for rank in range(len(planting.SURNAMES))]
    for number in range(count):
        (name,) = chance.choices(planting.GIVEN, given)
        first, second = chance.choices(planting.SURNAMES, surnames, k=2)
        born = date(1950, 1, 1) + timedelta(days=chance.randrange(20_000))
        curp = planting.curp_of(chance, name, first, second, born) if number % 50 == 0 else ""
        one_surname = chance.random() < 0.1  # noqa: PLR2004 (one in ten)
        yield Person(
            uuid.UUID(int=chance.getrandbits(128), version=4), name, first, "" if one_surname else second,
            born, chance.choice(planting.TOWNS), f"F-{number:07d}", curp, f"+5233{number:08d}",
        )  # fmt: skip


def plant(engine: Engine, key: PersonalKey, women: Iterable[Person]) -> list[Person]:
    """Write the women; return one of each fifty, who have a CURP."""
    with engine.begin() as connection:
        for agency in _AGENCIES:
            connection.execute(
                text("INSERT INTO agency (code, name) VALUES (:a, :a) ON CONFLICT DO NOTHING"), {"a": agency}
            )
        indexes = [one for noun in _COLUMNS for one in Base.metadata.tables[noun.__tablename__].indexes]
        for index in indexes:
            index.drop(connection)
    known: list[Person] = []
    hashes: dict[str, bytes] = {}
    batch: list[Person] = []
    for person in women:
        batch.append(person)
        if person.curp:
            known.append(person)
        if len(batch) >= _CHUNK:
            _copy(engine, key, batch, hashes)
            batch = []
    _copy(engine, key, batch, hashes)
    with engine.begin() as connection:
        for index in indexes:
            index.create(connection)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    return known


def _copy(engine: Engine, key: PersonalKey, batch: list[Person], hashes: dict[str, bytes]) -> None:
    now = utcnow()
    rows: dict[type[Base], list[tuple[Any, ...]]] = defaultdict(list)
    for at, one in enumerate(batch):
        details = records.Details(full_name=one.name, birth_date=one.born.isoformat(), curp=one.curp)
        found = registry.lookups(key, details)
        rows[Woman].append(
            (one.id, now - timedelta(microseconds=at), one.town, records.encrypt(key, one.id, details),
             found["curp_hash"], found["name_birth_hash"], found["birth_year_hash"])
        )  # fmt: skip
        for sound in {name_keys.sound(part) for part in name_keys.parts(one.name)}:
            if sound not in hashes:
                hashes[sound] = key.lookup("name sound", sound)
            rows[NameKey].append((uuid.uuid4(), one.id, hashes[sound]))
        made, agency = uuid.uuid4(), _AGENCIES[at % len(_AGENCIES)]
        folio = key.encrypt({"folio": one.folio}, place=f"affiliation:{made}")
        rows[Affiliation].append(
            (made, one.id, agency, folio, registry.folio_hash(key, agency, one.folio), "import", now)
        )
        rows[ListedPhone].append((uuid.uuid4(), one.id, key.lookup("address", one.phone)))
    with engine.begin() as connection:
        driver: Any = connection.connection.driver_connection
        for noun, columns in _COLUMNS.items():
            into = f"COPY {noun.__tablename__} ({', '.join(columns)}) FROM STDIN"
            with driver.cursor() as cursor, cursor.copy(into) as copy:
                for row in rows[noun]:
                    copy.write_row(row)


def measure(report: Report, sessions: sessionmaker[Session], key: PersonalKey, known: list[Person]) -> None:
    """Time each way of asking, whether she is among those shown, and pages of the list at any depth."""
    chance = random.Random(5)
    every: list[float] = []
    whole = len(known) * 50 >= 1_000_000  # noqa: PLR2004 (what was promised is promised for a million)
    for name, ask, meant in _QUESTIONS:
        times, shown, asked = [], 0, chance.sample(known, min(_EACH, len(known)))
        for person in asked:
            with sessions() as session:
                began = time.perf_counter()
                found = finding.find(session, key, Asked.of(ask(person)))
                times.append((time.perf_counter() - began) * 1000)
            shown += any(hit.woman.id == person.id for hit in found.hits)
        every += times
        report.goal(f"search, {name}: p95", percentile(times, 0.95), "ms")
        if meant:
            report.goal(f"search, {name}: she is among those found", shown / len(asked), "")
    report.goal("search, all: p95", percentile(every, 0.95), "ms", SEARCH_MS if whole else None)
    _pages(report, sessions, key, known, whole=whole)


def _pages(
    report: Report, sessions: sessionmaker[Session], key: PersonalKey, known: list[Person], *, whole: bool
) -> None:
    chance = random.Random(6)
    times = []
    for number in range(_PAGES):
        town = chance.choice((None, *planting.TOWNS[:4]))
        person = chance.choice(known)
        with sessions() as session:
            began = time.perf_counter()
            overview.women(session, key, municipality=town, after=person.id if number else None)
            how_many.women(session, town)
            overview.used_municipalities(session)
            times.append((time.perf_counter() - began) * 1000)
    report.goal("list, a page at any depth: p95", percentile(times, 0.95), "ms", PAGE_MS if whole else None)


def _slip(person: Person) -> str:
    return f"{person.given} {person.first[:3]}{person.first[4:]} {person.second}"


_QUESTIONS: tuple[tuple[str, Callable[[Person], str], bool], ...] = (
    ("whole name", lambda one: one.name, True),
    ("surnames first, no accents", lambda one: planting.plain(f"{one.first} {one.second} {one.given}"), True),
    ("one surname", lambda one: f"{one.given} {one.first}", False),
    ("a surname alone", lambda one: one.first, False),
    ("a slip", _slip, True),
    ("married name", lambda one: f"{one.given} {one.first} de Cazares", False),
    ("name and year", lambda one: f"{one.given} {one.first} {one.born.year}", True),
    ("nobody", lambda one: f"Zoraya {one.first} Quintanar", False),
    ("CURP", lambda one: one.curp, True),
    ("phone", lambda one: one.phone, True),
    ("folio", lambda one: one.folio, True),
)
