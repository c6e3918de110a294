"""Cells of a CSV file that a program of an office opens: none of them may be worked out as a formula."""

from __future__ import annotations

from typing import Final

from outreach.ground.words import visible

_STARTS_FORMULA: Final = ("=", "+", "-", "@")
_STARTS_CELL: Final = ("\t", "\r", "\n")


def text_cell(text: str) -> str:
    """Return a text as a cell, with an apostrophe before what a spreadsheet takes for a formula.

    A sign counts also in full width, and behind blanks or characters that draw nothing: programs differ in
    what they leave out before they look.
    """
    is_formula = text.startswith(_STARTS_CELL) or visible(text).lstrip().startswith(_STARTS_FORMULA)
    return f"'{text}" if is_formula else text
