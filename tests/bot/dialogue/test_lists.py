"""The lists of words: each says why it is one, can be read, and has no section that nothing asks for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from bot.components.sound_patterns import compiled, read_list
from cli.install.places import ROOT

if TYPE_CHECKING:
    from pathlib import Path

DIALOGUE = ROOT / "bot" / "dialogue"
LISTS = sorted([*DIALOGUE.glob("*.txt"), ROOT / "bot" / "components" / "red_flags.txt"])
OF_PATTERNS = [path for path in LISTS if "[groups]" in path.read_text(encoding="utf-8")]
CODE = "".join(path.read_text(encoding="utf-8") for path in DIALOGUE.glob("*.py"))


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.name)
def test_a_list_says_at_its_head_why_it_is_one(path: Path) -> None:
    """A model that could do it would be better: whoever adds a line has to know why there are lines."""
    head = re.split(r"^\[", path.read_text(encoding="utf-8"), maxsplit=1, flags=re.MULTILINE)[0]
    assert re.search(r"^# Why words\b", head, re.MULTILINE), f"{path.name}: no reason at its head"


@pytest.mark.parametrize("path", OF_PATTERNS, ids=lambda path: path.name)
def test_every_line_is_a_pattern(path: Path) -> None:
    """Also those of sections that are put together only when they are asked for."""
    for section in read_list(path).sections:
        for key, lines in section.lines.items():
            for line in lines if key in ("says", "unless", "beside") else ():
                compiled(path, line)


@pytest.mark.parametrize("path", OF_PATTERNS, ids=lambda path: path.name)
def test_every_group_is_used(path: Path) -> None:
    """A group that no line names is a leftover."""
    listed = read_list(path)
    lines = path.read_text(encoding="utf-8") + (ROOT / "bot/components/red_flags.py").read_text("utf-8")
    unused = [name for name in listed.groups if name not in ("START", "END") and f"{{{name}}}" not in lines]
    assert unused == []


@pytest.mark.parametrize(
    "name", ["asked_in_talk", "cries", "denied", "going_on", "in_thread", "kinds", "taken"]
)
def test_every_section_is_asked_for(name: str) -> None:
    """By its name, in the code of the dialogue."""
    sections = {section.name for section in read_list(DIALOGUE / f"{name}.txt").sections}
    assert [section for section in sorted(sections) if f'"{section}"' not in CODE] == []
