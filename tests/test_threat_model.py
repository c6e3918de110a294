"""Every row of the threat model names the tests that hold it, and they exist."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from outreach.ground.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
NAME = re.compile(r"`(tests/[\w/.-]+)`")
FUNCTION = re.compile(r"`(test_\w+)`")
PROMISES = {f"P{number}" for number in range(1, 11)}


def rows(page: str) -> Iterator[list[str]]:
    """The rows of every table of a page, without their heads and rules."""
    lines = page.splitlines()
    for before, line in zip(["", *lines], lines, strict=False):
        is_head = line.startswith("|") and not before.startswith("|")
        if line.startswith("|") and not is_head and not set(line) <= set("|-: "):
            yield [cell.strip() for cell in line.strip("|").split("|")]


def missing(cells: list[str]) -> str:
    """Say what a row lacks; nothing where its tests are there."""
    text = " | ".join(cells)
    names = NAME.findall(text)
    if not names:
        return "names no test"
    gone = [name for name in names if not (ROOT / name).exists()]
    if gone:
        return f"names what is not there: {gone}"
    sources = "".join((ROOT / name).read_text(encoding="utf-8") for name in names if name.endswith(".py"))
    lost = [one for one in FUNCTION.findall(text) if f"def {one}(" not in sources]
    return f"names tests that are not in its files: {lost}" if lost else ""


@pytest.mark.parametrize("cells", list(rows(PAGE)), ids=lambda cells: cells[0][:60])
def test_every_row_names_its_test(cells: list[str]) -> None:
    """Who gets in the way of whom is no claim: a test stands behind each row."""
    assert not missing(cells)


def test_every_promise_has_a_row() -> None:
    """P1 to P10: the table of tests leaves none out."""
    table = PAGE.split("\n## Tests\n", 1)[1]
    named = {promise for cells in rows(table) for promise in re.findall(r"P\d+", cells[0])}
    assert named == PROMISES


def test_what_would_be_missing_is_seen() -> None:
    """The look-alikes: a row without a test, with one that is gone, with a function of another file."""
    head = "| who | what stands in the way |\n|---|---|\n"
    assert not list(rows(head))
    (bare,) = rows(head + "| a thief | a wall |")
    assert missing(bare) == "names no test"
    (gone,) = rows(head + "| a thief | a wall (`tests/test_wall.py`) |")
    assert "not there" in missing(gone)
    (other,) = rows(head + "| a thief | a wall (`tests/test_docs.py`, `test_wall`) |")
    assert "not in its files" in missing(other)
    (held,) = rows(head + "| a thief | a wall (`tests/test_docs.py`, `test_commands_are_named`) |")
    assert not missing(held)
