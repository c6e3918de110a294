"""The reader of lists: any bytes give a table or one clear line; what stands in the file is read."""

from __future__ import annotations

import csv
import io
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from people import NOW

from outreach.single_list import checks, imports, reading
from outreach.single_list.columns import NAMES
from outreach.single_list.date_cells import CellError, order_of, read_date

MONTHS = ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic")
ZONE = ZoneInfo("America/Mexico_City")
CELL = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Cf"), blacklist_characters="\0"), max_size=20)
ROWS = st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=8)


@given(st.binary(max_size=300))
def test_any_bytes_give_a_table_or_one_clear_line(data: bytes) -> None:
    """No traceback, whatever is given; the message is one line and quotes no cell."""
    for prefix in (b"", b"full_name,phone\n", b"\xef\xbb\xbffull_name\n"):
        said = "read"
        try:
            imports.read("women", prefix + data)
        except imports.ImportFileError as refused:
            said = str(refused)
        assert said
        assert "\n" not in said


@given(
    ROWS,
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["\n", "\r", "\r\n"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_was_written_is_read(
    rows: list[tuple[str, str, str]], delimiter: str, end: str, encoding: str
) -> None:
    """Any separator, end of line and encoding gives the same cells, each with its line."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerow(["Nombre completo", "LOCALIDAD", "Teléfono"])
    writer.writerows(rows)
    _, table = reading.read_table(out.getvalue().encode(encoding), NAMES["women"])
    kept = [(n, row) for n, row in enumerate(rows, start=2) if any(cell.strip() for cell in row)]
    assert [row.line for row in table.rows] == [n for n, _ in kept]
    for row, (_, cells) in zip(table.rows, kept, strict=True):
        assert [row.cells[c] for c in ("full_name", "locality", "phone")] == [reading.clean(c) for c in cells]


@given(st.dates(date(1930, 1, 1), date(2010, 1, 1)))
def test_every_way_to_write_a_date_is_that_date(born: date) -> None:
    """Nothing is read as another day: not in any form, nor by Excel's count."""
    serial = str((born - date(1899, 12, 30)).days)
    month = ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic")[
        born.month - 1
    ]
    forms = [
        born.isoformat(), f"{born:%Y%m%d}", f"{born} 00:00:00", serial,
        f"{born.day}-{month}-{born.year}", f"{born.day} de {month}. de {born.year}", f"{born:%d/%m/%Y}",
    ]  # fmt: skip
    order = order_of([f"{born:%d/%m/%Y}", "25/12/1980"], NOW.date())
    assert {read_date(form, order) for form in forms} == {born}
    alone = order_of([f"{born:%d/%m/%Y}"], NOW.date())
    try:
        assert read_date(f"{born:%d/%m/%Y}", alone) == born
    except CellError:
        assert born.day <= 12


@given(st.text(max_size=30))
def test_no_cell_raises_anything_else(cell: str) -> None:
    """A checker returns a value or refuses; it never fails."""
    order = order_of([cell], NOW.date())
    for check in (
        checks.phone, checks.name, checks.axis, checks.curp, lambda c: checks.whole(c, 0, 20),
        lambda c: checks.coordinate(c, latitude=True), lambda c: read_date(c, order),
        lambda c: checks.moment(c, ZONE, order),
    ):  # fmt: skip
        said = ""
        try:
            check(cell)
        except CellError as refused:
            said = str(refused)
        assert len(cell.strip()) < 4 or cell not in said


@pytest.mark.parametrize("day", ["", "31/02/1990", "1990-02-31", "32/01/1990", "0/1/1990", "1/0/1990"])
def test_impossible_days(day: str) -> None:
    with pytest.raises(CellError):
        read_date(day, order_of([day, "25/12/1980"], NOW.date()))
