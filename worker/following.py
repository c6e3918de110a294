"""The clock's ticks that keep where campaigns stand, who answered, and the counts of each month."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from models import utcnow
from outreach.campaigns import tracking
from outreach.figures import sending
from outreach.messages import bulk, sender

if TYPE_CHECKING:
    from worker.runtime import Runtime

EXPIRING_SECONDS = 5.0


def follow_campaigns(runtime: Runtime) -> None:
    """Keep where each fresh campaign stands; end what lost its use while the number was held."""
    with runtime.sessions.begin() as session:
        tracking.follow(session, utcnow())
        sender.forget_hours(session, utcnow())
    until = time.monotonic() + EXPIRING_SECONDS
    while time.monotonic() < until:
        with runtime.sessions.begin() as session:
            if not bulk.expire_held(session, runtime.key, utcnow()):
                return


def count_sending(runtime: Runtime) -> None:
    """Count the reminders of this month and the last anew once a day."""
    with runtime.sessions.begin() as session:
        sending.keep_months(session, runtime.key, runtime.settings.timezone, utcnow())
