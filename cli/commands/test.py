"""`test`: a trained model, then pytest in parallel, with the arguments passed through."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from cli import model
from cli.install.places import ROOT
from cli.install.scratch import forget, scratch_folder
from outreach.ground import embedded

if TYPE_CHECKING:
    import argparse

_MOST_WORKERS = 6


def run(args: argparse.Namespace) -> int:
    """Train if the model is stale, then run the tests; their exit code decides."""
    model.ensure()
    given: list[str] = args.pytest_args
    parallel = (
        []
        if any(part.startswith(("-n", "--numprocesses", "--pdb")) for part in given)
        else ["-n", _workers()]
    )
    argv = [sys.executable, "-m", "pytest", *parallel, *given]
    folder = scratch_folder()
    was_there = embedded.runs(folder)
    try:
        # Unless Python may keep them, each process makes the asserts of 550 modules anew: 13 s.
        env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        return 0 if subprocess.run(argv, cwd=ROOT, env=env, check=False).returncode == 0 else 1
    finally:
        if not was_there:
            embedded.stop(folder)
            forget(folder)


def _workers() -> str:
    # One more than there are processors: the tests of the whole product mostly wait.
    return str(min(max(os.cpu_count() or 2, 2) + 1, _MOST_WORKERS))
