"""The clock's task that has a backup made each night, in a process of its own that ends with the clock."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from models import BackupRun, utcnow
from outreach.figures.vitals import NIGHTLY
from outreach.ground.settings import ROOT
from outreach.texts.alarms import BROKEN_OFF

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from worker.runtime import Runtime

log = logging.getLogger("avanza.clock")
HOUR: Final = 3
"""Of local time: the night's backup is due from then on."""
AGAIN_AFTER: Final = timedelta(hours=1)
_LAUNCHER: Final = ROOT / "cli" / "install" / "child.py"
_COMMAND: Final = ("-sP", "-m", "cli", "backup", "--nightly")
_running: list[subprocess.Popen[bytes]] = []
_began: list[datetime] = []


class BackupFailedError(Exception):
    """The night's backup was not made; why stands in `backup_run` and in the log of the command."""


def back_up(runtime: Runtime) -> None:
    """Start the night's backup where it is due, and look at how the last one ended.

    Raises:
        BackupFailedError: it ended without one; it is tried again an hour later.
    """
    if _running:
        code = _running[0].poll()
        if code is None:
            return
        _running.clear()
        if code != 0:
            _note_broken_off(runtime)
            raise BackupFailedError
        log.info("backed up", extra={"action": "backed_up"})
        return
    if not runtime.settings.watching.backs_up:
        return
    now = utcnow()
    well = BackupRun.error.is_(None) & BackupRun.encrypted
    newest = func.max(BackupRun.created_at)
    with runtime.readers() as session:
        good, last = session.execute(select(newest.filter(well), newest)).one()
    if is_due(good, last, now, runtime.settings.timezone):
        argv = [sys.executable, "-I", str(_LAUNCHER), str(os.getpid()), sys.executable, *_COMMAND]
        void = subprocess.DEVNULL
        _began[:] = [now]
        _running.append(subprocess.Popen(argv, cwd=ROOT, stdin=void, stdout=void, stderr=void))


def _note_broken_off(runtime: Runtime) -> None:
    """Write down one that ended before it could say why: killed, or without memory.

    So it rests an hour like any other that failed, and the page says it.
    """
    with runtime.sessions.begin() as session:
        newest = session.scalar(select(func.max(BackupRun.created_at)))
        if newest is None or not _began or newest < _began[0]:
            name = f"avanza-{utcnow():%Y%m%d-%H%M%S}{NIGHTLY}"
            session.add(BackupRun(created_at=utcnow(), name=name, encrypted=True, error=BROKEN_OFF))


def is_due(good: datetime | None, last: datetime | None, now: datetime, zone: ZoneInfo) -> bool:
    """Say whether a backup is to be made: none since the last three in the morning, none tried in an hour."""
    if last is not None and last <= now < last + AGAIN_AFTER:
        return False
    local = now.astimezone(zone)
    night = local.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    if local < night:
        night -= timedelta(days=1)
    return good is None or not night <= good <= now
