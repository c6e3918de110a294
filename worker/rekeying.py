"""The clock's part in replacing the secret key: the next rows, for a second at a time."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from models import utcnow
from outreach.sealing import crypto, rekeying

if TYPE_CHECKING:
    from worker.runtime import Runtime

log = logging.getLogger("avanza.clock")
SECONDS = 1.0


def rekey(runtime: Runtime) -> None:
    """Bring rows to the new key, where this clock was started with it; each step commits."""
    if not runtime.key.is_changing:
        return
    until = time.monotonic() + SECONDS
    tags = crypto.tags(runtime.settings.secret_key)
    while time.monotonic() < until:
        with runtime.sessions.begin() as session:
            if rekeying.progress(session) is None:
                return
            told = rekeying.step(session, runtime.key, utcnow(), tags=tags)
        if told.finished:
            log.info("secret key replaced", extra={"action": "key_replaced", "count": told.rows})
            return
        if told.waits:
            return
