"""A process that has started ends with a line of its log; one that never started tells whoever typed it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from support import environment

from outreach.ground.settings import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

HERS = "palabracanaria"
# A process whose work fails in the way named by its argument, once it has started.
PROGRAM = f"""
import sys
from sqlalchemy.exc import OperationalError
from cli import key_check
from cli.commands import processes
from cli.install.failure import Failure, guarded
from outreach.ground import logs
from outreach.ground.settings import load_settings, read_environment

key_check.ensure = lambda engine, settings: None
gone = OperationalError("{HERS}", {{}}, Exception("{HERS}"))
ends = {{"database": gone, "user": Failure("puerto ocupado")}}

def command():
    logs.configure("worker")
    with processes._ready("worker", load_settings(read_environment())):
        raise ends[sys.argv[1]]

sys.exit(guarded(command))
"""


def ended(how: str, folder: Path, database_url: str) -> list[str]:
    """Return the lines that a process leaves on stderr."""
    done = subprocess.run(
        [sys.executable, "-sP", "-c", PROGRAM, how],
        env={
            **os.environ,
            **environment(folder, AVANZA_DATABASE_URL=database_url),
            "PYTHONPATH": str(ROOT),
            "AVANZA_DEBUG": "",
        },
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    return done.stderr.splitlines()


@pytest.mark.processes
def test_an_error_after_the_start_is_one_json_line(tmp_path: Path, database_url: str) -> None:
    """The database goes away: the supervisor starts the process again, and its log stays readable by line."""
    lines = [json.loads(line) for line in ended("database", tmp_path, database_url)]
    assert [line["action"] for line in lines] == ["started", "ended"]
    assert lines[-1]["kind"] == "OperationalError"
    assert HERS not in str(lines)


@pytest.mark.processes
def test_what_a_user_can_mend_stays_a_plain_line(tmp_path: Path, database_url: str) -> None:
    assert ended("user", tmp_path, database_url)[-1] == "avanza: puerto ocupado"


# A clock with one tick, which waits in PostgreSQL for a lock that nobody lets go of.
HANGING_CLOCK = """
import sys
from sqlalchemy import text
from cli.commands import processes
from cli.install.failure import guarded
from outreach.ground import logs
from worker import clock

def waits(runtime):
    print("waits", flush=True)
    with runtime.sessions.begin() as session:
        session.execute(text("SELECT pg_advisory_xact_lock(1)"))

clock.WHEEL = {waits: 1.0}

def command():
    logs.configure("clock")
    return processes.clock(None)

sys.exit(guarded(command))
"""


@pytest.mark.processes
def test_a_clock_ends_soon_whatever_a_tick_waits_for(
    tmp_path: Path, database_url: str, engine: Engine
) -> None:
    """The interpreter would wait for the tick's thread: a lock or the comparison of a list takes minutes."""
    with engine.connect() as holder:
        holder.execute(text("SELECT pg_advisory_lock(1)"))
        with subprocess.Popen(
            [sys.executable, "-sP", "-c", HANGING_CLOCK],
            env={
                **os.environ,
                **environment(tmp_path, AVANZA_DATABASE_URL=database_url),
                "PYTHONPATH": str(ROOT),
            },
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "waits\n"
            asked_at = time.monotonic()
            process.terminate()
            try:
                _, said = process.communicate(timeout=15)
            finally:
                process.kill()
            assert time.monotonic() - asked_at < 10
    assert process.returncode == 0
    assert [json.loads(line)["action"] for line in said.splitlines()][-2:] == ["ticks_cut_off", "stopped"]
