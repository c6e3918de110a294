"""Lists of patterns in ordinary spelling, compared by sound: how such a list is read and made a pattern.

A list has sections (`[name words]`) of lines `key: pattern`. `{NAME}` stands for a line of its first section,
`[groups]`; `~3` for up to three words between, none of them a "no".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from bot.components.spelling import bare, sound

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_GAP = re.compile(r"~(\d+)")
_GROUP = re.compile(r"\{([A-Z_]+)\}")


@dataclass(frozen=True)
class Section:
    """One section of a list: its name, the words beside it, and its patterns by key."""

    name: str
    words: str
    lines: dict[str, list[str]] = field(default_factory=dict)
    _joined: dict[str, str] = field(default_factory=dict, repr=False)
    """By key, once asked for: always the same string, whose hash is known when its pattern is looked up."""

    def pattern(self, key: str) -> str:
        """All patterns of a key of the list that was read, as one; empty where there is none."""
        if key not in self._joined:
            self._joined[key] = "|".join(self.lines.get(key, ()))
        return self._joined[key]


@dataclass(frozen=True)
class PatternList:
    """A list as it was read."""

    groups: Mapping[str, str]
    sections: tuple[Section, ...]

    def sounding(self, pattern: str) -> str:
        """Return a pattern as it sounds, its groups and gaps written out."""
        while _GROUP.search(pattern):
            pattern = _GROUP.sub(lambda found: f"(?:{self.groups[found[1]]})", pattern)
        pattern = _GAP.sub(r"(?: (?!no |nunca )\\w+){0,\1}", pattern)
        return re.sub(r"(?<!\\)[a-zñü]+", lambda found: sound(bare(found[0])), pattern)


@cache
def read_list(path: Path) -> PatternList:
    """Return the list of a file."""
    sections: list[Section] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            name, _, words = line.strip("[]").partition(" ")
            sections.append(Section(name, words))
        elif line.strip() and not line.startswith("#"):
            key, _, value = line.partition(": ")
            sections[-1].lines.setdefault(key, []).append(value)
    groups, *rest = sections
    return PatternList({key: groups.pattern(key) for key in groups.lines}, tuple(rest))


@cache
def compiled(path: Path, pattern: str) -> re.Pattern[str]:
    """Return a pattern of a list at the borders of words; an empty one is found nowhere."""
    return re.compile(rf"\b(?:{read_list(path).sounding(pattern)})\b" if pattern else r"(?!)")


def is_in(path: Path, section: str, said: str) -> bool:
    """Tell whether something of a section stands in what was said (in the spoken view)."""
    return bool(_anywhere(path, section).search(said))


def is_whole(path: Path, section: str | Section, said: str) -> bool:
    """Tell whether all that was said has the form of a section, but for what may stand around it."""
    name = section if isinstance(section, str) else section.name
    return bool(_whole(path, name, "" if isinstance(section, str) else section.words).fullmatch(said))


@cache
def _whole(path: Path, name: str, words: str) -> re.Pattern[str]:
    listed = read_list(path)
    own = (one for one in listed.sections if one.name == name and words in ("", one.words))
    says = "|".join(one.pattern("says") for one in own)
    around = [f"(?:{listed.sounding(f'{{{name}}}')} )*" for name in ("START",) if name in listed.groups]
    after = [f"(?: {listed.sounding(f'{{{name}}}')})*" for name in ("END",) if name in listed.groups]
    return re.compile(f"{''.join(around)}(?:{listed.sounding(says)}){''.join(after)}")


@cache
def _anywhere(path: Path, section: str) -> re.Pattern[str]:
    """The patterns of all sections of this name, as one."""
    named = (one.pattern("says") for one in read_list(path).sections if one.name == section)
    return compiled(path, "|".join(named))
