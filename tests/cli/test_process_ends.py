"""A process that has started ends with a line of its log; one that never started tells whoever typed it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from support import environment

from outreach.ground.settings import ROOT

if TYPE_CHECKING:
    from pathlib import Path

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
