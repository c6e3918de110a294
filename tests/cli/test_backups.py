"""Encrypted backups: nothing of it in plain, opened by its key alone, restored on trial, kept for so long."""

from __future__ import annotations

import errno
import shutil
import stat
import subprocess
import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pyrage
import pytest
from pyrage import x25519
from sqlalchemy import select, text
from support import environment

from cli import backups, dumps
from cli.commands import database
from cli.install.failure import Failure
from cli.parser import parse
from models import BackupRun, Workshop, utcnow
from outreach.ground.settings import SettingsError, load_settings
from worker import backing_up

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

CANARY = "canario amarillo"
ZONE = ZoneInfo("America/Mexico_City")


@pytest.fixture
def pair() -> x25519.Identity:
    return x25519.Identity.generate()


@pytest.fixture
def here(session: Session, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation with something in it; its commands find it in the environment."""
    session.add(Workshop(code="c1", name=CANARY, axis="food"))
    session.commit()
    for name, value in environment(tmp_path / "var", AVANZA_DATABASE_URL=database_url).items():
        monkeypatch.setenv(name, value)
    return tmp_path


def backed_up(*arguments: str) -> int:
    return database.backup(parse(["backup", *arguments]))


def restored(*arguments: str) -> int:
    return database.restore(parse(["restore", *arguments]))


def key_file(folder: Path, key: object) -> str:
    path = folder / "key.txt"
    path.write_text(f"# public key: none\n\n{key}\n", encoding="utf-8")
    return str(path)


def test_nothing_is_plain_and_its_key_opens_it(
    here: Path, session: Session, engine: Engine, pair: x25519.Identity
) -> None:
    """A word of it is not in the file, its trial leaves no database, and what opens it gives all back."""
    target, left = here / "one.dump.age", f"{backups._SCRATCH}1_{uuid.uuid4().hex[:8]}"
    outside = engine.execution_options(isolation_level="AUTOCOMMIT")
    with outside.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{left}"'))  # of a trial that was killed
    assert backed_up(str(target), "--to", str(pair.to_public())) == 0
    with outside.connect() as connection:
        names = connection.execute(text("SELECT datname FROM pg_database")).scalars().all()
    assert left not in names
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    content = target.read_bytes()
    assert content.startswith(backups.MAGIC)
    for word in (CANARY, "PGDMP", "workshop", "outbox_message"):
        assert word.encode() not in content
    row = session.scalars(select(BackupRun)).one()
    assert (row.encrypted, row.error, row.size) == (True, None, len(content))
    assert row.verified_at is not None
    session.execute(text("UPDATE workshop SET name = 'otro'"))
    session.commit()
    assert restored(str(target), "--replace", "--key", key_file(here, pair)) == 0
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT name FROM workshop")) == CANARY
    assert not list((here / "var").glob("restore-*"))


def test_a_plain_one_holds_the_word(here: Path) -> None:
    """What the test above looks for is found where it is not encrypted."""
    target = here / "plain.dump"
    assert backed_up(str(target)) == 0
    plain = subprocess.run(
        [str(dumps._tool("pg_restore", 0)), "--file=-", str(target)], capture_output=True, check=True
    )
    assert CANARY.encode() in plain.stdout
    assert b"PGDMP" in target.read_bytes()


@pytest.mark.skipif(shutil.which("age") is None, reason="age is not installed here")
def test_age_opens_it(here: Path, pair: x25519.Identity) -> None:
    """The program of Debian gives back what pg_restore reads."""
    target = here / "one.dump.age"
    assert backed_up(str(target), "--to", str(pair.to_public()), "--no-trial") == 0
    plain = subprocess.run(
        ["age", "--decrypt", "-i", key_file(here, pair), str(target)], capture_output=True, check=True
    )
    assert plain.stdout.startswith(b"PGDMP")


@pytest.fixture
def sealed(tmp_path: Path, pair: x25519.Identity) -> Path:
    """A file that is encrypted to the pair; what is in it is no backup."""
    path = tmp_path / "one.dump.age"
    path.write_bytes(pyrage.encrypt(bytes(100_000), [pair.to_public()]))
    return path


@pytest.mark.parametrize("key", [None, "AGE-SECRET-KEY-1XX", "", "otra cosa"])
def test_no_other_key_opens_it(sealed: Path, tmp_path: Path, key: str | None) -> None:
    """Refused in one line that does not quote it."""
    other = str(x25519.Identity.generate()) if key is None else key
    with pytest.raises(Failure, match="llave privada") as refused:
        backups.decrypt(sealed, tmp_path / "plain", backups.identities_in(["# a comment", other]))
    assert not other or other not in str(refused.value)


def test_one_of_several_keys_opens_it(sealed: Path, tmp_path: Path, pair: x25519.Identity) -> None:
    """A key file may hold more than one."""
    lines = ["# created: 2026", "", str(x25519.Identity.generate()), f"  {pair}  "]
    backups.decrypt(sealed, tmp_path / "plain", backups.identities_in(lines))
    assert (tmp_path / "plain").stat().st_size == 100_000
    assert stat.S_IMODE((tmp_path / "plain").stat().st_mode) == 0o600


@pytest.mark.parametrize("harm", ["cut", "changed"])
def test_a_damaged_one_is_refused(sealed: Path, tmp_path: Path, pair: x25519.Identity, harm: str) -> None:
    """A file that was cut, or in which a byte is another."""
    content = bytearray(sealed.read_bytes())
    if harm == "cut":
        del content[-2000:]
    else:
        content[-2000] ^= 1
    sealed.write_bytes(content)
    with pytest.raises(Failure, match="no es un respaldo completo"):
        backups.decrypt(sealed, tmp_path / "plain", [str(pair)])


def test_a_trial_that_finds_less_fails(
    here: Path, session: Session, pair: x25519.Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the file gives back another version than the database has; the page says why."""
    answers = iter([["0035"], ["0001"]])
    monkeypatch.setattr(backups, "_version_of", lambda _engine: next(answers))
    with pytest.raises(Failure, match="no está completo"):
        backed_up(str(here / "a.age"), "--to", str(pair.to_public()))
    row = session.scalars(select(BackupRun)).one()
    assert row.verified_at is None
    assert row.error is not None


def test_doctor_looks_at_the_key(tmp_path: Path, pair: x25519.Identity) -> None:
    """One that has the shape of a key and is none is said by `doctor`, not at three in the morning."""
    assert "1 llave" in backups.looked_at([str(pair.to_public())], tmp_path / "b")
    with pytest.raises(Failure, match="no es válida"):
        backups.looked_at(["age1" + "q" * 58], tmp_path / "b")


def test_no_trial_where_there_is_no_room(
    here: Path, session: Session, pair: x25519.Identity, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """A disk that a trial would fill stops the service; the backup itself is made."""
    usage = shutil.disk_usage(here)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=500_000_000))
    assert backed_up(str(here / "a.age"), "--to", str(pair.to_public())) == 0
    assert "no hay espacio" in capsys.readouterr().err
    row = session.scalars(select(BackupRun)).one()
    assert (row.error, row.verified_at) == (None, None)


@pytest.mark.parametrize(
    ("nightly", "size", "days", "tried"),
    [(True, 1, 1, True), (True, 10**10, 1, False), (True, 10**10, 8, True), (False, 10**10, 1, True)],
)
def test_a_big_database_is_tried_once_a_week(
    session: Session, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    nightly: bool, size: int, days: int, tried: bool,
) -> None:  # fmt: skip
    monkeypatch.setattr(backups, "BIG_BYTES", 5 if size > 1 else 10**15)
    session.add(BackupRun(created_at=utcnow(), name="a", verified_at=utcnow() - timedelta(days=days)))
    session.commit()
    assert backups.may_try(engine, "postgresql://elsewhere/x", tmp_path, nightly=nightly) is tried


def test_a_dump_that_breaks_off_leaves_no_file(
    here: Path, session: Session, pair: x25519.Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a dump is no backup, whatever could be encrypted of it."""
    script = here / "pg_dump"
    script.write_text("#!/bin/sh\nprintf PGDMP; echo 'ya no hay más' >&2; exit 3\n")
    script.chmod(0o700)
    monkeypatch.setattr(dumps, "_tool", lambda _name, _server: script)
    with pytest.raises(Failure, match="ya no hay más"):
        backed_up(str(here / "b" / "a.age"), "--to", str(pair.to_public()))
    assert list((here / "b").iterdir()) == []
    assert session.scalars(select(BackupRun.error)).one() is not None


@pytest.mark.parametrize("to", ["age1abc", "AGE-SECRET-KEY-1ABC", "ssh-ed25519 AAAA", "age1" + "q" * 58])
def test_a_wrong_public_key_is_refused(here: Path, to: str) -> None:
    """In one line that never quotes it: it may be the private one."""
    with pytest.raises((Failure, SettingsError)) as refused:
        backed_up(str(here / "a.age"), "--to", to)
    assert to not in str(refused.value)
    assert not (here / "a.age").exists()


def test_the_setting_is_read(tmp_path: Path, pair: x25519.Identity) -> None:
    """Several keys, a folder, how many are kept; what is none of them is refused by its name."""
    key = str(pair.to_public())

    def loaded(**changes: str) -> object:
        return load_settings(environment(tmp_path, **changes)).watching

    assert loaded() == load_settings(environment(tmp_path)).watching
    found = load_settings(environment(tmp_path, AVANZA_BACKUP_KEY=f"{key}, {key}")).watching
    assert found.backup_keys == (key,)
    for name, value in (
        ("AVANZA_BACKUP_KEY", "x"),
        ("AVANZA_BACKUP_DIR", "aqui"),
        ("AVANZA_BACKUP_KEEP", "0"),
        ("AVANZA_METRICS_HOST", "todas"),
        ("AVANZA_METRICS_PORT", "8000"),
        ("AVANZA_SILENCE_HOURS", "x"),
    ):
        with pytest.raises(SettingsError, match=name):
            loaded(**{name: value})


def test_the_nightly_ones_are_few(
    here: Path, session: Session, pair: x25519.Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newest so many stay; a file of another name is never deleted."""
    folder = here / "backups"
    folder.mkdir()
    old = [folder / f"avanza-2026010{day}-030000{backups.NIGHTLY}" for day in range(1, 5)]
    kept = [folder / "antes-de-actualizar.dump.age", folder / "avanza-20250101-030000.dump.age"]
    for path in (*old, *kept):
        path.touch()
    monkeypatch.setenv("AVANZA_BACKUP_DIR", str(folder))
    monkeypatch.setenv("AVANZA_BACKUP_KEEP", "2")
    with pytest.raises(Failure, match="AVANZA_BACKUP_KEY"):
        backed_up("--nightly")
    monkeypatch.setenv("AVANZA_BACKUP_KEY", str(pair.to_public()))
    assert backed_up("--nightly", "--no-trial") == 0
    nightly = sorted(path.name for path in folder.glob(f"*{backups.NIGHTLY}"))
    assert len(nightly) == 2
    assert nightly[0] == old[-1].name
    assert all(path.exists() for path in kept)
    assert session.scalars(select(BackupRun.name)).one() == nightly[1]


@pytest.mark.parametrize("full", [True, False])
def test_a_folder_that_takes_no_file_is_said(
    here: Path, session: Session, pair: x25519.Identity, monkeypatch: pytest.MonkeyPatch, full: bool
) -> None:
    """A full disk, or a folder that is none: the page says so in words, and not `OSError`."""
    if full:

        def no_room(*_: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(pyrage, "encrypt_io", no_room)
    else:
        (here / "file").touch()
    monkeypatch.setenv("AVANZA_BACKUP_DIR", str(here / ("folder" if full else "file/folder")))
    monkeypatch.setenv("AVANZA_BACKUP_KEY", str(pair.to_public()))
    with pytest.raises(Failure, match="no se pudo escribir"):
        backed_up("--nightly")
    assert "no se pudo escribir" in (session.scalars(select(BackupRun.error)).one() or "")
    assert not list((here / "folder").glob(".*"))


def at(hour: int, day: int = 24) -> datetime:
    return datetime(2026, 11, day, hour, 0, tzinfo=ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("good", "last", "now", "due"),
    [
        (None, None, at(12), True),
        (at(4, 23), at(4, 23), at(2), False),
        (at(4, 23), at(4, 23), at(3), True),
        (at(3), at(3), at(23), False),
        (at(4, 23), at(3), at(3) + timedelta(minutes=50), False),
        (at(4, 23), at(3), at(4), True),
        (at(4, 25), at(4, 25), at(12), True),
    ],
)
def test_one_a_night(good: datetime | None, last: datetime | None, now: datetime, due: bool) -> None:
    """From three in the morning on, once; one that failed is tried an hour later; a time ahead is none."""
    assert backing_up.is_due(good, last, now, ZONE) is due


def test_a_database_in_use_is_replaced_whole(here: Path, session: Session, engine: Engine) -> None:
    """What is there is dropped with its partitions, and what came after the backup is gone."""
    target = here / "one.dump"
    assert backed_up(str(target)) == 0
    session.add(Workshop(code="c2", name="después", axis="food"))
    session.commit()
    assert restored(str(target), "--replace") == 0
    with engine.connect() as connection:
        assert connection.execute(text("SELECT code FROM workshop")).scalars().all() == ["c1"]
    assert session.scalars(select(BackupRun)).all() == []


def test_a_restore_that_breaks_off_changes_nothing(
    here: Path, database_url: str, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was there stays, also where all that came until then could be put in place."""
    target = here / "one.dump"
    assert backed_up(str(target)) == 0
    real, broken = dumps._tool("psql", 0), here / "pg_restore"
    broken.write_text("#!/bin/sh\necho 'CREATE TABLE half (id int);'; sleep 0.3; exit 4\n")
    broken.chmod(0o700)
    monkeypatch.setattr(dumps, "_tool", lambda name, _server: real if name == "psql" else broken)
    with pytest.raises(Failure):
        dumps.restore(database_url, 0, target)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT name FROM workshop")) == CANARY
        assert connection.scalar(text("SELECT to_regclass('half')")) is None


@pytest.mark.parametrize("way", ["in place", "on trial"])
def test_servers_before_17_take_it(
    way: str,
    here: Path,
    database_url: str,
    engine: Engine,
    pair: x25519.Identity,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A setting that they don't know is not handed to them, and all the rest is."""
    target, kept = here / "one.dump", here / "kept.sql"
    sealing = ["--plain"] if way == "in place" else ["--to", str(pair.to_public())]
    assert backed_up(str(target), *sealing) == 0
    real, tool = dumps._tool("psql", 0), here / "psql"
    tool.write_text(f'#!/bin/sh\ntee {kept} | {real} "$@"\n')
    tool.chmod(0o700)
    found = dumps._tool
    monkeypatch.setattr(dumps, "_tool", lambda name, server: tool if name == "psql" else found(name, server))
    if way == "in place":
        dumps.restore(database_url, 0, target)
    else:
        backups.try_out(engine, database_url, 0, target, pair)
    script = kept.read_text(encoding="utf-8")
    assert "SET statement_timeout = 0;" in script
    assert CANARY in script
    assert "transaction_timeout" not in script.replace("idle_in_transaction_session_timeout", "")
