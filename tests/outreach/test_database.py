"""Pooled connections: one whose server is gone is replaced before it is used; one in use is not asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from outreach.ground import database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

    from outreach.ground.settings import Settings

BACKEND = text("SELECT pg_backend_pid()")


@pytest.fixture
def pooled(settings: Settings) -> Iterator[Engine]:
    made = database.make_engine(settings)
    yield made
    made.dispose()


def backend(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(BACKEND).scalar_one())


@pytest.mark.parametrize("quiet_seconds", [5.0, 0.0])
def test_a_dead_connection_is_replaced(
    engine: Engine, pooled: Engine, monkeypatch: pytest.MonkeyPatch, quiet_seconds: float
) -> None:
    """A restart of PostgreSQL costs no message, used a moment ago or not."""
    monkeypatch.setattr(database, "QUIET_SECONDS", quiet_seconds)
    first = backend(pooled)
    with engine.connect() as connection:
        assert connection.execute(
            text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": first}
        ).scalar_one()
    again = backend(pooled)
    assert again != first
    assert backend(pooled) == again
