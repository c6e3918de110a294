"""`transcripts`: plays the scripts of `tests/flows/` with the running product, and shows what was said.

The tests play, judge and write down; here they are started and their transcripts made into pages. Exit code 0
only where every script went as it is written: a known fault counts as one that did not.
"""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cli import words
from cli.commands.model import ready_model
from cli.install.failure import say_failure
from cli.install.places import ROOT
from cli.install.progress import step

if TYPE_CHECKING:
    import argparse

_FLOWS = ROOT / "tests" / "flows"


def run(args: argparse.Namespace) -> int:
    """Play, write the pages, and say what did not go as written."""
    written = Path(os.environ.get("AVANZA_VAR") or ROOT / "var") / "transcripts"
    played = args.no_play or _play(written)
    out = Path(args.out) if args.out else written
    # What renders the scripts lives with them, and with the libraries of the tests.
    if str(_FLOWS) not in sys.path:
        sys.path.insert(0, str(_FLOWS))
    render = importlib.import_module("transcripts.render")
    threads, wrong = render.render(written, out, renew=args.pictures)
    return _tell(threads, wrong, out / "index.html", played=played)


def _play(written: Path) -> bool:
    """Play every script; transcripts of an earlier time must not pass for this one's."""
    ready_model()
    for old in written.glob("*.json"):
        old.unlink()
    tests = [file for file in sorted(_FLOWS.rglob("test_*.py")) if "write_down(" in file.read_text("utf-8")]
    argv = [sys.executable, "-m", "pytest", "--tb=no", *(str(file.relative_to(ROOT)) for file in tests)]
    with step(words.STEP_PLAY):
        return subprocess.run(argv, cwd=ROOT, stdout=sys.stderr, check=False).returncode == 0


def _tell(threads: int, wrong: list[tuple[str, str]], index: Path, *, played: bool) -> int:
    print(words.TRANSCRIPTS_READY.format(threads=threads, where=index))
    for title, name in wrong:
        print(words.TRANSCRIPT_NOT_WELL.format(title=title, name=name))
    if not played:
        say_failure(words.PLAY_STOPPED)
    if wrong or not played:
        return 1
    print(words.TRANSCRIPTS_WELL)
    return 0
