"""The window of a reminder: it belongs to its offset and to the hours of the woman it is for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import TEST_VAR, environment

from outreach.campaigns.due_moments import Window, lateness, window
from outreach.ground.settings import QuietHours, load_settings
from outreach.messages.conversation_state import PrivateState
from outreach.messages.may_send import quiet_spans

if TYPE_CHECKING:
    from outreach.ground.settings import Settings

NIGHT = QuietHours(time(20), time(9))
PER_SECOND = 70


def rules(quiet: QuietHours | None = NIGHT) -> Settings:
    return replace(load_settings(environment(TEST_VAR)), quiet_hours=quiet)


def local(hour: int, minute: int = 0, day: int = 24) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=rules().timezone)


@pytest.mark.parametrize(
    ("offset", "minutes"), [(1, 5), (60, 7.5), (120, 15), (720, 90), (1440, 180), (10080, 180)]
)
def test_lateness_belongs_to_the_offset(offset: int, minutes: float) -> None:
    """An eighth of the offset, from five minutes to three hours."""
    assert lateness(offset) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("starts_at", "offset", "due", "until"),
    [
        (local(12), 1440, local(12, day=23), local(15, day=23)),
        (local(12), 120, local(10), local(10, 15)),
        # Out of the night: the evening before.
        (local(10), 120, local(19, 45, day=23), local(20, day=23)),
        (local(8), 120, local(19, 45, day=23), local(20, day=23)),
        # Where the hours close before the window does, it opens earlier, so that all of one moment can leave.
        (local(19, 58), 1440, local(17, day=23), local(20, day=23)),
        # Never past the start.
        (local(12), 3, local(11, 57), local(12)),
    ],
)
def test_windows(starts_at: datetime, offset: int, due: datetime, until: datetime) -> None:
    """A window opens at the offset, moved out of quiet hours, and closes when its lateness is over."""
    assert window(starts_at, offset, rules(), PrivateState()) == Window(due, until)


@pytest.mark.parametrize(
    ("starts_at", "offset", "now", "due"),
    [
        # What was over when it was first known goes later instead, where that is still of use.
        (local(10), 120, local(21, day=23), local(9)),
        (local(10), 120, local(19, 59, day=23), local(19, 45, day=23)),
        (local(9, 29), 120, local(21, day=23), local(19, 45, day=23)),
        (local(9, 30), 120, local(21, day=23), local(9)),
    ],
)
def test_late_known_goes_later(starts_at: datetime, offset: int, now: datetime, due: datetime) -> None:
    """She enrols at night for the morning: the evening before is over, and 9:00 is still of use."""
    assert window(starts_at, offset, rules(), PrivateState(), now).due_at == due


def test_her_own_hours_close_a_window() -> None:
    """She may be written to from 17 to 18: the reminder of the day before goes then, not until 20."""
    hers = PrivateState(contact_from="17:00", contact_until="18:00")
    found = window(local(18, 30), 1440, rules(), hers)
    assert found == Window(local(17, day=23), local(18, day=23))


@given(
    st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2027, 1, 1)),  # noqa: DTZ001 (made aware below)
    st.sampled_from((15, 60, 120, 720, 1440, 2880)),
    st.sampled_from((None, ("08:00", "12:00"), ("13:00", "19:00"), ("18:00", "22:00"))),
    st.none() | st.sets(st.integers(0, 6), min_size=1),
)
def test_windows_lie_in_her_hours_and_before_the_start(
    starts_at: datetime, offset: int, hours: tuple[str, str] | None, days: set[int] | None
) -> None:
    """Whatever her hours: a window opens within them, ends by the start, is no longer than its lateness."""
    state = PrivateState(contact_days=sorted(days) if days else None)
    if hours:
        state.contact_from, state.contact_until = hours
    starts = starts_at.replace(tzinfo=UTC)
    found = window(starts, offset, rules(), state)
    assert found.useful_until <= starts
    assert found.useful_until - found.due_at <= lateness(offset)
    at = found.due_at.astimezone(rules().timezone)
    assert not any(span.covers(at.time()) for span in quiet_spans(rules(), state))
    assert days is None or at.weekday() in days


def test_all_of_one_moment_can_leave() -> None:
    """35,000 of one moment fit their windows at the account's rate, those of two offsets at once, too."""
    wide, narrow = (
        window(local(9), 1440, rules(), PrivateState()),
        window(local(11), 120, rules(), PrivateState()),
    )
    assert (wide.due_at.time(), narrow.due_at.time()) == (time(9), time(9))
    narrow_seconds = (narrow.useful_until - narrow.due_at).total_seconds()
    wide_seconds = (wide.useful_until - wide.due_at).total_seconds()
    # What loses its use first is handed over first, so the wide ones leave behind the narrow.
    assert narrow_seconds * PER_SECOND >= 35_000
    assert wide_seconds * PER_SECOND >= 70_000
