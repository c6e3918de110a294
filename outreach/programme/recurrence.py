"""The dates of a series of sessions: so many, so far apart, past the days that are closed.

"Every 15 days" counts days, so that the weekday changes; "every two weeks" keeps it. Hours are local: ten in
the morning stays ten in the morning whatever the clocks do. Pure functions; nothing is stored here.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from dateutil import rrule  # type: ignore[import-untyped] # dateutil ships no types

from outreach.texts import programme as texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from zoneinfo import ZoneInfo

MOST_SESSIONS = 60
LONGEST = timedelta(days=2 * 366)
"""From the first day to the last: as far ahead as a session may be imported."""


class Every(enum.StrEnum):
    """How far apart the sessions are."""

    WEEK = "week"
    FIFTEEN_DAYS = "fifteen_days"
    TWO_WEEKS = "two_weeks"
    FOUR_WEEKS = "four_weeks"


class WhenClosed(enum.StrEnum):
    """What becomes of a session that falls on a closed day; there are as many sessions either way."""

    SKIP = "skip"  # none in that round: the series ends one round later
    NEXT_DAY = "next_day"  # the next open day; the rounds after it stay as they were


_STEPS = {
    Every.WEEK: (rrule.WEEKLY, 1),
    Every.FIFTEEN_DAYS: (rrule.DAILY, 15),
    Every.TWO_WEEKS: (rrule.WEEKLY, 2),
    Every.FOUR_WEEKS: (rrule.WEEKLY, 4),
}
SHORTEST_STEP = timedelta(days=7)
SATURDAY = 5


@dataclass(frozen=True)
class Pattern:
    """A series as the coordinator asks for it. `hour` is local; `weekends`: those days are open."""

    first: date
    hour: time
    every: Every
    count: int
    when_closed: WhenClosed = WhenClosed.SKIP
    weekends: bool = False


@dataclass(frozen=True)
class Meeting:
    """One date of a series: when the rhythm had it, when it is (None: not held), what closed it."""

    planned: date
    day: date | None
    closed: str = ""


class SeriesError(ValueError):
    """This series has no end that can be planned."""


def meetings(pattern: Pattern, why_closed: Callable[[date], str]) -> list[Meeting]:
    """Return the dates of a series in order, those that fall out between them, up to the last that is held.

    `why_closed` names what closes a day; empty: open.

    Raises:
        SeriesError: so many sessions don't fit into the time that may be planned.
    """
    if not 0 < pattern.count <= MOST_SESSIONS:
        raise SeriesError
    found: list[Meeting] = []
    held = 0
    for planned in _rounds(pattern):
        meeting = _held(planned, pattern, why_closed)
        found.append(meeting)
        held += meeting.day is not None
        if held == pattern.count:
            return found
    raise SeriesError


def starts(found: list[Meeting], hour: time, zone: ZoneInfo) -> list[datetime]:
    """Return when the sessions begin, in UTC."""
    return [datetime.combine(one.day, hour, zone).astimezone(UTC) for one in found if one.day is not None]


def _rounds(pattern: Pattern) -> Iterator[date]:
    frequency, interval = _STEPS[pattern.every]
    begin = datetime.combine(pattern.first, time())
    rule = rrule.rrule(frequency, interval=interval, dtstart=begin, until=begin + LONGEST)
    return (moment.date() for moment in rule)


def _held(planned: date, pattern: Pattern, why_closed: Callable[[date], str]) -> Meeting:
    def why(day: date) -> str:
        return why_closed(day) or ("" if pattern.weekends or day.weekday() < SATURDAY else texts.WEEKEND)

    closed = why(planned)
    if not closed:
        return Meeting(planned, planned)
    if pattern.when_closed is WhenClosed.SKIP:
        return Meeting(planned, None, closed)
    # Before the next round only: a long closure must not put two sessions on one day.
    later = (planned + timedelta(days=n) for n in range(1, SHORTEST_STEP.days))
    return Meeting(planned, next((one for one in later if not why(one)), None), closed)
