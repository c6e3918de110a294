"""Pairs without a birth date: certain only where the list has next to no mothers of their daughters' name."""

from __future__ import annotations

import pytest

from outreach.single_list.linking import model, undated
from outreach.single_list.linking.compare import judge
from outreach.single_list.linking.undated import ALIKE, ELSEWHERE, SAME


def at(**levels: int | None) -> dict[str, int | None]:
    """Return the levels of a pair: all alike and on one phone but for these; no CURP is known."""
    return dict.fromkeys(model.LEVELS, 0) | {model.CURP: None} | levels


ALL = {name + town for name in (SAME, ALIKE) for town in ("", ELSEWHERE)}
UNDATED, MOTHERS = at(birth=None), at(birth=5)


@pytest.mark.parametrize(
    ("pair", "expected"),
    [
        (at(birth=None), SAME),
        (at(birth=None, surnames=2), ALIKE),
        (at(birth=None, given=1), ALIKE),
        (at(birth=None, municipality=1), SAME + ELSEWHERE),
        (at(birth=None, given=1, municipality=1), ALIKE + ELSEWHERE),
        (at(birth=None, phone=1), None),
        (at(birth=None, phone=None), None),
        (at(birth=None, surnames=5), None),
        (at(birth=None, given=4), None),
        (at(birth=None, surnames=None), None),
        (at(birth=None, curp=0), None),
    ],
)
def test_the_kind_of_a_pair(pair: dict[str, int | None], expected: str | None) -> None:
    """One phone and one name; with another phone, or a name that only crosses, it is of none."""
    assert undated.kind(pair) == expected


@pytest.mark.parametrize(
    ("mothers", "certain", "missing", "expected"),
    [
        (0, 7000, 0.02, ALL),
        (60, 7000, 0.02, ALL),
        (400, 7000, 0.02, ALL - {SAME}),
        (0, 30, 0.02, set()),
        (0, 7000, 0.98, set()),
        (0, 7000, 1.0, set()),
    ],
)
def test_which_kinds_a_list_proves(mothers: int, certain: int, missing: float, expected: set[str]) -> None:
    """Many mothers and daughters of one name, a short list, a list without dates: a person looks."""
    counted = [(True, certain, at()), (False, mothers, MOTHERS), (True, certain // 20, UNDATED)]
    assert undated.trusted(counted, missing) == expected


def test_a_pair_without_a_birth_date_is_certain_where_its_kind_is_trusted() -> None:
    """Its score alone never is enough, nor is the trust in another kind."""
    for trusted, certain in (
        (frozenset[str](), False),
        (frozenset({ALIKE}), False),
        (frozenset({SAME}), True),
    ):
        found = judge("a", "b", 0.999, UNDATED, trusted)
        assert found is not None
        assert (found.certain, found.joins) == (certain, False)


@pytest.mark.parametrize(
    ("levels", "certain"),
    [
        ({"surnames": 4, "birth": 2}, True),
        ({"surnames": 4, "birth": 2, "phone": 1}, False),
        ({"surnames": 4, "given": 2}, True),
        ({"surnames": 4, "given": 2, "phone": None}, False),
        ({"given": 2, "birth": 2}, False),
        ({"surnames": 4}, True),
        ({"surnames": 4, "phone": None}, True),
        ({"birth": 2}, True),
        ({"birth": 2, "phone": 1}, True),
        ({"birth": 1, "phone": None}, True),
        ({"birth": 5}, False),
        ({"given": 4}, False),
    ],
)
def test_one_thing_may_be_less_than_equal(levels: dict[str, int | None], certain: bool) -> None:
    """Two on her phone, where what she is called or her birth date is the same; a daughter's date is none."""
    found = judge("a", "b", 0.999, at(**levels))
    assert found is not None
    assert found.certain is certain


@pytest.mark.parametrize(
    ("levels", "score", "certain"),
    [
        ({"surnames": 5}, 0.6, True),
        ({"surnames": 5, "phone": 1}, 0.6, False),
        ({"surnames": 5, "phone": None}, 0.6, False),
        ({"given": 2}, 0.6, False),
        ({"birth": None}, 0.6, False),
        ({"surnames": 5}, 0.4, False),
    ],
)
def test_no_family_explains_a_phone_and_one_name(
    levels: dict[str, int | None], score: float, certain: bool
) -> None:
    """The score takes a shared phone for a family's: where none would have it, it needs less."""
    found = judge("a", "b", score, at(**levels))
    assert found is not None
    assert found.certain is certain


@pytest.mark.parametrize(
    ("levels", "certain", "joins"),
    [
        ({}, True, True),
        ({"given": 4}, True, False),
        ({"given": 5}, False, False),
        ({"given": 6}, False, False),
        ({"surnames": 6}, False, False),
        ({"birth": 5}, False, False),
        ({"given": 4, "birth": 2}, False, False),
        ({"given": 4, "birth": None}, False, False),
    ],
)
def test_one_curp_is_one_woman_whatever_the_score(
    levels: dict[str, int | None], certain: bool, joins: bool
) -> None:
    """With one birth date and names not unlike; a twin who was given it by mistake is called otherwise."""
    found = judge("a", "b", 0.3, at(curp=0, phone=1, **levels))
    assert found is not None
    assert (found.certain, found.joins) == (certain, joins)
