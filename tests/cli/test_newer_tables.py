"""Code of before, on tables that a newer version has changed: it says so, and changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import text

from cli.__main__ import explain_our_own
from cli.commands import doctor
from cli.database import bring_up_to_date
from cli.install.failure import Failure
from outreach.ground import migrate
from outreach.ground.settings import ROOT

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from outreach.ground.settings import Settings


def set_version(engine: Engine, version: str) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})


def version(engine: Engine) -> str:
    with engine.connect() as connection:
        return str(connection.scalar(text("SELECT version_num FROM alembic_version")))


def test_the_start_says_what_to_do(engine: Engine, settings: Settings) -> None:
    """One line for the administrator who went back, and no step of ours on those tables."""
    set_version(engine, "9999")
    with pytest.raises(migrate.TablesNewerError) as refused:
        bring_up_to_date(engine, settings)
    line = explain_our_own(refused.value)
    assert line is not None
    assert "más nueva" in line
    assert "respaldo" in line
    assert version(engine) == "9999"


def test_doctor_does_not_advise_to_migrate(engine: Engine) -> None:
    """That would fail; of older ones it is the right word."""
    set_version(engine, "9999")
    with pytest.raises(Failure, match="más nueva"):
        doctor._tables(engine)
    before = ScriptDirectory.from_config(migrate.config()).get_revision("head").down_revision
    assert isinstance(before, str)
    set_version(engine, before)
    with pytest.raises(Failure, match="migrate"):
        doctor._tables(engine)
    assert migrate.standing(engine) is migrate.Standing.OLDER


def test_no_tables_yet_are_older(empty_engine: Engine) -> None:
    """A new database is migrated, not refused."""
    assert migrate.standing(empty_engine) is migrate.Standing.OLDER
    with empty_engine.begin() as connection:
        command.upgrade(migrate.config(connection), "0002")
    assert migrate.standing(empty_engine) is migrate.Standing.OLDER


def test_the_words_name_a_page_that_is_there() -> None:
    """What the line points at."""
    named = str(migrate.TablesNewerError()).split("(")[1].split(")")[0]
    assert (ROOT / named).is_file()
