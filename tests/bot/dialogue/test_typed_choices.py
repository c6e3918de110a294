"""A choice that is typed: a number in any words, as the whole message, and never a number in another one."""

from __future__ import annotations

import pytest

from bot.dialogue import words

CHOICES = [
    ("2", 1), ("la dos", 1), ("la uno", 0), ("numero 3", 2), ("grupo 2", 1), ("mejor el 3 porfa", 2),
    ("la 2 por favor, gracias", 1), ("opción 2", 1), ("la segunda", 1), ("2️⃣", 1), ("El 1.", 0),
    ("quiero el 3", 2), ("me quedo con el 2", 1), ("apúntame en el 2", 1), ("anóteme en la uno", 0),
    ("pues la tres", 2), ("el 2 me queda mejor", 1), ("el primero", 0), ("la primera opcion", 0),
    ("al grupo 3 porfis", 2), ("2 porfa gracias", 1), ("el dos\nporfa", 1), ("sí, la 1", 0), ("la ultima", 2),
    ("(2)", 1), ("kiero el tres", 2), ("oiga el 2 de favor", 1), ("mejor el tercero", 2),
    ("es el 1", 0), ("para mi el 2", 1), ("el 3 está bien", 2), ("bueno el 2 seño", 1),
]  # fmt: skip
LOOK_ALIKES = [
    "4", "0", "a las 2", "a la una", "tengo 2 hijos", "2 niños", "el 2 de mayo", "en 2 semanas", "somos 3",
    "2000", "no", "no 2", "ninguno de los 2", "los dos", "pues no se", "", "el otro", "dos veces me pegó",
    "la 2 no", "1 o 2", "vivo en la calle 3", "3 de la tarde", "cuando es la 2", "no quiero la 2",
]  # fmt: skip


@pytest.mark.parametrize(("text", "place"), CHOICES)
def test_a_choice_in_her_words(text: str, place: int) -> None:
    """Courtesy, number words and ways to take a seat stand around it."""
    assert words.choice(text, 3) == place


@pytest.mark.parametrize("text", LOOK_ALIKES)
def test_a_number_in_another_message_chooses_nothing(text: str) -> None:
    """An hour, a count, a date or a refusal is none."""
    assert words.choice(text, 3) is None
