"""`import` from outside: workbooks, an agency for all rows, and the rows to correct as a file."""

from __future__ import annotations

import base64
import io
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import xlsxwriter
from sqlalchemy import func, select

from models import Affiliation, Woman
from outreach.ground.settings import ROOT
from outreach.single_list import imports

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

SECRET = base64.b64encode(bytes(32)).decode()
ROWS = [
    ["Folio", "Nombre completo", "Fecha de nacimiento"],
    ["1", "Canaria Uno", "1990-05-17"],
    ["2", "Canaria Dos", "ayer"],
]


@pytest.fixture
def book(tmp_path: Path) -> str:
    """A workbook with one good row and one that is not."""
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = made.add_worksheet()
    for place, row in enumerate(ROWS):
        sheet.write_row(place, 0, row)
    made.close()
    file = tmp_path / "lista.xlsx"
    file.write_bytes(out.getvalue())
    return str(file)


def avanza(url: str, var: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command on a test's database."""
    env = {"AVANZA_VAR": str(var), "AVANZA_SECRET_KEY": SECRET, "AVANZA_DATABASE_URL": url,
           "PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}  # fmt: skip
    argv = [sys.executable, "-sP", "-m", "cli", "import", *arguments]
    return subprocess.run(argv, env=env, capture_output=True, text=True, timeout=120, check=False)


def test_a_workbook_and_the_rows_to_correct(
    session: Session, database_url: str, tmp_path: Path, book: str
) -> None:
    wrong = tmp_path / "corregir.xlsx"
    done = avanza(database_url, tmp_path, "women", book, "--agency", "dif", "--corrections", str(wrong))
    assert done.returncode == 1
    assert "avanza: " not in done.stderr
    assert "renglón 3: fecha de nacimiento" in done.stdout
    assert "Nuevas: 1. Cambian: 0. Quedan igual: 0." in done.stdout
    assert "Canaria" not in done.stdout
    assert session.scalars(select(Affiliation.agency)).all() == ["DIF"]
    assert [row.cells["full_name"] for row in imports.read("women", wrong.read_bytes()).rows] == [
        "Canaria Dos"
    ]
    assert wrong.stat().st_mode & 0o077 == 0


def test_a_check_says_what_would_happen(
    session: Session, database_url: str, tmp_path: Path, book: str
) -> None:
    done = avanza(database_url, tmp_path, "women", book, "--check")
    assert done.returncode == 1
    assert "nombre completo: 1 datos nuevos, 0 cambian" in done.stdout
    assert session.scalar(select(func.count()).select_from(Woman)) == 0


def test_a_file_that_is_none_is_one_line(database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "x.xlsx"
    file.write_bytes(b"PK\x03\x04")
    done = avanza(database_url, tmp_path, "women", str(file))
    assert done.returncode == 1
    assert done.stderr.count("avanza: ") == 1
    assert "Traceback" not in done.stderr
