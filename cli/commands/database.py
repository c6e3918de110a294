"""`migrate`, `backup`, `restore`: the database as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli import words
from cli.database import bring_up_to_date, opened
from cli.progress import step
from outreach.settings import load_settings, read_environment

if TYPE_CHECKING:
    import argparse


def migrate(_args: argparse.Namespace) -> int:
    """Bring the tables up to date and lay what every installation starts with."""
    settings = load_settings(read_environment())
    with opened(settings) as (engine, _), step(words.STEP_MIGRATE):
        bring_up_to_date(engine, settings.var)
    return 0
