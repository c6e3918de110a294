"""`migrate`, `backup`, `restore`: the database as a whole."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

from cli import audit_check, dumps, key_check, words
from cli.database import bring_up_to_date, opened
from cli.install.failure import Failure
from cli.install.progress import step
from outreach.ground import migrate as migrations
from outreach.ground.settings import load_settings, read_environment
from outreach.sealing.crypto import PersonalKey

if TYPE_CHECKING:
    import argparse

    from sqlalchemy import Engine


def migrate(_args: argparse.Namespace) -> int:
    """Bring the tables up to date and lay what every installation starts with."""
    settings = load_settings(read_environment(), twilio=False)
    with opened(settings) as (engine, _), step(words.STEP_MIGRATE):
        bring_up_to_date(engine, settings)
    return 0


def backup(args: argparse.Namespace) -> int:
    """Write everything into one file; the product may go on meanwhile."""
    settings = load_settings(read_environment(), twilio=False, new_key=False)
    name = f"avanza-{datetime.now(UTC):%Y%m%d-%H%M%S}.dump"
    target = Path(args.file).absolute() if args.file else settings.var / "backup" / name
    target.parent.mkdir(parents=True, exist_ok=True)
    with opened(settings) as (engine, known):
        heads = audit_check.heads(engine)
        with step(words.STEP_BACKUP):
            dumps.dump(known.database_url or "", _version(engine), target)
        print(words.BACKUP_DONE.format(where=target, size=target.stat().st_size / 1e6))
        if heads:
            # The backup is good whatever is wrong with the record: with it one can compare.
            print(words.BACKUP_AUDIT.format(told=audit_check.note(engine, settings.var, heads)))
    return 0


def restore(args: argparse.Namespace) -> int:
    """Put a backup in place; refuses to overwrite unless told to, a damaged file or a wrong key always."""
    settings = load_settings(read_environment(), twilio=False, new_key=False)
    source = Path(args.file).absolute()
    if not source.is_file():
        raise FileNotFoundError(2, "", str(source))
    dumps.check(source)
    kept = dumps.key_check_of(source)
    key_check.of_dump(kept, settings)
    if kept is None:
        print(words.RESTORE_UNCHECKED, file=sys.stderr)
    with opened(settings) as (engine, known):
        if not args.replace and inspect(engine).has_table("alembic_version"):
            raise Failure(words.RESTORE_NOT_EMPTY)
        with step(words.STEP_RESTORE):
            dumps.restore(known.database_url or "", _version(engine), source)
        migrations.upgrade(engine, PersonalKey(known.secret_key))
        key_check.ensure(engine, known)
        audit_check.renew(settings.var, audit_check.heads(engine))
    print(words.RESTORE_DONE)
    return 0


def _version(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text("SHOW server_version_num")).scalar_one())
