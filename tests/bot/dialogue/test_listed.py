"""A message that lists her details, with shortened names and without saying what each part is."""

from __future__ import annotations

from datetime import date

import pytest

from bot.components.extract import names
from bot.components.extract.tokens import tokens
from bot.dialogue import given
from bot.dialogue.answers import Answer, read_full_name, read_preferred_name
from bot.dialogue.in_form import in_form
from bot.dialogue.parse import Understanding
from bot.dialogue.standing import Standing

TODAY = date(2026, 11, 23)
NOTHING = Understanding("inform", 0.5, "none", "none")
ASKED = (
    "preferred_name", "full_name", "birth_date", "municipality", "locality", "children", "axis",
    "contact_hours", "phone_shared", "curp", "details_ok",
)  # fmt: skip
ALL_OF_LUPE = "lupe mtz ruiz naci el 4 de marzo del 88 vivo en tonala en la colonia loma dorada tengo 2 niños"


@pytest.mark.parametrize(
    ("written", "slots"),
    [
        (
            ALL_OF_LUPE,
            {"preferred_name": "Lupe", "full_name": "Lupe Mtz Ruiz", "birth_date": "1988-03-04",
             "municipality": "14101", "locality": "loma dorada", "children": "2"},
        ),
        (
            "Ma. Gpe. Hdz. Glz. 12/05/1990 zapopan col. tabachines 3 hijos",
            {"preferred_name": "Ma. Gpe.", "full_name": "Ma. Gpe. Hdz. Glz", "birth_date": "1990-05-12",
             "municipality": "14120", "locality": "tabachines", "children": "3"},
        ),
        (
            "norma alicia vzqz mtz, tonala, loma dorada, 2 hijos, en las tardes",
            {"full_name": "Norma Alicia Vzqz Mtz", "municipality": "14101", "locality": "Loma Dorada",
             "children": "2", "contact_hours": "en las tardes"},
        ),
        (
            "guadalupe hernandez gonzalez 04-03-1988 tonala loma dorada 2 hijos",
            {"preferred_name": "Guadalupe", "birth_date": "1988-03-04", "municipality": "14101",
             "locality": "loma dorada", "children": "2"},
        ),
        (
            "lupita mtz / tonala / 2 niños",
            {"preferred_name": "Lupita", "full_name": "Lupita Mtz", "municipality": "14101", "children": "2"},
        ),
        (
            "maria lopez, 04/03/1988, el salto, las pintas, 3, costura, en la tarde",
            {"full_name": "Maria Lopez", "birth_date": "1988-03-04", "municipality": "14070",
             "locality": "Las Pintas", "children": "3", "axis": "occupation", "contact_hours": "en la tarde"},
        ),
        (
            "ana karina solis reyes 8 octubre 1991 guadalajara col oblatos sin hijos",
            {"full_name": "Ana Karina Solis Reyes", "municipality": "14039", "locality": "oblatos",
             "children": "0"},
        ),
        (
            "juana fdez rmz nacida el 3 de mayo de 1965 en zapotlanejo vivo en tonala con mis 2 nietos",
            {"full_name": "Juana Fdez Rmz", "birth_date": "1965-05-03", "municipality": "14101",
             "children": "2"},
        ),
        (
            "francisca rmz soto naci el 5 de mayo del 70 vivo en tonala loma dorada y tengo 4 hijos",
            {"full_name": "Francisca Rmz Soto", "municipality": "14101", "locality": "loma dorada",
             "children": "4"},
        ),
        (
            "soy ma del carmen rdz de tlaquepaque, 3 hijos, quiero el taller de costura",
            {"preferred_name": "Ma del Carmen", "full_name": "Ma del Carmen Rdz", "municipality": "14098",
             "children": "3", "axis": "occupation"},
        ),
    ],
)  # fmt: skip
def test_a_list_of_her_details_fills_them(written: str, slots: dict[str, str]) -> None:
    """Each part by what it is, whatever stands between them."""
    found = given.run_on(written, {}, TODAY)
    assert {name: found.get(name) for name in slots} == slots


@pytest.mark.parametrize(
    ("written", "absent"),
    [
        (
            "rosa elena gtz flores naci 14 julio 1979 en tlajomulco no tengo hijos",
            {"municipality", "locality"},
        ),
        ("soy ana ruiz lopez de tonala y mi hermana tiene 3 niños", {"children"}),
        ("mi hermana ana lopez ruiz, 2 niños", {"full_name", "preferred_name"}),
        ("ana ruiz lopez tonala y ya", {"locality"}),
        ("ana ruiz lopez de tonala trabajo en las tardes", {"contact_hours", "locality"}),
        ("ana ruiz lopez naci el 4 de marzo de 1988 vivo en tonala con mi suegra", {"locality", "children"}),
    ],
)
def test_what_is_not_hers_is_not_filled(written: str, absent: set[str]) -> None:
    """A birthplace, another woman's children, hours of work."""
    assert not absent & set(given.details(written, {}, TODAY))


@pytest.mark.parametrize(
    "written",
    ["voy con mis 2 niños a tonala", "hola, buenas tardes, oiga", "tonala, zapopan, guadalajara",
     "me pego, me grito, me corrio", "quiero saber, cuanto cuesta, donde es", "2 niños, 1 niña, y mi mamá"],
)  # fmt: skip
def test_other_lists_are_no_enrolment(written: str) -> None:
    """Commas alone make no list of details."""
    assert given.run_on(written, {}, TODAY) == {}


@pytest.mark.parametrize(
    ("written", "called", "whole"),
    [
        ("lupe mtz ruiz", "Lupe", "Lupe Mtz Ruiz"),
        ("Ma. Gpe. Hdz. Glz.", "Ma. Gpe.", "Ma. Gpe. Hdz. Glz"),
        ("fca rdz lpz", "Fca", "Fca Rdz Lpz"),
        ("me llamo rosa glez schz", "Rosa", "Rosa Glez Schz"),
    ],
)
def test_shortened_names_are_names(written: str, called: str, whole: str) -> None:
    """As she writes them; who links records writes them out (`name_keys`)."""
    first = read_preferred_name(written, TODAY)
    full = read_full_name(written, TODAY)
    assert isinstance(first, Answer)
    assert isinstance(full, Answer)
    assert (first.slots["preferred_name"], full.slots["full_name"]) == (called, whole)


@pytest.mark.parametrize("written", ["ps", "xq", "xfa", "ntp", "msj", "tmb", "grax", "qtal", "hrs"])
def test_other_short_words_are_no_names(written: str) -> None:
    """Chat words without vowels."""
    assert not names.is_name(tokens(written)[0])


def _in_form(field: str, text: str, **filled: str) -> tuple[str, dict[str, object]]:
    here = Standing(TODAY, frozenset(), form_field=field, asked=ASKED, filled=filled, consented=True)
    act = in_form(text, NOTHING, here)
    assert act is not None
    return act.intent, dict(act.slots)


@pytest.mark.parametrize(
    "field", ["preferred_name", "full_name", "birth_date", "municipality", "locality", "children"]
)
def test_all_at_once_answers_whatever_was_asked(field: str) -> None:
    """The whole message at each question that it answers: no field takes all of it as its own answer."""
    intent, slots = _in_form(field, ALL_OF_LUPE)
    assert intent == "inform"
    assert (slots["locality"], slots["children"], slots["municipality"]) == ("loma dorada", "2", "14101")


@pytest.mark.parametrize("field", ["axis", "contact_hours", "phone_shared", "curp"])
def test_all_at_once_elsewhere_keeps_the_question(field: str) -> None:
    """What was asked is asked again, and what she told is kept."""
    intent, slots = _in_form(field, ALL_OF_LUPE, preferred_name="Lupe")
    assert (intent, slots["municipality"], slots.get(field)) == ("ask_again", "14101", None)


def test_what_is_known_already_is_no_answer_to_the_colony() -> None:
    """She repeats all of it: her colony is still asked, and not all of her message taken for it."""
    text = "lupe mtz ruiz naci el 4 de marzo del 88 vivo en tonala"
    filled = {"preferred_name": "Lupe", "full_name": "Lupe Mtz Ruiz", "birth_date": "1988-03-04",
              "municipality": "14101"}  # fmt: skip
    assert _in_form("locality", text, **filled) == ("ask_again", {"again": "unclear"})
