"""A list as it stands in its file, before anybody says what its columns mean.

`delimited` and `workbooks` make grids; `reading` gives them our columns.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from outreach.people.registry import plain_name
from outreach.texts import imports as texts

MOST_COLUMNS, MOST_ROWS = 60, 200_000
LONGEST_CELL = 32_767
"""Characters: as many as a cell of a workbook holds."""


class ImportFileError(ValueError):
    """The file as a whole can't be read; the message says why and where."""


@dataclass
class Grid:
    """The header of a file and its records, each with the line on which it begins (the first is 1).

    `encoding` is how a text file was read, empty for a workbook, of which `sheet` names the part that was.
    `others` are the sheets that were not read.
    """

    header: list[str] = field(default_factory=list)
    records: list[tuple[int, list[str]]] = field(default_factory=list)
    line: int = 1
    encoding: str = ""
    sheet: str = ""
    others: tuple[str, ...] = ()

    def check(self) -> Grid:
        """Return the grid itself, where it is one that may be imported.

        Raises:
            ImportFileError: nothing in it, or too much.
        """
        if not self.header:
            raise ImportFileError(texts.EMPTY)
        if len(self.header) > MOST_COLUMNS:
            raise ImportFileError(texts.TOO_MANY_COLUMNS.format(line=self.line, most=MOST_COLUMNS))
        if len(self.records) > MOST_ROWS:
            raise ImportFileError(texts.TOO_MANY_ROWS.format(most=f"{MOST_ROWS:,}"))
        return self


def header_key(name: str) -> str:
    """Return a header as it is compared: no case, accents, marks or what stands in brackets."""
    return " ".join(re.sub(r"[^\w]|_", " ", plain_name(re.sub(r"[(\[].*?[)\]]", " ", name))).split())


def clean(cell: str) -> str:
    """Return a cell's text composed, without invisible characters, with single blanks."""
    composed = unicodedata.normalize("NFC", cell)
    if composed.isascii() and composed.isprintable():
        return " ".join(composed.split())
    return " ".join("".join(c for c in composed if unicodedata.category(c) != "Cf").split())


def column_letters(place: int) -> str:
    """Return how a workbook names a column by its place (0 is A)."""
    letters, rest = "", place + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters
