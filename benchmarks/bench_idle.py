"""What `./avanza up` uses while nothing comes in, process by process, and how long it takes to be ready.

It is started twice: into an empty folder, whose database and tables are made first, and again. With `--demo`
the steps that a fresh copy's own `./avanza demo` has printed are shown beside it.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import resting
from benchmarks.report import Report, run_once
from benchmarks.standin import standing_in
from cli import model
from cli.install.progress import step

if TYPE_CHECKING:
    import argparse

_SETTLE_SECONDS, _LEAST_SECONDS = 15.0, 30.0


def measure(given: argparse.Namespace) -> Report:
    """Start, rest, stop; twice."""
    report = Report("idle", 1, keep=given.seconds >= _LEAST_SECONDS)
    model.ensure()
    with standing_in() as twilio, resting.installation(twilio.url) as made:
        with step("start into an empty folder"):
            report.goal("start to ready, empty folder", made.up(), "s")
        with step("stop"):
            report.goal("stop", made.down(), "s", 20.0)
        with step("start again"):
            report.goal("start to ready, again", made.up(), "s")
        time.sleep(_SETTLE_SECONDS)
        with step(f"rest for {given.seconds:g} s"):
            used = resting.watch(made.parts(), given.seconds)
    for name, one in sorted(used.items()):
        report.goal(f"{name} ({one.processes} processes): memory", one.megabytes, "MB")
        report.goal(f"{name}: processor", one.millicores / 10, "% of a core")
    report.goal("all: memory", sum(one.megabytes for one in used.values()), "MB")
    report.goal("all: processor", sum(one.millicores for one in used.values()) / 10, "% of a core")
    if given.demo is not None:
        for name, seconds in resting.steps_of(given.demo.read_text(encoding="utf-8")):
            report.goal(f"cold demo, {name}", seconds, "s")
    return report


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How long it rests, and where a demo's output is."""
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--demo", type=Path, help="what `./avanza demo` printed in a fresh copy")


if __name__ == "__main__":
    sys.exit(run_once("idle", __doc__, add_arguments, measure))
