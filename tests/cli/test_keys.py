"""The secret key against the database: no start, no restore and no check goes on with another one."""

from __future__ import annotations

import base64
import secrets
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, text
from support import SECRET, admin, environment, named
from test_command import avanza, free_port, the_one_line

from cli.database import bring_up_to_date
from models import Installation, utcnow
from outreach.ground.database import make_engine
from outreach.ground.settings import load_settings
from outreach.messages import inbox
from outreach.sealing import key_check

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy import Engine
    from sqlalchemy.orm import Session, sessionmaker

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

    Run = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = [pytest.mark.processes, pytest.mark.timeout(400)]
OTHER = base64.b64encode(bytes(range(1, 33))).decode()
STARTS = ("webhook", "console", "worker", "clock", "migrate")


@pytest.fixture
def run(database_url: str, tmp_path: Path) -> Run:
    """Run a command on this test's database; `key=None` sets no AVANZA_SECRET_KEY."""

    def made(
        *arguments: str, key: str | None = SECRET, url: str = database_url
    ) -> subprocess.CompletedProcess[str]:
        env = environment(
            tmp_path,
            AVANZA_DATABASE_URL=url,
            AVANZA_WEBHOOK_PORT=str(free_port()),
            AVANZA_CONSOLE_PORT=str(free_port()),
            AVANZA_RASA_URLS=f"http://127.0.0.1:{free_port()}",
        )
        if key is None:
            del env["AVANZA_SECRET_KEY"]
        else:
            env["AVANZA_SECRET_KEY"] = key
        return avanza(*arguments, **env)

    return made


@pytest.fixture
def migrated(engine: Engine, settings: Settings) -> None:
    """Do what `migrate` does, without a process of its own."""
    bring_up_to_date(engine, settings)


@pytest.fixture
def empty(server: str) -> Iterator[str]:
    """The address of a database with nothing in it."""
    name = f"empty_{secrets.token_hex(6)}"
    admin(server, f"CREATE DATABASE {name}")
    yield named(server, name)
    admin(server, f"DROP DATABASE {name} WITH (FORCE)")


def kept(sessions: sessionmaker[Session]) -> bytes | None:
    with sessions() as session:
        return session.scalar(select(Installation.key_check))


def test_the_first_start_keeps_the_value(run: Run, sessions: sessionmaker[Session], key: PersonalKey) -> None:
    """It tells nothing of the key, and the second start changes nothing."""
    assert run("migrate").returncode == 0
    first = kept(sessions)
    assert first == key_check.value(key)
    assert base64.b64decode(SECRET) not in (first or b"")
    assert run("migrate").returncode == 0
    assert kept(sessions) == first


@pytest.mark.usefixtures("migrated")
@pytest.mark.parametrize("command", STARTS)
def test_no_start_with_another_key(run: Run, sessions: sessionmaker[Session], command: str) -> None:
    """One clear line, exit 1, and nothing was changed."""
    before = kept(sessions)
    assert before
    line = the_one_line(run(command, key=OTHER))
    assert "AVANZA_SECRET_KEY" in line
    assert "otra" in line
    assert kept(sessions) == before


@pytest.mark.usefixtures("migrated")
@pytest.mark.parametrize("command", ["webhook", "migrate"])
def test_a_missing_key_is_not_made_anew(run: Run, tmp_path: Path, command: str) -> None:
    """A lost key file is told as lost; no new one stays in its place."""
    line = the_one_line(run(command, key=None))
    assert "falta la llave" in line
    assert not (tmp_path / "secret-key").exists()


def test_data_without_a_value_is_tried(run: Run, sessions: sessionmaker[Session], key: PersonalKey) -> None:
    """A database from before the value was kept refuses a key that opens nothing of it."""
    with sessions.begin() as session:
        given = {"MessageSid": ["SM1"], "From": ["whatsapp:+523312345678"], "Body": ["hola"]}
        inbox.receive(session, key, given, utcnow())
    assert "otra" in the_one_line(run("migrate", key=OTHER))
    assert kept(sessions) is None
    assert run("migrate").returncode == 0
    assert kept(sessions) == key_check.value(key)


@pytest.mark.usefixtures("migrated")
def test_restore_with_another_key_changes_nothing(run: Run, tmp_path: Path, empty: str) -> None:
    """The dump's value is compared before anything goes on (staff.md, fault 4)."""
    dump = str(tmp_path / "b.dump")
    assert run("backup", dump).returncode == 0
    assert "otra AVANZA_SECRET_KEY" in the_one_line(run("restore", dump, key=OTHER, url=empty))
    assert "AVANZA_SECRET_KEY" in the_one_line(run("restore", dump, key=None, url=empty))
    assert not (tmp_path / "secret-key").exists()
    assert tables(empty, tmp_path) == 0
    well = run("restore", dump, url=empty)
    assert well.returncode == 0, well.stderr
    assert tables(empty, tmp_path) > 0
    assert "otra" in the_one_line(run("webhook", key=OTHER, url=empty))


def tables(url: str, var: Path) -> int:
    engine = make_engine(load_settings(environment(var, AVANZA_DATABASE_URL=url)))
    with engine.connect() as connection:
        count = connection.scalar(
            text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'pg_%'")
        )
    engine.dispose()
    return int(count or 0)


@pytest.mark.usefixtures("migrated")
@pytest.mark.parametrize("key", [OTHER, None])
def test_doctor_compares_it(run: Run, key: str | None, tmp_path: Path) -> None:
    """It says so beside what else it finds, and makes no key."""
    result = run("doctor", key=key)
    assert result.returncode == 1
    line = next(one for one in result.stdout.splitlines() if "base de datos:" in one)
    assert line.startswith("  ✗")
    assert "AVANZA_SECRET_KEY" in line
    assert not (tmp_path / "secret-key").exists()
    told = run("doctor").stdout
    assert "✓ base de datos" in told
    assert "✓ bitácora del personal" in told


def test_doctor_names_all_that_is_wrong(run: Run, tmp_path: Path) -> None:
    """Three settings at once are three lines, and database and disk are looked at all the same."""
    env = {
        "AVANZA_VAR": str(tmp_path / "var"),
        "AVANZA_TIMEZONE": "Mexico",
        "AVANZA_WEBHOOK_PORT": "0",
        "AVANZA_PUBLIC_URL": "https://u:geheim@a.mx/",
        "AVANZA_CONSOLE_PORT": "\x1b[31m1",
    }
    result = avanza("doctor", **env)
    assert result.returncode == 1
    wrong = [line for line in result.stdout.splitlines() if line.startswith("  ✗ ajustes")]
    for name in ("AVANZA_TIMEZONE", "AVANZA_WEBHOOK_PORT", "AVANZA_PUBLIC_URL", "AVANZA_CONSOLE_PORT",
                 "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_WHATSAPP_FROM"):  # fmt: skip
        assert sum(name in line for line in wrong) == 1, name
    for looked_at in ("espacio en disco", "base de datos", "Rasa en"):
        assert looked_at in result.stdout
    assert "geheim" not in result.stdout
    assert "\x1b" not in result.stdout
    assert "Traceback" not in result.stderr


def test_what_needs_no_account_asks_for_none(database_url: str, tmp_path: Path) -> None:
    """The first account, the lists and the tables come before there is a Twilio account."""
    env = {"AVANZA_VAR": str(tmp_path), "AVANZA_SECRET_KEY": SECRET, "AVANZA_DATABASE_URL": database_url}
    dump, rows = str(tmp_path / "b.dump"), tmp_path / "women.csv"
    rows.write_text("full_name\n")
    for command in (["migrate"], ["staff", "list"], ["backup", dump], ["import", "women", str(rows)]):
        result = avanza(*command, **env)
        assert "TWILIO" not in result.stderr, command
        assert result.returncode == 0, (command, result.stderr)
    for process in ("webhook", "console", "worker", "clock"):
        assert "TWILIO_" in the_one_line(avanza(process, **env))


@pytest.mark.parametrize("command", ["console", "webhook"])
def test_a_database_that_is_away_stops_the_start(command: str, tmp_path: Path) -> None:
    """Within half a minute, with one line that names the setting."""
    url = f"postgresql://u:geheim@127.0.0.1:{free_port()}/x"
    ports = {"AVANZA_WEBHOOK_PORT": str(free_port()), "AVANZA_CONSOLE_PORT": str(free_port())}
    line = the_one_line(avanza(command, **environment(tmp_path, AVANZA_DATABASE_URL=url, **ports)))
    assert "AVANZA_DATABASE_URL" in line
    assert "geheim" not in line
