"""How many women are on the list: counted while that is cheap, reckoned after that, and said which."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from console.display import how_many as shown
from models import Woman
from outreach.programme import how_many
from outreach.programme.how_many import HowMany

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def _add(session: Session, count: int, town: str | None) -> None:
    session.add_all(Woman(municipality=town, axis="food", details_cipher=b"x" * 300) for _ in range(count))
    session.flush()


def test_few_women_are_counted_one_by_one(session: Session) -> None:
    """Also none at all, and those of one municipality."""
    assert how_many.women(session) == HowMany(0)
    _add(session, 3, "14039")
    _add(session, 2, "14120")
    _add(session, 1, None)
    assert how_many.women(session) == HowMany(6)
    assert how_many.women(session, "14120") == HowMany(2)
    assert how_many.women(session, "14101") == HowMany(0)


@pytest.mark.parametrize("town", [None, "14039"])
def test_many_women_are_reckoned_and_never_fewer_than_were_counted(
    session: Session, monkeypatch: pytest.MonkeyPatch, town: str | None
) -> None:
    """What PostgreSQL reckons is near what there is once it has looked at the table."""
    monkeypatch.setattr(how_many, "EXACT_UP_TO", 1000)
    _add(session, 2000, "14039")
    _add(session, 900, "14120")
    found = how_many.women(session, town)
    assert found.about
    assert found.number >= 1000
    session.execute(text("ANALYZE woman"))
    there = 2900 if town is None else 2000
    assert how_many.women(session, town).number == pytest.approx(there, rel=0.1)
    assert how_many.women(session, "14120") == HowMany(900)


def test_of_very_many_none_is_counted(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page asks one thing then, and of a town with few women it still tells the exact number."""
    monkeypatch.setattr(how_many, "EXACT_UP_TO", 100)
    _add(session, 1500, "14039")
    _add(session, 40, "14120")
    session.execute(text("ANALYZE woman"))
    with monkeypatch.context() as patch:
        patch.setattr(how_many, "_counted", None)
        assert how_many.women(session) == HowMany(1540, about=True)
    assert how_many.women(session, "14120") == HowMany(40)


def test_the_last_number_that_is_counted_is_exact(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """One more is reckoned."""
    monkeypatch.setattr(how_many, "EXACT_UP_TO", 5)
    _add(session, 5, "14039")
    session.execute(text("ANALYZE woman"))
    assert how_many.women(session) == HowMany(5)
    _add(session, 1, "14039")
    assert how_many.women(session).about


@pytest.mark.parametrize(
    ("number", "told"),
    [(7, 7), (999, 999), (50_123, 50_100), (998_431, 998_000), (1_003_999, 1_000_000), (83_951, 84_000)],
)
def test_a_reckoned_number_has_three_digits(number: int, told: int) -> None:
    """More would look like a count."""
    assert how_many.rounded(number) == told


def test_a_page_says_whether_it_was_counted() -> None:
    """The word stands before the number; a counted one has none."""
    assert shown(HowMany(35_214)) == "35,214"
    assert shown(HowMany(998_000, about=True)) == "unas 998,000"
