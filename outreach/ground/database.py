"""Engine and sessions. Entry points commit (`with sessions.begin() as session`), verbs never do."""

from __future__ import annotations

import select
import time
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import conninfo
from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import InvalidatePoolError, OperationalError
from sqlalchemy.orm import sessionmaker

from outreach.ground import deadlines, embedded

if TYPE_CHECKING:
    from sqlalchemy import Dialect, Engine
    from sqlalchemy.orm import Session
    from sqlalchemy.pool import ConnectionPoolEntry

    from outreach.ground.settings import Settings

OLDEST_POSTGRES = 150000
CONNECT_SECONDS = 5
QUIET_SECONDS = 5.0
"""A pooled connection that was not used for so long is asked whether its server still answers."""
AWAY = "No hay conexión con la base de datos: revise AVANZA_DATABASE_URL y que PostgreSQL esté encendido."
POOLED = (
    "AVANZA_DATABASE_URL pasa por un repartidor de conexiones (como PgBouncer) que no sirve aquí: con él "
    "un mensaje podría contestarse dos veces o tarde. Pon la dirección del propio PostgreSQL."
)
_REFUSED_BY_POOLER = ("unsupported startup parameter", "command-line options")
"""What PgBouncer and Amazon's RDS Proxy say of parameters that PostgreSQL itself takes."""


class DatabaseUnavailableError(Exception):
    """The database can't be used as it is; the message says what to look at."""


def database_url(settings: Settings) -> str:
    """Return the postgresql:// address, starting the embedded server where none is configured."""
    return settings.database_url or embedded.start(settings.var)


def sqlalchemy_url(url: str) -> str:
    """Name the driver that we use."""
    return "postgresql+psycopg://" + url.split("://", 1)[1]


def make_engine(settings: Settings, *, pool_size: int = 10) -> Engine:
    """Make the engine. It connects lazily, notices dead connections and gives up after some seconds.

    Its connections keep to the deadline of whoever uses them (`deadlines`).
    """
    address = database_url(settings)
    engine = create_engine(
        sqlalchemy_url(address),
        pool_size=pool_size,
        max_overflow=5,
        # The connection used last is the one whose statements are prepared.
        pool_use_lifo=True,
        pool_timeout=5,
        # Parameters of a failed statement may hold what she wrote: they stay out of messages.
        hide_parameters=True,
        connect_args={
            "application_name": f"avanza{settings.secret_key.tag}",
            "connect_timeout": connect_seconds(address),
        },
    )
    event.listen(engine, "do_connect", _connect)
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", _check_alive)
    return engine


def _connect(
    _dialect: Dialect, _entry: ConnectionPoolEntry, args: tuple[Any, ...], given: dict[str, Any]
) -> psycopg.Connection:
    servers = str(given.get("host") or "").count(",") + 1
    seconds = deadlines.connect_seconds(int(given["connect_timeout"]), servers)
    return deadlines.Connection.connect(*args, **{**given, "connect_timeout": seconds})


def connect_seconds(address: str) -> int:
    """Return how many seconds a connection may take, as the address says it."""
    return int(conninfo.conninfo_to_dict(address).get("connect_timeout") or CONNECT_SECONDS)


def _note_use(_connection: object, entry: ConnectionPoolEntry) -> None:
    entry.info["used_at"] = time.monotonic()


def _check_alive(connection: psycopg.Connection, entry: ConnectionPoolEntry, _proxy: object) -> None:
    """Have a dead connection replaced before it is used, as `pool_pre_ping` does.

    A round trip for each use would be a tenth of acknowledging a message. The end of a server shows on its
    clients' sockets, so only one that has something to read, or was quiet for long, is asked.
    """
    used_at = entry.info.get("used_at")
    if used_at is None:
        return  # just connected
    try:
        if time.monotonic() - used_at < QUIET_SECONDS and not _something_came(connection):
            return
        connection.autocommit = True
        connection.execute("")
        connection.autocommit = False
    except psycopg.Error:
        raise InvalidatePoolError from None


def _something_came(connection: psycopg.Connection) -> bool:
    looked = select.poll()
    looked.register(connection.fileno(), select.POLLIN)
    return bool(looked.poll(0))


def make_sessions(engine: Engine) -> sessionmaker[Session]:
    """Make the factory of sessions."""
    return sessionmaker(engine, expire_on_commit=False)


def make_readers(engine: Engine) -> sessionmaker[Session]:
    """Make the factory of sessions that only read: a statement is one round trip, not three."""
    return sessionmaker(engine.execution_options(isolation_level="AUTOCOMMIT"), expire_on_commit=False)


def check(engine: Engine, *, patience: float = 0.0) -> None:
    """Connect once, waiting up to `patience` seconds.

    Raises:
        DatabaseUnavailableError: no connection, or a server older than PostgreSQL 15.
    """
    deadline = time.monotonic() + patience
    while True:
        try:
            with engine.connect() as connection:
                version = int(connection.execute(text("SHOW server_version_num")).scalar_one())
            break
        except OperationalError as error:
            if any(said in str(error.orig) for said in _REFUSED_BY_POOLER):
                raise DatabaseUnavailableError(POOLED) from None
            if time.monotonic() >= deadline:
                raise DatabaseUnavailableError(AWAY) from None
            time.sleep(0.3)
    if version < OLDEST_POSTGRES:
        raise DatabaseUnavailableError(
            "AVANZA_DATABASE_URL apunta a un PostgreSQL anterior al 15: actualícelo."
        )
