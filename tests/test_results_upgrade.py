"""Step 0025 up and down with data: interviews get the local day on which they were asked."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from alembic import command
from sqlalchemy import text

from outreach.ground import migrate

if TYPE_CHECKING:
    from sqlalchemy import Engine


def test_interviews_and_the_new_role(empty_engine: Engine) -> None:
    """Up: the day in Jalisco, from the chat. Down: the former row goes, and the role's logins."""
    woman, row, former, staff = (uuid.uuid4() for _ in range(4))
    evening = datetime(2026, 3, 2, 3, tzinfo=UTC)  # the first of March there
    with empty_engine.begin() as connection:
        command.upgrade(migrate.config(connection), "0024")
        connection.execute(
            text("INSERT INTO woman (id, created_at, details_cipher) VALUES (:id, :at, 'x')"),
            {"id": woman, "at": evening},
        )
        insert = text(
            "INSERT INTO food_security_interview (id, woman_id, moment, answers_cipher, created_at)"
            " VALUES (:id, :woman, 'start', 'x', :at)"
        )
        for each in (row, former):
            connection.execute(insert, {"id": each, "woman": woman, "at": evening})
    with empty_engine.begin() as connection:
        command.upgrade(migrate.config(connection), "0025")
        found = connection.execute(
            text("SELECT DISTINCT asked_on, source, consent_on, replaced_by FROM food_security_interview")
        )
        assert found.one() == (date(2026, 3, 1), "chat", None, None)
        connection.execute(
            text("UPDATE food_security_interview SET replaced_by = :row WHERE id = :former"),
            {"row": row, "former": former},
        )
        connection.execute(
            text(
                "INSERT INTO staff (id, username, display_name, role, password_hash, must_change_password,"
                " created_at, desk_sound) VALUES (:id, 'dora', 'Dora', 'direction', 'x', false, :at, false)"
            ),
            {"id": staff, "at": evening},
        )
    with empty_engine.begin() as connection:
        command.downgrade(migrate.config(connection), "0024")
        assert connection.scalars(text("SELECT id FROM food_security_interview")).all() == [row]
        role, disabled = connection.execute(text("SELECT role, disabled_at FROM staff")).one()
        assert role == "auditor"
        assert disabled is not None
