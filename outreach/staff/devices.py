"""The device cookie: from which browsers an account has been entered before.

It opens nothing. A login from a known browser has its own budget of tries, so that nobody elsewhere can use
up hers. The value is `<day>.<random>` and one keyed hash for each account that entered there.
"""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import uuid
    from datetime import date

    from outreach.sealing.crypto import PersonalKey

DAYS_KEPT = 180
RENEWED_AFTER = 90
MOST_ACCOUNTS = 8
_SHAPE = re.compile(r"(\d{1,7})\.([0-9a-f]{32})((?:\.[0-9a-f]{32})*)")


@dataclass(frozen=True)
class Device:
    """A browser: the day (ordinal) since which it is known, its random id, the hashes of its accounts."""

    day: int
    ident: str
    tags: tuple[str, ...] = ()

    def knows(self, key: PersonalKey, staff_id: uuid.UUID, today: date) -> bool:
        """Say whether this account has entered here in the last months."""
        if not 0 <= today.toordinal() - self.day <= DAYS_KEPT:
            return False
        return any(hmac.compare_digest(tag, self.tag(key, staff_id)) for tag in self.tags)

    def tag(self, key: PersonalKey, staff_id: uuid.UUID) -> str:
        """Return the keyed hash that ties an account to this browser."""
        return key.lookup("login device", f"{self.day}|{self.ident}|{staff_id}").hex()[:32]

    def value(self) -> str:
        """Return the cookie's value."""
        return ".".join((str(self.day), self.ident, *self.tags))


def read(cookie: str) -> Device | None:
    """Read a cookie; None where it is none of ours."""
    found = _SHAPE.fullmatch(cookie)
    return Device(int(found[1]), found[2], tuple(found[3].split(".")[1:])) if found else None


def remember(key: PersonalKey, device: Device | None, staff_id: uuid.UUID, today: date) -> Device:
    """Return the browser with this account among those that have entered there."""
    if device is None or not 0 <= today.toordinal() - device.day <= RENEWED_AFTER:
        device = Device(today.toordinal(), secrets.token_hex(16))
    tag = device.tag(key, staff_id)
    others = [other for other in device.tags if other != tag]
    return Device(device.day, device.ident, (*others[-(MOST_ACCOUNTS - 1) :], tag))
