"""Themes, places, hours and readers of the phone, as women answer the form."""

from __future__ import annotations

from datetime import date

import pytest

from bot.components.extract import localities, places
from bot.dialogue import readers
from bot.dialogue.answers import HOURS_UNSAID, Again, Answer, read

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("written", "axis"),
    [
        ("comida", "food"), ("el de comida", "food"), ("pan", "production"), ("coser", "occupation"),
        ("costura", "occupation"), ("belleza", "occupation"), ("uñas", "occupation"),
        ("de unas", "occupation"),
        ("manualidades", "occupation"), ("computacion", "occupation"), ("conservas", "production"),
        ("el huerto", "food"), ("poner un negocio", "production"), ("cosina", "food"), ("verduras", "food"),
        ("lo de la kompu", "occupation"), ("quiero aprender a koser ropa", "occupation"),
        ("estilista", "occupation"),
        ("corte y confeccion", "occupation"), ("vender comida", "production"), ("reposteria", "production"),
        ("hacer ejercicio", "health"), ("lo de los nervios", "health"), ("sicologia", "health"),
        ("chamba", "employment"),
        ("encontrar trabajo", "employment"), ("trabajo de costura", "occupation"), ("Alimentación", "food"),
        ("sembrar en macetas", "food"), ("manualidads", "occupation"), ("bordar servilletas", "occupation"),
        ("no comida no, mejor costura", "occupation"), ("salud", "health"),
        ("hacer mermeladas", "production"),
    ],
)  # fmt: skip
def test_the_theme_by_her_own_words(written: str, axis: str) -> None:
    found = read("axis", written, TODAY)
    assert isinstance(found, Answer)
    assert found.slots["axis"] == axis


@pytest.mark.parametrize(
    "written",
    ["cualquiera", "el que sea", "me da igual", "Pues cualquiera", "el q sea", "todos", "lo que haya"],
)
def test_any_theme_leaves_it_open(written: str) -> None:
    assert read("axis", written, TODAY) == Answer({"axis": "", "axis_name": "cualquiera"})


@pytest.mark.parametrize(
    "written", ["hola", "comida y costura", "cuanto cuesta", "unas preguntas", "si", "como usted guste"]
)
def test_what_is_no_one_theme(written: str) -> None:
    assert not isinstance(read("axis", written, TODAY), Answer)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("ajijic", "14030"), ("tesistan", "14120"), ("oblatos", "14039"), ("san jose del valle", "14097"),
        ("en Tonalá pero en la orilla con Zapotlanejo", "14101"), ("la colonia pitillal", "14067"),
        ("vivo en santa tere", "14039"), ("loma dorada", "14101"), ("las pintas", "14070"),
        ("cajititlan", "14097"),
        ("por tesistan rumbo a la base aerea", "14120"), ("en zapopan casi con guadalajara", "14120"),
        ("de tlajo perdon", "14097"), ("barra de navidad", "14022"), ("capilla de guadalupe", "14093"),
        ("ajigic", "14030"), ("atotonilco el alto", "14013"), ("atotonilco el bajo", "14114"),
        ("tlaquepake", "14098"),
        ("en chapala", "14030"), ("vivo en atengo", "14011"), ("sapopan", "14120"),
        ("colonia polanco", "14039"),
        ("vivo en la colonia loma dorada", "14101"), ("tuxpan de bolaños", "14019"),
        ("guadalajara centro", "14039"), ("san juan de los lagos", "14073"), ("san juanito", "14007"),
        ("san juan cosala", "14050"),
    ],
)  # fmt: skip
def test_a_place_leads_to_its_municipality(written: str, code: str) -> None:
    found = read("municipality", written, TODAY)
    assert isinstance(found, Answer), found
    assert found.slots["municipality"] == code


def test_a_town_fills_the_locality_too() -> None:
    found = read("municipality", "ajijic", TODAY)
    assert isinstance(found, Answer)
    assert found.slots["locality"] == "Ajijic"


@pytest.mark.parametrize(
    "written",
    [
        "santa anita",
        "atotonilco",
        "tuxpan",
        "las juntas",
        "atemajac",
        "santa maria",
        "san juan",
        "soy de San Juan",
    ],
)
def test_a_place_that_lies_in_several_is_asked(written: str) -> None:
    found = read("municipality", written, TODAY)
    assert isinstance(found, Again)
    assert "place_2" in (found.slots or {})


@pytest.mark.parametrize(
    "written",
    ["no la tengo", "la tengo", "tengo", "no se", "ahorita se la paso", "la traigo en la bolsa",
     "no me la se",
     "como usted guste", "luego le digo", "monterrey", "estoy en la tienda", "ya no me acuerdo",
     "que si la tengo"],
)  # fmt: skip
def test_a_sentence_is_no_municipality(written: str) -> None:
    assert read("municipality", written, TODAY) is None


@pytest.mark.parametrize(
    ("written", "shared"),
    [
        ("todos", "yes"), ("yo y mis hijos", "yes"), ("me lo revisan", "yes"), ("es el de la casa", "yes"),
        ("nadie más", "no"), ("nomas yo", "no"), ("mi esposo", "yes"), ("solo yo", "no"),
        ("yo nada mas", "no"),
        ("mi hija tambien lo agarra", "yes"), ("es de mi mama", "yes"), ("yo solita", "no"),
        ("pura yo", "no"),
        ("mi marido me lo checa", "yes"), ("nadie lo ve", "no"), ("es prestado", "yes"),
        ("aveces mi niño", "yes"),
        ("yo casi siempre, a veces mi esposo", "yes"), ("no se lo presto a nadie", "no"), ("yo mera", "no"),
        ("la familia", "yes"), ("los dos", "yes"), ("nadie, ni mi esposo", "no"),
        ("mis hijos lo usan", "yes"),
        ("no tengo celular este es de mi vecina", "yes"), ("ninguno mas que yo", "no"), ("es mio", "no"),
    ],
)  # fmt: skip
def test_who_reads_the_phone(written: str, shared: str) -> None:
    found = read("phone_shared", written, TODAY)
    assert isinstance(found, Answer), found
    assert found.slots["phone_shared"] == shared


@pytest.mark.parametrize("written", ["para que quiere saber", "cuanto cuesta", "como"])
def test_what_says_nothing_of_readers(written: str) -> None:
    assert readers.phone_is_shared(written) is None


@pytest.mark.parametrize(
    "written",
    ["cuando mi marido no esta", "mientras mi esposo anda trabajando", "cuando el se va", "cuando estoy sola",
     "cuando no este mi señor", "si no esta mi esposo"],
)  # fmt: skip
def test_hours_by_who_is_away_are_asked_once_as_a_span(written: str) -> None:
    assert read("contact_hours", written, TODAY) == Again("span", {"hours_told": written})


@pytest.mark.parametrize(
    "written", ["solo en las mañanas porque en la tarde llega mi esposo", "cuando mi suegra duerme, de 3 a 5"]
)
def test_hours_that_speak_of_him_are_never_read_back(written: str) -> None:
    """Whoever holds the phone sees the summary."""
    found = read("contact_hours", written, TODAY)
    assert isinstance(found, Answer)
    assert found.slots["contact_hours_words"] == HOURS_UNSAID


def test_between_two_municipalities_is_asked() -> None:
    found = read("municipality", "entre tonala y tlaquepaque", TODAY)
    assert isinstance(found, Again)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("cuando mi marido no esta, de 9 a 2", HOURS_UNSAID), ("en la mañana que mi esposo no esta", None),
        ("en la tarde", "en la tarde"), ("cuando sea", "a cualquier hora"),
        ("a cualquier hora", "a cualquier hora"), ("las 24 horas", "a cualquier hora"),
        ("la hora que sea en la tarde", "la hora que sea en la tarde"),
        ("cuando usted pueda", "a cualquier hora"), ("de 10 a 2", "de 10 a 2"), ("los lunes", "los lunes"),
        ("a cualquier hora menos en la noche", "a cualquier hora menos en la noche"),
        ("a la hora que guste", "a cualquier hora"),
        ("cuando los niños estan en la escuela, de 9 a 1", "cuando los niños estan en la escuela, de 9 a 1"),
    ],
)  # fmt: skip
def test_her_hours_and_what_of_them_is_read_back(written: str, words: str | None) -> None:
    """What tells of him is kept for the caseworker, and never read aloud to him."""
    found = read("contact_hours", written, TODAY)
    assert isinstance(found, Answer), found
    if words is not None:
        assert found.slots["contact_hours_words"] == words


@pytest.mark.parametrize("written", ["cuanto cuesta", "como se llama el taller", "nunca", "hola"])
def test_what_says_no_hours(written: str) -> None:
    assert not isinstance(read("contact_hours", written, TODAY), Answer)


@pytest.mark.parametrize(
    "written",
    ["no quiero decir donde", "como usted guste", "cambia el nombre", "luego le sigo",
     "esta llorando el niño",
     "para que quiere saber mi colonia", "no tengo colonia fija", "si"],
)  # fmt: skip
def test_a_sentence_is_no_colony(written: str) -> None:
    assert not isinstance(read("locality", written, TODAY), Answer)


@pytest.mark.parametrize(
    ("written", "name"),
    [("la loma", "la loma"), ("colonia Oblatos", "Oblatos"), ("col. 5 de mayo", "5 de mayo"),
     ("El Mirador", "Mirador"),
     ("es un rancho, se llama los sauces", "un rancho, se llama los sauces"),
     ("Nuevo México", "Nuevo México")],
)  # fmt: skip
def test_a_colony_in_her_words(written: str, name: str) -> None:
    assert read("locality", written, TODAY) == Answer({"locality": name})


def test_every_locality_lies_in_jalisco() -> None:
    for one in localities._known().values():
        assert all(places.name_of(code) for code in one.codes), one
