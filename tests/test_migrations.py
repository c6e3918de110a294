"""The migrations and the models are one: what the head builds is what the code expects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic import command

from outreach.ground import migrate

if TYPE_CHECKING:
    from sqlalchemy import Engine


def test_head_equals_models(engine: Engine) -> None:
    """A model changed without its migration fails here, with the difference in words."""
    assert migrate.is_current(engine)
    with engine.begin() as connection:
        command.check(migrate.config(connection))


def test_upgrading_twice_changes_nothing(engine: Engine) -> None:
    """Every start may migrate."""
    migrate.upgrade(engine)
    assert migrate.is_current(engine)
