"""The secret key against the database, before anything is started, changed or put back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import inspect

from cli import words
from cli.install.failure import Failure
from models import ChannelAddress, Installation
from outreach.ground.database import make_sessions
from outreach.ground.settings import key_file
from outreach.sealing import key_check
from outreach.sealing.crypto import DecryptionError, PersonalKey

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from outreach.ground.settings import Settings


def before(engine: Engine, settings: Settings) -> None:
    """Hold that the key is the database's, where it has tables already; nothing is written.

    Raises:
        Failure: it is another, or it was missing and had just been made anew.
    """
    if is_wrong(engine, settings):
        refuse(settings)


def is_wrong(engine: Engine, settings: Settings) -> bool:
    """Whether the database belongs to another key, as far as it can be told at its version."""
    tables, key = inspect(engine), PersonalKey(settings.secret_key)
    with make_sessions(engine)() as session:
        if tables.has_table(Installation.__tablename__):
            return key_check.fit(session, key) is key_check.Fit.OTHER
        return tables.has_table(ChannelAddress.__tablename__) and not key_check.opens(session, key)


def ensure(engine: Engine, settings: Settings) -> None:
    """The same, and keep the check value where there is none; the tables are up to date.

    Raises:
        Failure: as above.
    """
    if not inspect(engine).has_table(Installation.__tablename__):
        return
    try:
        with make_sessions(engine).begin() as session:
            key_check.ensure(session, PersonalKey(settings.secret_key))
    except (key_check.WrongSecretKeyError, DecryptionError):
        refuse(settings)


def of_dump(kept: bytes | None, settings: Settings) -> None:
    """Hold that the key is the one of a dump, which keeps this check value.

    Raises:
        Failure: it is another.
    """
    if key_check.fit_of(kept, PersonalKey(settings.secret_key)) is key_check.Fit.OTHER:
        raise Failure(words.KEY_OTHER_THAN_DUMP)


def refuse(settings: Settings) -> None:
    """Say which key is wrong; one that this process had to make is taken away again.

    Raises:
        Failure: always.
    """
    if settings.key_is_new:
        key_file(settings.var).unlink(missing_ok=True)
        raise Failure(words.KEY_MISSING.format(where=key_file(settings.var)))
    raise Failure(words.KEY_OTHER)
