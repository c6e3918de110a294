"""Lists that come as workbooks: read like the same list as text; a hostile one gets one clear line."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from outreach.single_list import imports, reading, workbooks
from outreach.single_list.columns import NAMES
from outreach.single_list.grids import column_letters
from outreach.texts import imports as texts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

HEADER: list[Any] = ["Nombre completo", "Teléfono", "Fecha de nacimiento", "Municipio"]


def book(sheets: Mapping[str, Sequence[Sequence[Any]]], *, hidden: str = "", first: int = 0) -> bytes:
    """Make a workbook; `first` is the row and the column on which each sheet begins."""
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out, {"in_memory": True})
    day = made.add_format({"num_format": "dd/mm/yyyy"})
    for name, rows in sheets.items():
        sheet = made.add_worksheet(name)
        for y, row in enumerate(rows, start=first):
            for x, value in enumerate(row, start=first):
                if isinstance(value, date):
                    sheet.write_datetime(y, x, value, day)
                elif isinstance(value, str):
                    sheet.write_string(y, x, value)
                elif value is not None:
                    sheet.write(y, x, value)
        if name == hidden:
            sheet.hide()
    made.close()
    return out.getvalue()


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """Put other bytes in the place of a part of a workbook."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, content if part == name else old.read(part))
    return out.getvalue()


def sheet_of(cells: str) -> bytes:
    """The XML of a sheet."""
    return (
        '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{cells}</sheetData></worksheet>"
    ).encode()


ROW: list[Any] = ["Ana Prueba", 3300000001.0, date(1990, 5, 17), "Tonalá"]
PLAIN = book({"Padrón": [HEADER, ROW]})


def read(data: bytes, kind: str = "women") -> reading.Table:
    return imports.read(kind, data)


def test_a_workbook_is_read_like_the_same_list_as_text() -> None:
    """A number has no fraction, a day is a day, whatever format its column has."""
    text = "Nombre completo,Teléfono,Fecha de nacimiento,Municipio\nAna Prueba,3300000001,1990-05-17,Tonalá\n"
    assert read(PLAIN).rows == read(text.encode()).rows


TEXT = st.text(st.characters(categories=("L", "N", "P")), max_size=12)


@given(st.lists(st.lists(TEXT, min_size=3, max_size=3), min_size=1, max_size=6))
def test_what_was_written_in_a_workbook_is_read(rows: list[list[str]]) -> None:
    table = read(book({"Hoja": [["Nombre completo", "Localidad", "Folio"], *rows]}))
    kept = [(n, row) for n, row in enumerate(rows, start=2) if any(row)]
    assert [row.line for row in table.rows] == [n for n, _ in kept]
    for row, (_, cells) in zip(table.rows, kept, strict=True):
        found = [row.cells.get(c, "") for c in ("full_name", "locality", "external_id")]
        assert found == [reading.clean(cell) for cell in cells]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3300000001.0, "3300000001"),
        (1.5, "1.5"),
        (True, "VERDADERO"),
        (datetime(2026, 11, 25, 10, 0), "2026-11-25 10:00"),  # noqa: DTZ001 (a workbook knows no zone)
        (3.3e20, "3.3e+20"),
    ],
)
def test_the_values_of_cells(value: object, text: str) -> None:
    """What lost figures is left as it looks, so that the check of a phone refuses it."""
    assert workbooks.as_text(value) == text


def test_a_list_may_stand_below_titles_and_not_at_the_edge() -> None:
    """Lines and columns are those that the person sees in her workbook."""
    data = book({"Hoja": [["Sistema DIF"], ["Padrón de mujeres"], [], HEADER, ROW]}, first=1)
    grid = reading.read_grid(data, NAMES["women"])
    assert (grid.line, [line for line, _ in grid.records]) == (5, [6])
    place = reading.layout(grid, NAMES["women"]).place("phone")
    assert place is not None
    assert column_letters(place) == "C"


def test_titles_above_a_text_list_too() -> None:
    table = read("DIF;;\r\nPadrón;;\r\nNombre;Apellido Paterno;Folio\r\nAna;Prueba;7\r\n".encode())
    assert [(row.line, row.cells["surname"]) for row in table.rows] == [(4, "Prueba")]


def test_one_known_header_among_women_is_no_title() -> None:
    """The look-alike: a first line with a single header that we know is the header."""
    table = read(b"nombre completo,estado civil\nAna Prueba,folio\n")
    assert [row.line for row in table.rows] == [2]


def test_the_sheet_that_is_the_list_is_read() -> None:
    """The one whose header we know; empty and hidden ones are none, and the others are named."""
    sheets: dict[str, list[list[Any]]] = {
        "Notas": [["Ojo"], ["algo"]],
        "Vacía": [],
        "Lista": [HEADER, ROW],
        "Vieja": [HEADER, ROW, ROW],
    }
    table = read(book(sheets, hidden="Vieja"))
    assert (table.sheet, table.others, len(table.rows)) == ("Lista", ("Notas",), 1)


def test_a_formula_is_what_it_last_said() -> None:
    """None is worked out, and one written as text stays text."""
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = made.add_worksheet()
    sheet.write_row(0, 0, HEADER[:2])
    sheet.write_formula(1, 0, '=HYPERLINK("http://x","y")', None, "Ana Prueba")
    sheet.write_string(1, 1, "=cmd|'/c calc'!A0")
    made.close()
    row = read(out.getvalue()).rows[0]
    assert (row.cells["full_name"], row.cells["phone"]) == ("Ana Prueba", "=cmd|'/c calc'!A0")


SHEET = "xl/worksheets/sheet1.xml"
FAR = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
WIDE = "".join(f'<c r="{column_letters(n)}1" t="str"><v>x</v></c>' for n in range(1000))
HOSTILE = {
    "a cell far out": (with_part(PLAIN, SHEET, sheet_of(FAR)), texts.TOO_MANY_ROWS.format(most="200,000")),
    "a cell far right": (
        with_part(PLAIN, SHEET, sheet_of('<row r="9000"><c r="XFD9000"><v>1</v></c></row>')),
        texts.TOO_LARGE_WORKBOOK,
    ),
    "1,000 columns": (
        with_part(PLAIN, SHEET, sheet_of(f'<row r="1">{WIDE}</row>')),
        texts.TOO_MANY_COLUMNS.format(line=1, most=60),
    ),
    "a long cell": (
        with_part(PLAIN, SHEET, sheet_of(f'<row r="1"><c r="A1" t="str"><v>{"x" * 140_000}</v></c></row>')),
        texts.LONG_CELL.format(line=1),
    ),
    "cut short": (PLAIN[: len(PLAIN) // 2], texts.BROKEN_WORKBOOK),
    "no archive": (b"PK\x03\x04nothing", texts.BROKEN_WORKBOOK),
    "no sheet": (with_part(PLAIN, SHEET, b"<worksheet"), texts.BROKEN_WORKBOOK),
    "before 2007 or with a password": (b"\xd0\xcf\x11\xe0" + bytes(600), texts.OLD_WORKBOOK),
    "empty": (book({"Hoja": []}), texts.EMPTY),
    "a PDF": (b"%PDF-1.7\n", texts.NO_LIST),
    "a photograph of a list": (b"\xff\xd8\xff\xe0" + bytes(60), texts.NO_LIST),
    "a web page called .xls": (
        b"\xef\xbb\xbf\r\n<HTML><table><tr><td>Folio</td></tr></table>",
        texts.WEB_PAGE,
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_workbook_gets_one_clear_line(name: str) -> None:
    """Before any of it is laid out in memory."""
    data, line = HOSTILE[name]
    with pytest.raises(imports.ImportFileError) as refused:
        read(data)
    assert str(refused.value) == line


def test_a_header_that_is_like_a_tag_is_none() -> None:
    """The look-alike: a CSV may begin with an angle bracket."""
    assert len(read(b"<Folio>,Nombre completo\n7,Eva Prueba\n").rows) == 1


def test_a_bomb_gets_one_clear_line() -> None:
    data = with_part(PLAIN, "xl/theme/theme1.xml", bytes(300 * 1024 * 1024))
    with pytest.raises(imports.ImportFileError) as refused:
        read(data)
    assert str(refused.value) == texts.TOO_LARGE_WORKBOOK


def test_another_document_is_no_workbook() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    with pytest.raises(imports.ImportFileError, match="No es un libro de Excel"):
        read(out.getvalue())


def test_a_part_that_lies_about_its_size_is_refused() -> None:
    """A bomb that declares a few bytes is found by its sum."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"x" * 5000)
    data = out.getvalue().replace((5000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    with pytest.raises(imports.ImportFileError):
        read(data)


@given(st.binary(max_size=200))
def test_any_bytes_of_an_archive_give_a_table_or_one_clear_line(data: bytes) -> None:
    said = "read"
    try:
        read(b"PK\x03\x04" + data)
    except imports.ImportFileError as refused:
        said = str(refused)
    assert "\n" not in said
    assert said


def test_a_text_file_with_too_many_rows_is_refused() -> None:
    with pytest.raises(imports.ImportFileError, match="200,000"):
        read(b"full_name\n" + b"Ana Prueba\n" * 200_002)
