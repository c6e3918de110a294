"""`migrate`, `backup`, `restore`: the database as a whole."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config

from cli import words
from cli.places import ROOT
from cli.progress import step
from outreach.database import check, make_engine
from outreach.settings import load_settings, read_environment

if TYPE_CHECKING:
    import argparse

    from sqlalchemy import Engine


def migrate(_args: argparse.Namespace) -> int:
    """Bring the tables up to date."""
    engine = make_engine(load_settings(read_environment()))
    check(engine)
    with step(words.STEP_MIGRATE):
        bring_up_to_date(engine)
    return 0


def bring_up_to_date(engine: Engine) -> None:
    """Apply every migration that is missing, in one transaction; two at once wait for each other."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
