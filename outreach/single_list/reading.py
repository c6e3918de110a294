"""Reading a list as agencies have it, a text file or a workbook: bytes in, rows under our columns out.

The one reader of all lists that come in as files. Nothing is guessed: what can't be read is refused with its
line, in a sentence that never repeats a cell.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from outreach.single_list import delimited, workbooks
from outreach.single_list.date_cells import day_first
from outreach.single_list.grids import MOST_COLUMNS, Grid, ImportFileError, clean, header_key
from outreach.texts import imports as texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = [
    "MOST_BYTES",
    "MOST_COLUMNS",
    "Grid",
    "ImportFileError",
    "Layout",
    "Row",
    "Table",
    "clean",
    "header_key",
    "layout",
    "read_grid",
    "read_table",
    "table_of",
]
MOST_BYTES = 64 * 1024 * 1024
TITLES, SURE = 10, 2
"""Lines that may stand above the header, and how many headers that we know make a line one."""


@dataclass(frozen=True)
class Row:
    """One record: the line of the file on which it begins (the first is 1), and its cells by column.

    A column that the file has not is not in `cells`; `extra` says that cells stand where no column is.
    """

    line: int
    cells: Mapping[str, str]
    extra: bool = False


@dataclass(frozen=True)
class Layout:
    """What the columns of a file mean: one of ours at each place, or None.

    `day_first` says of each of our columns which order its dates show (`date_cells.day_first`), over the
    whole file: a part of it may not show it.
    """

    header: list[str]
    columns: list[str | None]
    day_first: Mapping[str, bool | None]

    @property
    def known(self) -> frozenset[str]:
        """Our columns that the file has."""
        return frozenset(column for column in self.columns if column)

    @property
    def ignored(self) -> tuple[str, ...]:
        """The headers that mean none of our columns."""
        pairs = zip(self.header, self.columns, strict=True)
        return tuple(clean(name)[:40] for name, column in pairs if column is None and name.strip())

    def place(self, column: str) -> int | None:
        """Return where one of our columns stands in the file, from 0."""
        return self.columns.index(column) if column in self.columns else None


@dataclass(frozen=True)
class Table:
    """A file's rows under the columns that we know; `ignored` are the headers that we don't."""

    rows: list[Row] = field(default_factory=list)
    columns: frozenset[str] = frozenset()
    ignored: tuple[str, ...] = ()
    day_first: Mapping[str, bool | None] = field(default_factory=dict)
    encoding: str = ""
    sheet: str = ""
    others: tuple[str, ...] = ()


_PICTURES = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8")
# What systems of agencies call .xls and is a table of a web page.
_WEB_PAGES = (b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta", b"<style")
_BEGINNING = 1024


def read_grid(data: bytes, names: Mapping[str, str], encoding: str | None = None) -> Grid:
    """Read a file of either kind; `names` maps headers, as `header_key` gives them, to columns.

    Raises:
        ImportFileError: it can't be read; the message names the line.
    """
    if len(data) > MOST_BYTES:
        raise ImportFileError(texts.TOO_LARGE)
    if data.startswith((workbooks.ARCHIVE, workbooks.OLD_WORKBOOK)):
        grid = workbooks.read(data, names)
    elif data.startswith(_PICTURES):
        raise ImportFileError(texts.NO_LIST)
    elif data[:_BEGINNING].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_WEB_PAGES):
        raise ImportFileError(texts.WEB_PAGE)
    else:
        grid = delimited.read(data, names, encoding)
    _skip_titles(grid, names)
    return grid.check()


def _skip_titles(grid: Grid, names: Mapping[str, str]) -> None:
    """Take the lines off that registers have above their header: the agency's name, the date."""

    def known(cells: list[str]) -> int:
        return sum(header_key(cell) in names for cell in cells)

    if known(grid.header) >= SURE:
        return
    for place, (line, cells) in enumerate(grid.records[:TITLES]):
        if known(cells) >= SURE:
            while cells and not cells[-1].strip():
                cells.pop()
            grid.line, grid.header, grid.records = line, cells, grid.records[place + 1 :]
            return


def layout(grid: Grid, names: Mapping[str, str]) -> Layout:
    """Say what the columns of a file mean.

    Raises:
        ImportFileError: two columns mean the same.
    """
    columns = [names.get(header_key(name)) or None for name in grid.header]
    _refuse_twins(grid.header, columns)
    shown = {
        column: day_first(cells[place] for _, cells in grid.records if place < len(cells))
        for place, column in enumerate(columns)
        if column
    }
    return Layout(grid.header, columns, shown)


def table_of(records: Iterable[tuple[int, Sequence[str]]], found: Layout, agency: str = "") -> Table:
    """Return records under our columns; a row that names no agency is of `agency`, where one is given."""
    rows = [_row(at, cells, found, agency) for at, cells in records]
    columns = found.known | ({"agency"} if agency else frozenset())
    return Table(rows, columns, found.ignored, found.day_first)


def read_table(
    data: bytes, names: Mapping[str, str], *, agency: str = "", encoding: str | None = None
) -> tuple[Grid, Table]:
    """Read a file as it stands and under our columns; `names` maps headers, as `header_key` has them.

    Raises:
        ImportFileError: it can't be read; the message names the line.
    """
    grid = read_grid(data, names, encoding)
    made = table_of(grid.records, layout(grid, names), agency)
    table = Table(
        made.rows, made.columns, made.ignored, made.day_first, grid.encoding, grid.sheet, grid.others
    )
    return grid, table


def _refuse_twins(header: list[str], columns: list[str | None]) -> None:
    known = [column for column in columns if column]
    for column in known:
        if known.count(column) > 1:
            twins = [clean(header[n]) for n, each in enumerate(columns) if each == column]
            raise ImportFileError(texts.TWIN_COLUMNS.format(names=", ".join(f"«{n[:40]}»" for n in twins)))


def _row(line: int, cells: Sequence[str], found: Layout, agency: str) -> Row:
    known, extra = {}, False
    for place, cell in enumerate(cells):
        value = clean(cell)
        column = found.columns[place] if place < len(found.columns) else None
        if column is not None:
            known[column] = value
        elif value and (place >= len(found.header) or not found.header[place].strip()):
            extra = True
    if agency and not known.get("agency"):
        known["agency"] = agency
    return Row(line, known, extra)
