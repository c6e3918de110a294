"""Histories of reminders, drawn: a zone, quiet hours, women with their hours, and what happens to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from outreach.ground.settings import QuietHours

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ZONES = ("America/Mexico_City", "America/Tijuana", "America/New_York", "Europe/Madrid", "UTC")
# Sessions near both changes of the clocks in Tijuana, New York and Madrid.
DAYS = (datetime(2027, 3, 14), datetime(2027, 3, 28), datetime(2027, 10, 31), datetime(2027, 11, 7))  # noqa: DTZ001 (local)
QUIET = (
    None,
    QuietHours(time(20), time(9)),
    QuietHours(time(23), time(2, 30)),
    QuietHours(time(12), time(16)),
)
HERS = (None, None, ("09:00", "12:00"), ("18:00", "21:00"), ("01:00", "03:00"))
ACTIONS = (
    "wait",
    "writes",
    "moves",
    "cancels",
    "enrols",
    "leaves",
    "declines",
    "hours",
    "dies",
    "stands",
    "skewed",
    "lost",
)


class Action(NamedTuple):
    """What happens, how long after the one before, to which woman; `number` is its size."""

    after: timedelta
    what: str
    who: int
    number: int


@dataclass(frozen=True)
class History:
    """All that a history begins with, and what happens in it."""

    zone: ZoneInfo
    quiet: QuietHours | None
    offsets: tuple[int, ...]
    starts_at: datetime
    begins: datetime
    women: tuple[tuple[tuple[str, str] | None, tuple[int, ...] | None], ...]
    actions: tuple[Action, ...]


@st.composite
def drawn(draw: st.DrawFn) -> History:
    """Draw a history."""
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    day = draw(st.sampled_from(DAYS)) + draw(st.integers(-1, 2)) * DAY
    at = time(draw(st.integers(0, 23)), draw(st.sampled_from((0, 15, 30, 59))))
    starts_at = datetime.combine(day.date(), at, tzinfo=zone).astimezone(UTC)
    offsets = draw(st.sets(st.sampled_from((30, 60, 120, 1440, 2880)), min_size=1, max_size=3))
    hers = st.tuples(
        st.sampled_from(HERS),
        st.none() | st.sets(st.integers(0, 6), min_size=2).map(lambda s: tuple(sorted(s))),
    )
    action = st.builds(
        Action,
        after=st.sampled_from((MINUTE, 5 * MINUTE, 40 * MINUTE, 3 * HOUR, 11 * HOUR, DAY)),
        what=st.sampled_from(ACTIONS),
        who=st.integers(0, 2),
        number=st.integers(1, 12),
    )
    return History(
        zone,
        draw(st.sampled_from(QUIET)),
        tuple(sorted(offsets, reverse=True)),
        starts_at,
        starts_at - draw(st.sampled_from((HOUR, 5 * HOUR, 30 * HOUR, 70 * HOUR))),
        tuple(draw(st.lists(hers, min_size=1, max_size=3))),
        tuple(draw(st.lists(action, max_size=8))),
    )
