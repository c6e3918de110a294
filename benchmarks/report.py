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

LATEST = Path(__file__).parent / "latest"
_HEADINGS = ("what", "clients", "n", "p50 ms", "p99 ms", "per s", "p50 x", "p99 x", "per s x")


@dataclass
class Report:
    """The rows of one measurement, in the order in which they were added."""

    name: str
    rounds: int
    rows: list[dict[str, Any]] = field(default_factory=list)
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

    def table(self) -> str:
        """The rows as aligned text; x tells how many times better ours is: its time, or its throughput."""
        return aligned([_HEADINGS, *(_cells(row) for row in self.rows)])

    def finish(self) -> None:
        """Print the table and write it to `latest/`."""
        print(self.table())
        for name, value in self.notes.items():
            print(f"{name}: {value}")
        LATEST.mkdir(exist_ok=True)
        content = {
            "name": self.name,
            "taken_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": machine() | {"load_before": [round(load, 2) for load in self._load_before]},
            "rounds": self.rounds,
            "rows": self.rows,
            "notes": self.notes,
        }
        target = LATEST / f"{self.name}.json"
        target.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def run_bench(name: str, about: str | None, measure: Callable[[int], Report]) -> int:
    """Take the command line of a benchmark, measure, print, write down; return the exit code."""
    parser = argparse.ArgumentParser(prog=f"avanza bench {name}", description=about)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()

    def run() -> int:
        measure(given.rounds).finish()
        return 0

    return guarded(run)


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
