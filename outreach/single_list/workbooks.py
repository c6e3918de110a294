"""Reading a workbook (.xlsx): the sheet that is a list, its cells as text, as its owner sees them.

A workbook is an archive that may unpack to more than fits in memory, and one cell far below makes a reader
lay out all that is above it. So each part is unpacked in pieces first, and its cells counted, before the
reader sees it. Formulas are never worked out: what stands in a cell is what its program last kept there.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Final

from python_calamine import CalamineError, SheetTypeEnum, SheetVisibleEnum, load_workbook

from outreach.single_list.grids import LONGEST_CELL, MOST_ROWS, Grid, ImportFileError, header_key
from outreach.texts import imports as texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from python_calamine import CalamineSheet, CalamineWorkbook

ARCHIVE: Final = b"PK\x03\x04"
OLD_WORKBOOK: Final = b"\xd0\xcf\x11\xe0"
MOST_UNPACKED, MOST_PARTS, MOST_CELLS = 256 * 1024 * 1024, 1000, 3_000_000
"""Bytes of all parts, how many of them, and cells of one sheet with the empty ones between."""
MOST_SHEETS, LOOKED_AT = 20, 10
"""Sheets that are looked at, and rows of each in which its header is looked for."""
_WORKBOOK = "xl/workbook.xml"
_PIECE, _OVERLAP = 1024 * 1024, 64
# A row or a cell says where it is: r="7", r="AB7".
_PLACE = re.compile(rb"""\br\s*=\s*["']([A-Z]{0,3})([0-9]{1,10})["']""")
_WHOLE = 1e15
"""From here on a number of a workbook has lost figures."""


def read(data: bytes, names: Mapping[str, str]) -> Grid:
    """Read the sheet of a workbook whose header has most of the names that we know.

    Raises:
        ImportFileError: no workbook that may be read; the message says what to do.
    """
    if data.startswith(OLD_WORKBOOK):
        raise ImportFileError(texts.OLD_WORKBOOK)
    _look_through(data)
    try:
        return _read(load_workbook(io.BytesIO(data)), names).check()
    except CalamineError:
        raise ImportFileError(texts.BROKEN_WORKBOOK) from None


def _read(book: CalamineWorkbook, names: Mapping[str, str]) -> Grid:
    shown = [
        sheet.name
        for sheet in book.sheets_metadata
        if sheet.typ is SheetTypeEnum.WorkSheet and sheet.visible is SheetVisibleEnum.Visible
    ][:MOST_SHEETS]
    best: tuple[int, str] | None = None
    filled = []
    for name in shown:
        score = _score(book.get_sheet_by_name(name), names)
        if score is None:
            continue
        filled.append(name)
        if best is None or score > best[0]:
            best = score, name
    if best is None:
        raise ImportFileError(texts.EMPTY)
    grid = _grid(book.get_sheet_by_name(best[1]))
    grid.sheet, grid.others = best[1], tuple(name for name in filled if name != best[1])
    return grid


def _score(sheet: CalamineSheet, names: Mapping[str, str]) -> int | None:
    """Return how many headers we know in the first rows of a sheet, None for an empty one."""
    rows = [cells for _, cells in zip(range(LOOKED_AT), _rows(sheet), strict=False)]
    if not rows:
        return None
    return max(sum(header_key(cell) in names for cell in cells) for _, cells in rows)


def _grid(sheet: CalamineSheet) -> Grid:
    grid = Grid()
    for line, cells in _rows(sheet):
        if not grid.header:
            while cells and not cells[-1]:
                cells.pop()
            grid.line, grid.header = line, cells
        elif len(grid.records) > MOST_ROWS:
            break
        else:
            grid.records.append((line, cells))
    return grid


def _rows(sheet: CalamineSheet) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that are not blank, each with its number as the workbook shows it."""
    if sheet.start is None:
        return
    # Rows above the first one in use come as empty ones, columns left of it do not come.
    left = [""] * sheet.start[1]
    for line, row in enumerate(sheet.iter_rows(), start=1):
        cells = left + [cell if isinstance(cell, str) else as_text(cell) for cell in row]
        if any(map(str.strip, cells)):
            for cell in cells:
                if len(cell) > LONGEST_CELL:
                    raise ImportFileError(texts.LONG_CELL.format(line=line))
                if "\0" in cell:
                    raise ImportFileError(texts.NUL.format(line=line))
            yield line, cells


def as_text(value: object) -> str:
    """Return the value of a cell as the text that a person would have written."""
    if isinstance(value, bool):
        return "VERDADERO" if value else "FALSO"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < _WHOLE else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def _look_through(data: bytes) -> None:
    """Unpack every part in pieces, keeping none, and count the cells of the sheets.

    The archive's own library stops at the size that a part declares and then checks its sum, so that a part
    which declares less than it holds is refused.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise ImportFileError(texts.TOO_LARGE_WORKBOOK)
            if _WORKBOOK not in archive.namelist():
                raise ImportFileError(texts.OTHER_DOCUMENT)
            for part in parts:
                with archive.open(part) as opened:
                    _count(iter(lambda: opened.read(_PIECE), b""))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError):
        # Damaged, encrypted, or packed in a way that no program of an office uses.
        raise ImportFileError(texts.BROKEN_WORKBOOK) from None


def _count(pieces: Iterator[bytes]) -> None:
    """Refuse a part that names a cell so far out that laying it out would take all memory."""
    furthest_row, letters, before = 1, set[bytes](), b""
    for piece in pieces:
        both = before + piece
        for column, row in _PLACE.findall(both):
            letters.add(column)
            furthest_row = max(furthest_row, int(row))
        before = both[-_OVERLAP:]
    widest = max(map(_place_of, letters), default=1)
    if furthest_row > MOST_ROWS * 2:
        raise ImportFileError(texts.TOO_MANY_ROWS.format(most=f"{MOST_ROWS:,}"))
    if furthest_row * max(widest, 1) > MOST_CELLS:
        raise ImportFileError(texts.TOO_LARGE_WORKBOOK)


def _place_of(letters: bytes) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + letter - ord("A") + 1
    return place
