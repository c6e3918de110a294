"""What a group of processes uses: resident memory and processor time."""

from __future__ import annotations

import os
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_USER, _SYSTEM = 11, 12
"""Places in /proc/PID/stat after the program's name."""


def _members(group: int) -> list[tuple[int, int]]:
    """Number and resident kilobytes of each process of the group."""
    listed = subprocess.run(
        ["ps", "-A", "-o", "pgid=,pid=,rss="], capture_output=True, text=True, check=True
    ).stdout
    rows = (map(int, line.split()) for line in listed.splitlines())
    return [(pid, kilobytes) for pgid, pid, kilobytes in rows if pgid == group]


def resident_mb(group: int) -> float:
    """Resident memory; pages that several of them share are counted for each."""
    return sum(kilobytes for _, kilobytes in _members(group)) / 1024


def cpu_ms(group: int) -> float | None:
    """Processor time so far; None where the system does not tell it finely enough."""
    ticks = 0
    try:
        for pid, _ in _members(group):
            stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(stat[_USER]) + int(stat[_SYSTEM])
    except OSError:
        return None
    return ticks * 1000 / os.sysconf("SC_CLK_TCK")


def set_apart() -> int | None:
    """Leave the last core to what is measured and move to the others; None where that can't be done."""
    if not hasattr(os, "sched_setaffinity"):
        return None
    cores = os.sched_getaffinity(0)
    if len(cores) == 1:
        return None
    os.sched_setaffinity(0, cores - {max(cores)})
    return max(cores)


@contextmanager
def bound_to(core: int | None) -> Iterator[None]:
    """Bind what is started within to that core."""
    if core is None:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
