"""Her card at the door: whose it is, and which session of the day it is for."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from people import add_enrolled

from outreach.ground import dates
from outreach.programme import cards, enrolment

if TYPE_CHECKING:
    from sqlalchemy.orm import Session as Database

    from outreach.sealing.crypto import PersonalKey

TIJUANA = ZoneInfo("America/Tijuana")


@pytest.mark.parametrize(
    ("begins", "today"),
    [
        (datetime(2026, 11, 1, 0, 10, tzinfo=TIJUANA), True),
        (datetime(2026, 11, 1, 23, 50, tzinfo=TIJUANA), True),
        (datetime(2026, 10, 31, 23, 50, tzinfo=TIJUANA), False),
        (datetime(2026, 11, 2, 0, 10, tzinfo=TIJUANA), False),
    ],
)
def test_the_day_on_which_the_clocks_change(
    session: Database, key: PersonalKey, begins: datetime, today: bool
) -> None:
    """It has 25 hours: the sessions of all of them are today's, and no other."""
    woman, _, meeting = add_enrolled(session, key)
    meeting.starts_at = begins.astimezone(UTC)
    session.flush()
    (seat,) = enrolment.active(session, woman.id)
    at_noon = datetime(2026, 11, 1, 12, 0, tzinfo=TIJUANA)
    found = cards.arrival(session, key, seat.id, TIJUANA, at_noon)
    assert found is not None
    assert (found.session == meeting) is today


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 8), 23), (date(2026, 11, 1), 25), (date(2026, 11, 2), 24)]
)
def test_a_day_of_a_zone_has_its_own_length(day: date, hours: int) -> None:
    """Where the clocks change a day is shorter or longer, and begins when the one before ends."""
    first, after = dates.bounds(day, TIJUANA)
    assert (after - first).total_seconds() == hours * 3600
    assert dates.today(TIJUANA, first) == dates.today(TIJUANA, after - timedelta(seconds=1)) == day
    assert dates.bounds(day + timedelta(days=1), TIJUANA)[0] == after


def test_what_is_signed_is_read_back(session: Database, key: PersonalKey) -> None:
    """Her first name alone, for the seat that the link carries; of no link that was changed."""
    woman, _, _ = add_enrolled(session, key)
    (seat,) = enrolment.active(session, woman.id)
    token = cards.token(key, seat.id)
    assert cards.seat_of(key, token) == seat.id
    changed = ("A" if token[0] != "A" else "B") + token[1:]
    assert cards.seat_of(key, changed) is None
    found = cards.arrival(session, key, seat.id, TIJUANA, seat.created_at - timedelta(days=400))
    assert found is not None
    assert (found.name, found.session) == ("Prueba", None)
