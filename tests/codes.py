"""The app of codes on a phone: the one place where tests compute what a login asks.

A code is worth something once, so the phone gives the oldest of those that are right at a moment (the period
before, this one, the next), each once, and waits for another only when all three were used. Near the end of a
period the one before it is left out: it might be wrong by the time it arrives.
"""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime

import pyotp

ARRIVES_SECONDS = 15.0
SECRET = re.compile(r'class="code small">([A-Z2-7]{4}(?: [A-Z2-7]{4})+)<')


class CodesApp:
    """One account on the app."""

    def __init__(self, secret: str) -> None:
        self.secret = secret.replace(" ", "")
        self._used = 0

    @classmethod
    def from_page(cls, html: str) -> CodesApp:
        """Learn the secret from the page that shows it."""
        found = SECRET.search(html)
        assert found, "no secret on this page"
        return cls(found[1])

    def code(self, now: datetime | None = None) -> str:
        """Return a code that is right and was not used; without a given moment it may wait for one."""
        totp = pyotp.TOTP(self.secret)
        period = totp.timecode(now or datetime.now(UTC))
        if now is None and self._used > period:
            time.sleep((self._used - period) * totp.interval - time.time() % totp.interval + 0.1)
            period = totp.timecode(datetime.now(UTC))
        ends_soon = now is None and totp.interval - time.time() % totp.interval < ARRIVES_SECONDS
        self._used = max(self._used + 1, period if ends_soon else period - 1)
        return totp.generate_otp(self._used)
