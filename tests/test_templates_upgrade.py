"""Step 0028 up and down with data: templates become first versions, names are unique again after."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from alembic import command
from sqlalchemy import text

from outreach.ground import migrate

if TYPE_CHECKING:
    from sqlalchemy import Engine

ADD = text(
    "INSERT INTO template (id, name, language, category, body, buttons, samples, state, created_at)"
    " VALUES (:id, :name, 'es_MX', 'UTILITY', 'Hola.', '[]', '{}', 'approved', :at)"
)


def test_templates_become_versions(empty_engine: Engine) -> None:
    """What was there is version 1, our own told apart; two versions have two names on the way down."""
    now = datetime(2026, 11, 1, 12, tzinfo=UTC)
    ours, theirs = uuid.uuid4(), uuid.uuid4()
    with empty_engine.begin() as connection:
        command.upgrade(migrate.config(connection), "0027")
        for one, name in ((ours, "session_reminder"), (theirs, "x" * 64)):
            connection.execute(ADD, {"id": one, "name": name, "at": now})
    with empty_engine.begin() as connection:
        command.upgrade(migrate.config(connection), "0028")
        found = connection.execute(text("SELECT id, version, built_in, withdrawn_at FROM template"))
        assert set(found.all()) == {(ours, 1, True, None), (theirs, 1, False, None)}
        connection.execute(
            text(
                "INSERT INTO template (id, name, version, language, category, body, buttons, samples, state,"
                " created_at, supersedes_id) SELECT :id, name, 2, language, category, 'Hola, hola.', buttons,"
                " samples, state, created_at, id FROM template WHERE id = :old"
            ),
            {"id": uuid.uuid4(), "old": theirs},
        )
    with empty_engine.begin() as connection:
        command.downgrade(migrate.config(connection), "0027")
        names = set(connection.scalars(text("SELECT name FROM template")))
        assert names == {"session_reminder", "x" * 64, "x" * 56 + "_v1"}
