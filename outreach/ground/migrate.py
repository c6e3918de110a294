"""Bringing the database to the version of the code, and telling when it is not.

A database that holds something may be in use, by the code of before: then each step is a transaction of its
own, gives up a lock that it does not get soon (whoever writes queues up behind it), and is tried again.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg import errors
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from outreach.ground.database import DatabaseUnavailableError
from outreach.ground.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

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
LOCK_MILLISECONDS = 500
"""How long a step may keep others waiting for a lock that it waits for itself.

Less than PostgreSQL's `deadlock_timeout`: where both wait for each other, the step gives way to the message.
"""
PAUSE_SECONDS, PATIENCE_SECONDS = 1.0, 300.0
BUSY = (
    "Algo ocupa las tablas desde hace minutos, quizá un respaldo: repite cuando termine. Nada quedó a medias."
)
_BUSY = (errors.LockNotAvailable, errors.DeadlockDetected)


def config(connection: Connection | None = None, key: object = None) -> Config:
    """Return Alembic's configuration; it needs no file of its own. `key` is for steps that encrypt data."""
    made = Config()
    made.set_main_option("script_location", str(ROOT / "migrations"))
    if connection is not None:
        made.attributes["connection"] = connection
        made.attributes["key"] = key
    return made


def upgrade(engine: Engine, key: object = None) -> None:
    """Apply what is missing; `key` is the PersonalKey of the data that is there.

    An empty database gets all of it or nothing. One that holds something may be in use: each step is applied
    as a whole, and what a killed process left is gone on with.

    Raises:
        DatabaseUnavailableError: a lock could not be had within `PATIENCE_SECONDS`.
        TablesNewerError: there is no way from what they are to this code.
    """
    with _alone(engine) as holder:
        if _standing(holder) is Standing.NEWER:
            raise TablesNewerError
        if _revision(holder) is None:
            with engine.begin() as connection:
                command.upgrade(config(connection, key), "head")
            return
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not _applied(engine, key):
        if time.monotonic() > deadline:
            raise DatabaseUnavailableError(BUSY)
        time.sleep(PAUSE_SECONDS)


def _applied(engine: Engine, key: object) -> bool:
    """Apply the steps that are missing until one can't have a lock; say whether none is left."""
    with _alone(engine), engine.connect() as connection:
        connection.execute(text(f"SET lock_timeout = {LOCK_MILLISECONDS}"))
        connection.commit()
        made = config(connection, key)
        made.attributes["online"] = LOCK_MILLISECONDS
        try:
            command.upgrade(made, "head")
        except DBAPIError as error:
            if not isinstance(error.orig, _BUSY):
                raise
            return False
        finally:
            connection.rollback()
            connection.execute(text("RESET lock_timeout"))
            connection.commit()
    return True


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """Hold the lock of migrations by a session, without a transaction.

    It is asked for again and again: whoever waits for it in a statement holds a snapshot, and an index that
    the other makes beside the writers would wait for that.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as holder:
        while not holder.scalar(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": LOCK}):
            time.sleep(PAUSE_SECONDS)
        try:
            yield holder
        finally:
            holder.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": LOCK})


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def is_current(engine: Engine) -> bool:
    """Say whether the database is at the version of the code."""
    return standing(engine) is Standing.CURRENT


def standing(engine: Engine) -> Standing:
    """Compare the version of the tables with that of the code."""
    with engine.connect() as connection:
        return _standing(connection)


def _standing(connection: Connection) -> Standing:
    steps = ScriptDirectory.from_config(config())
    found = _revision(connection)
    if found == steps.get_current_head():
        return Standing.CURRENT
    known = found is None or any(step.revision == found for step in steps.walk_revisions())
    return Standing.OLDER if known else Standing.NEWER
