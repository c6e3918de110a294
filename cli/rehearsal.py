"""A rehearsal: the secret key is replaced in a copy of the whole database, which is looked at and dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from cli import backups, dumps, key_words
from cli.install.failure import Failure
from cli.install.progress import step
from models import Rehearsal, utcnow
from outreach.figures.service_page import KEY_REHEARSAL
from outreach.ground.database import make_sessions, sqlalchemy_url
from outreach.ground.settings import SecretKey
from outreach.sealing import rekeying, under_key
from outreach.sealing.crypto import PersonalKey, successor

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session, sessionmaker

    from outreach.ground.settings import Settings

ROWS = 2000
_LOOKED_AT = 500
"""Rows of each table that are opened with both keys at the end."""


def of_secret_key(engine: Engine, settings: Settings) -> int:
    """Replace the key in a copy; keep the date for the administrator's page; return the rows.

    Raises:
        Failure: something did not come over; the page says so too.
    """
    error: str | None = key_words.REHEARSAL_FAILED.format(what="…")
    try:
        rows = _rehearse(engine, settings)
        error = None
    except (Failure, backups.NotTriedError) as failure:
        error = str(failure)
        raise Failure(key_words.REHEARSAL_FAILED.format(what=error)) from failure
    finally:
        with make_sessions(engine).begin() as session:
            session.add(
                Rehearsal(kind=KEY_REHEARSAL, created_at=utcnow(), error=error[:200] if error else None)
            )
    return rows


def _rehearse(engine: Engine, settings: Settings) -> int:
    url = settings.database_url or ""
    backups.may_try(engine, url, settings.var, nightly=False)
    present = bytes(settings.secret_key)
    following = SecretKey(successor(present))
    following.other = present
    with backups.scratch(engine) as name:
        with step(key_words.STEP_COPY):
            server = _server(engine)
            with dumps.dumping(url, server) as plain, dumps.restoring(url, server, name) as feed:
                while block := plain.read(1 << 20):
                    feed.write(block)
        copy = create_engine(sqlalchemy_url(dumps.named(url, name)), poolclass=NullPool, hide_parameters=True)
        try:
            sessions = make_sessions(copy)
            with step(key_words.STEP_REHEARSE):
                rows = _replace(sessions, PersonalKey(present), PersonalKey(following))
            with step(key_words.STEP_LOOK):
                _look_at(sessions, PersonalKey(present), PersonalKey(bytes(following)))
        except SQLAlchemyError as error:
            raise Failure(type(error).__name__) from error
        finally:
            copy.dispose()
    return rows


def _server(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text("SHOW server_version_num")).scalar_one())


def _replace(sessions: sessionmaker[Session], present: PersonalKey, key: PersonalKey) -> int:
    with sessions.begin() as session:
        rekeying.begin(session, utcnow(), present=present, following=PersonalKey(key.own))
    while True:
        with sessions.begin() as session:
            told = rekeying.step(session, key, utcnow(), tags={}, rows=ROWS)
        if told.finished:
            return told.rows
        if told.left:
            raise Failure(key_words.REHEARSAL_LEFT.format(left=told.left))


def _look_at(sessions: sessionmaker[Session], former: PersonalKey, key: PersonalKey) -> None:
    """Open some rows of each table: with the new key all of them, with the one of before none."""
    with sessions() as session:
        for one in under_key.kept():
            rows = session.execute(select(one.key, *one.ciphers, *one.hashes).limit(_LOOKED_AT)).all()
            for row in rows:
                if under_key.is_left(key, one, row) or under_key.opens(former, one, row):
                    raise Failure(key_words.REHEARSAL_OTHER)
