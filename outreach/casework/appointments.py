"""The hour that a woman picks where nobody is there: kept in her open case as a moment and in our words.

Her own words stand sealed in the thread. The state is readable by the running server, so it holds what was
made of them (days and hours), never "when he is at work". It promises nothing: a caseworker keeps it.
"""

from __future__ import annotations

import uuid
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from models import Case
from outreach.casework import thread
from outreach.casework.case_state import write_state
from outreach.casework.cases import locked_state
from outreach.casework.thread import Line
from outreach.ground import dates
from outreach.people.contact_hours import days_in_words
from outreach.texts import desk_alerts as words

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from sqlalchemy.orm import Session

    from outreach.people.contact_hours import Hours
    from outreach.sealing.crypto import PersonalKey

WEEK = 8
"""Days to look at: a day of hers whose hours are over today comes again in a week."""


def appoint(
    session: Session, key: PersonalKey, case_id: str | None, hours: Hours, zone: ZoneInfo, now: datetime
) -> bool:
    """Keep when she may be written to in her open case; False where there is none or a person has it.

    A person who has the conversation agrees on hours with her herself.
    """
    case = session.get(Case, uuid.UUID(case_id)) if case_id else None
    if case is None:
        return False
    state = locked_state(session, key, case)
    if not case.is_open or state.claimed_by is not None or state.closed_by_her is not None:
        return False
    state.appointment_at = next_moment(hours, zone, now).isoformat()
    state.appointment_words = in_words(hours)
    thread.append(session, case, state, Line("event", words.appointed(state.appointment_words), now))
    write_state(key, case, state)
    session.flush()
    return True


def next_moment(hours: Hours, zone: ZoneInfo, now: datetime) -> datetime:
    """Return the first moment from now on that lies in her hours, in UTC: now, where it does."""
    local = now.astimezone(zone)
    start, end = time.fromisoformat(hours.start), time.fromisoformat(hours.end)
    for days in range(WEEK):
        day = local.date() + timedelta(days=days)
        if day.weekday() not in hours.days:
            continue
        begins, ends = (datetime.combine(day, at, zone) for at in (start, end))
        if local < ends:
            return max(begins, local).astimezone(now.tzinfo)
    return now


def in_words(hours: Hours) -> str:
    """Return her days and hours as the desk shows them."""
    start, end = dates.span(hours.start, hours.end)
    return words.HOURS.format(days=days_in_words(hours.days), start=start, end=end)
