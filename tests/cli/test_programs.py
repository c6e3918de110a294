"""A program of others that a command runs: nothing of it is left when the command ends, however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.processes

# A command that trains, as it were: its program has a child of its own, and both say who they are.
# Under nohup or in the background a process is born deaf to some signals, so it opens its ears first.
COMMAND = """
import signal, sys
from pathlib import Path
from cli.install import programs
from cli.install.failure import guarded

signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
programs.LOGS = Path(sys.argv[1])
argv = [sys.executable, "-c", sys.argv[2]]
sys.exit(guarded(lambda: programs.run(argv, what="probar", log="probe", env={}) or 0))
"""
PROGRAM = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(os.getpid(), child.pid, flush=True)
time.sleep(60)
"""


def start(folder: Path) -> tuple[subprocess.Popen[str], list[int]]:
    """Start the command; return it and the processes of its program."""
    process = subprocess.Popen(
        [sys.executable, "-c", COMMAND, str(folder), PROGRAM],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
    )
    log, deadline = folder / "probe.log", time.monotonic() + 30
    while time.monotonic() < deadline:
        if log.exists() and len(log.read_text().split()) == 2:
            return process, [int(pid) for pid in log.read_text().split()]
        time.sleep(0.05)
    raise AssertionError("the program did not start")


def gone(pid: int) -> bool:
    """Whether a process ends in time; one that nobody has waited for yet counts as ended."""
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_command_that_is_stopped_stops_its_program(tmp_path: Path, number: signal.Signals) -> None:
    """`./avanza up`, stopped while it trains, leaves no training behind, and says that it was interrupted."""
    process, pids = start(tmp_path)
    process.send_signal(number)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 1
    assert said.startswith("avanza: ")
    assert "Traceback" not in said
    assert all(gone(pid) for pid in pids)


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone ends a child with its parent")
def test_a_command_that_is_killed_leaves_no_program(tmp_path: Path) -> None:
    """Also kill -9 of the command ends the program."""
    process, pids = start(tmp_path)
    process.kill()
    process.communicate(timeout=30)
    assert gone(pids[0])
    os.kill(pids[1], signal.SIGKILL)
