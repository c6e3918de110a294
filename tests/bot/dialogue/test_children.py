"""How many children live with her: an age counts nobody, and who has left is not counted."""

from __future__ import annotations

import pytest

from bot.dialogue.children import Count, count


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("tengo tres hijos pero solo vive uno conmigo", 1), ("una niña de 8 y un niño de 5", 2),
        ("4 hijos: 3, 5, 8 y 12 años", 4), ("dos niñas y un niño", 3), ("3", 3), ("ninguno", 0),
        ("no tengo", 0), ("tengo 4 hijos", 4), ("uno", 1), ("3, una de 15 y dos chicas", 3),
        ("de 9 y 7 años", 2), ("mi niña de 9", 1), ("mi hija y mi nieto", 2), ("4 pero 2 ya se casaron", 2),
        ("de los 4 nomas 2 viven conmigo", 2), ("5, 3 ya no viven conmigo", 2), ("tres, uno ya se fue", 2),
        ("tengo 2 hijas de 15 y 17 y un niño de 8", 3), ("uno de 3 y el otro de 7", 2),
        ("conmigo viven 2 y 1 con su papa", 2), ("unos gemelos", 2), ("un par de chiquillos", 2),
        ("3, 5 y 8 años", 3), ("tengo de 3, 5 y 8", 3), ("2 y uno en camino", 2), ("mis dos nietos", 2),
        ("5 hijos, 2 son mayores de edad", 3), ("tengo 3 pero ninguno vive conmigo", 0), ("un bebe", 1),
        ("mi bebe de 3 meses", 1), ("diez", 10), ("puros nietos, tres", 3), ("nomas viven conmigo 2", 2),
        ("el mayor de 15 y la chiquita de 4", 2), ("un niño de 2 años y una niña de 4 añitos", 2),
        ("Tengo 2 niños 1 de 6 y otro de 10", 2), ("nomas mi hijo", 1), ("3 adolescentes", 3),
        ("cuatro, dos niños y dos niñas", 4), ("ya ninguno", 0),
        ("la mas grande tiene 12 y el chico 8", 2), ("dos de mis tres hijos", 2),
        ("no tengo hijos pero cuido a 2 sobrinos", 2), ("una bebe y estoy esperando otro", 1),
        ("tres hijas, la grande ya no vive aqui", 2), ("3 hijos uno de 5 otro de 8 y la grande de 12", 3),
        ("7 pero 4 ya no viven aqui", 3), ("son tres", 3),
        ("3 hijos y mi sobrina vive conmigo", 4),
    ],
)  # fmt: skip
def test_children_are_counted(written: str, number: int) -> None:
    found = count(written)
    assert found is not None
    assert found.number == number


@pytest.mark.parametrize(
    ("written", "guess"),
    [("5 pero 2 son mayores", 3), ("4 pero uno ya es grande", 3), ("12 años", 1), ("niña 8 niño 5", 2),
     ("tengo 5 ya grandes casados", 0),
     ("6 pero 3 ya estan grandes", 3)],
)  # fmt: skip
def test_what_is_not_certain_is_proposed(written: str, guess: int) -> None:
    assert count(written) == Count(guess, sure=False)


@pytest.mark.parametrize(
    "written", ["somos 5", "a las 3", "como usted guste", "mis hijos", "el 3 de mayo", "33 1234 5678"]
)
def test_what_counts_nobody(written: str) -> None:
    assert count(written) is None
