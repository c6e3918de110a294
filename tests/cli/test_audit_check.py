"""The record of what staff did, as `backup`, `restore` and `doctor` look at it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from support import environment

from cli import audit_check
from cli.commands import database
from cli.install.failure import Failure
from cli.parser import parse
from models import Stream
from outreach.staff import audit, chain
from outreach.staff.audit import Action

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)


@pytest.fixture
def record(session: Session) -> Session:
    for action in (Action.LOGGED_IN, Action.DESK_TAKEN, Action.DESK_OPENED):
        audit.record(session, None, action, NOW)
    session.commit()
    return session


def _as_superuser(engine: Engine, statement: str) -> None:
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(statement))


def test_nothing_yet(engine: Engine, tmp_path: Path) -> None:
    assert audit_check.check(engine, tmp_path) == "vacía"
    assert audit_check.heads(engine) == {}


def test_what_a_backup_notes_is_looked_for(engine: Engine, record: Session, tmp_path: Path) -> None:
    """The heads go to a file of the owner's, without a time or a count, and hold while more is done."""
    told = audit_check.note(engine, tmp_path, audit_check.heads(engine))
    kept = tmp_path / "audit-heads.json"
    assert told.startswith("mesa de atención ")
    assert " · cuentas y programa " in told
    assert kept.stat().st_mode & 0o777 == 0o600
    audit.record(record, None, Action.DESK_NOTED, NOW)
    record.commit()
    later = audit_check.check(engine, tmp_path)
    assert later != told
    assert later.split(" · ")[1] == told.split(" · ")[1]


def test_a_changed_event(engine: Engine, record: Session, tmp_path: Path) -> None:
    assert record
    _as_superuser(engine, "UPDATE audit_event SET action = 'desk.noted' WHERE action = 'desk.opened'")
    with pytest.raises(Failure, match=r"«mesa de atención» fue alterada: el registro 2 "):
        audit_check.check(engine, tmp_path)


def test_a_missing_end_is_not_noted_over(engine: Engine, record: Session, tmp_path: Path) -> None:
    """Neither the check nor the next backup takes what is left for the whole."""
    assert record
    audit_check.note(engine, tmp_path, audit_check.heads(engine))
    _as_superuser(engine, "DELETE FROM audit_event WHERE action = 'desk.opened'")
    for _ in range(2):
        with pytest.raises(Failure, match=r"«mesa de atención» le falta"):
            audit_check.check(engine, tmp_path)
        with pytest.raises(Failure, match=r"«mesa de atención» le falta"):
            audit_check.note(engine, tmp_path, audit_check.heads(engine))


def test_a_restore_begins_anew(engine: Engine, record: Session, tmp_path: Path) -> None:
    """What is put in place is older than what was noted: its own heads are noted then."""
    assert record
    audit_check.renew(tmp_path, {Stream.DESK: bytes(32)})
    with pytest.raises(Failure):
        audit_check.check(engine, tmp_path)
    audit_check.renew(tmp_path, audit_check.heads(engine))
    assert audit_check.check(engine, tmp_path).startswith("mesa de atención ")


@pytest.mark.parametrize("kept", ["", "[]", '{"desk": 1}', '{"desk": "zz"}', '{"hall": "00"}'])
def test_a_damaged_file(engine: Engine, record: Session, tmp_path: Path, kept: str) -> None:
    assert record
    (tmp_path / "audit-heads.json").write_text(kept, encoding="utf-8")
    with pytest.raises(Failure, match="está dañado"):
        audit_check.check(engine, tmp_path)


def test_a_backup_prints_the_heads(
    engine: Engine,
    record: Session,
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """For paper; a record of which something is missing fails the command, and the backup is there."""
    assert record
    for name, value in environment(tmp_path, AVANZA_DATABASE_URL=database_url).items():
        monkeypatch.setenv(name, value)
    target = tmp_path / "one.dump"
    assert database.backup(parse(["backup", str(target)])) == 0
    head = chain.code(chain.heads(record)[Stream.DESK])
    assert f"mesa de atención {head}" in capsys.readouterr().out
    _as_superuser(engine, "DELETE FROM audit_event WHERE action = 'desk.opened'")
    with pytest.raises(Failure, match="le falta"):
        database.backup(parse(["backup", str(tmp_path / "two.dump")]))
    assert (tmp_path / "two.dump").exists()
