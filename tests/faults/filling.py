"""A full database of the code before: women, conversations and messages by COPY, in its own columns."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

import psycopg

from models import utcnow
from outreach.messages import conversation_state

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from outreach.sealing.crypto import PersonalKey

FIRST_PHONE = 3_310_000_000


def phone(number: int) -> str:
    """The address of a woman who is known."""
    return f"whatsapp:+521{FIRST_PHONE + number}"


def fill(url: str, key: PersonalKey, women: int, messages: int) -> None:
    """Write women with a conversation each, and messages: half came in, half went out, all of them over."""
    now = utcnow() - timedelta(days=3)
    ids = [(uuid.uuid4(), uuid.uuid4(), uuid.uuid4(), uuid.uuid4()) for _ in range(women)]
    with psycopg.connect(url) as connection:
        programme = connection.execute("SELECT id FROM programme LIMIT 1").fetchone()
        assert programme is not None
        _copy(connection, "woman (id, created_at, municipality, axis, details_cipher, birth_year_hash)", (
            (woman, now, "14039", "food",
             key.encrypt({"full_name": f"Prueba {n}"}, place=f"woman:{woman}", bucket=512),
             key.lookup("birth year", str(1950 + n % 50)))
            for n, (woman, _, _, _) in enumerate(ids)
        ), ("uuid", "timestamptz", "varchar", "varchar", "bytea", "bytea"))  # fmt: skip
        _copy(connection, "name_key (id, woman_id, sound_hash)", (
            (uuid.uuid4(), woman, key.lookup("name sound", f"{n % 900}-{part}"))
            for n, (woman, _, _, _) in enumerate(ids) for part in range(3)
        ), ("uuid", "uuid", "bytea"))  # fmt: skip
        _copy(connection, "conversation (id, created_at, programme_id, woman_id, last_inbound_at,"
              " private_cipher)", (
            (talk, now, programme[0], woman, now, conversation_state.empty(key, talk))
            for woman, talk, _, _ in ids
        ), ("uuid", "timestamptz", "uuid", "uuid", "timestamptz", "bytea"))  # fmt: skip
        _copy(connection, "channel_address (id, conversation_id, lookup_hash, kind, address_cipher,"
              " last_seen_at)", (
            (address, talk, key.lookup("address", f"+52{FIRST_PHONE + n}"), "phone",
             key.encrypt({"address": phone(n)}, place=f"address:{address}"), now)
            for n, (_, talk, address, _) in enumerate(ids)
        ), ("uuid", "uuid", "bytea", "varchar", "bytea", "timestamptz"))  # fmt: skip
        _copy(connection, "turn (id, conversation_id, state, attempts, created_at)", (
            (turn, talk, "answered", 1, now) for _, talk, _, turn in ids
        ), ("uuid", "uuid", "varchar", "int4", "timestamptz"))  # fmt: skip
        came = ((uuid.uuid4(), *ids[n % women], n) for n in range(messages // 2))
        _copy(connection, "inbound_message (id, conversation_id, message_sid, received_at, body_cipher,"
              " turn_id)", (
            (row, talk, f"old{n}", now, key.encrypt({"params": {}, "cut": {}}, place=f"inbound:{row}"), turn)
            for row, _, talk, _, turn, n in came
        ), ("uuid", "uuid", "varchar", "timestamptz", "bytea", "uuid"))  # fmt: skip
        went = ((uuid.uuid4(), n) for n in range(messages // 2))
        _copy(connection, "outbox_message (id, kind, state, body_cipher, created_at, sending_since, ended_at,"
              " attempts, sid)", (
            (row, "reply", "read", key.encrypt({"body": ""}, place=f"outbox:{row}"), now, now, now, 1,
             f"sent{n}")
            for row, n in went
        ), ("uuid", "varchar", "varchar", "bytea", "timestamptz", "timestamptz", "timestamptz", "int4",
            "varchar"))  # fmt: skip
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ANALYZE")


def _copy(
    connection: psycopg.Connection, into: str, rows: Iterable[Sequence[object]], types: Sequence[str]
) -> None:
    with connection.cursor().copy(f"COPY {into} FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(types)
        for row in rows:
            copy.write_row(row)
