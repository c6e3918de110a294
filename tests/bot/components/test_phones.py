"""Telephone numbers in a message, with any prefix that is or was dialled before them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.components.extract.reading import entities

PREFIXES = ["", "01 ", "044 ", "045", "52", "521", "+52 ", "+52 1 ", "+52 (045) ", "0052 1 ", "(01) "]


def phones(text: str) -> list[str]:
    return [one.value for one in entities(text) if one.entity == "phone"]


@given(st.sampled_from(PREFIXES), st.from_regex(r"[2-9][0-9]{9}", fullmatch=True), st.sampled_from(["", " "]))
def test_old_prefixes_are_no_part_of_the_number(prefix: str, number: str, apart: str) -> None:
    """044 and 045 ended in 2019; people still write them."""
    assert phones(f"mi cel es {prefix}{apart.join((number[:2], number[2:6], number[6:]))}") == [number]


@pytest.mark.parametrize("text", ["0443312345", "1234567890", "13312345678", "son 12345678", "1 2 3 4 5"])
def test_what_is_no_whole_number_is_none(text: str) -> None:
    """Half a number, or another country's, is nobody's."""
    assert phones(text) == []


def test_what_follows_is_another_number() -> None:
    """An age after it does not spoil it."""
    assert phones("es 3312345678 21 años") == ["3312345678"]
