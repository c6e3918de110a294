"""When a reminder is due: a window that belongs to its offset, inside the hours of the woman it is for.

A day before, an hour more or less is harmless; two hours before, a few minutes are. Pure functions; times are
aware.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from outreach.messages.may_send import latest_allowed, next_allowed, quiet_spans

if TYPE_CHECKING:
    from outreach.ground.settings import Settings
    from outreach.messages.conversation_state import PrivateState

MOST_LATENESS, LEAST_LATENESS = timedelta(hours=3), timedelta(minutes=5)
# Moved out of her quiet hours, a reminder still needs this much time before the session to be of use.
USEFUL_BEFORE = timedelta(minutes=30)


@dataclass(frozen=True)
class Window:
    """From when a reminder may leave, and until when it is of use."""

    due_at: datetime
    useful_until: datetime


def lateness(minutes_before: int) -> timedelta:
    """Return how late a reminder of this offset may leave: an eighth of it, from 5 minutes to 3 hours."""
    return max(LEAST_LATENESS, min(timedelta(minutes=minutes_before) / 8, MOST_LATENESS))


def window(
    starts_at: datetime,
    minutes_before: int,
    settings: Settings,
    state: PrivateState,
    now: datetime | None = None,
) -> Window:
    """Return the window of a reminder of a session that starts then.

    It opens at the offset. Where that is outside her hours it opens at the nearest earlier moment within
    them; where that one was over by `now`, at the next, if that is still of use. Where the hours close before
    the window does, it opens as much earlier as they allow, so that all of one moment can leave.
    """
    raw = starts_at - timedelta(minutes=minutes_before)
    late = lateness(minutes_before)
    found = _opening(latest_allowed(raw, settings, state), late, starts_at, settings, state)
    if now is None or found.useful_until > now:
        return found
    later = next_allowed(raw, settings, state)
    if raw < later <= starts_at - USEFUL_BEFORE:
        return _opening(later, late, starts_at, settings, state)
    return found


def _opening(
    due: datetime, late: timedelta, starts_at: datetime, settings: Settings, state: PrivateState
) -> Window:
    opens, closes = _stretch(due, settings, state)
    if closes is not None and due + late > closes:
        due = min(due, max(opens or due, closes - late))
        return Window(due, min(due + late, closes, starts_at))
    return Window(due, min(due + late, starts_at))


def _stretch(
    moment: datetime, settings: Settings, state: PrivateState
) -> tuple[datetime | None, datetime | None]:
    """Return from when and until when the hours around an allowed moment stay open; None: no end near."""
    local = moment.astimezone(settings.timezone)
    opens: list[datetime] = []
    closes: list[datetime] = []
    for span in quiet_spans(settings, state):
        start = local.replace(hour=span.start.hour, minute=span.start.minute, second=0, microsecond=0)
        end = local.replace(hour=span.end.hour, minute=span.end.minute, second=0, microsecond=0)
        closes.append(start if start > local else start + timedelta(days=1))
        opens.append(end if end <= local else end - timedelta(days=1))
    if state.contact_days is not None:
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        opens.append(midnight)
        closes.append(midnight + timedelta(days=1))
    return (
        max(opens).astimezone(moment.tzinfo) if opens else None,
        min(closes).astimezone(moment.tzinfo) if closes else None,
    )
