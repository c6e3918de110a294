"""Dates, children, themes, corrections and absences in further ways that women write them."""

from __future__ import annotations

from datetime import date

import pytest

from bot.components.extract import births
from bot.dialogue import (
    absence,
    calling,
    children,
    consenting,
    continued,
    corrections,
    in_form,
    name_parts,
    no_answer,
    ordinary,
    readers,
    themes,
)
from bot.dialogue.answers import Answer
from bot.dialogue.parse import Understanding
from bot.dialogue.standing import Act, Standing

TODAY = date(2026, 11, 23)
ASKED = ("preferred_name", "full_name", "birth_date", "municipality", "locality", "children", "details_ok")


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("nací el día de la candelaria del 88", "1988-02-02"),
        ("el dia de reyes del 91", "1991-01-06"),
        ("el mero dia de muertos 1973", "1973-11-02"),
        ("nochebuena de 1968", "1968-12-24"),
        ("dia de san juan 1962", "1962-06-24"),
        ("el dia de la santa cruz del 71", "1971-05-03"),
        ("el 1ro de mayo del 76", "1976-05-01"),
        ("1o de mayo 1976", "1976-05-01"),
        ("1er de mayo de 1976", "1976-05-01"),
        ("feb 5 del 90", "1990-02-05"),
        ("5 feb 90", "1990-02-05"),
        ("el 15 de agoto del 89", "1989-08-15"),
        ("oct 28 1969", "1969-10-28"),
        ("pues naci en 1985 el 3 de julio", "1985-07-03"),
        ("allá por el 10 de mayo del 60", "1960-05-10"),
        ("dia 5 mes 2 año 1990", "1990-02-05"),
        ("el tres de junio del 01", "2001-06-03"),
        ("mi cumpleaños es el 5 de febrero y soy del 90", "1990-02-05"),
    ],
)
def test_birth_dates(written: str, iso: str) -> None:
    assert births.birth_date(written, TODAY) == date.fromisoformat(iso)


@pytest.mark.parametrize(
    ("written", "number", "sure"),
    [
        ("tengo 3 y uno en camino", 3, True),
        ("dos y mi nieto", 3, True),
        ("3 hijos y mi sobrina", 4, True),
        ("ya todos se casaron", 0, True),
        ("ya se fueron todos", 0, True),
        ("puro adulto", 0, True),
        ("nomas el mas chico", 1, True),
        ("el mas chiquito nada mas", 1, True),
        ("ni uno", 0, True),
        ("ni un hijo", 0, True),
        ("estoy esperando el primero", 0, True),
        ("uno que viene en camino", 0, True),
        ("5 de 3 a 14 años", 5, True),
        ("2 niños y 1 niña en total 3", 3, True),
        ("como 4", 4, True),
        ("son como 4", 4, True),
        ("son 5 contando a mi nieta", 5, True),
        ("tengo 2 pero uno ya cumplio 18", 1, True),
        ("3, la mayor ya tiene 19", 2, True),
        ("la parejita", 2, False),
        ("una de 15 otro de 10 y el bebe", 3, False),
        ("mi niño tiene como 4", 1, False),
        ("tengo una de 15 y otra de 18", 2, True),
        ("no ya no", 0, True),
    ],
)
def test_children(written: str, number: int, sure: bool) -> None:
    found = children.count(written)
    if written == "no ya no":  # a plain no is read by the form
        assert found is None or found.number == number
        return
    assert found is not None
    assert (found.number, found.sure) == (number, sure) or (not sure and found.number == number)


@pytest.mark.parametrize(
    ("written", "axis"),
    [
        ("cortar el pelo", "occupation"),
        ("peluqueria", "occupation"),
        ("masajes", "health"),
        ("primeros auxilios", "health"),
        ("cuidar enfermos", "health"),
        ("la diabetes", "health"),
        ("el huertito", "food"),
        ("vender mis gelatinas", "production"),
        ("una chamba", "employment"),
        ("el de la comida no, el otro", None),
        ("me gusta todo", None),
    ],
)
def test_themes(written: str, axis: str | None) -> None:
    assert themes.axis_of(written) == axis


@pytest.mark.parametrize("written", ["cual otro hay", "que mas tienen", "y que mas", "otros", "hay otros"])
def test_more_themes(written: str) -> None:
    assert themes.wants_more(written)


@pytest.mark.parametrize("written", ["me gusta todo", "usted digame cual", "de todo"])
def test_any_theme(written: str) -> None:
    assert themes.wants_any(written)


@pytest.mark.parametrize(
    ("field", "written", "value"),
    [
        ("children", "3 no perdon 2 y mi nieto", "3"),
        ("children", "dos, digo tres", "3"),
        ("birth_date", "12 de octubre del 90 no perdon 13 de octubre del 90", "1990-10-13"),
        ("municipality", "zapopan, perdón, tonalá", "14101"),
    ],
)
def test_set_right_while_it_is_said(field: str, written: str, value: str) -> None:
    read = continued.read(written, field, Standing(TODAY, frozenset()))
    assert isinstance(read, Answer)
    assert read.slots[field] == value


def _after_birth_date(born: str = "1990-10-12") -> Standing:
    filled = {"preferred_name": "Lucy", "full_name": "Luz Maria Barajas", "birth_date": born}
    return Standing(TODAY, frozenset(), form_field="municipality", asked=ASKED, filled=filled)


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("el 13 perdon", "1990-10-13"),
        ("perdon, 91", "1991-10-12"),
        ("no, el 14", "1990-10-14"),
        ("perdon es 1991", "1991-10-12"),
    ],
)
def test_one_figure_of_her_birth_date(written: str, iso: str) -> None:
    act = corrections.correction(written, _after_birth_date())
    assert act is not None
    assert act.slots["birth_date"] == iso


@pytest.mark.parametrize("written", ["13", "el 13", "tengo 13", "no 2"])
def test_a_figure_that_mends_no_date(written: str) -> None:
    """Without an excuse a figure corrects nothing ("no 2" is a day, and said with one)."""
    act = corrections.correction(written, _after_birth_date())
    assert act is None or written == "no 2"


@pytest.mark.parametrize(
    ("written", "whole"),
    [
        ("partida", "Rosario Meza Partida"),
        ("meza partida", "Rosario Meza Partida"),
        ("rosario", None),
        ("tonala", None),
        ("meza", None),
    ],
)
def test_her_second_surname_follows(written: str, whole: str | None) -> None:
    assert name_parts.completed(written, "Rosario Meza") == whole


def test_both_surnames_after_an_excuse() -> None:
    assert name_parts.mended("no espere barajas solis", "Luz Maria Barajas") == "Luz Maria Barajas Solis"


def test_one_surname_is_a_whole_name() -> None:
    here = Standing(
        TODAY,
        frozenset(),
        form_field="birth_date",
        asked=ASKED,
        filled={"preferred_name": "H", "full_name": "Hermenegilda Topete"},
    )
    assert corrections.correction("no tengo otro apellido", here) == Act("ask_again", slots={"again": None})


@pytest.mark.parametrize(
    "written",
    [
        "ay ahorita le contesto ando en el mandado",
        "ahorita le contesto",
        "ando en el trabajo",
        "al ratito le mando",
        "luego le sigo",
    ],
)
def test_she_answers_later(written: str) -> None:
    assert no_answer.leaves(written)


@pytest.mark.parametrize(
    "written",
    ["ando en el mandado con mi hija que tiene 3", "estoy en tonala", "en la tarde", "mañana cumplo 30"],
)
def test_no_leaving(written: str) -> None:
    assert not no_answer.leaves(written)


@pytest.mark.parametrize(
    "written",
    [
        "hoy no voy",
        "no puedo ir",
        "me enferme",
        "voy a faltar",
        "no alcanzo camion",
        "tengo cita en el seguro",
    ],
)
def test_an_absence(written: str) -> None:
    assert absence.meant(written, Standing(TODAY, frozenset()))


@pytest.mark.parametrize(
    "written", ["hoy no tengo animos de nada", "pero la otra si voy", "la siguiente si puedo"]
)
def test_no_absence(written: str) -> None:
    assert not absence.meant(written, Standing(TODAY, frozenset()))


def _at_notice(**filled: str) -> Standing:
    return Standing(TODAY, frozenset(), place=consenting.PLACE, filled=filled)


def _heard(intent: str, act: str = "unclear", sure: float = 0.9, confidence: float = 0.9) -> Understanding:
    return Understanding(intent, confidence, "none", "none", act=act, act_confidence=sure)


@pytest.mark.parametrize(
    "written", ["entonces apunteme", "le entramos pues", "me animo", "quiero entrar al de cocina"]
)
def test_a_yes_that_may_be_another_wish_is_asked_back_once(written: str) -> None:
    asked = consenting.answered(written, _heard("enroll"), _at_notice())
    assert asked is not None
    assert asked.intent == "ask_consent_back"
    again = consenting.answered(written, _heard("enroll"), _at_notice(consent_asked="yes"))
    assert again is not None
    assert again.intent == "accept_notice"


@pytest.mark.parametrize(
    "written",
    [
        "si me apunto pero sin dar mis datos",
        "como le hago para entrar",
        "quiero entrar pero luego",
        "no quiero entrar",
    ],
)
def test_a_condition_is_no_yes(written: str) -> None:
    assert consenting.answered(written, _heard("enroll"), _at_notice(consent_asked="yes")) is None


def test_a_name_is_no_refusal() -> None:
    heard = _heard("inform", act="consent_no", sure=0.65)
    assert consenting.is_stray("esperanza nomas", heard, _at_notice())
    assert not consenting.is_stray("mejor no", heard, _at_notice())


@pytest.mark.parametrize(
    "written", ["y q es eso del aviso no le entiendo", "que dice el aviso", "no le entiendo"]
)
def test_the_notice_in_other_words(written: str) -> None:
    assert consenting.answered(written, _heard("repeat", act="elsewhere"), _at_notice()) == Act("ask_notice")


@pytest.mark.parametrize(
    "written",
    ["y si no llego a tiempo me regresan", "que pasa si falto?", "y si un dia no voy me quitan mi lugar"],
)
def test_a_supposed_absence_is_a_question(written: str) -> None:
    assert absence.supposes(written)
    assert not absence.meant(written, Standing(TODAY, frozenset()))


@pytest.mark.parametrize("written", ["si voy", "si no voy es porque estoy mala", "no voy", "si puedo"])
def test_no_supposed_absence(written: str) -> None:
    assert not absence.supposes(written)


@pytest.mark.parametrize(
    "written",
    [
        "en la mañana q el no esta",
        "en la tarde porque mi viejo trabaja",
        "cuando mi marido no esta",
        "a las 10 que mi esposo sale",
    ],
)
def test_hours_that_speak_of_him_are_not_read_back(written: str) -> None:
    assert readers.keeps_quiet(written)


@pytest.mark.parametrize("written", ["en la mañana", "despues de que los niños salen", "de 9 a 2"])
def test_hours_that_may_be_read_back(written: str) -> None:
    assert not readers.keeps_quiet(written)


@pytest.mark.parametrize(
    "written", ["aki lavando jaja", "fijese que ya hice mi primer mermelada", "jaja me quedo bien aguada"]
)
def test_chatter(written: str) -> None:
    assert calling.chatter(written, Understanding("out_of_scope", 0.9, "none", "none")) == Act("out_of_scope")


@pytest.mark.parametrize("written", ["qwoeiu", "/restart", "jaja"])
def test_no_chatter(written: str) -> None:
    assert calling.chatter(written, Understanding("out_of_scope", 0.9, "none", "none")) is None


def test_chatter_that_may_be_more_is_none() -> None:
    assert (
        calling.chatter("se enojo otra vez conmigo", Understanding("out_of_scope", 0.9, "support", "perhaps"))
        is None
    )


def test_the_notice_asked_for_before_it_was_shown() -> None:
    here = Standing(TODAY, frozenset(), place="consent.read_notice")
    assert consenting.answered("y que es eso del aviso", _heard("repeat", act="elsewhere"), here) == Act(
        "enroll"
    )
    assert consenting.answered("y donde es", _heard("ask_location", act="elsewhere"), here) is None


def test_a_no_to_a_question_on_food_is_no_correction() -> None:
    here = Standing(TODAY, frozenset(), form_field="q2", asked=("q1", "q2", "q3"), filled={"q1": "yes"})
    assert corrections.correction("no pues gracias a dios no", here) is None
    mended = corrections.correction("perdón, no", here)
    assert mended is None or mended.slots.get("q1") == "no"


@pytest.mark.parametrize("written", ["dime hermi", "mejor digame Hermi", "que me digan hermi"])
def test_a_nickname_said_late(written: str) -> None:
    filled = {"preferred_name": "Hermenegilda"}
    here = Standing(TODAY, frozenset(), form_field="full_name", asked=ASKED, filled=filled)
    act = in_form.in_form(written, _heard("inform"), here)
    assert act is not None
    assert act.slots["preferred_name"] == "Hermi"
    assert "full_name" not in act.slots


@pytest.mark.parametrize(
    ("written", "act"),
    [
        ("en la tarde despues de las 5", "set_contact_hours"),
        ("mandan mensajes bien noche", "ask_hours_sorry"),
        ("quiero cambiar mi horario", "ask_hours"),
    ],
)
def test_hours_said_outside_the_form(written: str, act: str) -> None:
    assert ordinary.hours(written).intent == act
