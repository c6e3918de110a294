"""Tables are brought up to date while somebody uses them: nobody waits long, nothing is left half done."""

from __future__ import annotations

import threading
import time
import uuid
from typing import TYPE_CHECKING

import pytest
from alembic import command
from sqlalchemy import text

from outreach.ground import migrate
from outreach.ground.database import DatabaseUnavailableError

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

BEFORE = "0029"
"""Step 0030 makes indexes of three large tables."""
WAITS = 0.1


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrate, "LOCK_MILLISECONDS", int(WAITS * 1000))
    monkeypatch.setattr(migrate, "PAUSE_SECONDS", 0.05)


@pytest.fixture
def used(empty_engine: Engine) -> Engine:
    """A database of a version before, with a conversation in it."""
    with empty_engine.begin() as connection:
        command.upgrade(migrate.config(connection), BEFORE)
        programme = connection.scalar(text("SELECT id FROM programme"))
        connection.execute(
            text(
                "INSERT INTO conversation (id, created_at, programme_id, private_cipher)"
                " VALUES (:id, now(), :programme, 'x')"
            ),
            {"id": uuid.uuid4(), "programme": programme},
        )
    return empty_engine


def _write(connection: Connection) -> None:
    connection.execute(
        text(
            "INSERT INTO channel_address (id, conversation_id, lookup_hash, address_cipher)"
            " SELECT :id, id, :hash, 'x' FROM conversation"
        ),
        {"id": uuid.uuid4(), "hash": uuid.uuid4().bytes},
    )


def _revision(engine: Engine) -> str:
    with engine.connect() as connection:
        return str(connection.scalar(text("SELECT version_num FROM alembic_version")))


def test_who_writes_never_waits_long(used: Engine) -> None:
    """A long transaction holds the tables: the step waits for it, those who write beside it do not."""
    with used.connect() as holder:
        _write(holder)
        upgrading = threading.Thread(target=migrate.upgrade, args=(used,))
        upgrading.start()
        slowest = 0.0
        for _ in range(15):
            began = time.monotonic()
            with used.begin() as connection:
                _write(connection)
            slowest = max(slowest, time.monotonic() - began)
            time.sleep(0.03)
        assert not migrate.is_current(used)
        holder.commit()
        upgrading.join(60)
    assert migrate.is_current(used)
    assert slowest < 1.0
    with used.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM channel_address")) == 16


def test_it_gives_up_and_is_gone_on_with(used: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """After its patience it says what to do; the steps before stand, an index left half made is made anew."""
    monkeypatch.setattr(migrate, "PATIENCE_SECONDS", 0.3)
    with used.connect() as holder:
        holder.execute(text("LOCK TABLE audience_list IN ACCESS SHARE MODE"))
        with pytest.raises(DatabaseUnavailableError, match="respaldo"):
            migrate.upgrade(used)
        assert _revision(used) == "0031"
    with used.begin() as connection:
        connection.execute(
            text("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_woman_changed'::regclass")
        )
    migrate.upgrade(used)
    assert migrate.is_current(used)
    with used.connect() as connection:
        valid = text("SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix_woman_changed'::regclass")
        assert connection.scalar(valid) is True
        command.check(migrate.config(connection))


def test_two_at_once_agree(used: Engine) -> None:
    """Two hosts that are started at the same moment bring the tables up to date once."""
    both = [threading.Thread(target=migrate.upgrade, args=(used,)) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join(60)
    assert migrate.is_current(used)
