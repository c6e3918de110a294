"""Reports about other systems of this kind, tried on ours: each test is named after its case's id."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from people import NOW
from sqlalchemy import func, select
from stdnum.mx.curp import calc_check_digit

from models import Affiliation, Conversation, Group, Session, Suppression, Woman
from outreach.messages import inbox
from outreach.people import preferences, registry
from outreach.single_list import imports

if TYPE_CHECKING:
    from sqlalchemy.orm import Session as Database

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

CASES = Path(__file__).with_name("cases")


class Importer:
    """Loads a file of `cases/`."""

    def __init__(self, db: Database, key: PersonalKey, settings: Settings) -> None:
        self.db, self.key, self.settings = db, key, settings

    def file(self, name: str, kind: str = "women") -> imports.Report:
        """Load a file by its name."""
        return self.data((CASES / f"{name}.csv").read_bytes(), kind)

    def data(self, data: bytes, kind: str = "women") -> imports.Report:
        """Load bytes."""
        return imports.load(self.db, self.key, self.settings, kind, imports.read(kind, data), NOW)

    def names(self) -> list[str]:
        """Return the names of all women of the list, in order."""
        women = self.db.scalars(select(Woman).order_by(Woman.created_at, Woman.id)).all()
        return sorted(registry.read_details(self.key, woman).full_name for woman in women)

    def count(self, noun: type) -> int:
        """Count the rows of a table."""
        return self.db.scalar(select(func.count()).select_from(noun)) or 0

    def woman(self, agency: str, folio: str) -> registry.Details:
        """Return the details of whoever has a folio."""
        woman = registry.by_folio(self.db, self.key, agency, folio)
        assert woman is not None
        return registry.read_details(self.key, woman)


@pytest.fixture
def importer(session: Database, key: PersonalKey, settings: Settings) -> Importer:
    return Importer(session, key, settings)


def lines(report: imports.Report) -> list[int]:
    return [line for line, _ in report.errors]


@pytest.mark.parametrize("name", ["c03_semicolon", "c04_sep", "c05_tab"])
def test_c03_c04_c05_other_separators(importer: Importer, name: str) -> None:
    """Excel in Mexico writes what its region says: semicolons, a line `sep=`, tabs."""
    report = importer.file(name)
    assert (report.kept, report.errors) == (1, [])
    assert importer.names() == ["Ángela Muñoz Peña"]


def test_c07_empty_columns_are_ignored(importer: Importer) -> None:
    report = importer.file("c07_trailing_commas")
    assert (report.kept, report.errors, report.remarks[1:]) == (2, [], [])


def test_c07_data_under_no_header_is_told(importer: Importer) -> None:
    """A cell where no column is: the row has slipped, and what it says is not to be trusted."""
    data = "agency,external_id,full_name,phone,,\nC7,A1,Muñoz, Ángela,3340010007,\nC7,A2,Ana,3340010017,,\n"
    report = importer.data(data.encode())
    assert (report.kept, lines(report)) == (1, [2])


@pytest.mark.parametrize("name", ["c10_unquoted_comma", "c10b_unquoted_comma_tail"])
def test_c10_too_many_cells_are_told(importer: Importer, name: str) -> None:
    report = importer.file(name)
    assert (report.kept, lines(report)) == (0, [2])


def test_c14_rounded_phones_are_refused(importer: Importer) -> None:
    assert lines(importer.file("c14_sci_phone")) == [2, 3]
    more = 'agency,external_id,full_name,phone\nC14,A3,Ana Gil,3312345678.0\nC14,A4,Eva Gil,"5,21334E+12"\n'
    assert lines(importer.data(more.encode())) == [2, 3]


def test_c15_placeholders_are_refused(importer: Importer) -> None:
    assert lines(importer.file("c15_placeholder_phone")) == [2, 3, 4, 5]


@pytest.mark.parametrize(
    "phone",
    ["1111111111", "3312345678 ext 5", "3312345678 x5", "3312345678/3312345679", "3312345678 y 3312345679",
     "331234567", "+52 33123456", "+1 212 555 0100", "8001234567", "3300000000", "33 1234 567O", "٣٣١٢٣٤٥٦٧٨",
     "52331234567", "#N/A", "1234567890"],
)  # fmt: skip
def test_c15_kind_what_is_no_number_of_hers_is_refused(importer: Importer, phone: str) -> None:
    assert lines(importer.data(f"full_name;phone\nAna Ruiz;{phone}\n".encode())) == [2]


@pytest.mark.parametrize(
    "phone",
    ["3312345678", "33 1234 5678", "(33) 1234-5678", "+52 33 1234 5678", "+5213312345678", "044 33 1234 5678",
     "045-33-1234-5678", "01 33 1234 5678", "0052 33 1234 5678", "52 1 33 1234 5678", "33.1234.5678"],
)  # fmt: skip
def test_old_dialling_prefixes_are_one_number(importer: Importer, phone: str) -> None:
    report = importer.data(f"full_name;phone\nAna Ruiz;{phone}\n".encode())
    assert (report.errors, report.notes) == ([], [])
    assert registry.woman_by_phone(importer.db, importer.key, "3312345678") is not None


def test_c17_dates(importer: Importer) -> None:
    """Day first shows in the column; what could mean two days, or no day of a woman's birth, is refused."""
    report = importer.file("c17_dates")
    assert lines(report) == [8, 10, 11, 12, 13, 14]
    for folio in ("A0", "A1", "A2", "A4", "A5", "A7"):
        details = registry.by_folio(importer.db, importer.key, "C17", folio)
        assert details is not None, folio
        assert importer.woman("C17", folio).birth_date == "1989-08-15", folio
    assert importer.woman("C17", "A3").birth_date == "1989-08-05"


def dated(importer: Importer, *cells: str) -> tuple[list[int], list[str]]:
    rows = "".join(f"D;{n};Ana {'abcdefghij'[n] * 4};{cell}\n" for n, cell in enumerate(cells))
    report = importer.data(f"agency;external_id;full_name;birth_date\n{rows}".encode())
    found = []
    for n in range(len(cells)):
        woman = registry.by_folio(importer.db, importer.key, "D", str(n))
        found.append(registry.read_details(importer.key, woman).birth_date if woman else "")
    return lines(report), found


def test_c17b_one_birth_date_is_stored_in_one_form(importer: Importer) -> None:
    """Else the hash of name and birth date differs from the same woman's."""
    wrong, found = dated(
        importer, "19890815", "1989-08-15T00:00", "15 de agosto de 1989", "15/AGO/1989", "15.08.1989"
    )
    assert (wrong, set(found)) == ([], {"1989-08-15"})
    assert dated(importer, "1989-W33-2")[0] == [2]


@pytest.mark.parametrize(
    ("cells", "wrong", "found"),
    [
        (["05/08/1989"], [2], [""]),
        (["05/05/1989"], [], ["1989-05-05"]),
        (["05/08/1989", "25/08/1989"], [], ["1989-08-05", "1989-08-25"]),
        (["05/08/1989", "25/08/1989", "08/25/1989"], [2, 4], ["", "1989-08-25", ""]),
        (["15-ago-20", "15-ago-12", "15-ago-89"], [2], ["", "2012-08-15", "1989-08-15"]),
        (["1989-08-15 10:30", "89", "1989", "agosto 1989"], [2, 3, 4, 5], ["", "", "", ""]),
    ],
)
def test_c17_kind_ambiguous_dates_are_refused(
    importer: Importer, cells: list[str], wrong: list[int], found: list[str]
) -> None:
    assert dated(importer, *cells) == (wrong, found)


def test_c18_a_curp_that_is_taken(importer: Importer) -> None:
    """The row is told, the others of its file are kept."""
    assert importer.file("c18_curp_taken_1").errors == []
    report = importer.file("c18_curp_taken_2")
    assert (report.kept, lines(report)) == (2, [3])
    assert importer.names() == ["Berta Ruiz", "Carla Gil", "Diana Paz", "Ángela Muñoz"]
    assert importer.woman("C18", "A2").curp == ""


def test_c18_kind_a_curp_that_comes_twice_in_one_file(importer: Importer) -> None:
    text = (
        "agency,external_id,full_name,curp\nC18,B1,Ana Gil,MUPA890815MJCXXN03\n"
        "C18,B2,Eva Paz,MUPA890815MJCXXN03\n"
        "DIF,B3,Eva Paz,MUPA890815MJCXXN03\nC18,B4,Flor Sol,\n"
    )
    report = importer.data(text.encode())
    assert (report.kept, lines(report)) == (2, [3, 4])


def test_c18_kind_the_same_woman_at_two_agencies(importer: Importer) -> None:
    """One CURP and one name at two agencies are one woman with two folios."""
    for agency in ("DIF", "SSAS"):
        text = f"agency,external_id,full_name,curp\n{agency},9,Ana Gil López,MUPA890815MJCXXN03\n"
        assert importer.data(text.encode()).errors == []
    assert (importer.count(Woman), importer.count(Affiliation)) == (1, 2)


def test_c20_without_folio_the_same_file_changes_nothing_twice(importer: Importer) -> None:
    for _ in range(3):
        assert importer.file("c20_no_id").errors == []
    assert (importer.count(Woman), importer.count(Conversation)) == (2, 1)


@pytest.mark.parametrize(
    "row",
    ["Ana Gil,,,", "Ana Gil,1980-03-02,,", "Ana Gil,,3340010020,", "Ana Gil,,,MUPA890815MJCXXN03"],
)
def test_c20_kind_whatever_she_is_known_by(importer: Importer, row: str) -> None:
    for _ in range(2):
        assert importer.data(f"full_name,birth_date,phone,curp\n{row}\n".encode()).errors == []
    assert importer.count(Woman) == 1


def test_c20_kind_different_women_are_never_merged(importer: Importer) -> None:
    """Mother and daughter, two folios of one agency, two CURPs, two birth dates: two women each."""
    text = (
        "agency,external_id,full_name,birth_date,phone,curp\n"
        "DIF,1,Ana Gil,1980-03-02,3340010020,\n"
        "DIF,2,Ana Gil,1980-03-02,3340010020,\n"
        ",,Ana Gil,1999-12-31,3340010020,\n"
        ",,Rosa Sol,1979-01-01,,LOPM850714MJCPRR04\n"
        ",,Rosa Sol,1979-01-01,,MUPA890815MJCXXN03\n"
    )
    assert importer.data(text.encode()).errors == []
    assert importer.count(Woman) == 5


def test_one_folio_with_two_names_is_told(importer: Importer) -> None:
    """A list sorted by one column only gives each woman another's folio."""
    importer.data(b"agency,external_id,full_name\nDIF,1,Ana Gil\nDIF,2,Rosa Sol\n")
    report = importer.data(b"agency,external_id,full_name\nDIF,1,Rosa Sol\nDIF,2,Ana Gil\nDIF,3,Eva Paz\n")
    assert (report.kept, lines(report)) == (1, [2, 3])
    assert importer.names() == ["Ana Gil", "Eva Paz", "Rosa Sol"]


def test_c21_a_shared_phone(importer: Importer) -> None:
    """Both women are kept, and the second is told that hers is without a phone."""
    report = importer.file("c21_shared_phone")
    assert (report.kept, report.errors) == (2, [])
    assert [line for line, _ in report.notes] == [3]
    assert importer.names() == ["Berta Ruiz", "Ángela Muñoz"]


def test_c24_a_line_break_in_a_place_is_cleaned(importer: Importer) -> None:
    """WhatsApp refuses a template's variable with line breaks or runs of blanks."""
    assert importer.file("c24_place_newline", "workshops").errors == []
    assert importer.db.scalars(select(Group.place)).all() == ["Casa de la Cultura Calle Hidalgo 12 esquina"]


def with_a_group(importer: Importer) -> None:
    header = b"workshop,workshop_name,axis,group,municipality,place,capacity\n"
    importer.data(header + b"zz1,Tejido,food,zz1-1,14039,Casa,20\n", "workshops")


def test_c26_sessions(importer: Importer) -> None:
    """A date without an hour, the past, no length and a length of centuries are refused, as on the page."""
    with_a_group(importer)
    assert lines(importer.file("c26_sessions", "sessions")) == [3, 4, 5, 6, 7]
    assert lines(importer.file("c26b_sessions", "sessions")) == [3, 4, 5]
    (only,) = importer.db.scalars(select(Session)).all()
    assert only.starts_at.astimezone(importer.settings.timezone).isoformat() == "2027-04-10T10:00:00-06:00"


@pytest.mark.parametrize(
    ("starts_at", "kept"),
    [("2027-04-10 10:00", True), ("25/04/2027 10:00", True), ("25/04/2027 4:30 p.m.", True),
     ("2027-04-10T16:00Z", True), ("10/04/2027 10:00", False), ("2099-04-10T10:00", False),
     ("20270410T1000", False),
     ("2027-W15-6T10:00", False), ("2027-04-10T25:00", False), ("mañana 10:00", False),
     ("99999-01-01T00:00", False),
     ("2027-02-30 10:00", False)],
)  # fmt: skip
def test_c26_kind_when_a_session_starts(importer: Importer, starts_at: str, kept: bool) -> None:
    with_a_group(importer)
    report = importer.data(f"session,group,starts_at\nx1,zz1-1,{starts_at}\n".encode(), "sessions")
    assert report.kept == kept


def test_c27_municipalities_as_registers_write_them(importer: Importer) -> None:
    """The last row has a comma outside quotes: it is told, and read where the quotes stand."""
    assert lines(importer.file("c27_municipality")) == [15]
    importer.data('agency,external_id,full_name,municipality\nC27,A13,Ana,"Tonalá, Jalisco"\n'.encode())
    codes = "097 097 098 098 101 039 039 039 039 023 023 022 045 101"
    found = [registry.by_folio(importer.db, importer.key, "C27", f"A{n}") for n in range(14)]
    assert [woman and woman.municipality for woman in found] == [f"14{code}" for code in codes.split()]


@pytest.mark.parametrize(
    "place", ["Tonalá, Chiapas", "Atlántida", "999", "14999", "9039", "San", "Guadalajarra x"]
)
def test_c27_kind_what_is_no_municipality_of_ours(importer: Importer, place: str) -> None:
    assert lines(importer.data(f"full_name;municipality\nAna Ruiz;{place}\n".encode())) == [2]


def test_c30_an_import_never_starts_the_messages_again(importer: Importer) -> None:
    """P6: her BAJA outlasts every list."""
    conversation = inbox.conversation_of(importer.db, importer.key, "whatsapp:+523340010030", NOW)
    preferences.opt_out(importer.db, conversation, NOW)
    assert importer.file("c30_optout").errors == []
    importer.db.refresh(conversation)
    assert conversation.woman_id is not None
    assert conversation.opted_out_at == NOW
    assert importer.count(Suppression) == 1


def test_c31_an_empty_file() -> None:
    for data in (b"", b"\n\n", b"\xef\xbb\xbf"):
        with pytest.raises(imports.ImportFileError, match="vacío"):
            imports.read("women", data)


def test_c32_a_header_alone(importer: Importer) -> None:
    report = importer.file("c32_header_only")
    assert (report.kept, report.errors, len(report.remarks)) == (0, [], 1)


def test_c33_a_quote_that_is_never_closed() -> None:
    """Refused with its line: else two women become text of the first."""
    with pytest.raises(imports.ImportFileError, match="renglón 2"):
        imports.read("women", (CASES / "c33_quote_unclosed.csv").read_bytes())


@pytest.mark.parametrize(
    "text",
    ['full_name,phone,curp\nAna Ruiz,3340010033,\n"Eva Gil,3340010034,\nRosa Sol,3340010035,"\n',
     'full_name,phone,curp\nAna Ruiz,3340010033,\n"Eva Gil" x,3340010034,\n',
     'full_name,phone,curp\r\nAna Ruiz,3340010033,\r\n"Eva Gil,3340010034,\r\n'],
)  # fmt: skip
def test_c33_kind_quotes(text: str) -> None:
    with pytest.raises(imports.ImportFileError, match="renglón 3"):
        imports.read("women", text.encode())


def test_c34_lines_of_an_old_mac(importer: Importer) -> None:
    assert importer.file("c34_mac_cr").kept == 1


def test_blank_rows_are_no_rows(importer: Importer) -> None:
    report = importer.data(b"full_name,phone\n,\n\n  ,  \nAna Ruiz,\n,,,\n\xc2\xa0,\n")
    assert (report.kept, report.errors) == (1, [])


def test_lines_are_counted_not_rows(importer: Importer) -> None:
    """A line break inside quotes and blank lines move the count, as in the editor that corrects it."""
    text = 'full_name,locality,phone\n\n"Ana Ruiz","Oblatos,\ncalle 5",\nEva Gil,,123\n\n,,3340010001\n'
    assert lines(importer.data(text.encode())) == [5, 7]


def test_twice_the_same_column_is_refused() -> None:
    for header in ("full_name,phone,phone", "Nombre completo,Teléfono,Celular"):
        with pytest.raises(imports.ImportFileError, match="mismo"):
            imports.read("women", f"{header}\nAna,1,2\n".encode())


@pytest.mark.parametrize(
    "header", ["FULL_NAME,Phone", " full_name , PHONE ", "Nombre Completo,Tel.", "NOMBRE COMPLETO:,TELEFONO"]
)
def test_headers_in_any_case(importer: Importer, header: str) -> None:
    assert importer.data(f"{header}\nAna Ruiz,3340010001\n".encode()).errors == []
    assert registry.woman_by_phone(importer.db, importer.key, "3340010001") is not None


@pytest.mark.parametrize(
    "data",
    [b"full_name\nAna\0Ruiz\n", b"PK\x03\x04" + b"x" * 50, b"\xff\xfe\0\0" + b"a" * 8,
     b"full_name\nAna \x81\n",
     ",".join(f"c{n}" for n in range(1000)).encode() + b"\n", b'full_name\n"' + b"A" * 140_000 + b'"\n',
     b"sep=:\nfull_name\nAna\n"],
)  # fmt: skip
def test_what_is_no_list_gets_one_clear_line(data: bytes) -> None:
    with pytest.raises(imports.ImportFileError) as refused:
        imports.read("women", data)
    assert "\n" not in str(refused.value)


def test_a_refusal_of_the_database_is_a_row_s_error(importer: Importer) -> None:
    """Too long for its column: told, and no other row is lost."""
    long = "x" * 200
    rows = f"DIF,{long},Ana Gil,\nDIF,2,Eva Paz,\n{long},3,Rosa Sol,\nDIF,4,Ema Rey,{long}\n"
    text = f"agency,external_id,full_name,locality\n{rows}"
    report = importer.data(text.encode())
    assert (report.kept, lines(report)) == (1, [2, 4, 5])
    assert importer.names() == ["Eva Paz"]


def test_girls_under_the_least_age_are_refused(importer: Importer) -> None:
    """Whether the birth date or the CURP tells it."""
    girl = _with_digit("RAGA150315MJCMRNA")
    text = f"full_name,birth_date,curp\nAna Gil,2015-05-01,\nEva Paz,,{girl}\nRosa Sol,2012-11-23,\n"
    report = importer.data(text.encode())
    assert lines(report) == [2, 3]
    assert all("14" in message for _, message in report.errors)
    assert importer.names() == ["Rosa Sol"]


def _with_digit(curp: str) -> str:
    """Add the check digit to seventeen letters and figures of a CURP."""
    return curp + str(calc_check_digit(curp))
