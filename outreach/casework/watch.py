"""What the clock watches of cases: danger that no caseworker has taken. Tells how many, never whose."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from outreach.casework import cases

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey


def danger_unclaimed(session: Session, key: PersonalKey, minutes: int, now: datetime) -> int:
    """Return how many cases of danger have waited longer than so many minutes without a caseworker."""
    before = now - timedelta(minutes=minutes)
    unclaimed = (case for case in cases.open_cases(session, key) if case.danger and case.claimed_by is None)
    return sum(case.waiting_since is not None and case.waiting_since <= before for case in unclaimed)
