"""Which rules of time zones hold: the system's files, or those that come with the product.

`zoneinfo` takes the system's where there are any, however old. Mexico gave up daylight saving time in
October 2022: files from before would put every session of a summer an hour off.
"""

from __future__ import annotations

import zoneinfo
from datetime import datetime, timedelta
from functools import cache
from importlib import metadata
from pathlib import Path

import tzdata

_SAMPLE, _MOMENT, _OFFSET = "America/Mexico_City", datetime(2027, 7, 1, 12), timedelta(hours=-6)  # noqa: DTZ001 (local time, of the zone that is asked)
_LONGEST_NAME = 64


class ZoneError(ValueError):
    """No time zone has this name."""


@cache
def prefer_newest() -> str | None:
    """Make this process use the newest rules; return the system's version where it was put aside.

    `desconocida` where its files do not say of when they are, and are wrong.
    """
    paths = tuple(Path(path) for path in zoneinfo.TZPATH)
    if not any((path / _SAMPLE).is_file() for path in paths):
        return None
    version = next((found for path in paths if (found := _version(path))), None)
    newest = version is None or version >= tzdata.IANA_VERSION
    if newest and _knows_mexico():
        return None
    zoneinfo.reset_tzpath(to=())
    zoneinfo.ZoneInfo.clear_cache()
    return version or "desconocida"


def shipped() -> str:
    """The version of the rules that come with the product."""
    return f"{tzdata.IANA_VERSION} (tzdata {metadata.version('tzdata')})"


def zone(name: str) -> zoneinfo.ZoneInfo:
    """Return a time zone by its name, whatever its case.

    Raises:
        ZoneError: there is none.
    """
    prefer_newest()
    wanted = name.replace(" ", "_")
    if len(wanted) <= _LONGEST_NAME and wanted.isascii():
        exact = next((one for one in _names() if one.casefold() == wanted.casefold()), None)
        if exact is not None:
            return zoneinfo.ZoneInfo(exact)
    raise ZoneError(ZoneError.__doc__)


def names_in(place: str) -> list[str]:
    """Some names that begin as `place`, such as `America`, for whoever wrote half of one."""
    return sorted(one for one in _names() if one.casefold().startswith(f"{place.casefold()}/"))


@cache
def _names() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def _version(path: Path) -> str | None:
    """The version that the system's own list says, such as `2025b`."""
    for name in ("+VERSION", "tzdata.zi"):
        try:
            with (path / name).open(encoding="ascii") as file:
                return file.readline().removeprefix("# version").strip() or None
        except (OSError, UnicodeDecodeError):
            continue
    return None


def _knows_mexico() -> bool:
    try:
        return zoneinfo.ZoneInfo.no_cache(_SAMPLE).utcoffset(_MOMENT) == _OFFSET
    except (OSError, ValueError):
        return False
