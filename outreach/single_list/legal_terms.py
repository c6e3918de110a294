"""Legal terms in business days: neither weekends, federal days of rest nor the state's closed days count."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import or_, select

from models import Holiday, HolidayKind
from outreach.ground import dates

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from outreach.ground.settings import Settings

# LGPDPPSO arts. 45 to 50: business days from the day after.
ANSWER: Final = 20
LONGER: Final = 10
EXECUTE: Final = 15
ASK_FOR_MISSING: Final = 5
BRING_MISSING: Final = 10


def closed_days(session: Session, since: date, programme_id: uuid.UUID | None = None) -> frozenset[date]:
    """Return the state's closed days after a day; those of the school calendar stop no term."""
    return frozenset(
        session.scalars(
            select(Holiday.day).where(
                Holiday.day > since,
                Holiday.kind == HolidayKind.STATE,
                or_(Holiday.programme_id.is_(None), Holiday.programme_id == programme_id),
            )
        )
    )


def end(settings: Settings, closed: Collection[date], start: date, days: int) -> datetime:
    """Return the last minute of a term of so many business days that began on a local day."""
    return dates.end_of(dates.business_days_after(start, days, closed), settings.timezone)


def days_left(settings: Settings, closed: Collection[date], now: datetime, until: datetime) -> int:
    """Return how many business days are left, today not counted; below zero where the term is over."""
    today, last = dates.today(settings.timezone, now), dates.today(settings.timezone, until)
    first, second, sign = (today, last, 1) if last >= today else (last, today, -1)
    days = ((first + timedelta(days=n)) for n in range(1, (second - first).days + 1))
    return sign * sum(dates.is_business_day(day, closed) for day in days)
