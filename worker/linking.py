"""The clock's comparison of the single list: when women came or changed, in a process of its own."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from models import utcnow
from outreach.sealing.crypto import PersonalKey
from outreach.single_list.linking import run

if TYPE_CHECKING:
    from worker.runtime import Runtime

log = logging.getLogger("avanza.linking")


def compare_list(runtime: Runtime) -> None:
    """Compare the list where that is due; one that is under way elsewhere is waited for by the next tick."""
    with runtime.sessions() as session:
        if not run.is_due(session, utcnow()):
            return
    settings = runtime.settings
    try:
        found = run.link(
            runtime.engine,
            runtime.sessions,
            PersonalKey(settings.secret_key),
            settings.database_url or "",
            settings.secret_key,
        )
    except run.AlreadyRunningError:
        return
    log.info("list compared", extra={"action": "compare_list", "count": found.joined})
