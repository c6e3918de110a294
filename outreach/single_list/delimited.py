"""Reading a text file of cells: bytes in, records with their true line numbers out.

UTF-8 with or without a mark, UTF-16 with one, else Windows-1252, or what the person who brings it says;
comma, semicolon or tab, or what a first line `sep=` says; lines that end in CR, LF or both. What can't be
read is refused with its line, in a sentence that never repeats a cell.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from typing import TYPE_CHECKING

from outreach.single_list.grids import MOST_ROWS, Grid, ImportFileError, header_key
from outreach.texts import imports as texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DELIMITERS = (",", ";", "\t")
WINDOWS = "cp1252"
ENCODINGS = (WINDOWS, "mac_roman", "cp850")
"""What a person may say that a file is written in, where it is not Unicode."""
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_SEP = re.compile(r'\s*"?sep=(.)"?[\s,;]*', re.IGNORECASE)


def read(data: bytes, names: Mapping[str, str], encoding: str | None = None) -> Grid:
    """Read a text file; `names` has the headers that we know, by which its separator is found.

    Raises:
        ImportFileError: it can't be read; the message names the line.
    """
    text, used = decode(data, encoding)
    text, first, given = _separator_line(text)
    grid = Grid(encoding=used)
    for line, cells in _records(text, given or _delimiter(text, names), first):
        if not grid.header:
            grid.line, grid.header = line, cells
        elif len(grid.records) > MOST_ROWS:
            break
        else:
            grid.records.append((line, cells))
    return grid.check()


def decode(data: bytes, given: str | None = None) -> tuple[str, str]:
    """Return the text of a file and the encoding it was read in; `given` holds where it is not Unicode.

    Raises:
        ImportFileError: an unknown encoding, or NUL characters.
    """
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise ImportFileError(texts.UNKNOWN_ENCODING)
    mark, encoding = next(((m, e) for m, e in _MARKS if data.startswith(m)), (b"", ""))
    try:
        text, used = (data[len(mark) :].decode(encoding), encoding) if encoding else _unmarked(data, given)
    except UnicodeDecodeError:
        raise ImportFileError(texts.UNKNOWN_ENCODING) from None
    if "\0" in text:
        raise ImportFileError(texts.NUL.format(line=_lines(text[: text.index("\0")])))
    return text, used


def _unmarked(data: bytes, given: str | None) -> tuple[str, str]:
    if given in ENCODINGS:
        return data.decode(given), given
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return data.decode(WINDOWS), WINDOWS


def _lines(text: str) -> int:
    return len(re.findall(r"\r\n|\r|\n", text)) + 1


def _separator_line(text: str) -> tuple[str, int, str | None]:
    """Take a first line `sep=;` off; return the rest, the number of its first line, and the separator."""
    first, *_ = re.split(r"\r\n|\r|\n", text, maxsplit=1)
    found = _SEP.fullmatch(first) or re.fullmatch(r"(?i)sep=(\t)", first)
    if found is None:
        return text, 1, None
    if found[1] not in DELIMITERS:
        raise ImportFileError(texts.UNKNOWN_SEPARATOR)
    rest = re.sub(r"^[^\r\n]*(?:\r\n|\r|\n)?", "", text, count=1)
    return rest, 2, found[1]


def _delimiter(text: str, names: Mapping[str, str]) -> str:
    """Return the separator under which the first line has most headers that we know, then most cells."""
    lines = (line for line in io.StringIO(text, newline="") if line.strip(" ,;\t\r\n"))
    first = next(lines, "")

    def score(delimiter: str) -> tuple[int, int]:
        try:
            cells = next(csv.reader([first], delimiter=delimiter), [])
        except csv.Error:
            return (0, 0)
        return sum(header_key(cell) in names for cell in cells), len(cells)

    return max(DELIMITERS, key=score)


def _records(text: str, delimiter: str, first: int) -> Iterator[tuple[int, list[str]]]:
    """Yield the records that are not blank, each with the line on which it begins.

    Raises:
        ImportFileError: a quote that is never closed, or a cell longer than the library reads.
    """
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=delimiter, strict=True, skipinitialspace=True
    )
    width = 0
    while True:
        line = first + reader.line_num
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            long = "field larger" in str(error)
            raise ImportFileError((texts.LONG_CELL if long else texts.QUOTE).format(line=line)) from None
        if any(cell.strip() for cell in cells):
            width = width or len(cells)
            if any(_holds_rows(cell, delimiter, width) for cell in cells):
                raise ImportFileError(texts.QUOTE.format(line=line))
            yield line, cells


def _holds_rows(cell: str, delimiter: str, width: int) -> bool:
    """Say whether a cell swallowed whole rows: a quote stands open and another one, later, closed it."""
    if width <= 1 or ("\n" not in cell and "\r" not in cell):
        return False
    later = re.split(r"\r\n|\r|\n", cell)[1:]
    return any(line.count(delimiter) >= width - 1 for line in later)
