"""Fixtures of the console: the real application on a database of its own, and people who log in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from staffroom import Browser, Programme, enter, make_programme

from console import stream
from console.app import create_app
from models import Role
from outreach.sealing import vault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from sqlalchemy.orm import Session as Database
    from sqlalchemy.orm import sessionmaker

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey


@pytest.fixture
def app(settings: Settings, sessions: sessionmaker[Database]) -> Iterator[Flask]:
    made = create_app(settings, sessions)
    made.config["TESTING"] = True
    yield made
    stream.hub_of(made).stop()


@pytest.fixture
def team(session: Database) -> str:
    """Make the casework team; return its recovery key."""
    made = vault.make_team(session, "Atención")
    session.commit()
    return made


@pytest.fixture
def lucia(app: Flask, session: Database, team: str) -> Browser:
    """Return a caseworker with the key."""
    return enter(app, session, Role.CASEWORKER, "lucia", team)


@pytest.fixture
def rosa(app: Flask, session: Database) -> Browser:
    """Return a coordinator."""
    return enter(app, session, Role.COORDINATOR, "rosa")


@pytest.fixture
def ana(app: Flask, session: Database) -> Browser:
    """Return an administrator."""
    return enter(app, session, Role.ADMINISTRATOR, "ana")


@pytest.fixture
def programme(session: Database, key: PersonalKey) -> Programme:
    return make_programme(session, key)
