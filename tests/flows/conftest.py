"""One running product for all flow tests, on a database of its own that the tests may look into."""

from __future__ import annotations

import itertools
import uuid
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine
from stage import Stage
from support import admin, named
from system import Phone, System, running

from outreach.ground.database import make_sessions, sqlalchemy_url
from outreach.ground.settings import load_settings
from outreach.start import seed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.orm import Session, sessionmaker

_numbers = itertools.count(1)


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests that need the running product in one process, so that it is started once."""
    for item in items:
        if "system" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("system"))


@pytest.fixture(scope="session")
def flow_database(server: str, template: str) -> Iterator[str]:
    """Return the address of the database that the running product uses."""
    name = f"flows_{uuid.uuid4().hex[:12]}"
    admin(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield named(server, name)
    admin(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def flow_sessions(flow_database: str) -> Iterator[sessionmaker[Session]]:
    """Return sessions on the running product's database."""
    engine = create_engine(sqlalchemy_url(flow_database))
    yield make_sessions(engine)
    engine.dispose()


@pytest.fixture(scope="session")
def recovery(flow_sessions: sessionmaker[Session]) -> str:
    """Make the casework team before the product starts, and return its recovery key."""
    with flow_sessions.begin() as session:
        made = seed.ensure_team(session)
    assert made is not None
    return made


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory, flow_database: str, recovery: str) -> Iterator[System]:
    """Return the running product."""
    with running(tmp_path_factory.mktemp("var"), flow_database) as made:
        yield made


@pytest.fixture(scope="session")
def stage(system: System, flow_sessions: sessionmaker[Session], recovery: str) -> Stage:
    """Return the database behind the running product, with a programme in it."""
    made = Stage(flow_sessions, load_settings(system.environment), recovery)
    made.set_up()
    return made


@pytest.fixture
def phone(system: System) -> Callable[[], Phone]:
    """Return a maker of phones, each with a number that nobody has had before."""
    return lambda: Phone(system, f"+521330000{next(_numbers):04d}")
