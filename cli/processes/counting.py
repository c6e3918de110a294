"""Where the processes of one host keep their counts for `/metrics`: a file each, read by `metrics` alone.

Imports no library that counts: it reads its folder from the environment once, when it is imported.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from outreach.ground.settings import Settings


def folder(settings: Settings) -> Path:
    """Where the processes of this host keep their counts."""
    return settings.var / "metrics"


def count_in(settings: Settings) -> dict[str, str]:
    """Return what a process needs in its environment so that it counts, where that is wanted."""
    if settings.watching.metrics_port is None:
        return {}
    where = folder(settings)
    where.mkdir(mode=0o700, parents=True, exist_ok=True)
    return {"PROMETHEUS_MULTIPROC_DIR": str(where)}


def forget_dead(where: Path) -> None:
    """Delete the counts of processes that are gone: each restart leaves a file."""
    for path in where.glob("*_*.db"):
        number = path.stem.rpartition("_")[2]
        if not (number.isdigit() and _lives(int(number))):
            path.unlink(missing_ok=True)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
