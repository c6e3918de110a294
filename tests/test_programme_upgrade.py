"""An installation from before programmes were data (0022) goes on after it, and back."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from alembic import command
from sqlalchemy import text

from models import FIRST_PROGRAMME
from outreach.ground import migrate

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from outreach.sealing.crypto import PersonalKey

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
BEFORE, AFTER = "0021", "0022"
IDS = {name: uuid.uuid4() for name in ("programme", "workshop", "group", "state", "school")}


def _insert(connection: Connection, table: str, **values: object) -> None:
    names = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), values)  # noqa: S608 (fixed names)


def _as_it_was(connection: Connection) -> None:
    _insert(connection, "programme", id=IDS["programme"], code="otro", name="Otro", created_at=NOW)
    _insert(connection, "municipality", code="14039", name="Guadalajara")
    _insert(connection, "agency", code="DIF", name="Sistema DIF Jalisco")
    _insert(connection, "workshop", id=IDS["workshop"], code="w", name="Taller", axis="food", description="")
    _insert(connection, "workshop_group", id=IDS["group"], code="g", workshop_id=IDS["workshop"],
            municipality="14039", place="Aula", capacity=9, created_at=NOW)  # fmt: skip
    _insert(connection, "holiday", id=IDS["state"], day=date(2026, 12, 24), name="Cierre")


def test_programmes_become_data_and_back(empty_engine: Engine, key: PersonalKey) -> None:
    """Every programme gets the five axes, what is there stays open; going back, no school day stays."""
    with empty_engine.begin() as connection:
        command.upgrade(migrate.config(connection, key), BEFORE)
        _as_it_was(connection)
    with empty_engine.begin() as connection:
        command.upgrade(migrate.config(connection, key), AFTER)
        axes = text("SELECT code FROM axis WHERE programme_id = :id ORDER BY position")
        for programme_id in (FIRST_PROGRAMME, IDS["programme"]):
            found = connection.scalars(axes, {"id": programme_id}).all()
            assert found == ["food", "production", "occupation", "health", "employment"]
        group = text("SELECT directions, facilitator, closed_at FROM workshop_group")
        assert connection.execute(group).one() == ("", "", None)
        assert connection.scalar(text("SELECT retired_at FROM workshop")) is None
        assert connection.scalars(text("SELECT kind FROM holiday")).all() == ["state"]
        _insert(connection, "holiday", id=IDS["school"], day=date(2026, 12, 23), name="Vacaciones",
                kind="school")  # fmt: skip
    with empty_engine.begin() as connection:
        command.downgrade(migrate.config(connection, key), BEFORE)
        assert connection.scalars(text("SELECT id FROM holiday")).all() == [IDS["state"]]
        assert connection.scalar(text("SELECT place FROM workshop_group")) == "Aula"
        assert connection.scalar(text("SELECT name FROM agency WHERE code = 'DIF'")) == "Sistema DIF Jalisco"
