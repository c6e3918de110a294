"""What she names: places, days, hours, people and numbers, however spelled, at their place in the text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.components.extract.places import lookup
from bot.components.extract.reading import entities


def _read(text: str) -> list[tuple[str, str, str]]:
    return [(one.entity, text[one.start : one.end], one.value) for one in entities(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("el juebes en la tarde", [("weekday", "juebes", "3")]),
        ("naci el 15 de agosto del 89", [("date", "15 de agosto del 89", "1989-08-15")]),
        ("150889", [("date", "150889", "1989-08-15")]),
        ("ocho de mayo del sesenta y uno", [("date", "ocho de mayo del sesenta y uno", "1961-05-08")]),
        ("puedo pasado mañana", [("date", "pasado mañana", "+2")]),
        ("en la mañana no puedo", []),
        ("despues de las 6 y media", [("time", "6 y media", "06:30")]),
        ("a las cuatro de la tarde", [("time", "cuatro de la tarde", "16:00")]),
        ("tengo 34 años", [("age", "34", "34")]),
        ("mi niña de nueve", [("age", "nueve", "9")]),
        ("llevo 20 años casada", []),
        ("tengo 3 hijos", []),
        (
            "me llamo Rosalba Íñiguez, soy de Jocotepec",
            [("person_name", "Rosalba Íñiguez", "Rosalba Íñiguez"), ("municipality", "Jocotepec", "14050")],
        ),
        ("es el 33 1478 2290", [("phone", "33 1478 2290", "3314782290")]),
        ("33 dies 44 ocho2 05", [("phone", "33 dies 44 ocho2 05", "3310448205")]),
        ("me apunto al de alimentasion", [("axis", "alimentasion", "food")]),
        ("voy al centro de salud", []),
    ],
)
def test_what_she_names_is_found_where_it_stands(text: str, expected: list[tuple[str, str, str]]) -> None:
    """Entity, words and value are those a person would mark."""
    assert _read(text) == expected


@pytest.mark.parametrize(
    ("said", "codes"),
    [
        ("tlajo", ["14097"]),
        ("cd guzman", ["14023"]),
        ("de Tepa", ["14093"]),
        ("san nacho", ["14125"]),
        ("guadalaxara", ["14039"]),
        ("sapotlanejo", ["14124"]),
        ("zacatecas", []),
    ],
)
def test_short_and_misspelt_names_are_the_municipality(said: str, codes: list[str]) -> None:
    """Usual short names and misspellings find the one municipality, other states none."""
    assert lookup(said) == codes


def test_a_name_that_fits_several_places_is_asked() -> None:
    """Two municipalities are called San Martín: both are given, none is chosen."""
    assert set(lookup("san martin")) == {"14076", "14077"}


@pytest.mark.parametrize(
    ("curp", "valid"),
    [
        ("SABC560626MDFLRN01", True),
        ("LOPM850714MJCPRR04", True),
        ("BXEY880229MJCNSL01", True),
        ("RAGA020315MJCMRNA4", True),
        ("TOVE991231MJCRLL17", True),
        ("SABC560626MDFLRN09", False),
        ("MARR890512HCSRYR09", False),
    ],
)
def test_a_curp_is_checked_by_date_state_and_digit(curp: str, *, valid: bool) -> None:
    """The published vectors hold; what fails the check digit is marked, not dropped."""
    (found,) = entities(f"mi curp es {curp.lower()}")
    assert (found.entity, found.value, found.extra["valid"]) == ("curp", curp, valid)


def test_a_curp_is_read_with_spaces_and_letters_for_figures() -> None:
    """O typed for 0 and spaces between the parts do not spoil it."""
    (found,) = entities("lopm 85O714 mjcprr O4")
    assert found.value == "LOPM850714MJCPRR04"


@given(
    st.text(
        alphabet=st.one_of(st.sampled_from("aeioulsmrdnt 0123456789:/.-ñáA"), st.characters()), max_size=200
    )
)
def test_offsets_always_point_into_the_text(text: str) -> None:
    """Any text is read without an error; spans are in order and do not overlap."""
    last = 0
    for one in entities(text):
        assert last <= one.start < one.end <= len(text)
        last = one.end
