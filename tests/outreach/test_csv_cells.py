"""What an office program opens: no cell is worked out, and no name is left in a temporary folder."""

from __future__ import annotations

import csv
import io
import tempfile
import uuid
from typing import TYPE_CHECKING

import pytest
from python_calamine import CalamineWorkbook

from outreach.campaigns import row_files
from outreach.campaigns.following import Row
from outreach.campaigns.outcomes import Outcome, Part
from outreach.ground.csv_cells import text_cell
from outreach.single_list import checks
from outreach.single_list.date_cells import CellError

if TYPE_CHECKING:
    from pathlib import Path

FORMULAS = [
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1+1", "\uff1d1+1", "\uff0b1", "\uff0d1",
    "\uff20SUM(A1)", "\ufe661", "\u200b=1", "\ufeff=1", "\u202e=1",
]  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_becomes_a_text(text: str) -> None:
    """Also one whose sign is in full width, or stands behind what draws nothing."""
    assert text_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Ana Gil", "Ñ", "52 33", "a=b", "'ya"])
def test_a_text_stays_as_it_is(text: str) -> None:
    """The look-alike: what no program works out."""
    assert text_cell(text) == text


@pytest.mark.parametrize(
    "text", ["=1+1", "@SUM(A1)", "-x", "\uff1d1", "\uff20SUM(A1)", "\uff0bA1", "\u200b=1"]
)
def test_no_list_brings_one_in(text: str) -> None:
    """The same where a list is read, which takes a number with its sign."""
    with pytest.raises(CellError):
        checks.text(text, 80)


def _row(name: str) -> Row:
    return Row(uuid.uuid4(), name, Outcome(Part.READ))


def test_the_women_of_a_campaign_as_csv() -> None:
    """The line of each: what she is called is a text."""
    lines = csv.reader(io.StringIO(row_files.as_csv([_row("\uff1dHYPERLINK(1)")]).decode("utf-8-sig")))
    assert list(lines)[1][0] == "'\uff1dHYPERLINK(1)"


def test_no_name_is_left_in_a_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The workbook is made where nothing can be written at all."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "is-not-there"))
    made = row_files.as_xlsx([_row("=Ana Gil")])
    grid = CalamineWorkbook.from_filelike(io.BytesIO(made)).get_sheet_by_index(0).to_python()
    assert grid[1][0] == "=Ana Gil"
