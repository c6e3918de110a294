"""Names by their sound: spellings of one name meet, different common names stay apart."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from people import add_woman
from sqlalchemy import event

from outreach.people import name_keys, registry
from outreach.people.registry import Details

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey

SAME = (
    "Ximena Jimena Gimena",
    "Guadalupe Gpe. Guadalupe Lupita",
    "Hernández HERNANDEZ Hdez. Ernandes",
    "Vázquez Vásquez Basquez Bazques",
    "Yesenia Llesenia Jesenia",
    "Jessica Yesica Jésica Yessica",
    "Quetzal Ketzal",
    "Concepción Consepsion",
    "Elizabeth Elisabet",
    "Esther Ester",
    "Martha Marta",
    "Sofía Zofia",
    "Zoila Soila",
    "Xóchitl Xochil Sochil Xochilt",
    "Citlalli Sitlali",
    "Cecilia Sesilia",
    "Verónica Beronica",
    "Ibarra Ybarra Ivarra",
    "Ivonne Yvonne Ibon",
    "Judith Yudith Yudit",
    "Yolanda Llolanda",
    "Chávez Chabes",
    "Rodríguez Rdz Rodrigues Rguez",
    "Guerrero Gerrero",
    "Michelle Michel",
    "Ruth Rut",
    "Jazmín Yazmin Yasmín",
    "Hilda Ilda",
    "Leticia Letisia",
    "Stephanie Stefani Estefani",
    "Karla Carla",
    "Muñoz Munoz Muños",
    "Huerta Uerta",
    "González Gonsales Glez.",
    "Estrella Estreya",
    "Camila Kamila",
    "Araceli Aracely Arazeli",
    "Mireya Mirella",
    "Socorro Socoro",
    "Cynthia Sintia",
    "Ayala Allala",
    "Campos Canpos",
    "Alejandra Alexandra",
    "Rebeca Rebecca",
    "Priscila Pricila",
)
_COMMON = """
Ana Eva Luz Rosa Elena Irma Norma Nora Silvia Sara Laura Lucía Luisa Leticia Patricia Beatriz Teresa
Carmen Gabriela Alejandra Verónica Claudia Adriana Mónica Martha Margarita Elizabeth Yolanda
Guadalupe Juana Hernández García Martínez López González Rodríguez Pérez Sánchez Ramírez Flores
Gómez Torres Díaz Vázquez Cruz Morales Reyes Gutiérrez Ortiz Ruiz Mendoza Aguilar Castillo Jiménez
Romero Álvarez Moreno Chávez Rivera Ximena Daniela Valeria Fernanda Mariana Paola Diana Karla Rocío
Alicia Susana Isabel Josefina
"""
APART = _COMMON.split()


def keys(name: str) -> list[str]:
    return [name_keys.sound(part) for part in name_keys.parts(name)]


@pytest.mark.parametrize("names", SAME)
def test_spellings_of_one_name_are_equal(names: str) -> None:
    first, *others = names.split()
    assert {tuple(keys(other)) for other in others} == {tuple(keys(first))}


def test_different_common_names_differ() -> None:
    """Else a search shows half the list, and a thief learns less only because it is of no use."""
    equal = [(a, b) for a, b in itertools.combinations(APART, 2) if keys(a) == keys(b)]
    assert equal == []


SWAPS = (("b", "v"), ("v", "b"), ("z", "s"), ("ll", "y"), ("ce", "se"), ("ci", "si"))


@given(st.sampled_from(APART), st.sampled_from(SWAPS), st.booleans())
def test_what_is_heard_alike_is_equal(name: str, swap: tuple[str, str], capitals: bool) -> None:
    """B and v, s and z, ll and y, capitals, accents: none of them makes another key."""
    other = registry.plain_name(name).replace(*swap)
    assert keys(other.upper() if capitals else other) == keys(name)


@given(st.text(max_size=40))
def test_any_text_has_keys(text: str) -> None:
    """Nothing that a cell or a message holds raises, and the same text gives the same keys."""
    assert keys(text) == keys(text)
    assert all(name_keys.sound(part) for part in name_keys.parts(text) if part.strip("h"))


def test_a_woman_is_found_however_her_name_is_written(session: Session, key: PersonalKey) -> None:
    """All parts asked for must be heard; the closest name comes first."""
    for full_name in ("María Guadalupe Hernández Vázquez", "Guadalupe Hernández", "Juana Hernández Ruiz"):
        registry.add_woman(session, key, Details(full_name=full_name), municipality=None, axis=None)

    def found(name: str) -> list[str]:
        women = registry.find_by_name(session, key, name)
        return [registry.read_details(key, woman).full_name for woman in women]

    assert found("Ma. Gpe. Hdez") == ["Guadalupe Hernández", "María Guadalupe Hernández Vázquez"]
    assert found("lupita ernandes basques") == ["María Guadalupe Hernández Vázquez"]
    assert found("Hernández Juana") == ["Juana Hernández Ruiz"]
    assert found("de la") == []
    assert found("Zoila Nadie") == []


def test_a_search_is_one_statement(session: Session, key: PersonalKey, engine: Engine) -> None:
    """Nothing is decrypted and nothing is read of those who are not found."""
    for number in range(20):
        add_woman(session, key, number)
    session.flush()
    statements = []
    event.listen(engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
    assert len(registry.find_by_name(session, key, "prueba", limit=5)) == 5
    assert len(statements) == 1
