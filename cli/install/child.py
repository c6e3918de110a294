"""Becomes one supervised process: asks Linux to end it when its supervisor dies, then runs the real program.

Run as a script on the standard library: `child.py SUPERVISOR_PID PROGRAM ARG...`.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main(argv: list[str]) -> int:  # noqa: RET503 (the last line never returns)
    """Tie this process to its supervisor and become the program."""
    supervisor, program = int(argv[0]), argv[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != supervisor:  # it died before the line above
        return 1
    os.execv(program[0], program)  # noqa: S606 (a list, never a shell)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
