"""A series of sessions: so many, so far apart, past closed days, at the same local hour."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.programme import recurrence
from outreach.programme.recurrence import Every, Pattern, SeriesError, WhenClosed
from outreach.texts import programme as texts

MONDAY = date(2026, 11, 30)
HOUR = time(10, 0)


def opened(_day: date) -> str:
    return ""


def days(pattern: Pattern, closed: dict[date, str] | None = None) -> list[date]:
    found = recurrence.meetings(pattern, lambda day: (closed or {}).get(day, ""))
    return [one.day for one in found if one.day is not None]


def test_every_two_weeks_ten_times_past_a_holiday() -> None:
    """Ten sessions on Mondays; the one of the holiday falls out, and the series ends two weeks later."""
    holiday = date(2027, 3, 15)
    pattern = Pattern(date(2027, 2, 1), HOUR, Every.TWO_WEEKS, 10)
    held = days(pattern, {holiday: "Natalicio de Benito Juárez"})
    assert len(held) == 10
    assert {day.weekday() for day in held} == {0}
    assert holiday not in held
    assert held[-1] == date(2027, 2, 1) + timedelta(weeks=20)
    found = recurrence.meetings(pattern, lambda day: "cierre" if day == holiday else "")
    assert [(one.planned, one.closed) for one in found if one.day is None] == [(holiday, "cierre")]


def test_every_fifteen_days_is_not_every_two_weeks() -> None:
    """Fifteen days move the weekday; where weekends are open that is all they do."""
    held = days(Pattern(MONDAY, HOUR, Every.FIFTEEN_DAYS, 4, weekends=True))
    assert held == [MONDAY + timedelta(days=15 * n) for n in range(4)]
    assert [day.weekday() for day in held] == [0, 1, 2, 3]


def test_a_closed_day_may_pass_to_the_next_open_one() -> None:
    """The rounds after it stay where they were, and a weekend is closed unless it is opened."""
    pattern = Pattern(MONDAY, HOUR, Every.FIFTEEN_DAYS, 7, WhenClosed.NEXT_DAY)
    held = days(pattern)
    assert held[5] == MONDAY + timedelta(days=75 + 2)  # a Saturday passes to Monday
    assert held[6] == MONDAY + timedelta(days=90 + 1)  # a Sunday too
    found = recurrence.meetings(pattern, opened)
    assert [one.closed for one in found[4:]] == ["", texts.WEEKEND, texts.WEEKEND]
    friday = MONDAY + timedelta(days=4)
    assert days(Pattern(friday, HOUR, Every.WEEK, 1, WhenClosed.NEXT_DAY), {friday: "cierre"}) == [
        friday + timedelta(days=3)
    ]


def test_a_long_closure_takes_the_round_with_it() -> None:
    """Next-day never reaches the next round: of two closed weeks no session is left, and none is doubled."""
    closed = {MONDAY + timedelta(days=n): "vacaciones" for n in range(14)}
    held = days(Pattern(MONDAY, HOUR, Every.WEEK, 3, WhenClosed.NEXT_DAY), closed)
    assert held == [MONDAY + timedelta(weeks=n) for n in (2, 3, 4)]


@pytest.mark.parametrize("count", [0, -1, recurrence.MOST_SESSIONS + 1])
def test_too_few_or_too_many_are_refused(count: int) -> None:
    with pytest.raises(SeriesError):
        recurrence.meetings(Pattern(MONDAY, HOUR, Every.WEEK, count), opened)


def test_a_series_without_an_end_is_refused() -> None:
    """Closed for good, or more rounds than two years hold."""
    with pytest.raises(SeriesError):
        recurrence.meetings(Pattern(MONDAY, HOUR, Every.WEEK, 1), lambda _day: "cierre")
    with pytest.raises(SeriesError):
        recurrence.meetings(Pattern(MONDAY, HOUR, Every.FOUR_WEEKS, 40), opened)


def test_the_hour_is_local() -> None:
    """Where clocks change, ten in the morning stays ten in the morning; in Jalisco they do not."""
    found = recurrence.meetings(Pattern(date(2027, 2, 1), HOUR, Every.FOUR_WEEKS, 4), opened)
    tijuana, jalisco = ZoneInfo("America/Tijuana"), ZoneInfo("America/Mexico_City")
    there = recurrence.starts(found, HOUR, tijuana)
    assert {start.astimezone(tijuana).time() for start in there} == {HOUR}
    assert {start.hour for start in there} == {18, 17}
    assert {start.hour for start in recurrence.starts(found, HOUR, jalisco)} == {16}
    assert there[0] == datetime(2027, 2, 1, 18, tzinfo=UTC)


@given(
    first=st.dates(date(2026, 1, 1), date(2030, 1, 1)),
    every=st.sampled_from(Every),
    count=st.integers(1, 12),
    when_closed=st.sampled_from(WhenClosed),
    weekends=st.booleans(),
    closed=st.sets(st.integers(0, 200), max_size=60),
)
def test_a_series_has_as_many_sessions_as_were_asked_for(
    first: date, every: Every, count: int, when_closed: WhenClosed, weekends: bool, closed: set[int]
) -> None:
    """Whatever is closed: exactly so many, in order, none on a closed day, none twice on one day."""
    shut = {first + timedelta(days=n): "cierre" for n in closed}
    pattern = Pattern(first, HOUR, every, count, when_closed, weekends)
    try:
        held = days(pattern, shut)
    except SeriesError:
        # A weekly rhythm that begins on a weekend never meets an open day by skipping.
        assert when_closed is WhenClosed.SKIP
        assert first.weekday() >= 5
        assert not weekends
        return
    assert len(held) == count
    assert held == sorted(set(held))
    assert not set(held) & set(shut)
    assert weekends or all(day.weekday() < 5 for day in held)
