"""The secret key against the database, before anything is started, changed or put back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import inspect, select

from cli import key_words, words
from cli.install.failure import Failure
from models import ChannelAddress, Installation, KeyChange
from outreach.ground.database import make_sessions
from outreach.ground.settings import SecretKey, key_file
from outreach.sealing import key_check
from outreach.sealing.crypto import DecryptionError, PersonalKey, succeeds

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from outreach.ground.settings import Settings


def arranged(engine: Engine, settings: Settings) -> Settings:
    """Return the settings with the key that is written with first: of two keys the database says which.

    Until a change is begun that is the present key, from then on the next one; once it is over the key of
    before is not read any more.

    Raises:
        Failure: a change is under way, and one of its two keys is not here.
    """
    own, tables = settings.secret_key, inspect(engine)
    if not tables.has_table(KeyChange.__tablename__) or not tables.has_table(Installation.__tablename__):
        return settings
    with make_sessions(engine)() as session:
        kept = session.scalar(select(Installation.key_check))
        following = session.scalar(select(KeyChange.next_check))
    if own.other is None:
        if following is not None and key_check.value(PersonalKey(own)) in (kept, following):
            raise Failure(key_words.BOTH_NEEDED)
        return settings
    both = {key_check.value(PersonalKey(bytes(one))): bytes(one) for one in (own, own.other)}
    if following is not None:
        if not {kept, following} <= both.keys():
            raise Failure(key_words.BOTH_NEEDED)
        return replace(settings, secret_key=_pair(both[following], both[kept]))  # type: ignore[index] # in it
    if kept is None or kept not in both:
        return settings
    found = both.pop(kept)
    (other,) = both.values()
    # Its time is over where it was replaced by this one.
    return replace(settings, secret_key=_pair(found, None if succeeds(found, other) else other))


def _pair(first: bytes, other: bytes | None) -> SecretKey:
    made = SecretKey(first)
    made.other = other
    return made


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
