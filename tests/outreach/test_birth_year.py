"""A birth year without its day, and hours said by who is away: kept as she said them."""

from __future__ import annotations

from datetime import date

import pytest

from outreach.ground import dates
from outreach.people import contact_hours, registry
from outreach.people.details import Details

TODAY = date(2026, 11, 23)


def test_the_age_of_a_year_alone_is_the_lower_of_two() -> None:
    """Who may still be a minor is cared for as one."""
    assert registry.least_age(Details(birth_year="2008"), TODAY) == 17
    assert registry.least_age(Details(birth_date="1990-05-17", birth_year="1990"), TODAY) == 36
    assert registry.least_age(Details(), TODAY) is None


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        ("07:00", "21:00", ("7:00 de la mañana", "9:00 de la noche")),
        ("10:00", "14:00", ("10:00", "2:00 de la tarde")),
        ("08:00", "12:00", ("8:00", "12:00")),
        ("13:00", "19:00", ("1:00 de la tarde", "7:00 de la noche")),
    ],
)
def test_two_hours_say_which_half_of_the_day(start: str, end: str, said: tuple[str, str]) -> None:
    """The words of an evening were said of a whole day."""
    assert dates.span(start, end) == said


def test_any_hour_is_said_as_any_hour() -> None:
    hours = contact_hours.read_hours("a cualquier hora")
    assert hours is not None
    assert "a cualquier hora, todos los días, entre las 7:00 de la mañana y las 9:00 de la noche" in (
        contact_hours.in_words(hours)
    )


def test_the_span_of_hours_told_by_who_is_away_is_read() -> None:
    assert contact_hours.read_hours("cuando mi marido no esta, de 9 a 2") == contact_hours.Hours(
        "09:00", "14:00"
    )
    assert contact_hours.read_hours("cuando mi marido no esta") is None
