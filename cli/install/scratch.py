"""Where the tests keep their PostgreSQL: in memory where there is room for it, else under var/.

Why: each test has a database of its own, six hundred files that are made and deleted again. On a disk that
costs 170 ms of processor time a test, in memory 25.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

from cli.install.places import ROOT

IN_MEMORY = Path("/dev/shm")  # noqa: S108 (the folder made in it is this user's alone, or is not used)
_LEAST_FREE_BYTES = 2 * 1024**3


def scratch_folder(memory: Path = IN_MEMORY) -> Path:
    """The folder, made if it was not there: the same for all processes of this copy of the project."""
    copy = hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]
    made = memory / f"avanza-tests-{os.geteuid()}-{copy}"
    if not (_is_ours(made) or (_has_room(memory) and _can_make(made))):
        made = ROOT / "var" / "test"
        made.mkdir(parents=True, exist_ok=True)
    return made


def forget(folder: Path, memory: Path = IN_MEMORY) -> None:
    """Give the memory back; what lies on a disk may stay for the next time."""
    if folder.parent == memory:
        shutil.rmtree(folder, ignore_errors=True)


def _is_ours(folder: Path) -> bool:
    """Whether it is a folder of this user's: in a place where all may write, another may have made it."""
    return folder.is_dir() and not folder.is_symlink() and folder.stat().st_uid == os.geteuid()


def _has_room(memory: Path) -> bool:
    return os.access(memory, os.W_OK) and shutil.disk_usage(memory).free >= _LEAST_FREE_BYTES


def _can_make(folder: Path) -> bool:
    try:
        folder.mkdir(mode=0o755)
    except FileExistsError:  # another process of the run was quicker, or a stranger's
        return _is_ours(folder)
    except OSError:
        return False
    return True
