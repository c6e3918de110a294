"""What the benchmarks say that a server uses."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from benchmarks import used
from benchmarks.dialogue import texts

_BUSY = """
import time
held, end = b"x" * 50_000_000, time.process_time() + 0.3
while time.process_time() < end: pass
"""
_WAITS = "print('done', flush=True); input()"


def test_memory_and_processor_time_of_a_group_are_those_of_its_processes() -> None:
    """A process that holds 50 MB and has worked for 300 ms shows at least that; once it is gone, nothing."""
    with subprocess.Popen(
        [sys.executable, "-c", _BUSY + _WAITS],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as busy:
        assert busy.stdout is not None
        busy.stdout.readline()
        assert used.resident_mb(busy.pid) > 50
        spent = used.cpu_ms(busy.pid)
        assert spent is None or spent >= 290
        busy.communicate(b"\n")
    assert used.resident_mb(busy.pid) == 0


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="this system binds nothing to a core")
def test_what_is_started_within_stays_on_the_core_and_the_rest_where_it_was() -> None:
    """Only the server is bound."""
    before = os.sched_getaffinity(0)
    core = min(before)
    with used.bound_to(core):
        shown = subprocess.check_output(
            [sys.executable, "-c", "import os; print(*os.sched_getaffinity(0))"], text=True
        )
    assert shown.split() == [str(core)]
    assert os.sched_getaffinity(0) == before


def test_the_messages_are_many_and_come_in_the_same_order_each_time() -> None:
    """A conversation of 440 turns meets none twice, and both sides hold the same one."""
    said = texts()
    assert len(said) == len(set(said)) > 2000
    assert said == texts()
