"""Step 0034 up and down with data: a list of a campaign gets its maker's agency; an opposition is kept."""

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

STEP, AT = "0034", datetime(2026, 11, 1, 12, tzinfo=UTC)


def before(connection: Connection) -> str:
    """Return the step before this one."""
    found = ScriptDirectory.from_config(migrate.config(connection)).get_revision(STEP).down_revision
    assert isinstance(found, str)
    return found


def a_list(connection: Connection, name: str, by: uuid.UUID | None, **more: str) -> None:
    values = {"id": uuid.uuid4(), "name": name, "created_by": by, "changed_at": AT, "created_at": AT, **more}
    names = ", ".join(values)
    marks = ", ".join(f":{column}" for column in values)
    connection.execute(text(f"INSERT INTO audience_list ({names}) VALUES ({marks})"), values)  # noqa: S608 (fixed names)


def test_lists_get_the_agency_of_who_made_them(empty_engine: Engine) -> None:
    """Up: by who brought it in, none by the command. Down: of two lists of one name one is left."""
    clara = uuid.uuid4()
    with empty_engine.begin() as connection:
        command.upgrade(migrate.config(connection), before(connection))
        connection.execute(text("INSERT INTO agency (code, name) VALUES ('DIFX', 'Prueba')"))
        connection.execute(
            text(
                "INSERT INTO staff (id, username, display_name, role, password_hash, must_change_password,"
                " created_at, desk_sound, agency)"
                " VALUES (:id, 'clara', 'Clara', 'coordinator', 'x', false, :at, false, 'DIFX')"
            ),
            {"id": clara, "at": AT},
        )
        a_list(connection, "Feria", clara)
        a_list(connection, "Huerto", None)
    with empty_engine.begin() as connection:
        command.upgrade(migrate.config(connection), STEP)
        found = connection.execute(text("SELECT name, agency FROM audience_list ORDER BY name"))
        assert found.all() == [("Feria", "DIFX"), ("Huerto", None)]
        a_list(connection, "Huerto", clara, agency="DIFX")
        connection.execute(
            text(
                "INSERT INTO woman (id, created_at, details_cipher, opposed_at) VALUES (:id, :at, 'x', :at)"
            ),
            {"id": uuid.uuid4(), "at": AT},
        )
    with empty_engine.begin() as connection:
        command.downgrade(migrate.config(connection), before(connection))
        names = connection.scalars(text("SELECT name FROM audience_list ORDER BY name")).all()
        assert names == ["Feria", "Huerto"]
        assert connection.scalar(text("SELECT count(*) FROM woman")) == 1
