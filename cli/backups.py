"""Backups encrypted to a public key, in the format of age; their trial, and how long nightly ones are kept.

The dump goes from pg_dump through the encryption into the file: no plain copy lies on the disk. Each file is
also encrypted to a key pair that is made for its trial and lives in this process alone, so that the very file
that is kept is opened and restored on trial without the private key (`docs/decisions/0071-backups.md`).
"""

from __future__ import annotations

import errno
import os
import shutil
import time
import uuid
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import pyrage
from pyrage import x25519
from sqlalchemy import create_engine, func, inspect, select, text
from sqlalchemy.exc import ProgrammingError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from cli import dumps, words
from cli.install.failure import Failure
from models import BackupRun, Base, Installation, utcnow
from outreach.figures import vitals
from outreach.ground import migrate
from outreach.ground.database import make_sessions, sqlalchemy_url
from outreach.staff import chain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from sqlalchemy import Engine

MAGIC = b"age-encryption.org/"
NIGHTLY = vitals.NIGHTLY
_SCRATCH = "avanza_drill_"
_LEFT_SECONDS = 6 * 3600


BIG_BYTES, WEEK = 5_000_000_000, timedelta(days=6)
"""A database of this size is restored on trial once a week."""
SPARE_BYTES = 1_000_000_000
_TAKES_NO_FILE = {
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EACCES,
    errno.EPERM,
    errno.EROFS,
    errno.ENOTDIR,
    errno.EEXIST,
}


class NotTriedError(Exception):
    """The file is whole, but was not restored on trial; the message says why."""


def looked_at(keys: Sequence[str], folder: Path) -> str:
    """Say how many keys a backup is encrypted to, and where it goes.

    Raises:
        Failure: one is none, or nothing can be written there.
    """
    try:
        for key in keys:
            x25519.Recipient.from_str(key)
    except pyrage.RecipientError as error:
        raise Failure(words.BACKUP_KEY_WRONG) from error
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK):
        raise Failure(words.BACKUP_NOT_WRITTEN.format(where=folder))
    return words.DOCTOR_BACKUP_KEYS.format(count=len(keys), where=folder)


def is_encrypted(source: Path) -> bool:
    """Say whether a file is one of age's."""
    with source.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def encrypt(url: str, server: int, target: Path, keys: Sequence[str]) -> x25519.Identity:
    """Write an encrypted backup beside `target` and move it there when it is whole.

    Returns the private half of the pair that was made for its trial.

    Raises:
        Failure: a key is none, pg_dump failed, or the disk is full.
    """
    trial = x25519.Identity.generate()
    draft = target.with_name(f".{target.name}.part")
    try:
        recipients = [x25519.Recipient.from_str(key) for key in keys]
    except pyrage.RecipientError as error:
        raise Failure(words.BACKUP_KEY_WRONG) from error
    try:
        with (
            os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file,
            dumps.dumping(url, server) as plain,
        ):
            pyrage.encrypt_io(plain, file, [*recipients, trial.to_public()])
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    except pyrage.EncryptError as error:
        # It says what the disk said.
        raise Failure(words.BACKUP_NOT_WRITTEN.format(where=target.parent)) from error
    finally:
        draft.unlink(missing_ok=True)
    _keep_name(target.parent)
    return trial


def _keep_name(folder: Path) -> None:
    """Have the new name outlive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def decrypt(source: Path, target: Path, identities: Sequence[str]) -> None:
    """Write the plain dump of an encrypted backup into a file that only its owner reads.

    Raises:
        Failure: no key opens it, one is none, or the file is cut or damaged.
    """
    try:
        keys = [x25519.Identity.from_str(one) for one in identities]
    except pyrage.IdentityError as error:
        raise Failure(words.IDENTITY_WRONG) from error
    with (
        source.open("rb") as sealed,
        os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as plain,
    ):
        try:
            pyrage.decrypt_io(sealed, plain, keys)
        except pyrage.DecryptError as error:
            raise Failure(words.IDENTITY_OTHER) from error
        except OSError as error:
            if error.errno is not None:
                raise
            raise Failure(words.BACKUP_BROKEN.format(where=source)) from error


def identities_in(lines: Sequence[str]) -> list[str]:
    """Return the private keys of age's key file: its lines without comments."""
    found = [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
    if not found:
        raise Failure(words.IDENTITY_WRONG)
    return found


def may_try(engine: Engine, url: str, var: Path, *, nightly: bool) -> bool:
    """Say whether a trial is for now: a big database is tried once a week.

    Raises:
        NotTriedError: the tables are not this code's; or there is no room for the database a second time, and
            a full disk would stop the service.
    """
    if not migrate.is_current(engine):
        raise NotTriedError(words.BACKUP_OLD_TABLES)
    with engine.connect() as connection:
        size = int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
        last = connection.execute(select(func.max(BackupRun.verified_at))).scalar_one()
    var.mkdir(parents=True, exist_ok=True)
    if dumps.is_here(url) and shutil.disk_usage(var).free < 2 * size + SPARE_BYTES:
        raise NotTriedError(words.BACKUP_NO_ROOM_TO_TRY)
    return not nightly or size < BIG_BYTES or last is None or utcnow() - last > WEEK


def try_out(engine: Engine, url: str, server: int, source: Path, key: x25519.Identity) -> None:
    """Open an encrypted backup, restore it into a database of its own, look at it, and drop that.

    Raises:
        NotTriedError: no database can be made here.
        Failure: the file does not open, or what it gives is not whole.
    """
    with scratch(engine) as name:
        with source.open("rb") as sealed, dumps.restoring(url, server, name) as feed:
            try:
                pyrage.decrypt_io(sealed, feed, [key])
            except BrokenPipeError:
                pass  # pg_restore has ended: it says why
            except (pyrage.DecryptError, OSError) as error:
                raise Failure(words.BACKUP_BROKEN.format(where=source)) from error
        _look_at(engine, url, name, source)


@contextmanager
def scratch(engine: Engine) -> Iterator[str]:
    """A database that is there for the trial only; those of trials that were killed are dropped too."""
    now = int(time.time())
    name = f"{_SCRATCH}{now}_{uuid.uuid4().hex[:8]}"
    outside = engine.execution_options(isolation_level="AUTOCOMMIT")
    with outside.connect() as connection:
        left = connection.execute(
            text("SELECT datname FROM pg_database WHERE starts_with(datname, :start)"), {"start": _SCRATCH}
        )
        for old in left.scalars().all():
            began = old.removeprefix(_SCRATCH).split("_")[0]
            # A younger one may be of a trial that is under way.
            if began.isdigit() and now - int(began) > _LEFT_SECONDS:
                with suppress(SQLAlchemyError):
                    connection.execute(text(f'DROP DATABASE "{old}"'))
        try:
            connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE template0'))
        except ProgrammingError as error:
            raise NotTriedError(words.BACKUP_NOT_TRIED) from error
    try:
        yield name
    finally:
        with outside.connect() as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))


def _look_at(engine: Engine, url: str, name: str, source: Path) -> None:
    """Every table there, of the same version, of the same key, the record of what staff did whole."""
    wrong = Failure(words.BACKUP_TRIAL_FAILED.format(where=source))
    tried = create_engine(sqlalchemy_url(dumps.named(url, name)), poolclass=NullPool, hide_parameters=True)
    try:
        if missing := set(Base.metadata.tables) - set(inspect(tried).get_table_names()):
            raise wrong from LookupError(", ".join(sorted(missing)))
        if _version_of(tried) != _version_of(engine):
            raise wrong
        with make_sessions(tried)() as there, make_sessions(engine)() as here:
            kept, now = there.get(Installation, 1), here.get(Installation, 1)
            if (kept and kept.key_check) != (now and now.key_check):
                raise wrong
            if any(one.broken_at is not None for one in chain.verify(there)):
                raise wrong
    finally:
        tried.dispose()


def _version_of(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.execute(text("SELECT version_num FROM alembic_version")).scalars())


def said_of(error: Failure | OSError, folder: Path) -> Failure | OSError:
    """Return why a backup failed: in words where the folder takes no file, else what was raised."""
    if isinstance(error, OSError) and error.errno in _TAKES_NO_FILE:
        return Failure(words.BACKUP_NOT_WRITTEN.format(where=folder))
    return error


def record(engine: Engine, target: Path, *, encrypted: bool, verified: bool, error: str | None) -> None:
    """Keep for the administrator's page what came of a backup; a database of another version has no place."""
    now = utcnow()
    size = target.stat().st_size if error is None else 0
    # Why it failed is told by the command too; a database that has gone must not hide that.
    lost = SQLAlchemyError if error else ProgrammingError
    with suppress(lost), make_sessions(engine).begin() as session:
        session.add(
            BackupRun(
                created_at=now,
                name=target.name[:120],
                size=size,
                encrypted=encrypted,
                verified_at=now if verified else None,
                error=error[:200] if error else None,
            )
        )


def forget_old(folder: Path, keep: int) -> list[str]:
    """Delete the oldest nightly backups beyond the newest `keep`; others are left alone."""
    ours = sorted(path for path in folder.glob(f"avanza-*{NIGHTLY}") if path.is_file())
    old = ours[: max(0, len(ours) - keep)]
    for path in (*old, *folder.glob(f".avanza-*{NIGHTLY}.part")):  # and what a killed one left
        path.unlink(missing_ok=True)
    return [path.name for path in old]
