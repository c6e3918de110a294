"""Names as they come in a hurry: refusals and orders are none, what she goes on to say is no part."""

from __future__ import annotations

from datetime import date

import pytest

from bot.dialogue import naming
from bot.dialogue.answers import Again, Answer, read
from bot.dialogue.no_answer import is_no_answer

TODAY = date(2026, 11, 23)

NO_NAMES = [
    "luego le sigo esta llorando el niño", "no quiero dar mis apellidos", "como usted guste",
    "cambia el nombre", "no tengo apodo", "como quieras", "como tu digas", "pues como gusten",
    "esperame tantito", "estoy lavando", "orita le contesto", "mejor al rato", "no me gusta mi nombre",
    "ya te lo puse", "me equivoque", "quiero cambiar mi nombre", "corrige el apellido", "quita eso",
    "anda llorando mi bebe", "no voy a dar mi nombre completo", "tampoco quiero decirlo", "lo que sea",
    "me da igual", "es para mi hija", "quiero inscribir a mi hermana", "borra lo anterior",
    "puedo cambiar el nombre", "se me hizo tarde", "ay espere", "ya voy a dormir",
    "para que ocupan mi nombre",
    "dejame ver mi acta", "repite la pregunta", "quiero saber cuanto cuesta",
]  # fmt: skip


@pytest.mark.parametrize("written", NO_NAMES)
def test_a_refusal_an_order_or_an_excuse_is_no_name(written: str) -> None:
    """Neither what she is called nor her full name; it is asked again."""
    assert isinstance(read("preferred_name", written, TODAY), Again)
    assert isinstance(read("full_name", written, TODAY), Again)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("puede decirme Tita", "Tita"), ("xochitl pero dime Xochi", "Xochi"), ("nomás Tere", "Tere"),
        ("yo me yamo chabela", "Chabela"), ("me pueden decir Chuy", "Chuy"), ("nada mas Lety", "Lety"),
        ("María Elena pero me dicen Nena", "Nena"), ("pos dígame Cuca", "Cuca"), ("ola soi Mago", "Mago"),
        ("prefiero Paty", "Paty"), ("Guadalupe, pero llámeme Lupe porfa", "Lupe"),
        ("me gusta que me digan Yoli", "Yoli"),
        ("pueden llamarme Bety", "Bety"), ("Espe", "Espe"), ("Mari y ya", "Mari"),
        ("Yaretzi con z", "Yaretzi"),
        ("brayan no espera es mi hijo yo soy Brenda", "Brenda"), ("Fernanda", "Fernanda"),
        ("Rolanda", "Rolanda"),
        ("mejor Nayeli", "Nayeli"), ("soy la Chayo", "Chayo"),
    ],
)  # fmt: skip
def test_only_what_she_wants_to_be_called_is_taken(written: str, name: str) -> None:
    found = read("preferred_name", written, TODAY)
    assert isinstance(found, Answer)
    assert found.slots["preferred_name"].lower() == name.lower()


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("rosa maria lopez perez y naci el 3 de mayo", "Rosa Maria Lopez Perez"),
        ("MARIA DEL ROSARIO DEL PILAR DE LA CRUZ Y TORRES",
        "Maria del Rosario del Pilar de la Cruz y Torres"),
        ("brayan no espera es mi hijo yo soy Brenda Yaretzi Solis", "Brenda Yaretzi Solis"),
        ("luz elena ruiz mora tengo 42 años vivo en tonala", "Luz Elena Ruiz Mora"),
        ("yo me yamo isabel nuñes ruis", "Isabel Nuñes Ruis"),
        ("xochitl ramos ruiz pero dime Xochi", "Xochitl Ramos Ruiz"),
        ("flor del campo ruiz y soy de ameca", "Flor del Campo Ruiz"),
        ("guadalupe lopez ruiz mi curp no la traigo", "Guadalupe Lopez Ruiz"),
        ("es Ana Ruiz y ya", "Ana Ruiz"), ("anótame como Elvira Soto Mesa", "Elvira Soto Mesa"),
        ("Fernanda Armando Ruiz", "Fernanda Armando Ruiz"),
        ("me llamo Ma. Refugio Nolasco, vivo en la colonia Oblatos", "Ma. Refugio Nolasco"),
        ("perla blanca rosas, 12 de mayo", "Perla Blanca Rosas"),
    ],
)  # fmt: skip
def test_the_whole_name_is_kept_and_nothing_else(written: str, name: str) -> None:
    assert read("full_name", written, TODAY) == Answer({"full_name": name})


@pytest.mark.parametrize(
    ("name", "given", "surnames"),
    [
        ("Ana Ruiz", ["Ana"], ["Ruiz"]), ("Ana Karina Solis", ["Ana", "Karina"], ["Solis"]),
        ("Ana Maria Lopez Ruiz", ["Ana", "Maria"], ["Lopez", "Ruiz"]),
        ("Maria de la Luz Ruiz de la Torre", ["Maria", "de la Luz"], ["Ruiz", "de la Torre"]),
    ],
)  # fmt: skip
def test_a_name_is_cut_in_given_names_and_surnames(name: str, given: list[str], surnames: list[str]) -> None:
    assert naming.split(name) == (given, surnames)


@pytest.mark.parametrize(
    "written",
    ["Socorro Nolasco", "la loma", "san juan de dios", "Lomas del Paraíso", "Las Juntas", "5 de mayo",
     "El Salto",
     "Nuevo México", "Jardines de la Paz", "el Mirador", "Ojo de Agua", "Buenos Aires"],
)  # fmt: skip
def test_a_name_or_a_colony_is_no_refusal(written: str) -> None:
    assert not is_no_answer(written)


def test_a_whole_name_given_early_answers_both_questions() -> None:
    """Asked how she is called, she gives all of her name."""
    found = read("preferred_name", "Brenda Yaretzi Solis Ruiz", TODAY)
    assert found == Answer({"preferred_name": "Brenda", "full_name": "Brenda Yaretzi Solis Ruiz"})
