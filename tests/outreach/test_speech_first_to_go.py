"""The engine of voice notes is the first to be ended where memory runs out, also as an ordinary user."""

from __future__ import annotations

import subprocess
import sys

from outreach.messages.speech.local import SCRIPT

# Its output is silent from the first step on: the score, 1000 at most, leaves as a tenth in the exit code.
STEPS = """
import codecs, ctypes, os, sys
from pathlib import Path
engine = {"__name__": "engine"}
exec(compile(sys.stdin.read(), "engine", "exec"), engine)
engine["_load"] = lambda _: sys.exit(int(Path("/proc/self/oom_score_adj").read_text()) // 10)
if os.geteuid() == 0:  # who may say so at any moment: it is tried as nobody, begun anew as a program would be
    codecs.lookup("ascii")  # loaded while Python's own folder may be read
    os.setgid(65534)
    os.setuid(65534)
    ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)
engine["main"](["none"])
"""


def test_it_goes_before_the_dialogue_and_the_database() -> None:
    """It says so before it gives up what it may."""
    ended = subprocess.run(
        [sys.executable, "-I", "-c", STEPS],
        input=SCRIPT.read_bytes(),
        cwd="/",
        check=False,
        timeout=30,
    )
    assert ended.returncode == 100
