"""`migrate`, `backup`, `restore`: the database as a whole."""

from __future__ import annotations

import getpass
import shutil
import sys
import tempfile
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

from cli import audit_check, backups, dumps, key_check, words
from cli.database import bring_up_to_date, opened
from cli.install.failure import Failure
from cli.install.progress import step
from outreach.ground import migrate as migrations
from outreach.ground.settings import load_settings, read_environment
from outreach.ground.watching_settings import recipients
from outreach.sealing.crypto import PersonalKey

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Engine

    from outreach.ground.settings import Settings


def migrate(_args: argparse.Namespace) -> int:
    """Bring the tables up to date and lay what every installation starts with."""
    settings = load_settings(read_environment(), twilio=False)
    with opened(settings) as (engine, _), step(words.STEP_MIGRATE):
        bring_up_to_date(engine, settings)
    return 0


def backup(args: argparse.Namespace) -> int:
    """Write everything into one file; the product may go on meanwhile."""
    settings = load_settings(read_environment(), twilio=False, new_key=False)
    keys = recipients(args.to, "--to") if args.to else () if args.plain else settings.watching.backup_keys
    if args.nightly and not keys:
        raise Failure(words.BACKUP_NO_KEY)
    folder = settings.watching.backup_dir or settings.var / "backup"
    ending = (backups.NIGHTLY if args.nightly else ".dump.age") if keys else ".dump"
    name = f"avanza-{datetime.now(UTC):%Y%m%d-%H%M%S}{ending}"
    target = Path(args.file).absolute() if args.file else folder / name
    with opened(settings) as (engine, known):
        heads = audit_check.heads(engine)
        try:
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            tried = _back_up(engine, known, target, keys, trial=not args.no_trial, nightly=args.nightly)
        except (Failure, OSError) as error:
            failure = backups.said_of(error, target.parent)
            why = str(failure) if isinstance(failure, Failure) else type(failure).__name__
            backups.record(engine, target, encrypted=bool(keys), verified=False, error=why)
            if failure is error:
                raise
            raise failure from error
        backups.record(engine, target, encrypted=bool(keys), verified=tried, error=None)
        if args.nightly:
            backups.forget_old(target.parent, settings.watching.backup_keep)
        if heads:
            # The backup is good whatever is wrong with the record: with it one can compare.
            print(words.BACKUP_AUDIT.format(told=audit_check.note(engine, settings.var, heads)))
    return 0


def _back_up(
    engine: Engine, known: Settings, target: Path, keys: Sequence[str], *, trial: bool, nightly: bool
) -> bool:
    """Write the file; return whether it was restored on trial, which one without a key never is."""
    url, version = known.database_url or "", _version(engine)
    if not keys:
        with step(words.STEP_BACKUP):
            dumps.dump(url, version, target)
        print(words.BACKUP_DONE.format(where=target, size=target.stat().st_size / 1e6))
        return False
    with step(words.STEP_BACKUP):
        key = backups.encrypt(url, version, target, keys)
    print(words.BACKUP_ENCRYPTED.format(where=target, size=target.stat().st_size / 1e6))
    try:
        if not (trial and backups.may_try(engine, url, known.var, nightly=nightly)):
            return False
        with step(words.STEP_TRIAL):
            backups.try_out(engine, url, version, target, key)
    except backups.NotTriedError as why:
        print(why, file=sys.stderr)
        return False
    return True


def restore(args: argparse.Namespace) -> int:
    """Put a backup in place; refuses to overwrite unless told to, a damaged file or a wrong key always."""
    settings = load_settings(read_environment(), twilio=False, new_key=False)
    source = Path(args.file).absolute()
    if not source.is_file():
        raise FileNotFoundError(2, "", str(source))
    with _plain(source, args.key, settings.var) as plain:
        return _restore(plain, settings, replace=args.replace)


@contextmanager
def _plain(source: Path, key_file: str | None, var: Path) -> Iterator[Path]:
    """A backup that PostgreSQL's tools read: the file itself, or an opened copy, deleted at the end."""
    if not backups.is_encrypted(source):
        yield source
        return
    if key_file:
        lines = Path(key_file).read_text(encoding="utf-8").splitlines()
    elif sys.stdin.isatty():
        lines = [getpass.getpass(words.ASK_IDENTITY)]
    else:
        lines = sys.stdin.read().splitlines()
    identities = backups.identities_in(lines)
    var.mkdir(parents=True, exist_ok=True)
    for left in var.glob("restore-*"):
        shutil.rmtree(left, ignore_errors=True)  # of one that was killed
    with tempfile.TemporaryDirectory(prefix="restore-", dir=var) as folder:
        copy = Path(folder) / "backup.dump"
        backups.decrypt(source, copy, identities)
        yield copy


def _restore(source: Path, settings: Settings, *, replace: bool) -> int:
    dumps.check(source)
    kept = dumps.key_check_of(source)
    key_check.of_dump(kept, settings)
    if kept is None:
        print(words.RESTORE_UNCHECKED, file=sys.stderr)
    with opened(settings) as (engine, known):
        if not replace and inspect(engine).has_table("alembic_version"):
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
