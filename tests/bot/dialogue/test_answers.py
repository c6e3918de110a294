"""What the forms take for an answer: any usual way to write it, nothing that it is not."""

from __future__ import annotations

import csv
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.components.extract import births, days, places
from bot.dialogue import children, lexicon, orders, words
from bot.dialogue.answers import READERS, Again, Answer, read
from bot.dialogue.ask import MAX_TEXT, AskError, clean, read_ask
from bot.dialogue.parse import Understanding, gravest
from outreach.ground.settings import ROOT

if TYPE_CHECKING:
    from pathlib import Path

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    "written",
    [
        "15 de agosto del 89", "150889", "15081989", "15/08/1989", "15-8-89", "15.8.1989", "1989-08-15",
        "naci el 15 de agosto de 1989", "agosto 15 1989", "15 ago 89", "15 de agozto 1989",
        "el 15 d agosto dl 89",
        "15 8 89", "15 del 8 del 89", "15 de 08 de 1989", "dia 15 mes 8 año 1989",
        "quince de agosto de mil novecientos ochenta y nueve", "15 DE AGOSTO DE 1989", "15 / 8 / 1989",
    ],
)  # fmt: skip
def test_a_birth_date_is_understood_as_she_writes_it(written: str) -> None:
    assert births.birth_date(written, TODAY) == date(1989, 8, 15)


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("30 de febrero de 1990", "impossible"),
        ("15 de agosto", "year"),
        ("1/1/2025", "age"),
        ("15/13/1990", "impossible"),
        ("agosto de 1989", "year"),
        ("tengo 37 años", "year"),
    ],
)
def test_a_birth_date_that_cannot_be_has_its_reason(written: str, reason: str) -> None:
    assert read("birth_date", written, TODAY) == Again(reason)


@given(st.dates(date(1930, 1, 1), date(2010, 12, 31)))
def test_every_date_in_words_is_read_back(day: date) -> None:
    assert births.birth_date(days.in_words(day), TODAY) == day


@given(st.text(max_size=400))
def test_no_text_makes_a_reader_fail(text: str) -> None:
    """Whatever she writes is an answer, a question again, or no answer; never an error."""
    for field in READERS:
        assert read(field, text, TODAY) is None or isinstance(read(field, text, TODAY), Answer | Again)
    words.choice(text, 3)
    orders.command(text)
    words.language_of(text)
    words.corrected(text)
    clean(text)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("tlajo", "14097"), ("Tlaquepaque", "14098"), ("san pedro tlaquepaque", "14098"),
        ("cd guzman", "14023"),
        ("pto vallarta", "14067"), ("vallarta", "14067"), ("Zapopan jalisco", "14120"), ("sapopan", "14120"),
        ("guadalajra", "14039"), ("gdl", "14039"), ("tepa", "14093"), ("san nacho", "14125"),
        ("tonalá", "14101"),
        ("encarnacion de diaz", "14035"), ("TLAJOMULCO DE ZUÑIGA", "14097"),
    ],
)  # fmt: skip
def test_a_municipality_is_found_by_any_usual_name(written: str, code: str) -> None:
    assert places.answered(written) == [code]


def test_every_municipality_is_found_by_its_own_name() -> None:
    with places.FILE.open(encoding="utf-8", newline="") as rows:
        known = {row["code"]: row["name"] for row in csv.DictReader(rows)}
    assert len(known) == 125
    for code, name in known.items():
        assert code in places.answered(name)
        assert places.name_of(code) == name


def test_both_sides_know_the_same_municipalities() -> None:
    """The product has a list of its own for imports: the same codes by the same names (INEGI)."""

    def listed(path: Path) -> dict[str, str]:
        with path.open(encoding="utf-8", newline="") as rows:
            return {row["code"]: row["name"] for row in csv.DictReader(rows)}

    assert listed(places.FILE) == listed(ROOT / "outreach" / "start" / "municipalities.csv")


def test_both_sides_obey_the_same_orders() -> None:
    """P9: what hides her while the bot answers hides her while a person does."""
    assert lexicon.ORDERS.read_text() == (ROOT / "outreach" / "turns" / "orders.txt").read_text()


@pytest.mark.parametrize("written", ["santa maria", "villa", "san martin", "ixtlahuacan"])
def test_a_name_that_fits_several_places_is_never_guessed(written: str) -> None:
    assert len(places.answered(written)) > 1


@pytest.mark.parametrize("written", ["monterrey", "no se", "xyz", "en mi casa", "cuanto cuesta"])
def test_what_is_no_municipality_of_jalisco_is_none(written: str) -> None:
    assert places.answered(written) == []


VALID = [
    "SABC560626MDFLRN01", "HEGG560427MVZRRL04", "LOPM850714MJCPRR04", "RAGA020315MJCMRNA4",
    "BXEY880229MJCNSL01",
    "MULR900101MJCXRS05", "PEXA750505MJCRXN01",
]  # fmt: skip


@pytest.mark.parametrize("good", VALID)
def test_a_curp_is_taken_with_spaces_small_letters_and_o_for_zero(good: str) -> None:
    """Vectors: domain facts, section 5."""
    spaced = " ".join(good.lower()[i : i + 4] for i in range(0, 18, 4))
    for written in (f"es {spaced}", good[:4] + good[4:10].replace("0", "O") + good[10:]):
        assert read("curp", written, TODAY) == Answer({"curp": good})


@pytest.mark.parametrize(
    "bad", ["SABC560626MDFLRN09", "HEGG560427MVZRRL03", "MARR890512HCSRYR09", "OEAF771012HMCRGR09"]
)
def test_a_curp_with_a_wrong_check_digit_is_refused(bad: str) -> None:
    assert read("curp", bad, TODAY) == Again("wrong")


@pytest.mark.parametrize(
    "words",
    [
        "no la tengo", "no me la sé", "luego se la paso", "no cuento con ella", "no la traigo ahorita",
        "pues no me la se de memoria", "se me olvido", "ahorita no la tengo a la mano", "mañana te la mando",
        "no kuento con curp", "la perdi", "NO TENGO CURP", "despues", "mejor no", "no me acuerdo cual es",
    ],
)  # fmt: skip
def test_without_a_curp_at_hand_it_goes_on(words: str) -> None:
    assert read("curp", words, TODAY) == Answer({"curp": ""})


@pytest.mark.parametrize(
    "yes", ["si", "Sí!", "SIII", "ey", "simon", "arre", "ok", "claro que si", "👍", "sierto"]
)
def test_a_yes_in_any_words(yes: str) -> None:
    assert words.is_yes(yes)
    assert not words.is_no(yes)


@pytest.mark.parametrize("no", ["no", "NO", "nel", "nop", "no gracias", "ahorita no", "para nada"])
def test_a_no_in_any_words(no: str) -> None:
    assert words.is_no(no)
    assert not words.is_yes(no)


@pytest.mark.parametrize(
    ("written", "place"),
    [("2", 1), ("la dos", 1), ("opción 2", 1), ("la segunda", 1), ("2️⃣", 1), ("el 3", 2), ("la última", 2)],
)
def test_a_choice_by_its_number(written: str, place: int) -> None:
    assert words.choice(written, 3) == place


@pytest.mark.parametrize("written", ["4", "0", "22", "dos niñas", "no", ""])
def test_what_is_no_choice(written: str) -> None:
    assert words.choice(written, 3) is None


@pytest.mark.parametrize(
    ("written", "rest"),
    [
        ("hola buenas, disculpe quiero entrar", "quiero entrar"), ("Hola", ""), ("buenas tardes\n", ""),
        ("dan despensa?\nbuenas tardes disculpe", "dan despensa?"),
        ("Oiga, ¿cuánto cuesta?", "¿cuánto cuesta?"),
    ],
)  # fmt: skip
def test_a_greeting_hides_no_wish(written: str, rest: str) -> None:
    assert words.without_greeting(written) == rest


@pytest.mark.parametrize(
    ("written", "place"), [("siguiente", 0), ("Parar", 1), ("una", None), ("pa", None), ("otra cosa", None)]
)
def test_the_beginning_of_one_title_is_a_choice(written: str, place: int | None) -> None:
    assert words.beginning(written, ["Siguiente paso", "Parar aquí", "Una persona", "Una cosa"]) == place


@pytest.mark.parametrize(
    ("written", "count"),
    [("dos niñas y un niño", 3), ("3", 3), ("ninguno", 0), ("no tengo", 0), ("tengo 4 hijos", 4), ("uno", 1)],
)
def test_how_many_children(written: str, count: int) -> None:
    assert children.count_of(written) == count


@pytest.mark.parametrize(
    "name", ["si", "no", "luego", "12345", "a", "cuanto cuesta?", "{preferred_name}", "x" * 100]
)
def test_what_is_no_name(name: str) -> None:
    assert isinstance(read("preferred_name", name, TODAY), Again)


def test_a_text_is_cleaned_of_hidden_signs_and_clipped() -> None:
    assert clean("hola\u202e\u200d\x07\nmundo\u0000 ") == "hola\nmundo"
    assert len(clean("a" * 10_000)) == MAX_TEXT


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"sender": "x"},
        {"sender": "x", "metadata": {}},
        {"sender": 3, "metadata": {"message_id": "1"}},
    ],
)
def test_a_request_against_the_contract_is_refused_by_field(body: object) -> None:
    with pytest.raises(AskError):
        read_ask(body)


def test_in_a_burst_the_gravest_line_decides() -> None:
    """A routine request and a disclosure are judged by the disclosure; else the whole text decides."""
    routine = Understanding("ask_next_session", 0.9, "none", "none")
    perhaps = Understanding("out_of_scope", 0.4, "danger", "perhaps")
    tells = Understanding("disclose_violence", 0.8, "support", "sure")
    danger = Understanding("immediate_danger", 0.8, "danger", "sure")
    assert gravest([routine, perhaps, tells]) is tells
    assert gravest([routine, tells, danger]) is danger
    assert gravest([routine, Understanding("greet", 1.0, "none", "none")]) is routine
