"""The clock's part of retention: notices, and the blocking and deleting of what was announced, in batches."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from models import utcnow
from outreach.single_list import retention

if TYPE_CHECKING:
    from worker.runtime import Runtime

SECONDS: Final = 10.0
"""Of one tick; the rest is for the next."""
PAUSE: Final = 0.05
"""Seconds between two batches, in which the turns have the database for themselves."""


def announce(runtime: Runtime) -> None:
    """Announce what will be over the period of its kind."""
    with runtime.sessions.begin() as session:
        retention.announce(session, runtime.settings, utcnow())


def block_and_erase(runtime: Runtime) -> None:
    """Block what was announced and is due, then delete what was blocked for long enough."""
    until = time.monotonic() + SECONDS
    more = True
    while more and time.monotonic() < until:
        with runtime.sessions.begin() as session:
            more = retention.block_step(session, runtime.key, runtime.settings, utcnow()).more
        time.sleep(PAUSE)
    more = True
    while more and time.monotonic() < until:
        with runtime.sessions.begin() as session:
            more = retention.erase_step(session, runtime.settings, utcnow()).more
        time.sleep(PAUSE)
