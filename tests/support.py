"""What tests share: an invented installation's settings, and databases made and dropped."""

from __future__ import annotations

import base64
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, event, text
from sqlalchemy.pool import NullPool

from cli.install.scratch import scratch_folder
from outreach.ground.database import sqlalchemy_url

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy.orm import Session

TEST_VAR = scratch_folder()
SECRET = base64.b64encode(bytes(range(32))).decode()
ACCOUNT, TOKEN = "AC" + "0" * 32, "test-token-of-no-account"


def environment(var: Path, **changes: str) -> dict[str, str]:
    """Return the settings of a test installation."""
    return {
        "AVANZA_VAR": str(var),
        "AVANZA_SECRET_KEY": SECRET,
        "AVANZA_PUBLIC_URL": "http://127.0.0.1:8000",
        "AVANZA_QUIET_HOURS": "",
        "AVANZA_SPEECH": "off",
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_WHATSAPP_FROM": "whatsapp:+5213300000000",
    } | changes


@contextmanager
def counting(session: Session) -> Iterator[list[str]]:
    """Yield the list of statements that leave on the session's connection from here on."""
    statements: list[str] = []

    def note(*arguments: object) -> None:
        statements.append(str(arguments[2]))

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(connection, "before_cursor_execute", note)


def admin(uri: str, statement: str) -> None:
    engine = create_engine(sqlalchemy_url(uri), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def named(uri: str, name: str) -> str:
    return uri.replace("/postgres?", f"/{name}?")
