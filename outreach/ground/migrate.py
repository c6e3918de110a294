"""Bringing the database to the version of the code, and telling when it is not."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from outreach.ground.settings import ROOT

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine


class Standing(StrEnum):
    """How a database's tables stand to this code."""

    CURRENT = "current"
    OLDER = "older"
    NEWER = "newer"
    """Of a version that this code does not know. What already runs goes on: migrations see to that."""


class TablesNewerError(Exception):
    """The tables are of a version that this code does not know; the message says what to do."""

    def __init__(self) -> None:
        super().__init__(
            "las tablas son de una versión más nueva que este código; trae el código de esa versión, "
            "o recupera el respaldo de antes de actualizar (docs/operations/upgrading.md)."
        )


# Two processes that start at once must not both migrate.
LOCK = 4_182_027


def config(connection: Connection | None = None, key: object = None) -> Config:
    """Return Alembic's configuration; it needs no file of its own. `key` is for steps that encrypt data."""
    made = Config()
    made.set_main_option("script_location", str(ROOT / "migrations"))
    if connection is not None:
        made.attributes["connection"] = connection
        made.attributes["key"] = key
    return made


def upgrade(engine: Engine, key: object = None) -> None:
    """Apply what is missing, in one transaction; `key` is the PersonalKey of the data that is there.

    Raises:
        TablesNewerError: there is no way from what they are to this code.
    """
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        if _standing(connection) is Standing.NEWER:
            raise TablesNewerError
        command.upgrade(config(connection, key), "head")


def is_current(engine: Engine) -> bool:
    """Say whether the database is at the version of the code."""
    return standing(engine) is Standing.CURRENT


def standing(engine: Engine) -> Standing:
    """Compare the version of the tables with that of the code."""
    with engine.connect() as connection:
        return _standing(connection)


def _standing(connection: Connection) -> Standing:
    steps = ScriptDirectory.from_config(config())
    found = MigrationContext.configure(connection).get_current_revision()
    if found == steps.get_current_head():
        return Standing.CURRENT
    known = found is None or any(step.revision == found for step in steps.walk_revisions())
    return Standing.OLDER if known else Standing.NEWER
