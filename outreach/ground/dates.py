"""Local dates: today, ages and business days by a time zone, and dates in words as she reads them.

Times are aware and in UTC everywhere else; local only here. A date never comes from a UTC clock: in the
evening of Jalisco the UTC day is tomorrow.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING

import holidays
from babel.dates import format_date

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date
    from zoneinfo import ZoneInfo

LOCALE = "es_MX"
COUNTRY = "MX"
ADULT_AGE = 18
"""Years: of age by law (Constitution art. 34); from when she enrols alone is the programme's rule."""
_NOON, _NIGHT = 12, 19
_SATURDAY = 5
_LAST_MINUTE = time(23, 59)


def today(zone: ZoneInfo, now: datetime) -> date:
    """Return the local day of a moment."""
    return now.astimezone(zone).date()


def age(born: date, on: date) -> int:
    """Return the age in whole years on a local day; who was born on 29 February is older on 1 March."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


@cache
def federal_holidays(year: int) -> frozenset[date]:
    """Return the federal days of rest of a year (Ley Federal del Trabajo, art. 74)."""
    return frozenset(holidays.country_holidays(COUNTRY, years=year))


def is_business_day(day: date, closed: Collection[date] = ()) -> bool:
    """Say whether a day is one of Monday to Friday, no federal day of rest and not `closed`."""
    return day.weekday() < _SATURDAY and day not in federal_holidays(day.year) and day not in closed


def business_days_after(start: date, days: int, closed: Collection[date] = ()) -> date:
    """Return the day that is `days` business days after `start` (LGPDPPSO art. 3, XII)."""
    day = start
    while days:
        day += timedelta(days=1)
        days -= is_business_day(day, closed)
    return day


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """Return the last minute of a local day, in UTC."""
    return datetime.combine(day, _LAST_MINUTE, zone).astimezone(UTC)


def bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the first moment of a local day and of the next, in UTC; a day may last 23 or 25 hours."""
    first, after = (
        datetime.combine(each, time(), zone).astimezone(UTC) for each in (day, day + timedelta(days=1))
    )
    return first, after


def clock(at: time) -> str:
    """Return an hour as it is said: `10:00`, `4:00 de la tarde`, `8:00 de la noche`."""
    if at.hour <= _NOON:
        return f"{at.hour}:{at.minute:02d}"
    return f"{at.hour - 12}:{at.minute:02d} de la {'noche' if at.hour >= _NIGHT else 'tarde'}"


def span(start: str, end: str) -> tuple[str, str]:
    """Return two hours (`HH:MM`) as they are said; "de 7:00 a 9:00 de la noche" is an evening."""
    first, last = time.fromisoformat(start), time.fromisoformat(end)
    both_late = first.hour < _NOON < last.hour and first.hour <= last.hour - _NOON
    return clock(first) + (" de la mañana" if both_late else ""), clock(last)


def birthday(born: date) -> str:
    """Return a date such as `15 de agosto de 1989`."""
    return format_date(born, "d 'de' MMMM 'de' y", locale=LOCALE)


def hour(moment: datetime, zone: ZoneInfo) -> str:
    """Return the hour of a moment, as it is said."""
    return clock(moment.astimezone(zone).time())


def day(moment: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Return a day such as `hoy`, `mañana` or `el martes 24 de noviembre`."""
    local = today(zone, moment)
    near = {0: "hoy", 1: "mañana"}.get((local - today(zone, now)).days)
    return near or "el " + format_date(local, "EEEE d 'de' MMMM", locale=LOCALE)


def short_day(moment: datetime, zone: ZoneInfo) -> str:
    """Return a day such as `martes 24 de noviembre`."""
    return format_date(today(zone, moment), "EEEE d 'de' MMMM", locale=LOCALE)


def date_and_hour(moment: datetime, zone: ZoneInfo) -> str:
    """Return a moment such as `el martes 24 de noviembre a las 10:00`, which stays true tomorrow."""
    return day_and_hour(moment, zone, moment - timedelta(days=7))


def day_and_hour(moment: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Return a moment such as `mañana a las 10:00`."""
    local = moment.astimezone(zone)
    article = "la" if local.hour in {1, 13} else "las"
    return f"{day(moment, zone, now)} a {article} {hour(moment, zone)}"
