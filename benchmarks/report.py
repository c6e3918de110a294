"""The table on the screen and the file under `latest/`. Names no machine and no path."""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.measure import Figures, Ratios, Round, figures, ratios
from cli.install.failure import guarded

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Measure = Callable[[argparse.Namespace], "Report"]

LATEST = Path(__file__).parent / "latest"
_HEADINGS = ("what", "clients", "n", "p50 ms", "p99 ms", "per s", "p50 x", "p99 x", "per s x")


@dataclass(frozen=True)
class Goal:
    """One figure beside what was promised; `sense` is `<` or `>=`, None where nothing was promised."""

    what: str
    value: float
    unit: str
    target: float | None = None
    sense: str = "<"

    @property
    def met(self) -> bool | None:
        """Whether the promise was kept; None where there was none."""
        if self.target is None:
            return None
        return self.value < self.target if self.sense == "<" else self.value >= self.target

    @property
    def times(self) -> float | None:
        """How many times better than promised; under 1 it was not kept."""
        if not self.target or not self.value:
            return None
        return self.target / self.value if self.sense == "<" else self.value / self.target


@dataclass
class Report:
    """The rows of one measurement, in the order in which they were added.

    `goals` are figures beside what was promised.
    `wrong` tells what was lost, doubled or out of order: with one of these the measurement has failed,
    however quick it was.
    """

    name: str
    rounds: int
    rows: list[dict[str, Any]] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)
    wrong: dict[str, int] = field(default_factory=dict)
    keep: bool = True
    """Whether it goes to `latest/`: a small run for trying things out does not."""
    notes: dict[str, Any] = field(default_factory=dict)
    _load_before: tuple[float, float, float] = field(default_factory=os.getloadavg)

    def add(
        self, what: str, clients: int, measured: Sequence[Round], ours: Sequence[Round] | None = None
    ) -> None:
        """Add one side; a peer is given `ours` too and gets its ratios to it."""
        compared = asdict(ratios(ours, measured)) if ours is not None else None
        self.rows.append(
            {"what": what, "clients": clients, "figures": asdict(figures(measured)), "ratios": compared}
        )

    def goal(self, what: str, value: float, unit: str, target: float | None = None, sense: str = "<") -> None:
        """Add one figure, with what was promised where something was."""
        self.goals.append(Goal(what, round(value, 3), unit, target, sense))

    def table(self) -> str:
        """The rows as aligned text; x tells how many times better ours is: its time, or its throughput."""
        return aligned([_HEADINGS, *(_cells(row) for row in self.rows)])

    def promises(self) -> str:
        """The figures beside what was promised, as aligned text."""
        return aligned([("figure", "value", "unit", "promised", "kept"), *map(_goal_cells, self.goals)])

    def finish(self) -> None:
        """Print the table and write it to `latest/`."""
        for table in (self.table() if self.rows else "", self.promises() if self.goals else ""):
            if table:
                print(table)
        for name, value in (self.notes | self.wrong).items():
            print(f"{name}: {value}")
        if not self.keep:
            return
        LATEST.mkdir(exist_ok=True)
        content: dict[str, Any] = {
            "name": self.name,
            "taken_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": machine() | {"load_before": [round(load, 2) for load in self._load_before]},
            "rounds": self.rounds,
            "rows": self.rows,
            "notes": self.notes,
        }
        if self.goals:
            content["goals"] = [_goal_json(goal) for goal in self.goals]
            content["wrong"] = self.wrong
            content["machine"]["load_after"] = [round(load, 2) for load in os.getloadavg()]
        target = LATEST / f"{self.name}.json"
        target.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def run_once(
    name: str, about: str | None, add_arguments: Callable[[argparse.ArgumentParser], None], measure: Measure
) -> int:
    """Take a command line of its own, measure once, print, write down; 1 where something is wrong."""
    parser = argparse.ArgumentParser(
        prog=f"avanza bench {name}", description=about, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    add_arguments(parser)
    given = parser.parse_args()

    def run() -> int:
        report = measure(given)
        report.finish()
        return 1 if any(report.wrong.values()) else 0

    return guarded(run)


def run_bench(name: str, about: str | None, measure: Callable[[int], Report]) -> int:
    """Take the command line of a benchmark, measure, print, write down; return the exit code."""
    parser = argparse.ArgumentParser(prog=f"avanza bench {name}", description=about)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()

    def run() -> int:
        measure(given.rounds).finish()
        return 0

    return guarded(run)


def _goal_json(goal: Goal) -> dict[str, Any]:
    times = None if goal.times is None else round(goal.times, 2)
    return asdict(goal) | {"met": goal.met, "times": times}


def _goal_cells(goal: Goal) -> tuple[str, ...]:
    promised = "" if goal.target is None else f"{goal.sense} {goal.target:g}"
    kept = {None: "", True: "yes", False: "NO"}[goal.met]
    return (goal.what, f"{goal.value:g}", goal.unit, promised, kept)


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    seen = Figures(**row["figures"])
    cells = (f"{seen.p50_ms:.1f}", f"{seen.p99_ms:.1f}", f"{seen.per_second:.1f}")
    compared = ("", "", "")
    if row["ratios"]:
        times = Ratios(**row["ratios"])
        compared = (f"{times.p50:.2f}", f"{times.p99:.2f}", f"{times.throughput:.2f}")
    return (row["what"], str(row["clients"]), str(seen.requests), *cells, *compared)


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Words to the left, numbers to the right, two spaces between."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = []
    for row in rows:
        first, *others = (
            cell.ljust(w) if i == 0 else cell.rjust(w)
            for i, (cell, w) in enumerate(zip(row, widths, strict=True))
        )
        lines.append("  ".join((first, *others)).rstrip())
    return "\n".join(lines)


def machine() -> dict[str, Any]:
    """What kind of machine this is: enough to read the figures, nothing that tells which one."""
    return {
        "system": platform.system(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
    }


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        named = subprocess.run(
            ["sysctl", "-n", "machdep.cpu.brand_string"], capture_output=True, text=True, check=False
        )
        return named.stdout.strip() or platform.machine()
    return platform.machine()
