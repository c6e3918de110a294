"""Dates and hours in words, as she reads them. Times are aware; local only here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babel.dates import format_date, format_time

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

LOCALE = "es_MX"


def hour(moment: datetime, zone: ZoneInfo) -> str:
    """Return an hour such as `10:00`."""
    return format_time(moment.astimezone(zone).time(), "H:mm", locale=LOCALE)


def day(moment: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Return a day such as `hoy`, `mañana` or `el martes 24 de noviembre`."""
    local, today = moment.astimezone(zone).date(), now.astimezone(zone).date()
    near = {0: "hoy", 1: "mañana"}.get((local - today).days)
    return near or "el " + format_date(local, "EEEE d 'de' MMMM", locale=LOCALE)


def day_and_hour(moment: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Return a moment such as `mañana a las 10:00`."""
    local = moment.astimezone(zone)
    article = "la" if local.hour == 1 else "las"
    return f"{day(moment, zone, now)} a {article} {hour(moment, zone)}"
