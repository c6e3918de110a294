"""Tables of counts: what is under ten is not shown, and no difference gives it back."""

from __future__ import annotations

import string
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.casework.withheld import SMALL, STEP, Table, rounded, shared_out, side_by_side

COUNTS = st.lists(st.integers(0, 60), min_size=1, max_size=8).map(
    lambda counts: dict(zip(string.ascii_lowercase, counts, strict=False))
)


def _shown(table: Table) -> dict[str, int]:
    return {code: count for code, count in table.rows if count is not None}


@given(COUNTS)
def test_nothing_small_and_nothing_exact(counts: dict[str, int]) -> None:
    """A shown count is ten at least and a multiple of five; the rows that are missing are two at least."""
    table = shared_out("t", counts)
    shown = _shown(table)
    for code, count in shown.items():
        assert count >= SMALL
        assert count % STEP == 0
        assert 0 <= counts[code] - count < STEP
    hidden = [code for code, _ in table.rows if code not in shown]
    if table.rows and hidden:
        assert sum(counts[code] for code in hidden) >= SMALL
        assert len(hidden) >= 2


@given(COUNTS)
def test_no_withheld_row_follows_from_the_others(counts: dict[str, int]) -> None:
    """By bounds alone: what total and shown rows leave open for a withheld row is never one count."""
    table = shared_out("t", counts)
    shown = _shown(table)
    total = rounded(sum(counts.values()))
    hidden = [code for code, _ in table.rows if code not in shown]
    if total is None or not hidden:
        return
    most = total + STEP - 1 - sum(shown.values())
    least = max(0, total - sum(count + STEP - 1 for count in shown.values()))
    # Each of two or more withheld rows may be anything from nought to all that is left.
    assert (most >= SMALL, len(hidden) >= 2, most > least) == (True, True, True)


@pytest.mark.parametrize("size", [2, 3])
def test_who_knows_the_rules_learns_no_count(size: int) -> None:
    """Over all small tables: what is shown for a withheld row could come from several counts of it."""
    inputs: dict[tuple[object, ...], list[tuple[int, ...]]] = {}
    for counts in product(range(32 if size == 2 else 18), repeat=size):
        table = shared_out("t", dict(zip("abc", counts, strict=False)))
        inputs.setdefault((rounded(sum(counts)), table.rows), []).append(counts)
    for (total, rows), behind in inputs.items():
        for at, (code, count) in enumerate(rows):  # type: ignore[arg-type, var-annotated] # rows of a table
            if count is None:
                assert len({counts[at] for counts in behind}) > 1, (total, rows, code)


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ({"a": 30, "b": 3}, {}),
        ({"a": 30, "b": 3, "c": 12}, {"a": 30}),
        ({"a": 30, "b": 3, "c": 9}, {"a": 30}),
        ({"a": 33, "b": 14}, {"a": 30, "b": 10}),
        ({"a": 5, "b": 4}, {}),
        ({"a": 0, "b": 0, "c": 25, "d": 40}, {"d": 40}),
        # Every one of five is nine: only the total 45 allows that, so not even which rows are small is told.
        (dict.fromkeys("abcde", 9), {}),
    ],
)
def test_by_example(counts: dict[str, int], shown: dict[str, int]) -> None:
    assert _shown(shared_out("t", counts)) == shown


def test_rows_that_overlap() -> None:
    """Of forty, thirty-seven and thirty-one: that three were not, and nine, are small counts too."""
    table = side_by_side("t", {"a": 37, "b": 31, "c": 24, "d": 9, "e": 40, "f": 30}, 40)
    assert _shown(table) == {"c": 20, "f": 30}
    assert side_by_side("t", {"a": 9}, 9).rows == ()
