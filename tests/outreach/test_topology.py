"""The way to PostgreSQL: an address made complete, a pooler noticed, a lock that is gone with its session."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import conninfo
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from support import environment

from cli import dumps, words
from cli.commands import doctor
from outreach.ground import database, postgres_address, topology
from outreach.ground.settings import load_settings
from worker import leadership
from worker.leadership import Leadership

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Engine

    from outreach.ground.settings import Settings

POOLER = shutil.which("pgbouncer")


@pytest.mark.parametrize(
    ("given", "means"),
    [
        (
            "postgresql://u:p%40%2F%20+x@a:5432,b:5433/d?sslmode=require",
            {"user": "u", "password": "p@/ +x", "host": "a,b", "port": "5432,5433", "sslmode": "require"},
        ),
        ("postgresql://u@a,b/d", {"host": "a,b", "port": "5432,5432", "connect_timeout": "3"}),
        ("postgresql://u@a,b:6000/d", {"host": "a,b", "port": "5432,6000"}),
        ("postgresql:///d?host=a,b&port=6000", {"host": "a,b", "port": "6000,6000"}),
        ("postgresql://[::1]:5432/d", {"host": "::1", "port": "5432", "connect_timeout": "5"}),
        (
            "postgresql://h/d?connect_timeout=9&keepalives_idle=60",
            {"connect_timeout": "9", "keepalives_idle": "60"},
        ),
        ("postgresql://h/d?target_session_attrs=any", {"target_session_attrs": "any"}),
    ],
)
def test_an_address_over_a_network_is_made_complete(given: str, means: dict[str, str]) -> None:
    """Both readers of it, libpq and SQLAlchemy, take the same from it; what it says itself holds."""
    made = postgres_address.complete(given)
    expected = {
        "target_session_attrs": "read-write",
        "tcp_user_timeout": "8000",
        "keepalives_idle": "4",
    } | means
    read = {name: str(value) for name, value in conninfo.conninfo_to_dict(made).items()}
    assert expected.items() <= read.items()
    assert "-c tcp_keepalives_idle=4" in read["options"]
    assert postgres_address.complete(made) == made
    url = make_url(database.sqlalchemy_url(made))
    _, arguments = create_engine(url).dialect.create_connect_args(url)
    assert {name: str(value) for name, value in arguments.items() if name != "context"} == read


def test_what_the_address_asks_of_the_server_holds() -> None:
    made = postgres_address.complete("postgresql://h/d?options=-c%20tcp_keepalives_idle%3D60")
    options = conninfo.conninfo_to_dict(made)["options"]
    assert str(options).endswith("-c client_connection_check_interval=5000 -c tcp_keepalives_idle=60")
    assert "options" not in conninfo.conninfo_to_dict(postgres_address.without_options(made))


@pytest.mark.parametrize("given", ["postgresql://postgres:@/postgres?host=/run/x", "postgresql:///d"])
def test_a_socket_of_this_machine_is_left_as_it_is(given: str) -> None:
    """Nothing can be cut there."""
    assert postgres_address.complete(given) == given


def test_the_settings_hold_the_complete_address(tmp_path: Path) -> None:
    """Every process and tool takes it from there: engine, queue, priority lane, Rasa, pg_dump."""
    settings = load_settings(environment(tmp_path, AVANZA_DATABASE_URL="postgres://u@a,b/d"))
    assert settings.database_url == postgres_address.complete("postgresql://u@a,b/d")


@pytest.fixture
def leader(settings: Settings) -> Iterator[Leadership]:
    engine = database.make_engine(settings)
    made = Leadership(engine)
    assert made.elect()
    yield made
    made.release()
    engine.dispose()


def end_sessions(engine: Engine) -> None:
    """End every session that holds an advisory lock, as a lost primary does."""
    with engine.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks JOIN pg_database d"
                " ON d.oid = database AND d.datname = current_database() WHERE locktype = 'advisory'"
            )
        )


def test_a_clock_whose_lock_is_gone_notices_before_it_acts(
    leader: Leadership, settings: Settings, engine: Engine
) -> None:
    """Its session ended unheard, and another clock leads: the old one must not act once more."""
    other = Leadership(database.make_engine(settings))
    assert not other.elect()
    assert not other.held()
    end_sessions(engine)
    assert other.elect()
    assert not leader.held()
    assert not leader.elect()
    other.release()
    assert not leader.held(), "asking takes nothing"
    until = time.monotonic() + 5
    while not leader.elect():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_lock_behind_another_session_is_not_held(leader: Leadership) -> None:
    """A pooler may put another session behind the connection, in which the lock is not."""
    leader._session += 1
    assert not leader.held()


def test_no_server_no_lead(tmp_path: Path) -> None:
    away = load_settings(environment(tmp_path, AVANZA_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none"))
    nobody = Leadership(database.make_engine(away))
    assert not nobody.elect()
    assert not nobody.held()


def test_how_long_the_database_was_away_is_known(leader: Leadership, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the first attempt that failed to the first that did not; a minute later it is of no account."""
    now, outage = [100.0], leadership.Outage()
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(leadership, "outage", outage)
    assert outage.lately() == 0
    for now[0] in (100.0, 130.0, 400.0):
        outage.goes_on()
    leader.release()
    now[0] = 420.0
    assert leader.elect()
    assert outage.lately() == 320
    outage.is_over()
    now[0] = 500.0
    assert outage.lately() == 0


def test_the_server_itself_shares_no_session(database_url: str) -> None:
    assert not topology.shares_sessions(database_url)
    topology.refuse_pooler(database_url)


def test_no_server_is_said_in_a_line() -> None:
    away = postgres_address.complete("postgresql://nobody@127.0.0.1:1/none")
    for look in (topology.refuse_pooler, topology.standbys):
        with pytest.raises(database.DatabaseUnavailableError, match="AVANZA_DATABASE_URL"):
            look(away)


def test_the_primary_says_whether_a_standby_is_missing(database_url: str) -> None:
    found = topology.standbys(database_url)
    assert found.attached == 0
    assert not found.commits_wait
    with_one = f"{database_url}&options=-c%20synchronous_commit%3Doff"
    assert topology.standbys(with_one) == found


@pytest.mark.parametrize(
    ("found", "wait"),
    [
        (topology.Standbys("b", 0, None), True),
        (topology.Standbys("b", 1, 0), True),
        (topology.Standbys("b", 1, 1), False),
        (topology.Standbys("b", 1, None), False),
        (topology.Standbys("", 0, None), False),
        (topology.Standbys("", 1, 0), False),
    ],
)
def test_commits_wait_where_a_wanted_standby_is_away(found: topology.Standbys, wait: bool) -> None:
    assert found.commits_wait is wait


@pytest.fixture
def pooled(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Iterator[str]:
    """Return the address of a PgBouncer before this test's database, in the mode of the parameter."""
    if POOLER is None:
        pytest.skip("pgbouncer is not installed")
    mode, ignored = request.param
    behind = conninfo.conninfo_to_dict(database_url)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    lines = [
        "[databases]",
        f"here = host={behind['host']} user=postgres dbname={behind['dbname']}",
        "[pgbouncer]",
    ]
    lines += ["listen_addr = 127.0.0.1", f"listen_port = {port}", "auth_type = any", "unix_socket_dir ="]
    lines += [f"pool_mode = {mode}"]
    lines += ["ignore_startup_parameters = options"] if ignored else []
    # It refuses to be root; the server's own account gets at the socket.
    lines += ["user = pgserver"] if os.geteuid() == 0 else []
    file = tmp_path / "pgbouncer.ini"
    file.write_text("\n".join(lines))
    process = subprocess.Popen([POOLER, "-q", file], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        address = f"postgresql://postgres@127.0.0.1:{port}/here"
        deadline = time.monotonic() + 5
        while not answers(address):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield address
    finally:
        process.kill()
        process.wait()


def answers(address: str) -> bool:
    with suppress(psycopg.OperationalError):
        psycopg.connect(address, connect_timeout=2).close()
        return True
    return False


@pytest.mark.parametrize("pooled", [("transaction", True), ("statement", True)], indirect=True)
def test_a_pooler_that_shares_is_refused(pooled: str) -> None:
    """P2: locks and notifications would be lost there without a word."""
    with pytest.raises(database.DatabaseUnavailableError, match="PgBouncer"):
        topology.refuse_pooler(postgres_address.complete(pooled))


@pytest.mark.parametrize("pooled", [("session", True)], indirect=True)
def test_a_pooler_that_gives_each_a_session_will_do(pooled: str) -> None:
    address = postgres_address.complete(pooled)
    topology.refuse_pooler(address)
    assert [look() for _, look in doctor._network(address)] == [words.DOCTOR_DIRECT, words.DOCTOR_NO_STANDBY]


@pytest.mark.parametrize("pooled", [("transaction", True)], indirect=True)
def test_doctor_names_the_pooler(pooled: str) -> None:
    name, look = next(iter(doctor._network(postgres_address.complete(pooled))))
    assert name == words.DOCTOR_PATH
    with pytest.raises(database.DatabaseUnavailableError, match="PgBouncer"):
        look()


def test_doctor_has_nothing_to_say_of_a_socket(database_url: str) -> None:
    assert not list(doctor._network(database_url))
    assert not list(doctor._network(""))


def test_postgresqls_own_tools_find_the_primary_too() -> None:
    env = dumps._environment(postgres_address.complete("postgresql://u:p@a,b/d"))
    assert env["PGHOST"] == "a,b"
    assert env["PGPORT"] == "5432,5432"
    assert env["PGTARGETSESSIONATTRS"] == "read-write"


@pytest.mark.parametrize("pooled", [("transaction", False)], indirect=True)
def test_a_pooler_that_refuses_our_parameters_is_named(pooled: str, tmp_path: Path) -> None:
    """Its own error says nothing that an administrator could act on."""
    settings = load_settings(environment(tmp_path, AVANZA_DATABASE_URL=pooled))
    engine = database.make_engine(settings)
    with pytest.raises(database.DatabaseUnavailableError, match="PgBouncer"):
        database.check(engine, patience=5.0)
    engine.dispose()
