"""Pairs without a birth date: certain only where the list has next to no mothers of their daughters' name."""

from __future__ import annotations

import pytest

from outreach.single_list.linking import model, undated
from outreach.single_list.linking.compare import judge
from outreach.single_list.linking.undated import ALIKE, SAME


def at(**levels: int | None) -> dict[str, int | None]:
    """Return the levels of a pair: all alike and on one phone but for these; no CURP is known."""
    return dict.fromkeys(model.LEVELS, 0) | {model.CURP: None} | levels


UNDATED, MOTHERS = at(birth=None), at(birth=5)


@pytest.mark.parametrize(
    ("pair", "expected"),
    [
        (at(birth=None), SAME),
        (at(birth=None, surnames=2), ALIKE),
        (at(birth=None, given=1), ALIKE),
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
        (0, 7000, 0.02, {SAME, ALIKE}),
        (60, 7000, 0.02, {SAME, ALIKE}),
        (400, 7000, 0.02, {ALIKE}),
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
        ({"surnames": 4, "given": 2}, False),
        ({"surnames": 4}, True),
        ({"surnames": 4, "phone": None}, True),
        ({"birth": 2}, True),
        ({"birth": 2, "phone": 1}, False),
        ({"birth": 1, "phone": None}, False),
        ({"birth": 0, "phone": 1}, True),
    ],
)
def test_slips_need_her_phone(levels: dict[str, int | None], certain: bool) -> None:
    """A married name and a slip in the date are hers on her phone; Ana and Ana Inés may be two."""
    found = judge("a", "b", 0.999, at(**levels))
    assert found is not None
    assert found.certain is certain
