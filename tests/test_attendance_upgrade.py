"""Attendance from before marks had a history (0024) stands in it after, and stays on the way back."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import text

from outreach.ground import migrate

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from outreach.sealing.crypto import PersonalKey

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
IDS = {name: uuid.uuid4() for name in ("workshop", "group", "session", "woman", "attendance")}


def _insert(connection: Connection, table: str, **values: object) -> None:
    names = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), values)  # noqa: S608 (fixed names)


def _as_it_was(connection: Connection) -> None:
    _insert(connection, "municipality", code="14039", name="Guadalajara")
    _insert(connection, "workshop", id=IDS["workshop"], code="w", name="Taller", axis="food", description="")
    _insert(connection, "workshop_group", id=IDS["group"], code="g", workshop_id=IDS["workshop"],
            municipality="14039", place="Aula", capacity=9, created_at=NOW)  # fmt: skip
    _insert(connection, "workshop_session", id=IDS["session"], code="s", group_id=IDS["group"],
            starts_at=NOW, minutes=60)  # fmt: skip
    _insert(connection, "woman", id=IDS["woman"], created_at=NOW, details_cipher=b"x")
    _insert(connection, "attendance", id=IDS["attendance"], woman_id=IDS["woman"], session_id=IDS["session"],
            state="present", updated_at=NOW)  # fmt: skip


def test_attendance_gets_its_history_and_back(empty_engine: Engine, key: PersonalKey) -> None:
    """One mark for each row, at its own time; going back, the rows themselves stay."""
    with empty_engine.begin() as connection:
        config = migrate.config(connection, key)
        before = ScriptDirectory.from_config(config).get_revision("0024").down_revision
        assert isinstance(before, str)
        command.upgrade(config, before)
        _as_it_was(connection)
    with empty_engine.begin() as connection:
        command.upgrade(migrate.config(connection, key), "0024")
        mark = connection.execute(
            text("SELECT woman_id, state, source, marked_at FROM attendance_mark")
        ).one()
        assert tuple(mark) == (IDS["woman"], "present", "page", NOW)
    with empty_engine.begin() as connection:
        command.downgrade(migrate.config(connection, key), before)
        assert connection.scalar(text("SELECT state FROM attendance")) == "present"
