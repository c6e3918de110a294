"""Dates and hours in words, as she reads them. Times are aware; local only here."""

from __future__ import annotations

from datetime import time, timedelta
from typing import TYPE_CHECKING

from babel.dates import format_date

if TYPE_CHECKING:
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

LOCALE = "es_MX"
_NOON, _NIGHT = 12, 19


def clock(at: time) -> str:
    """Return an hour as it is said: `10:00`, `4:00 de la tarde`, `8:00 de la noche`."""
    if at.hour <= _NOON:
        return f"{at.hour}:{at.minute:02d}"
    return f"{at.hour - 12}:{at.minute:02d} de la {'noche' if at.hour >= _NIGHT else 'tarde'}"


def span(start: str, end: str) -> tuple[str, str]:
    """Return two hours (`HH:MM`) as they are said."""
    return clock(time.fromisoformat(start)), clock(time.fromisoformat(end))


def birthday(born: date) -> str:
    """Return a date such as `15 de agosto de 1989`."""
    return format_date(born, "d 'de' MMMM 'de' y", locale=LOCALE)


def hour(moment: datetime, zone: ZoneInfo) -> str:
    """Return the hour of a moment, as it is said."""
    return clock(moment.astimezone(zone).time())


def day(moment: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Return a day such as `hoy`, `mañana` or `el martes 24 de noviembre`."""
    local, today = moment.astimezone(zone).date(), now.astimezone(zone).date()
    near = {0: "hoy", 1: "mañana"}.get((local - today).days)
    return near or "el " + format_date(local, "EEEE d 'de' MMMM", locale=LOCALE)


def date_and_hour(moment: datetime, zone: ZoneInfo) -> str:
    """Return a moment such as `el martes 24 de noviembre a las 10:00`, which stays true tomorrow."""
    return day_and_hour(moment, zone, moment - timedelta(days=7))


def day_and_hour(moment: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Return a moment such as `mañana a las 10:00`."""
    local = moment.astimezone(zone)
    article = "la" if local.hour in {1, 13} else "las"
    return f"{day(moment, zone, now)} a {article} {hour(moment, zone)}"
