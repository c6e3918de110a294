"""Cells as registers have them: read where they are certain, else refused."""

from __future__ import annotations

import pytest
from people import NOW

from outreach.single_list import checks
from outreach.single_list.date_cells import CellError, Order, day_first, read_date


@pytest.mark.parametrize(
    "written",
    ["LOPM850714MJCPRR04", "lopm 850714 mjcprr 04", "LOPM85O714MJCPRRO4", "LOPM-85o714-MJCPRR-o4"],
)
def test_a_curp_with_blanks_and_the_letter_o(written: str) -> None:
    """The check digit holds for what is read (domain.md 5, an invented one)."""
    assert checks.curp(written) == "LOPM850714MJCPRR04"


def test_the_letter_o_of_this_century_stays() -> None:
    """Where she may have been born since 2000 the letter is right (invented; the check digit fits both)."""
    born = "RAGA020315MJCMRN"
    figure = next(f"{born}0{digit}" for digit in range(10) if _valid(f"{born}O{digit}"))
    letter = figure[:16] + "O" + figure[17:]
    assert checks.curp(letter) == letter


def _valid(written: str) -> bool:
    try:
        return checks.curp(written) == written
    except CellError:
        return False


@pytest.mark.parametrize(
    "written",
    ["L0PM850714MJCPRR04", "LOPM85O714MJCPRR05", "LOPM850714MJCPRR0", "LOPM85I714MJCPRR04"],
)
def test_look_alikes_are_no_curp(written: str) -> None:
    """A figure for a letter, a wrong check digit, one too short, another letter for a figure."""
    with pytest.raises(CellError):
        checks.curp(written)


@pytest.mark.parametrize("cell", ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-cmd", '=HYPERLINK("x")'])
def test_what_a_program_would_work_out_is_refused(cell: str) -> None:
    with pytest.raises(CellError, match="fórmula"):
        checks.text(cell, 40)


@pytest.mark.parametrize("cell", ["La Loma", "-12", "+ 3 casas", "a=b", "24 de Enero", "F-01", "Col. @home"])
def test_ordinary_texts_are_kept(cell: str) -> None:
    assert checks.text(cell, 40) == cell


def test_the_order_of_a_column_is_shown_by_all_of_it() -> None:
    assert day_first(["05/08/1989", "25/12/1980"]) is True
    assert day_first(["05/08/1989", "12/25/1980"]) is False
    assert day_first(["25/12/1980", "12/25/1980"]) is False
    assert day_first(["05/08/1989", "1989-08-25"]) is None


def test_a_part_of_a_file_is_read_in_the_order_of_the_whole() -> None:
    """05/08 alone may be two days: what the other rows of the file showed comes with it."""
    assert read_date("05/08/1989", Order(NOW.date(), day_first=True)).month == 8
    with pytest.raises(CellError):
        read_date("05/08/1989", Order(NOW.date(), None))
