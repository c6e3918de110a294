"""A process that hangs ends itself to be started again; one that only pauses, or stops, does not."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from outreach.ground.settings import ROOT
from worker import liveness
from worker.liveness import Liveness

HANGS = """
import threading, time
from worker import liveness
liveness.LOOK_SECONDS = 0.1
threading.Thread(target=time.sleep, args=(60,)).start()  # an orderly end would wait for it
liveness.Liveness("clock", 0.1).start()
time.sleep(60)
"""


def test_a_process_that_hangs_ends_itself() -> None:
    """With its own exit code, although a thread of it never comes back."""
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-c", HANGS], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == liveness.HUNG
    assert time.monotonic() - began < 50


@pytest.fixture
def watched() -> tuple[Liveness, list[str]]:
    """One that is not started: the test looks."""
    ended: list[str] = []
    return Liveness("worker", 60.0, end=lambda: ended.append("ended")), ended


def test_only_two_looks_in_a_row_end_it(watched: tuple[Liveness, list[str]]) -> None:
    """Who was stopped and goes on is late at the first look, and seen before the next."""
    process, ended = watched
    process.look()
    for _ in range(2):
        process._last -= 100.0
        process.look()
        process.seen()
        process.look()
    assert not ended
    process._last -= 100.0
    process.look()
    assert not ended
    process.look()
    assert ended == ["ended"]


def test_one_that_was_asked_to_stop_is_left_alone(
    watched: tuple[Liveness, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(liveness, "LOOK_SECONDS", 0.01)
    process, ended = watched
    process.start()
    process.stop()
    process._thread.join(10.0)
    assert not process._thread.is_alive()
    assert not ended
