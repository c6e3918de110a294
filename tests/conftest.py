"""Fixtures of all tests: a real PostgreSQL, a database of its own for each test.

One server serves the whole run; a template database is migrated once and cloned for each test.
"""

from __future__ import annotations

import gc
import os
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from _pytest.nodeid import NodeId
from argon2 import PasswordHasher
from flask import Flask
from jinja2 import BytecodeCache
from nacl.pwhash import argon2id
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool
from support import TEST_VAR, admin, environment, named

from outreach.ground import embedded, migrate
from outreach.ground.database import make_sessions, sqlalchemy_url
from outreach.ground.settings import Settings, load_settings
from outreach.sealing import vault
from outreach.sealing.crypto import PersonalKey
from outreach.staff import accounts
from outreach.start import seed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jinja2.bccache import Bucket
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session, sessionmaker


# Collecting makes millions of objects that all stay; searching them for garbage costs a third of its time.
gc.disable()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option of tests that can run for hours: of faults, and of the histories of reminders."""
    parser.addoption(
        "--long", action="store_true", help="10,000 messages under faults, hundreds of histories of reminders"
    )


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the tests of a group in one process, and those of a file that share what it makes once.

    pytest-xdist 3.8 writes the group where pytest 9.2 no longer reads it; without this each process would
    start the whole product for itself.
    """
    if not config.getoption("loadgroup", default=False):
        return
    for item in items:
        if _shares_with_its_file(item):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))
        groups = sorted({str(mark.args[0]) for mark in item.iter_markers("xdist_group")})
        ending = f"@{'_'.join(groups)}"
        if groups and not item.nodeid.endswith(ending):
            item._id = NodeId.parse(item.nodeid + ending)


def _shares_with_its_file(item: pytest.Item) -> bool:
    """Whether it asks for a fixture that is made once for its file, and is in no group yet."""
    if item.get_closest_marker("xdist_group") is not None:
        return False
    known: dict[str, Any] = getattr(getattr(item, "_fixtureinfo", None), "name2fixturedefs", {})
    return any(made.scope == "module" for found in known.values() for made in found)


def pytest_collection_finish() -> None:
    """Look for garbage from here on, but never again among what was collected."""
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def server() -> str:
    """Return the address of the test server; `AVANZA_TEST_DATABASE_URL` names another PostgreSQL."""
    given = os.environ.get("AVANZA_TEST_DATABASE_URL")
    if given:
        return given
    uri = embedded.start(TEST_VAR)
    # Nothing in it outlives the run, so it need not survive a power cut.
    for line in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
        admin(uri, f"ALTER SYSTEM SET {line}")
    admin(uri, "SELECT pg_reload_conf()")
    return uri


@pytest.fixture(scope="session")
def template(server: str) -> Iterator[str]:
    """Return a migrated database with the groundwork laid, made once for each test process."""
    name = f"template_{uuid.uuid4().hex[:12]}"
    admin(server, f"CREATE DATABASE {name}")
    engine = create_engine(sqlalchemy_url(named(server, name)), poolclass=NullPool)
    migrate.upgrade(engine)
    with make_sessions(engine).begin() as session:
        seed.plant(session)
    engine.dispose()
    yield name
    admin(server, f"DROP DATABASE {name}")


@pytest.fixture
def database_url(server: str, template: str) -> Iterator[str]:
    """Return the address of a database that this test has for itself."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    # Copied as files: with fsync off that is many times quicker than by the log, which is the default.
    admin(server, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    yield named(server, name)
    admin(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """Return an engine on this test's database."""
    made = create_engine(sqlalchemy_url(database_url), hide_parameters=True)
    yield made
    made.dispose()


@pytest.fixture
def empty_engine(server: str) -> Iterator[Engine]:
    """Return an engine on a database without any table."""
    name = f"empty_{uuid.uuid4().hex[:12]}"
    admin(server, f"CREATE DATABASE {name}")
    made = create_engine(sqlalchemy_url(named(server, name)), hide_parameters=True, poolclass=NullPool)
    yield made
    admin(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def sessions(engine: Engine) -> sessionmaker[Session]:
    """Return the factory of sessions on this test's database."""
    return make_sessions(engine)


@pytest.fixture
def session(sessions: sessionmaker[Session]) -> Iterator[Session]:
    """Return one session; what the test does not commit is rolled back."""
    with sessions() as made:
        yield made


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Return settings that point at this test's database."""
    return load_settings(environment(tmp_path, AVANZA_DATABASE_URL=database_url))


@pytest.fixture
def key(settings: Settings) -> PersonalKey:
    """Return the key of personal data."""
    return PersonalKey(settings.secret_key)


@pytest.fixture
def recovery_key(session: Session) -> str:
    """Make the casework team, committed, and return its recovery key."""
    made = seed.ensure_team(session)
    session.commit()
    assert made is not None
    return made


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    """Keep key derivation quick: its cost is set in one place each, for production."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vault, "COST", vault.Cost(argon2id.OPSLIMIT_MIN, argon2id.MEMLIMIT_MIN))
        patch.setattr(accounts, "HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        yield


class _Compiled(BytecodeCache):
    """Templates as this process has compiled them."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what was made of the same source."""
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it."""
        self._code[bucket.key, bucket.checksum] = bucket.code


@pytest.fixture(scope="session", autouse=True)
def _quick_templates() -> Iterator[None]:
    """Compile each template once for all applications: each test of the console makes one of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Flask, "jinja_options", {"bytecode_cache": _Compiled()})
        yield
