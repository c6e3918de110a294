"""Numbers that were typed: ASCII figures in bounds, or none."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.ground import numerals


@given(st.text(max_size=30) | st.integers(-5, 2000).map(str))
def test_a_whole_number_is_one_in_bounds(raw: str) -> None:
    """Whatever is typed: a number from 0 to the most, or none; never an error."""
    found = numerals.whole(raw, 999)
    assert found is None or (0 <= found <= 999 and raw.strip().isascii())


@pytest.mark.parametrize("raw", ["²", "٣", "1e3", "-1", "1.0", "", "½", "9" * 5000, "0x1", "1_0", "+5"])
def test_what_is_no_whole_number(raw: str) -> None:
    """`isdigit` and `int` alone take or break on these."""
    assert numerals.whole(raw, 10**6) is None


def test_leading_zeros_and_spaces_do_not_count() -> None:
    """A spreadsheet may write 007."""
    assert numerals.whole(" 007 ", 9) == 7
    assert numerals.whole("0" * 5000, 9) == 0


@given(st.floats(allow_nan=True, allow_infinity=True).map(str) | st.text(max_size=20))
def test_degrees_are_finite_and_in_bounds(raw: str) -> None:
    """`float` alone takes nan, inf and 1e5."""
    found = numerals.degrees(raw, numerals.LATITUDE)
    assert found is None or (math.isfinite(found) and abs(found) <= 90)


@pytest.mark.parametrize("raw", ["nan", "inf", "-inf", "1e5", "90.1", "20,67", "1_0", "٢٠", "", "Infinity"])
def test_what_is_no_latitude(raw: str) -> None:
    """None of these is a place on Earth."""
    assert numerals.degrees(raw, numerals.LATITUDE) is None
    assert numerals.place(raw, "-103.3") is None


def test_a_place_is_kept_as_it_came() -> None:
    """Both parts, in bounds, without the spaces around them."""
    assert numerals.place(" 20.6736 ", "-103.344") == ("20.6736", "-103.344")
    assert numerals.place("20.6", None) is None
