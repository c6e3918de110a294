"""A correction of a part corrects that part, and a text that tells many things fills what it names."""

from __future__ import annotations

from datetime import date

import pytest

from bot.dialogue import given, name_parts, who_enrols
from bot.dialogue.parse import Understanding
from bot.dialogue.standing import Standing

TODAY = date(2026, 11, 23)
NAME = "Ana Karen Covarrubias Lopez"


@pytest.mark.parametrize(
    ("written", "whole"),
    [
        ("no, mi apellido es Cobarrubias con b", "Ana Karen Cobarrubias Lopez"),
        ("me equivoqué de nombre es Ana Karina", "Ana Karina Covarrubias Lopez"),
        ("mi segundo apellido es Ruiz", "Ana Karen Covarrubias Ruiz"),
        ("mi primer apellido es Ramos", "Ana Karen Ramos Lopez"),
        ("apellido materno es Luna", "Ana Karen Covarrubias Luna"),
        ("mis apellidos son Ruiz Soto", "Ana Karen Ruiz Soto"), ("es Lópes con s", None),
        ("perdon, es Karem con m", "Ana Karem Covarrubias Lopez"),
        ("no, es Anna con doble n", "Anna Karen Covarrubias Lopez"),
        ("el apellido se escribe Covarruvias", "Ana Karen Covarruvias Lopez"),
        ("perdón es Ana Karen Covarrubias Lopes", "Ana Karen Covarrubias Lopes"),
        ("mi nombre es Ana Lilia", "Ana Lilia Covarrubias Lopez"),
        ("no, mi apeyido es Lopes con s al final", "Ana Karen Covarrubias Lopes"),
        ("me equivoque, mi nombre completo es Rosa Elena Ruiz Mora", "Rosa Elena Ruiz Mora"),
    ],
)  # fmt: skip
def test_a_part_of_her_name_is_mended(written: str, whole: str | None) -> None:
    assert name_parts.mended(written, NAME) == whole


@pytest.mark.parametrize(
    "written", ["mi apellido es Ramos", "mi apellido no es ese", "en el apellido es otro"]
)
def test_where_it_cannot_be_told_which_part_the_whole_is_asked(written: str) -> None:
    assert name_parts.mended(written, NAME) == name_parts.ASK_WHOLE


@pytest.mark.parametrize(
    "written", ["no, es 5 de mayo", "no la tengo", "perdon es tonala", "no se", "ay no perdon", "17/5/1990"]
)
def test_what_mends_no_name(written: str) -> None:
    assert name_parts.mended(written, NAME) is None


@pytest.mark.parametrize(
    ("written", "slots"),
    [
        (
            (
                "hola soy maria elena ruiz soto quiero inscribirme vivo en la colonia oblatos en guadalajara "
                "tengo dos hijos naci el 3 de junio de 1985 puedo en las tardes"
            ),
            {"full_name": "Maria Elena Ruiz Soto", "preferred_name": "Maria", "municipality": "14039",
             "locality": "oblatos",
             "children": "2", "birth_date": "1985-06-03", "contact_hours": "en las tardes"},
        ),
        (
            (
                "buenas me yamo chabela y kiero entrar al taller de costura soy de tlaquepake "
                "tengo 1 niña de 8 y un niño de 5"
            ),
            {"preferred_name": "Chabela", "municipality": "14098", "axis": "occupation", "children": "2"},
        ),
        (
            "Rosa Lopez Perez, 15 de agosto de 1989, Tonalá, tengo 3 niños, quiero inscribirme",
            {"full_name": "Rosa Lopez Perez", "birth_date": "1989-08-15", "municipality": "14101",
             "children": "3"},
        ),
        (
            "mi nombre es Juana Ramos Mora vivo en zapopan me interesa el huerto nací el 1 de enero del 70",
            {"full_name": "Juana Ramos Mora", "municipality": "14120", "axis": "food",
             "birth_date": "1970-01-01"},
        ),
    ],
)  # fmt: skip
def test_a_run_on_message_is_a_whole_enrolment(written: str, slots: dict[str, str]) -> None:
    found = given.run_on(written, {}, TODAY)
    assert {name: found.get(name) for name in slots} == slots


def test_a_town_that_she_lives_in_fills_its_municipality() -> None:
    text = "mi nombre es araceli jimenez vivo en el pueblo de ajijic y quisiera entrar al curso"
    found = given.run_on(text, {}, TODAY)
    assert (found["full_name"], found["municipality"], found["locality"]) == (
        "Araceli Jimenez", "14030", "Ajijic",
    )  # fmt: skip


def test_where_she_was_born_is_not_where_she_lives() -> None:
    text = "soy luz maria soto vega de tala, naci en guadalajara, quiero entrar y trabajo en tonala"
    found = given.run_on(text, {}, TODAY)
    assert (found["full_name"], found["municipality"]) == ("Luz Maria Soto Vega", "14083")


@pytest.mark.parametrize(
    "written",
    [
        "mi hija Ana Ruiz Lopez vive en tonala y tiene 3 niños", "mi esposo me pega y vivo en tonala",
        "cuanto cuesta el taller en tonala", "soy de tonala", "tengo 3 hijos y no se que hacer",
        "hola buenas tardes", "quiero hablar con una persona", "mi mama nacio el 3 de mayo de 1950 en tala",
        "gracias por todo lupita", "hola me llamo juana y mi hija maria tiene 5 años vivimos en tala",
        "soy rosa y mi esposo me pega vivo en tonala",
    ],
)  # fmt: skip
def test_what_is_no_enrolment(written: str) -> None:
    assert given.run_on(written, {}, TODAY) == {}


def _standing(**more: object) -> Standing:
    return Standing(TODAY, frozenset(), **more)  # type: ignore[arg-type] # the test names the fields


def _act(text: str, intent: str = "enroll", **more: object) -> str | None:
    act = who_enrols.aside(text, Understanding(intent, 0.9, "none", "none"), _standing(**more))
    return act.intent if act else None


@pytest.mark.parametrize(
    "written",
    ["quiero inscribir también a mi hermana", "puedo apuntar a mi mama", "mi vecina tambien quiere entrar",
     "es para mi hija", "quiero inscribir a las dos", "se puede registrar a una amiga",
     "no es para mi es para mi suegra",
     "mi comadre quiere apuntarse"],
)  # fmt: skip
def test_another_woman_is_for_a_person(written: str) -> None:
    assert _act(written) == "another_woman"


@pytest.mark.parametrize(
    "written", ["soy hombre", "hola soy hombre puedo entrar", "aceptan hombres?", "hay talleres para hombres"]
)
def test_a_man_is_told_whom_it_serves(written: str) -> None:
    assert _act(written, "ask_requirements") == "a_man"


@pytest.mark.parametrize(
    "written",
    ["no gracias mejor sigo con la inscripción", "mejor sigo con la inscripcion",
     "ya quiero seguir con mi registro",
     "no, gracias, prefiero continuar con la inscripcion", "ahorita no, mejor le sigo con las preguntas",
     "estoy bien gracias quiero terminar la inscripcion"],
)  # fmt: skip
def test_she_goes_on_with_the_enrolment(written: str) -> None:
    assert _act(written, "cancel", in_safety=True) == "enroll"


@pytest.mark.parametrize(
    "written",
    ["quiero inscribirme con mi hermana", "mi hermana me dijo del programa", "quiero inscribirme",
     "soy la señora Lupita",
     "mi esposo es hombre de campo", "ya no sigo con la inscripcion", "mi mama esta enferma",
     "para que me quiero inscribir",
     "mi hermana quiere entrar pero su marido le pega", "cuando sigo con la inscripcion?",
     "soy señora de 40 años"],
)  # fmt: skip
def test_what_is_none_of_these(written: str) -> None:
    assert _act(written) is None
