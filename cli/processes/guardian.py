"""Cleans up after a supervisor that was killed: ends the process groups it left and its embedded PostgreSQL.

Holds the reading end of a pipe from the supervisor, which names each group (`+123`, `-123`) and says
`bye` when it stops by itself. The pipe closing without `bye` means that nobody else is left to do it. Run as
`python -m cli.guardian [VAR]`; VAR where the embedded PostgreSQL is in use.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

_PATIENCE_SECONDS = 10.0


def main(argv: list[str]) -> int:
    """Listen until the supervisor ends, and end what it left."""
    for quiet in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(quiet, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        word = line.strip()
        if word == "bye":
            return 0
        if word.startswith("+"):
            groups.add(int(word[1:]))
        elif word.startswith("-"):
            groups.discard(int(word[1:]))
    end_groups(groups, _PATIENCE_SECONDS)
    if argv:
        from outreach.ground import embedded  # noqa: PLC0415 (only where it is in use)

        embedded.stop_if_unused(Path(argv[0]))
    return 0


def end_groups(groups: set[int], patience: float) -> None:
    """Ask every group to stop; kill what is still there after `patience` seconds."""
    for group in groups:
        _signal(group, signal.SIGTERM)
    deadline = time.monotonic() + patience
    while any(_signal(group, 0) for group in groups) and time.monotonic() < deadline:
        time.sleep(0.1)
    for group in groups:
        _signal(group, signal.SIGKILL)


def _signal(group: int, number: int) -> bool:
    """Whether the group was there to receive it."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
        return True
    return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
