"""When a support is one too many, as arithmetic: rules of a month, a year, so many days and all time."""

from __future__ import annotations

import itertools
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import Period, SupportRule
from outreach.single_list.supports_judging import Given, excess, in_force, reached_by

FIRST = date(2026, 1, 1)
_numbers = itertools.count(1)


def rule(period: Period, most: int = 1, days: int | None = None, *, all_agencies: bool = True) -> SupportRule:
    return SupportRule(
        id=uuid.uuid4(), most=most, period=period, days=days, all_agencies=all_agencies, since=FIRST
    )


def got(day: str, agency: str = "DIF") -> Given:
    number = next(_numbers)
    entered = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=number)
    return Given(uuid.UUID(int=number), date.fromisoformat(day), agency, entered)


@pytest.mark.parametrize(
    ("limit", "had", "day", "over"),
    [
        (rule(Period.MONTH), ["2026-11-01"], "2026-11-30", True),
        (rule(Period.MONTH), ["2026-11-30"], "2026-11-01", True),  # entered late, judged as in time
        (rule(Period.MONTH), ["2026-10-31"], "2026-11-01", False),
        (rule(Period.MONTH), ["2026-11-05"], "2027-11-05", False),
        (rule(Period.MONTH, most=2), ["2026-11-05"], "2026-11-06", False),
        (rule(Period.MONTH, most=2), ["2026-11-05", "2026-11-06"], "2026-11-07", True),
        (rule(Period.YEAR), ["2026-01-01"], "2026-12-31", True),
        (rule(Period.YEAR), ["2026-12-31"], "2027-01-01", False),
        (rule(Period.DAYS, days=30), ["2026-11-01"], "2026-11-30", True),
        (rule(Period.DAYS, days=30), ["2026-11-01"], "2026-12-01", False),
        (rule(Period.DAYS, days=30), ["2026-12-01"], "2026-11-02", True),
        (rule(Period.DAYS, most=2, days=30), ["2026-11-01", "2026-12-15"], "2026-11-20", False),
        (rule(Period.DAYS, most=2, days=30), ["2026-11-01", "2026-11-25"], "2026-11-20", True),
        (rule(Period.EVER), ["2026-01-01"], "2029-01-01", True),
        (rule(Period.EVER, most=2), ["2026-01-01"], "2029-01-01", False),
    ],
)
def test_one_more(limit: SupportRule, had: list[str], day: str, over: bool) -> None:
    """One more is over the rule if it and what uses the rule up lie within one period."""
    assert bool(reached_by(limit, [got(each) for each in had], date.fromisoformat(day), "DIF")) == over


def test_over_all_agencies_or_within_each() -> None:
    """One a month over all agencies counts another's; one a month in each does not."""
    had = [got("2026-11-03", "SSAS")]
    day = date(2026, 11, 20)
    assert reached_by(rule(Period.MONTH), had, day, "DIF") == had
    assert reached_by(rule(Period.MONTH, all_agencies=False), had, day, "DIF") == []
    assert reached_by(rule(Period.MONTH, all_agencies=False), had, day, "SSAS") == had


def test_only_while_it_is_in_force() -> None:
    """A day before a rule began or after it ended is never over it."""
    limit = rule(Period.MONTH)
    limit.since, limit.until = date(2026, 11, 10), date(2026, 11, 20)
    had = [got("2026-11-03")]
    assert [in_force(limit, date(2026, 11, day)) for day in (9, 10, 20, 21)] == [False, True, True, False]
    assert reached_by(limit, had, date(2026, 11, 9), "DIF") == []
    assert reached_by(limit, had, date(2026, 11, 20), "DIF") == had


def test_the_later_one_is_the_excess() -> None:
    """Of two in one month the later day is over the rule, whichever was entered first."""
    later, earlier = got("2026-11-20"), got("2026-11-03")
    assert excess(rule(Period.MONTH), [later, earlier]) == [later]


def test_what_is_known_stays_what_it_was() -> None:
    """Who entered late with a reason does not make the other one a double; both stay over for a third."""
    twentieth, third, last = got("2026-11-20"), got("2026-11-03"), got("2026-11-28")
    limit = rule(Period.MONTH)
    assert excess(limit, [twentieth, third], {third.id}) == [third]
    assert excess(limit, [twentieth, third, last], {third.id}) == [third, last]
    assert excess(limit, [third], {third.id}) == []


def test_agencies_apart() -> None:
    """A rule within each agency finds only what one agency gave twice."""
    limit = rule(Period.MONTH, all_agencies=False)
    dif, ssas, again = got("2026-11-01"), got("2026-11-02", "SSAS"), got("2026-11-03")
    assert excess(limit, [dif, ssas, again]) == [again]


@given(
    st.lists(st.tuples(st.integers(0, 120), st.sampled_from(["DIF", "SSAS", "SISEMH"])), max_size=14),
    st.sampled_from([(Period.MONTH, None), (Period.YEAR, None), (Period.DAYS, 20), (Period.EVER, None)]),
    st.integers(1, 3),
    st.booleans(),
)
def test_what_is_left_keeps_the_rule(
    had: list[tuple[int, str]], period: tuple[Period, int | None], most: int, all_agencies: bool
) -> None:
    """Without the excess no rule is broken; each of the excess breaks it; judged in any order alike."""
    limit = rule(period[0], most, period[1], all_agencies=all_agencies)
    each = [got((FIRST + timedelta(days=day)).isoformat(), agency) for day, agency in had]
    over = excess(limit, each)
    kept = [one for one in each if one not in over]
    for one in kept:
        assert not reached_by(limit, [other for other in kept if other != one], one.day, one.agency)
    for one in over:
        assert reached_by(limit, kept, one.day, one.agency)
    assert excess(limit, each[::-1]) == over
