"""Bringing in lists: 35,000 women from CSV and from a workbook, new and again, each by the command itself.

Names are drawn from the sample's; numbers are in a range that no operator gives out.
"""

from __future__ import annotations

import base64
import os
import random
import resource
import secrets
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import xlsxwriter

from benchmarks.planting import GIVEN, SURNAMES
from benchmarks.report import Report, run_once
from cli.install.failure import Failure
from cli.install.places import ROOT
from cli.install.progress import step

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

ROWS, SECONDS, MEBIBYTES = 35_000, 60.0, 500.0
HEADER = ("Dependencia", "Folio", "Nombre", "Apellido paterno", "Apellido materno", "Fecha de nacimiento",
          "Municipio", "Localidad", "Teléfono", "Eje", "Hijos", "Estado civil")  # fmt: skip
_TOWNS = ("Guadalajara", "Zapopan", "TONALA", "San Pedro Tlaquepaque", "14097", "Zapotlán el Grande")
_AXES = ("Alimentación", "Producción", "Salud", "Empleo", "Ocupación")
_BAD_EACH = 200
"""Of so many rows one has a date that is none."""


def rows(count: int) -> Iterator[list[str]]:
    """Yield the rows of a list, the same ones each time."""
    chance = random.Random(2026)
    for number in range(count):
        born = date(1950, 1, 1) + timedelta(days=chance.randrange(20_000))
        yield [
            "DIF", f"F{number}", chance.choice(GIVEN), chance.choice(SURNAMES), chance.choice(SURNAMES),
            "ayer" if number % _BAD_EACH == 0 else f"{born:%d/%m/%Y}", chance.choice(_TOWNS), "Centro",
            f"33{number:08d}", chance.choice(_AXES), str(chance.randrange(6)), "casada",
        ]  # fmt: skip


def write_csv(file: Path, count: int) -> None:
    """Write the list as Excel in Mexico writes a CSV."""
    lines = [";".join(HEADER), *(";".join(row) for row in rows(count))]
    file.write_bytes("\r\n".join(lines).encode("cp1252"))


def write_workbook(file: Path, count: int) -> None:
    """Write the same list as a workbook."""
    book = xlsxwriter.Workbook(str(file), {"constant_memory": True, "tmpdir": str(file.parent)})
    sheet = book.add_worksheet("Padrón")
    for place, row in enumerate([list(HEADER), *rows(count)]):
        sheet.write_row(place, 0, row)
    book.close()


def measure(given: argparse.Namespace) -> Report:
    """Load the list four times."""
    report = Report("import", 1, keep=given.rows >= ROWS)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        env = {**os.environ, "PYTHONPATH": str(ROOT), "AVANZA_VAR": str(place / "var"),
               "AVANZA_SECRET_KEY": base64.b64encode(secrets.token_bytes(32)).decode()}  # fmt: skip
        with step("write the lists"):
            write_csv(place / "list.csv", given.rows)
            write_workbook(place / "list.xlsx", given.rows)
        _command(env, "migrate")
        for what, name, check in (
            ("CSV, checked", "list.csv", True),
            ("CSV, all new", "list.csv", False),
            ("CSV, again", "list.csv", False),
            ("workbook, again", "list.xlsx", False),
        ):
            with step(what):
                began = time.perf_counter()
                _command(env, "import", "women", str(place / name), *(["--check"] if check else []))
                report.goal(what, time.perf_counter() - began, "s", SECONDS)
        # Of the largest of all commands, its Python and its libraries with it.
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        report.goal("memory at most", peak, "MiB", MEBIBYTES)
    return report


def _command(env: dict[str, str], *arguments: str) -> None:
    argv = [sys.executable, "-sP", "-m", "cli", *arguments]
    # 1 says that some rows were refused, which is what the list is made for.
    done = subprocess.run(argv, env=env, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode > 1 or "Traceback" in done.stderr or "avanza:" in done.stderr:
        raise Failure(done.stderr.strip()[-400:])


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The size of the list."""
    parser.add_argument("--rows", type=int, default=ROWS)


if __name__ == "__main__":
    sys.exit(run_once("import", __doc__, add_arguments, measure))
