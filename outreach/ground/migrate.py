"""Bringing the database to the version of the code, and telling when it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from outreach.ground.settings import ROOT

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

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
    """Apply what is missing, in one transaction; `key` is the PersonalKey of the data that is there."""
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        command.upgrade(config(connection, key), "head")


def is_current(engine: Engine) -> bool:
    """Say whether the database is at the version of the code."""
    head = ScriptDirectory.from_config(config()).get_current_head()
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head
