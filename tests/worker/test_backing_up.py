"""The clock's part of the night's backup: one that is cut off is noted like one that failed."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from models import BackupRun, utcnow
from outreach.figures import vitals
from outreach.ground.watching_settings import WatchingSettings
from worker import backing_up
from worker.runtime import make_runtime

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from outreach.ground.settings import Settings
    from worker.runtime import Runtime


@pytest.fixture
def runtime(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runtime]:
    """A clock whose backups are a command that waits, and is killed by the test."""
    monkeypatch.setattr(backing_up, "_running", [])
    monkeypatch.setattr(backing_up, "_began", [])
    monkeypatch.setattr(backing_up, "_LAUNCHER", "-c")
    monkeypatch.setattr(
        subprocess,
        "Popen",
        lambda *_args, **_given: _popen([sys.executable, "-c", "import time; time.sleep(60)"]),
    )
    made = make_runtime(
        replace(settings, watching=WatchingSettings(backup_keys=("age1" + "q" * 58,))), pool_size=2
    )
    yield made
    for process in backing_up._running:
        process.kill()
        process.wait()
    made.engine.dispose()


_popen = subprocess.Popen


def test_one_that_is_killed_is_noted_and_rests(runtime: Runtime, session: Session) -> None:
    """Without a row the page would say nothing for a day and a half, and each half minute begin another."""
    backing_up.back_up(runtime)
    process = backing_up._running[0]
    process.kill()
    process.wait()
    with pytest.raises(backing_up.BackupFailedError):
        backing_up.back_up(runtime)
    row = session.scalars(select(BackupRun)).one()
    assert row.error is not None
    assert "cortó" in row.error
    assert vitals.backups(session).failed
    backing_up.back_up(runtime)
    assert backing_up._running == [], "it rests an hour, like any other that failed"


def test_one_that_said_why_is_noted_once(runtime: Runtime, session: Session) -> None:
    backing_up.back_up(runtime)
    process = backing_up._running[0]
    name = "avanza-20261124-030000-noche.dump.age"
    session.add(BackupRun(created_at=utcnow() + timedelta(seconds=1), name=name, error="no hay espacio"))
    session.commit()
    process.kill()
    process.wait()
    with pytest.raises(backing_up.BackupFailedError):
        backing_up.back_up(runtime)
    session.rollback()
    assert session.scalar(select(func.count()).select_from(BackupRun)) == 1
