"""Runs a program of others (uv, pip, Rasa's training) quietly and turns its failure into one clear line.

Its output goes to a log under `.tools/log/`: a wall of text hides from a newcomer the one line that matters.
It never outlives the command that runs it, however that ends: half a training would go on for minutes unseen.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from cli import words
from cli.install.failure import Failure
from cli.install.places import LOGS, ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import IO

LAUNCHER = Path(__file__).parent / "child.py"
_PATIENCE_SECONDS = 5.0
_LOOK_SECONDS = 0.5
_NEARLY_NOTHING = 10_000_000
_TAIL_BYTES = 64 * 1024
_DISK = re.compile(r"No space left on device|Disk quota exceeded|File too large|os error (28|27|122)\b")
_NETWORK = re.compile(
    r"error sending request|dns error|failed to lookup|Failed to fetch|Could not connect|Connection refused"
    r"|Network connectivity is disabled|network was disabled|name resolution|NewConnectionError"
    r"|Network is unreachable"
    r"|timed out|No matching distribution found|--offline|certificate verify failed|invalid peer certificate",
    re.IGNORECASE,
)


def run(
    argv: Sequence[str | Path],
    *,
    what: str,
    log: str,
    env: Mapping[str, str],
    cwd: Path = ROOT,
    on_line: Callable[[str], None] | None = None,
) -> None:
    """Run to the end; `what` names the step for the reader, `log` the file that keeps its output.

    `on_line` is given each line of the output within half a second.
    """
    LOGS.mkdir(parents=True, exist_ok=True)
    log_file = LOGS / f"{log}.log"
    with log_file.open("wb") as out, log_file.open("rb") as written:
        process = subprocess.Popen(
            [sys.executable, "-I", str(LAUNCHER), str(os.getpid()), *(str(part) for part in argv)],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            env=dict(env),
            cwd=cwd,
            start_new_session=True,
        )
        try:
            code = process.wait() if on_line is None else _followed(process, written, on_line)
        finally:
            _end(process)
    if code != 0:
        raise Failure(explain(what, _tail(log_file), log_file, code))


def _followed(process: subprocess.Popen[bytes], written: IO[bytes], on_line: Callable[[str], None]) -> int:
    """Wait for the end, passing on what is written meanwhile, whole lines only."""
    waiting, code = b"", None
    while code is None:
        with suppress(subprocess.TimeoutExpired):
            code = process.wait(_LOOK_SECONDS)
        *lines, waiting = (waiting + written.read()).split(b"\n")
        for line in lines:
            on_line(line.decode(errors="replace"))
    return code


def _end(process: subprocess.Popen[bytes]) -> None:
    """End what is still there of the program's whole group; nothing where it came to its own end."""
    if process.poll() is None:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(_PATIENCE_SECONDS)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def explain(what: str, output: str, log_file: Path, code: int) -> str:
    """The one line for a program that failed: full disk and no network first, its own last words else."""
    if _DISK.search(output) or code == -signal.SIGXFSZ or shutil.disk_usage(ROOT).free < _NEARLY_NOTHING:
        return words.DISK_FULL.format(where=ROOT)
    if _NETWORK.search(output):
        return words.NO_NETWORK.format(what=what)
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    reason = lines[-1][:200] if lines else f"código {code}"
    return words.STEP_FAILED.format(what=what, reason=reason, log=log_file)


def _tail(path: Path) -> str:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL_BYTES))
        return file.read().decode(errors="replace")
