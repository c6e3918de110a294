"""Birth dates as they are said: cut years, feasts, the year first; and never a year that was not said."""

from __future__ import annotations

from datetime import date

import pytest

from bot.components.extract import births
from bot.dialogue.answers import Again, read

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("ocho de marso de 1 9 8 5", "1985-03-08"), ("10 de mayo dia de las madres 1969", "1969-05-10"),
        ("12 de diciembre el dia de la virgen 1980", "1980-12-12"),
        ("veintiuno del once del cincuenta y cinco", "1955-11-21"),
        ("a los 3 dias de junio de 1985", "1985-06-03"), ("en el 2000 el dos de febrero", "2000-02-02"),
        ("19 y 85 el 3 de junio", "1985-06-03"), ("3 de mallo del 68", "1968-05-03"),
        ("010190", "1990-01-01"),
        ("7 de setiembre del setenta y dos", "1972-09-07"), ("1991/5/5", "1991-05-05"),
        ("4 d oct d 88", "1988-10-04"), ("5 de mayo de 19 85", "1985-05-05"), ("15 08 19 89", "1989-08-15"),
        ("1 5 0 8 1 9 8 9", "1989-08-15"), ("5 5 1 9 8 5", "1985-05-05"),
        ("a los tres dias del mes de junio del año 1985", "1985-06-03"),
        ("el dia de las madres de 1969", "1969-05-10"), ("en navidad del 75", "1975-12-25"),
        ("el dia de reyes de 1990", "1990-01-06"), ("dia de muertos 1988", "1988-11-02"),
        ("el mero dia de la independencia del 79", "1979-09-16"), ("dia de san juan 1960", "1960-06-24"),
        ("el dia de la virgencita de guadalupe de 1983", "1983-12-12"),
        ("el dia de la candelaria 1977", "1977-02-02"), ("dia del niño 1995", "1995-04-30"),
        ("el día de la Santa Cruz del 66", "1966-05-03"), ("el dia del maestro de 1971", "1971-05-15"),
        ("dia de la virgen de zapopan 1985", "1985-10-12"), ("dia de san jose de 1958", "1958-03-19"),
        ("1985 5 de enero", "1985-01-05"), ("1 enero 2 mil", "2000-01-01"),
        ("naci en el 79 el 4 de marzo", "1979-03-04"),
        ("veinti uno de marzo de mil novecientos setenta", "1970-03-21"),
        ("treintaiuno de enero del ochentaicinco", "1985-01-31"),
        ("diez y seis de julio de 1981", "1981-07-16"),
        ("dos mil tres, cuatro de abril", "2003-04-04"), ("primero de enero de dos mil", "2000-01-01"),
        ("soy del 15 de agosto de 1989", "1989-08-15"), ("30 noviembre 1 9 7 1", "1971-11-30"),
        ("el 24 de diciembre nochebuena del 64", "1964-12-24"),
        ("siete del siete del setenta y siete", "1977-07-07"),
        ("día último no, 30 de junio de 1992", "1992-06-30"), ("veintidos de otubre del 2001", "2001-10-22"),
    ],
)  # fmt: skip
def test_a_birth_date_in_her_way(written: str, iso: str) -> None:
    assert births.birth_date(written, TODAY) == date.fromisoformat(iso)


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("8 de marzo de 1 9", "year"), ("cumplo el 3 de mayo y tengo 60", "year"),
        ("3 de mayo de cinco", "year"), ("el dia de las madres", "year"),
        ("en navidad", "year"), ("el 5 de mayo", "year"), ("3/4/19", "age"), ("5 de mayo de 1885", "age"),
        ("15 de agosto de 2026", "age"), ("31 de noviembre de 1980", "impossible"),
        ("el 4 de octubre dia de san francisco", "year"), ("8 de marzo del 5", "year"),
    ],
)  # fmt: skip
def test_a_year_that_was_not_said_is_never_guessed(written: str, reason: str) -> None:
    assert read("birth_date", written, TODAY) == Again(reason)


@pytest.mark.parametrize("written", ["naci en san juan", "vivo en la virgen", "como usted guste", "no se"])
def test_what_is_no_date(written: str) -> None:
    assert births.birth_date(written, TODAY) is None


@pytest.mark.parametrize(
    ("written", "year"),
    [("1985", 1985), ("en el 85", 1985), ("85", 1985),
     ("nomas se que en mil novecientos cuarenta y ocho", 1948),
     ("naci en 1948 pero no se el dia", 1948), ("del año 52", 1952), ("19 y 85", 1985), ("1 9 4 8", 1948)],
)  # fmt: skip
def test_the_year_alone(written: str, year: int) -> None:
    assert births.year_alone(written, TODAY) == year


@pytest.mark.parametrize(
    "written", ["5 de enero", "tengo 37 años", "15", "1985 o 1986", "dos hijos", "37 años", "no se"]
)
def test_what_is_no_year_alone(written: str) -> None:
    assert births.year_alone(written, TODAY) is None


@pytest.mark.parametrize(
    ("written", "day"),
    [("5 de enero", (1, 5)), ("el dia de la virgen", (12, 12)), ("5/1", (1, 5)), ("el cinco del uno", (1, 5)),
     ("quince de agosto", (8, 15))],
)  # fmt: skip
def test_the_day_alone(written: str, day: tuple[int, int]) -> None:
    assert births.day_alone(written) == day
