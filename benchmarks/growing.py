"""Women by the hundred thousand and messages by the million, in rows of real size, for `growth`.

Rows that a measurement reads are whole; of the others what is encrypted is filler of the same length. Ids
are spread evenly over all that there can be, in the order of the rows: the indexes that stand are then
filled from left to right, and a new row falls anywhere in them. Nobody here exists.
"""

from __future__ import annotations

import hashlib
import os
import time
import uuid
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import text

from benchmarks import seeding
from benchmarks.among import AGENCIES, AXES, TOWNS
from models import (
    FIRST_PROGRAMME,
    Base,
    ChannelAddress,
    Consent,
    Conversation,
    LinkRun,
    OutboxKind,
    OutboxMessage,
    Woman,
    utcnow,
)
from outreach.ground.addresses import canonical
from outreach.messages import conversation_state, outbox
from outreach.people import consent
from outreach.people import details as records
from outreach.start.demo import GIVEN, SURNAMES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Engine
    from sqlalchemy.orm import Session, sessionmaker

    from outreach.sealing.crypto import PersonalKey

TABLES: Final = (
    "woman", "affiliation", "conversation", "channel_address", "consent", "enrolment", "turn",
    "inbound_message", "outbox_message", "rasa_tracker", "case_file", "sealed_entry",
)  # fmt: skip
TWO_YEARS: Final = timedelta(days=730)
_CHUNK, _GROUP_OF, _CLOSED_EACH, _TALKED_LATELY_EACH = 20_000, 25, 100, 20
_LAST: Final = 2**32 - 1
_SPREAD = """CREATE FUNCTION pg_temp.spread(n bigint, among bigint, salt text) RETURNS uuid
    IMMUTABLE LANGUAGE sql AS $$ SELECT (lpad(to_hex(n * (4294967295 / among)), 8, '0')
    || substr(md5(salt || n), 1, 24))::uuid $$"""
_INBOUND_BYTES, _TRACKER_BYTES, _CASE_BYTES, _ENTRY_BYTES = 1053, 4125, 2100, 1100
_STATEMENTS: Final = (
    """INSERT INTO affiliation (id, woman_id, agency, folio_cipher, folio_hash, source, created_at)
    SELECT pg_temp.spread(n, :women, 'f'), pg_temp.spread(n, :women, 'w'),
        (CAST(:agencies AS text[]))[1 + n % 3], :folio, sha256(CAST('f' || n AS bytea)), 'import', :now
    FROM generate_series(0, :women - 1) n""",
    """INSERT INTO conversation (id, created_at, programme_id, woman_id, last_inbound_at, private_cipher)
    SELECT pg_temp.spread(n, :women, 'c'), :begun, :programme, pg_temp.spread(n, :women, 'w'),
        :now - n % 700 * interval '1 day', :private
    FROM generate_series(0, :women - 1) n WHERE NOT n = ANY(:whole)""",
    """INSERT INTO channel_address (id, conversation_id, lookup_hash, kind, address_cipher, last_seen_at)
    SELECT pg_temp.spread(n, :women, 'a'), pg_temp.spread(n, :women, 'c'), sha256(CAST('a' || n AS bytea)),
        'phone', :address, :now
    FROM generate_series(0, :women - 1) n WHERE NOT n = ANY(:whole)""",
    """INSERT INTO consent (id, conversation_id, kind, given, notice, version, message_sid, created_at)
    SELECT pg_temp.spread(n, :women, 's'), pg_temp.spread(n, :women, 'c'), :privacy, true, :notice, :version,
        'SM' || n, :now FROM generate_series(0, :women - 1) n WHERE NOT n = ANY(:whole)""",
    """INSERT INTO enrolment (id, woman_id, group_id, state, created_at)
    SELECT pg_temp.spread(n, :women, 'e'), pg_temp.spread(n, :women, 'w'),
        (CAST(:groups AS uuid[]))[1 + n / 3 / :group_of], 'enrolled', :now
    FROM generate_series(0, :women - 1, 3) n""",
    # Ended turns are folded into one row a conversation (`outreach.turns.fold`).
    """INSERT INTO turn (id, conversation_id, state, attempts, created_at)
    SELECT pg_temp.spread(n, :women, 't'), pg_temp.spread(n, :women, 'c'), 'answered', 0, :now
    FROM generate_series(0, :women - 1) n""",
    """INSERT INTO rasa_tracker (conversation_id, state, expires_at)
    SELECT pg_temp.spread(n, :women, 'c'), :tracker, :now + interval '10 days'
    FROM generate_series(0, :women - 1, :lately) n WHERE NOT n = ANY(:whole)""",
    """INSERT INTO inbound_message (id, conversation_id, message_sid, received_at, body_cipher, turn_id)
    SELECT pg_temp.spread(n, :pairs, 'i'), pg_temp.spread(k, :women, 'c'),
        'SM' || replace(pg_temp.spread(n, :pairs, 'i')::text, '-', ''),
        :begun + (:now - :begun) * n / :pairs, :inbound, pg_temp.spread(k, :women, 't')
    FROM (SELECT n, floor(:women * power(random(), 1.5))::bigint AS k
        FROM generate_series(0, :pairs - 1) n OFFSET 0) drawn""",
    # What is over names nobody (`outreach.messages.unlinking`); the last day still hangs on a conversation.
    """INSERT INTO outbox_message (id, seq, conversation_id, owner_hash, kind, state, body_cipher, created_at,
        sending_since, ended_at, attempts, sid)
    SELECT pg_temp.spread(n, :pairs, 'o'), CASE WHEN late THEN n ELSE -(random() * 4e18)::bigint END,
        CASE WHEN late THEN pg_temp.spread(k, :women, 'c') END,
        sha256(CAST('o' || k || n / 1000 AS bytea)), 'reply', 'delivered', :reply, at, at, at, 1,
        'SM' || replace(pg_temp.spread(n, :pairs, 'o')::text, '-', '')
    FROM (SELECT n, floor(:women * power(random(), 1.5))::bigint AS k,
            date_trunc('day', :begun + (:now - :begun) * n / :pairs) AS at,
            n > :pairs - 1 - :pairs / 730 AS late
        FROM generate_series(0, :pairs - 1) n OFFSET 0) drawn""",
    """INSERT INTO case_file (id, team_id, is_open, state_cipher, subject_sealed)
    SELECT pg_temp.spread(n, :women, 'k'), :team, false, :case, :entry
    FROM generate_series(1, :women - 1, :closed) n""",
    """INSERT INTO sealed_entry (id, case_id, position, content_sealed)
    SELECT gen_random_uuid(), pg_temp.spread(n, :women, 'k'), p, :entry
    FROM generate_series(1, :women - 1, :closed) n, generate_series(0, 19) p""",
)


@dataclass(frozen=True)
class Grown:
    """What was planted: the address and the id of each woman whose rows are whole, and what it takes."""

    phones: dict[str, uuid.UUID]
    women: int
    messages: int
    seconds: float
    disk_bytes: int
    by_table: dict[str, int]
    """Bytes of each table with its indexes and what is kept apart of it."""
    indexes: dict[str, int]
    """Bytes of its indexes alone."""


def spread(number: int, among: int, salt: str) -> uuid.UUID:
    """Return the same id as the function of that name in the database."""
    head = number * (_LAST // among)
    return uuid.UUID(f"{head:08x}{hashlib.md5(f'{salt}{number}'.encode()).hexdigest()[:24]}")  # noqa: S324 (an id)


def plant(
    engine: Engine,
    key: PersonalKey,
    sessions: sessionmaker[Session],
    team: uuid.UUID,
    *,
    women: int,
    messages: int,
    whole: int,
    area: int,
) -> Grown:
    """Write so many women and messages into a database without any; `whole` of the women can write.

    `area`: two digits with which their numbers begin.

    All is one transaction into tables that it emptied: at `wal_level` minimal such rows need no log.
    """
    began, now = time.perf_counter(), utcnow()
    numbers = [women * place // whole for place in range(whole)]
    with sessions.begin() as session:
        groups = seeding.make_groups(session, -(-women // 3 // _GROUP_OF) + 1, _GROUP_OF)
        seeding.meet(session, groups, now + timedelta(days=9))
        seeding.approve_templates(session)
        session.add(LinkRun(started_at=now, finished_at=now, women=women, certain=0, review=0, joined=0))
    indexes = [one for name in TABLES for one in Base.metadata.tables[name].indexes]
    with engine.begin() as connection:
        for agency in AGENCIES:
            connection.execute(
                text("INSERT INTO agency (code, name) VALUES (:a, :a) ON CONFLICT DO NOTHING"), {"a": agency}
            )
        connection.execute(text(f"TRUNCATE {', '.join(TABLES)} CASCADE"))
        for index in indexes:
            index.drop(connection, checkfirst=True)
        # Every row hangs on one of the same plan: what a foreign key would ask is known.
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("SET LOCAL maintenance_work_mem = '512MB'"))
        connection.execute(text(_SPREAD))
        _women(connection, key, women, now)
        values = _filler(key) | {
            "women": women, "pairs": messages // 2, "whole": numbers, "now": now, "begun": now - TWO_YEARS,
            "groups": groups, "team": team, "agencies": list(AGENCIES), "programme": FIRST_PROGRAMME,
            "privacy": consent.PRIVACY, "notice": consent.NOTICE, "version": consent.NOTICE_VERSION,
            "group_of": _GROUP_OF, "closed": _CLOSED_EACH, "lately": _TALKED_LATELY_EACH,
        }  # fmt: skip
        for statement in _STATEMENTS:
            if messages or ":pairs" not in statement:
                wanted = text(statement)
                connection.execute(wanted, {name: values[name] for name in wanted.compile().params})
        phones = _who_write(connection, key, numbers, women, now, area)
        for index in indexes:
            index.create(connection)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    return Grown(phones, women, messages, time.perf_counter() - began, *_sizes(engine))


def _sizes(engine: Engine) -> tuple[int, dict[str, int], dict[str, int]]:
    asked = text("SELECT pg_total_relation_size(:name), pg_indexes_size(:name)")
    with engine.connect() as connection:
        sizes = {name: connection.execute(asked, {"name": name}).one() for name in TABLES}
        whole = connection.scalar(text("SELECT pg_database_size(current_database())"))
    tables = {name: int(total) for name, (total, _) in sizes.items()}
    return int(whole or 0), tables, {name: int(own) for name, (_, own) in sizes.items()}


def _filler(key: PersonalKey) -> dict[str, Any]:
    """What is encrypted in rows that nothing reads: bytes of the length that it has there."""
    anyone = uuid.uuid4()
    reply = OutboxMessage(id=anyone, kind=OutboxKind.REPLY)
    content = outbox.Content("Claro que sí. Tu taller es el martes a las diez, en la casa de cultura.")
    return {
        "folio": key.encrypt({"folio": "F-0000000"}, place="affiliation:none"),
        "private": os.urandom(len(conversation_state.empty(key, anyone))),
        "address": os.urandom(len(_address(key, anyone, "whatsapp:+522000000000"))),
        "inbound": os.urandom(_INBOUND_BYTES),
        "reply": key.encrypt(asdict(content), place=f"outbox:{anyone}", bucket=outbox.BUCKETS[reply.kind]),
        "tracker": os.urandom(_TRACKER_BYTES),
        "case": os.urandom(_CASE_BYTES),
        "entry": os.urandom(_ENTRY_BYTES),
    }


def _address(key: PersonalKey, row_id: uuid.UUID, address: str) -> bytes:
    return key.encrypt({"address": address}, place=f"address:{row_id}")


def _women(connection: Connection, key: PersonalKey, women: int, now: datetime) -> None:
    """All records are whole: the list shows any of them."""
    columns = ("id", "created_at", "municipality", "axis", "details_cipher")
    step = TWO_YEARS / women
    for start in range(0, women, _CHUNK):
        rows = []
        for n in range(start, min(start + _CHUNK, women)):
            name = f"{GIVEN[n % len(GIVEN)]} {SURNAMES[n % len(SURNAMES)]} {SURNAMES[n // 7 % len(SURNAMES)]}"
            born = f"{1950 + n % 55}-{1 + n % 12:02d}-15"
            woman = spread(n, women, "w")
            details = records.encrypt(key, woman, records.Details(full_name=name, birth_date=born))
            rows.append((woman, now - TWO_YEARS + step * n, TOWNS[n % 16], AXES[n % 5], details))
        _copy(connection, Woman.__tablename__, columns, rows)


def _copy(
    connection: Connection, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    driver: Any = connection.connection.driver_connection
    into = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
    with driver.cursor() as cursor, cursor.copy(into) as copy:
        for row in rows:
            copy.write_row(row)


def _who_write(
    connection: Connection, key: PersonalKey, numbers: Sequence[int], women: int, now: datetime, area: int
) -> dict[str, uuid.UUID]:
    """Write the conversations of those who write meanwhile; return each one's address and id."""
    phones: dict[str, uuid.UUID] = {}
    talks, addresses, agreed = [], [], []
    long_ago = now - timedelta(days=3)
    for n in numbers:
        phone, woman, talk = f"whatsapp:+52{area}{n:08d}", spread(n, women, "w"), spread(n, women, "c")
        address = spread(n, women, "a")
        phones[phone] = woman
        talks.append(
            (talk, now - TWO_YEARS, FIRST_PROGRAMME, woman, long_ago, conversation_state.empty(key, talk))
        )
        hashed, hidden = key.lookup("address", canonical(phone)), _address(key, address, phone)
        addresses.append((address, talk, hashed, "phone", hidden, now))
        version = (consent.NOTICE, consent.NOTICE_VERSION)
        agreed.append((uuid.uuid4(), talk, consent.PRIVACY, True, *version, f"SM{talk.hex}", now))
    _copy(
        connection, Conversation.__tablename__,
        ("id", "created_at", "programme_id", "woman_id", "last_inbound_at", "private_cipher"), talks,
    )  # fmt: skip
    _copy(
        connection, ChannelAddress.__tablename__,
        ("id", "conversation_id", "lookup_hash", "kind", "address_cipher", "last_seen_at"), addresses,
    )  # fmt: skip
    _copy(
        connection, Consent.__tablename__,
        ("id", "conversation_id", "kind", "given", "notice", "version", "message_sid", "created_at"), agreed,
    )  # fmt: skip
    return phones
