"""Reading a list as agencies export it: bytes in, rows with their true line numbers out.

UTF-8 with or without a mark, UTF-16 with one, else Windows-1252; comma, semicolon or tab, or what a first
line `sep=` says; lines that end in CR, LF or both. Nothing is guessed: what can't be read is refused with its
line, in a sentence that never repeats a cell.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from outreach.people.registry import plain_name
from outreach.texts import imports as texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DELIMITERS = (",", ";", "\t")
MOST_BYTES, MOST_COLUMNS = 64 * 1024 * 1024, 60
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_OFFICE = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_SEP = re.compile(r'\s*"?sep=(.)"?[\s,;]*', re.IGNORECASE)


class ImportFileError(ValueError):
    """The file as a whole can't be read; the message says why and where."""


@dataclass(frozen=True)
class Row:
    """One record: the line of the file on which it begins (the first is 1), and its cells by column.

    A column that the file has not is not in `cells`; `extra` says that cells stand where no column is.
    """

    line: int
    cells: Mapping[str, str]
    extra: bool = False


@dataclass(frozen=True)
class Table:
    """A file's rows under the columns that we know; `ignored` are the headers that we don't."""

    rows: list[Row] = field(default_factory=list)
    columns: frozenset[str] = frozenset()
    ignored: tuple[str, ...] = ()


def decode(data: bytes) -> str:
    """Return the text of a file.

    Raises:
        ImportFileError: a spreadsheet, an unknown encoding, NUL characters, or too large.
    """
    if len(data) > MOST_BYTES:
        raise ImportFileError(texts.TOO_LARGE)
    if data.startswith(_OFFICE):
        raise ImportFileError(texts.SPREADSHEET)
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise ImportFileError(texts.UNKNOWN_ENCODING)
    mark, encoding = next(((m, e) for m, e in _MARKS if data.startswith(m)), (b"", ""))
    try:
        text = data[len(mark) :].decode(encoding) if encoding else _unmarked(data)
    except UnicodeDecodeError:
        raise ImportFileError(texts.UNKNOWN_ENCODING) from None
    if "\0" in text:
        before = text[: text.index("\0")]
        raise ImportFileError(texts.NUL.format(line=_lines(before)))
    return text


def _unmarked(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252")


def _lines(text: str) -> int:
    return len(re.findall(r"\r\n|\r|\n", text)) + 1


def header_key(name: str) -> str:
    """Return a header as it is compared: no case, accents, marks or what stands in brackets."""
    return " ".join(re.sub(r"[^\w]|_", " ", plain_name(re.sub(r"[(\[].*?[)\]]", " ", name))).split())


def read_table(data: bytes, names: Mapping[str, str]) -> Table:
    """Read a file; `names` maps headers, as `header_key` gives them, to columns.

    Raises:
        ImportFileError: it can't be read; the message names the line.
    """
    text = decode(data)
    text, first, given = _separator_line(text)
    records = list(_records(text, given or _delimiter(text, names), first))
    if not records:
        raise ImportFileError(texts.EMPTY)
    line, header = records[0]
    if len(header) > MOST_COLUMNS:
        raise ImportFileError(texts.TOO_MANY_COLUMNS.format(line=line, most=MOST_COLUMNS))
    columns = [names.get(header_key(name)) for name in header]
    _refuse_twins(header, columns)
    ignored = tuple(clean(n)[:40] for n, c in zip(header, columns, strict=True) if c is None and n.strip())
    rows = [_row(at, cells, header, columns) for at, cells in records[1:]]
    return Table(rows, frozenset(c for c in columns if c), ignored)


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
    later = re.split(r"\r\n|\r|\n", cell)[1:]
    return width > 1 and any(line.count(delimiter) >= width - 1 for line in later)


def _refuse_twins(header: list[str], columns: list[str | None]) -> None:
    known = [column for column in columns if column]
    for column in known:
        if known.count(column) > 1:
            twins = [clean(header[n]) for n, each in enumerate(columns) if each == column]
            raise ImportFileError(texts.TWIN_COLUMNS.format(names=", ".join(f"«{n[:40]}»" for n in twins)))


def clean(cell: str) -> str:
    """Return a cell's text composed, without invisible characters, with single blanks."""
    composed = unicodedata.normalize("NFC", cell)
    return " ".join("".join(c for c in composed if unicodedata.category(c) != "Cf").split())


def _row(line: int, cells: list[str], header: list[str], columns: list[str | None]) -> Row:
    known, extra = {}, False
    for place, cell in enumerate(cells):
        value = clean(cell)
        column = columns[place] if place < len(columns) else None
        if column is not None:
            known[column] = value
        elif value and (place >= len(header) or not header[place].strip()):
            extra = True
    return Row(line, known, extra)
