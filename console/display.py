"""How values look: local times, waiting times, names of states. Times are local only here."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_decimal
from flask import g
from markupsafe import Markup, escape

from console import access, words
from outreach.casework import glass
from outreach.ground import dead_letters
from outreach.sealing import vault
from outreach.staff import key_holders, sessions
from outreach.texts import staff_accounts

if TYPE_CHECKING:
    from datetime import date

    from flask import Flask

    from outreach.programme.how_many import HowMany

LOCALE = "es_MX"
MINUTE, HOUR, DAY = 60, 3600, 86400
_BOLD = re.compile(r"\*(\S(?:[^*\n]*\S)?)\*")


def install(app: Flask) -> None:
    """Give the templates their filters and what every page shows."""
    app.jinja_env.filters.update(
        hour=hour,
        day=day,
        moment=moment,
        short_day=short_day,
        dated=dated,
        waited=waited,
        number=number,
        how_many=how_many,
        chat=chat,
        ago=ago,
        left=left,
        near_moment=near_moment,
        at_moment=at_moment,
    )
    app.jinja_env.filters.update(capitalize_first=capitalize_first, local_day=local_day)
    app.jinja_env.globals.update(words=words)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.context_processor(_around)


def _around() -> dict[str, Any]:
    identity = g.get("identity")
    return {
        "me": identity.staff if identity else None,
        "lock_in": sessions.seconds_left(identity.session, access.now()) if identity else None,
        "locked_texts": staff_accounts,
        "settled": identity is not None and not access.what_comes_first(identity),
        "now": access.now(),
        "keys_wanted": _keys_wanted,
        "openings_unseen": _openings_unseen,
        "letters_open": lambda: dead_letters.open_count(access.db()),
    }


def _keys_wanted() -> int:
    """What her team's key asks of her: colleagues who wait, who left, a change that is not finished."""
    return key_holders.wanted(access.db(), access.me().staff) if access.has_key() else 0


def _openings_unseen() -> int:
    """How many colleagues' conversations were opened for a reason and seen by no supervisor, for her."""
    if not access.has_key():
        return 0
    worker = access.caseworker()
    teams = vault.teams_of(access.db(), worker.staff.id)
    return glass.unseen(access.db(), worker.private_key, teams, worker.staff)


def hour(value: datetime) -> str:
    """Return an hour such as `18:04`."""
    return format_time(value.astimezone(access.settings().timezone).time(), "H:mm", locale=LOCALE)


def day(value: datetime) -> str:
    """Return a day such as `lunes 23 de noviembre`."""
    local = value.astimezone(access.settings().timezone).date()
    return format_date(local, "EEEE d 'de' MMMM", locale=LOCALE)


def local_day(value: date) -> str:
    """Return a day that is local already, such as `lunes 23 de noviembre`."""
    return format_date(value, "EEEE d 'de' MMMM", locale=LOCALE)


def short_day(value: datetime) -> str:
    """Return a day such as `lun 23 nov`."""
    local = value.astimezone(access.settings().timezone).date()
    return format_date(local, "EEE d MMM", locale=LOCALE).replace(".", "")


def dated(value: datetime) -> str:
    """Return a day with its year, such as `23 nov 2026`."""
    local = value.astimezone(access.settings().timezone).date()
    return format_date(local, "d MMM y", locale=LOCALE).replace(".", "")


def moment(value: datetime) -> str:
    """Return a moment such as `lun 23 nov, 18:04`."""
    local = value.astimezone(access.settings().timezone).replace(tzinfo=None)
    return format_datetime(local, "EEE d MMM, H:mm", locale=LOCALE).replace(".", "")


def waited(since: datetime) -> str:
    """Return how long ago something was, such as `5 min`."""
    seconds = max(0, int((access.now() - since).total_seconds()))
    if seconds < MINUTE:
        return "< 1 min"
    if seconds < HOUR:
        return f"{seconds // MINUTE} min"
    if seconds < DAY:
        hours, minutes = seconds // HOUR, seconds % HOUR // MINUTE
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days = seconds // DAY
    return "1 día" if days == 1 else f"{days} días"


def ago(moment: datetime) -> str:
    """Return when somebody wrote, such as `escribió hace 5 min`."""
    if access.now() - moment < timedelta(minutes=1):
        return "acaba de escribir"
    return f"escribió hace {waited(moment)}"


def left(until: datetime) -> str:
    """Return how long there is until a moment, such as `quedan 3 h`, rounded down; `` where it is past."""
    seconds = int((until - access.now()).total_seconds())
    if seconds <= 0:
        return ""
    if seconds < MINUTE:
        return "queda menos de 1 min"
    count, unit = (seconds // HOUR, "h") if seconds >= HOUR else (seconds // MINUTE, "min")
    return f"{'queda' if count == 1 else 'quedan'} {count} {unit}"


def local_date(value: date) -> str:
    """Return a day that is local already with its year, such as `23 nov 2026`."""
    return format_date(value, "d MMM y", locale=LOCALE).replace(".", "")


def near_moment(value: datetime) -> str:
    """Return a moment such as `hoy, 18:00`, `mañana, 9:30` or `jue 26 nov, 18:00`."""
    zone = access.settings().timezone
    days = (value.astimezone(zone).date() - access.now().astimezone(zone).date()).days
    name = {-1: "ayer", 0: "hoy", 1: "mañana"}.get(days)
    return f"{name}, {hour(value)}" if name else moment(value)


def at_moment(stored: str) -> str:
    """Return a moment that is kept as text, such as `hoy, 18:00`."""
    return near_moment(datetime.fromisoformat(stored))


def number(value: int) -> str:
    """Return a count such as `35,000`."""
    return str(format_decimal(value, locale=LOCALE))


def how_many(value: HowMany) -> str:
    """Return a number of women such as `35,214`, or `unas 998,000` where they are not counted."""
    return words.ABOUT.format(number=number(value.number)) if value.about else number(value.number)


def capitalize_first(text: str) -> str:
    """Return a text with its first letter a capital, the rest as it is."""
    return text[:1].upper() + text[1:]


def chat(text: str) -> Markup:
    """Return a message, escaped, with its *bold* parts as her phone shows them."""
    out, at = Markup(), 0
    for found in _BOLD.finditer(text):
        out += escape(text[at : found.start()]) + Markup("<strong>{}</strong>").format(found[1])
        at = found.end()
    return out + escape(text[at:])
