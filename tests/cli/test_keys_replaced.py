"""`./avanza keys`: what the database says about two keys, the files, the rehearsal, and backups of before."""

from __future__ import annotations

import argparse
import base64
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select
from support import environment

from cli import key_check, rehearsal
from cli.commands import database as database_commands
from cli.commands import keys
from cli.install.failure import Failure
from models import ChannelAddress, Installation, Rehearsal, utcnow
from outreach.ground.database import make_engine, make_sessions
from outreach.ground.settings import SecretKey, SettingsError, load_settings, next_key_file
from outreach.messages import inbox
from outreach.sealing import key_check as sealed_check
from outreach.sealing.crypto import PersonalKey, successor
from outreach.single_list.linking import run as linking
from worker import rekeying as tick
from worker.runtime import make_runtime

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Engine
    from sqlalchemy.orm import Session, sessionmaker

    from outreach.ground.settings import Settings

OLD = bytes(range(32))


class Host:
    """A machine with its key in a file, on this test's database."""

    def __init__(self, url: str, var: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
        self.var, self.engine, self.file = var, engine, var / "secret-key"
        self.environment = environment(var, AVANZA_DATABASE_URL=url)
        del self.environment["AVANZA_SECRET_KEY"]
        self.file.write_text(base64.b64encode(OLD).decode())
        for name in ("AVANZA_SECRET_KEY", "AVANZA_NEXT_SECRET_KEY"):
            monkeypatch.delenv(name, raising=False)
        for name, value in self.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr("cli.commands.keys.read_environment", lambda: self.environment)
        monkeypatch.setattr("cli.commands.database.read_environment", lambda: self.environment)

    def keys(self, action: str) -> int:
        """Run the command."""
        return keys.run(argparse.Namespace(action=action))

    def settings(self) -> Settings:
        """Load the settings as a process does that starts now."""
        return key_check.arranged(self.engine, load_settings(self.environment))

    def turns(self) -> None:
        """Have a clock that starts now do its part until it has nothing to do."""
        runtime = make_runtime(self.settings(), pool_size=2)
        for _ in range(20):
            tick.rekey(runtime)
        runtime.engine.dispose()


@pytest.fixture
def host(
    database_url: str, tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Host]:
    made = Host(database_url, tmp_path, engine, monkeypatch)
    with make_sessions(engine).begin() as session:
        key = PersonalKey(OLD)
        sealed_check.ensure(session, key)
        given = {"MessageSid": ["SM1"], "From": ["whatsapp:+523312345678"], "Body": ["hola"]}
        inbox.receive(session, key, given, utcnow())
    yield made
    engine.dispose()


def test_from_one_file_to_the_next(host: Host, capsys: pytest.CaptureFixture[str]) -> None:
    """Made, begun, done by the clock, finished; each step says what is next and refuses to be skipped."""
    with pytest.raises(Failure, match="keys new"):
        host.keys("replace")
    host.keys("status")
    assert host.keys("new") == 0
    following = next_key_file(host.var)
    assert following.stat().st_mode & 0o777 == 0o600
    with pytest.raises(Failure, match="ya hay una"):
        host.keys("new")
    settings = host.settings()
    assert (bytes(settings.secret_key), bool(settings.secret_key.other)) == (OLD, True)
    with pytest.raises(Failure, match="no ha terminado"):
        host.keys("finish")
    assert host.keys("replace") == 0
    with pytest.raises(Failure):
        host.keys("replace")
    new = base64.b64decode(following.read_text())
    settings = host.settings()
    assert (bytes(settings.secret_key), settings.secret_key.other) == (new, OLD)
    host.keys("status")
    assert "Se está cambiando" in capsys.readouterr().out
    host.turns()
    assert bytes(host.settings().secret_key) == new
    assert host.settings().secret_key.other is None
    host.keys("status")
    assert "keys finish" in capsys.readouterr().out
    assert host.keys("finish") == 0
    assert base64.b64decode(host.file.read_text()) == new
    assert not following.exists()
    (former,) = host.var.glob("secret-key.before-*")
    assert base64.b64decode(former.read_text()) == OLD
    assert host.settings().secret_key.other is None
    assert not key_check.is_wrong(host.engine, host.settings())


def test_the_old_key_is_refused_afterwards(host: Host) -> None:
    """By every start, while the new one is taken alone; in between only both are."""
    host.keys("new")
    host.keys("replace")
    following = next_key_file(host.var)
    kept = following.read_text()
    following.unlink()
    with pytest.raises(Failure, match="hacen falta las dos"):
        host.settings()
    host.file.write_text(kept)
    with pytest.raises(Failure, match="hacen falta las dos"):
        host.settings()
    host.file.write_text(base64.b64encode(OLD).decode())
    following.write_text(kept)
    host.turns()
    following.unlink()
    assert key_check.is_wrong(host.engine, host.settings())
    host.file.write_text(kept)
    assert not key_check.is_wrong(host.engine, host.settings())


def test_lists_wait_meanwhile(host: Host) -> None:
    """Equal values have different hashes for as long as there are two keys."""
    host.keys("new")
    runtime = make_runtime(host.settings(), pool_size=1)
    with pytest.raises(linking.KeyChangesError):
        linking.link(runtime.engine, runtime.sessions, runtime.key, "", b"")
    runtime.engine.dispose()


def test_a_key_that_was_not_made_for_it(host: Host) -> None:
    """Thirty-two bytes from elsewhere could not bring the hashes along."""
    next_key_file(host.var).write_text(base64.b64encode(bytes(32)).decode())
    with pytest.raises(Failure, match="keys new"):
        host.keys("replace")
    next_key_file(host.var).write_text("x")
    with pytest.raises(SettingsError):
        host.settings()


def test_not_while_a_process_runs_that_does_not_know_it(host: Host) -> None:
    """One that was not restarted would not read what the others write."""
    late = make_engine(load_settings(host.environment), pool_size=1)
    with late.connect():
        host.keys("new")
        with pytest.raises(Failure, match="1 conexiones"):
            host.keys("replace")
    late.dispose()
    assert host.keys("replace") == 0


def test_a_backup_of_before_opens_with_the_old_key(host: Host, empty_engine: Engine) -> None:
    """It is put back with the key of its day, and refused with the new one."""
    backup = host.var / "before.dump"
    plain = {"to": None, "plain": True, "nightly": False, "no_trial": True, "file": str(backup)}
    assert database_commands.backup(argparse.Namespace(**plain)) == 0
    host.keys("new")
    host.keys("replace")
    host.turns()
    host.keys("finish")
    url = empty_engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    host.environment["AVANZA_DATABASE_URL"] = url
    given = argparse.Namespace(file=str(backup), key=None, replace=False)
    with pytest.raises(Failure, match="otra AVANZA_SECRET_KEY"):
        database_commands.restore(given)
    host.environment["AVANZA_SECRET_KEY"] = base64.b64encode(OLD).decode()
    assert database_commands.restore(given) == 0
    with make_sessions(empty_engine)() as session:
        assert sealed_check.opens(session, PersonalKey(OLD))
        assert session.scalar(select(Installation.key_check)) == sealed_check.value(PersonalKey(OLD))


def test_the_rehearsal_changes_nothing(host: Host, sessions: sessionmaker[Session]) -> None:
    """A copy is made, replaced, looked at and dropped; its date is kept."""
    with sessions() as session:
        before = session.scalars(select(ChannelAddress.lookup_hash)).all()
    assert host.keys("rehearse") == 0
    with sessions() as session:
        assert session.scalars(select(ChannelAddress.lookup_hash)).all() == before
        assert session.scalar(select(Installation.key_check)) == sealed_check.value(PersonalKey(OLD))
        kept = session.scalars(select(Rehearsal)).one()
        assert (kept.kind, kept.error) == ("secret_key", None)


def test_a_rehearsal_that_fails_is_told(
    host: Host, sessions: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page says so, with why."""

    def fails(*_arguments: object) -> None:
        raise Failure("no cabe")

    monkeypatch.setattr(rehearsal, "_rehearse", fails)
    with pytest.raises(Failure, match="no cabe"):
        host.keys("rehearse")
    with sessions() as session:
        assert session.scalar(select(func.count()).where(Rehearsal.error == "no cabe")) == 1


def test_both_keys_go_to_the_children_in_order(host: Host) -> None:
    """A process that another one starts is told which key is written with."""
    from cli.commands import processes  # noqa: PLC0415

    host.keys("new")
    host.keys("replace")
    settings = host.settings()
    told = load_settings({**host.environment, **processes._found(settings)})
    assert (told.secret_key, told.secret_key.other) == (settings.secret_key, OLD)
    host.turns()
    settings = host.settings()
    told = load_settings({**host.environment, **processes._found(settings)})
    assert (told.secret_key, told.secret_key.other) == (settings.secret_key, None)


def test_settings_take_keys_of_one_or_more(tmp_path: Path) -> None:
    """A key that took another's place is longer; a cut one is refused by name."""
    longer = successor(OLD)
    given = environment(tmp_path, AVANZA_SECRET_KEY=base64.b64encode(longer).decode())
    found = load_settings(given)
    assert found.secret_key == longer
    assert replace(found, secret_key=SecretKey(OLD)).secret_key.tag == ""
    for wrong in (longer[:-1], b"", bytes(32 * 31)):
        given["AVANZA_SECRET_KEY"] = base64.b64encode(wrong).decode() or "x"
        with pytest.raises(SettingsError, match="AVANZA_SECRET_KEY"):
            load_settings(given)
