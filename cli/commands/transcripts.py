"""`transcripts`: plays the scripts of `tests/flows/` with the running product, and shows what was said.

The tests play, judge and write down; here they are started and their transcripts made into pages. Exit code 0
only where every script went as it is written: a known fault counts as one that did not.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cli import words
from cli.commands.model import ready_model
from cli.install.failure import Failure, say_failure
from cli.install.places import ROOT
from cli.install.progress import step
from cli.transcripts import pages, pictures, reading, text

if TYPE_CHECKING:
    import argparse

_FLOWS = ROOT / "tests" / "flows"
_KEPT = ROOT / "docs" / "transcripts"


def run(args: argparse.Namespace) -> int:
    """Play, write the pages, and say what did not go as written."""
    written = Path(os.environ.get("AVANZA_VAR") or ROOT / "var") / "transcripts"
    played = args.no_play or _play(written)
    areas = reading.read_areas(written)
    if not areas:
        raise Failure(words.NOT_PLAYED.format(where=written))
    out = Path(args.out) if args.out else written
    with step(words.STEP_PAGES):
        pages.write(areas, out)
        text.write(areas, out)
    if args.pictures:
        _renew(areas)
    return _tell(areas, out / "index.html", played=played)


def _play(written: Path) -> bool:
    """Play every script; transcripts of an earlier time must not pass for this one's."""
    ready_model()
    for old in written.glob("*.json"):
        old.unlink()
    tests = [file for file in sorted(_FLOWS.rglob("test_*.py")) if "write_down(" in file.read_text("utf-8")]
    argv = [sys.executable, "-m", "pytest", "--tb=no", *(str(file.relative_to(ROOT)) for file in tests)]
    with step(words.STEP_PLAY):
        return subprocess.run(argv, cwd=ROOT, stdout=sys.stderr, check=False).returncode == 0


def _renew(areas: list[reading.Area]) -> None:
    with step(words.STEP_PICTURES.format(where=_KEPT.relative_to(ROOT))):
        for old in (*_KEPT.glob("*.png"), *_KEPT.glob("*.md")):
            old.unlink()
        made = pictures.write(areas, _KEPT)
        text.write(areas, _KEPT)
        (_KEPT / "README.md").write_text(text.index_page(areas, made), encoding="utf-8")


def _tell(areas: list[reading.Area], index: Path, *, played: bool) -> int:
    wrong = [(area.title, thread.name) for area in areas for thread in area.threads if thread.fault]
    print(words.TRANSCRIPTS_READY.format(threads=sum(len(area.threads) for area in areas), where=index))
    for title, name in wrong:
        print(words.TRANSCRIPT_NOT_WELL.format(title=title, name=name))
    if not played:
        say_failure(words.PLAY_STOPPED)
    if wrong or not played:
        return 1
    print(words.TRANSCRIPTS_WELL)
    return 0
