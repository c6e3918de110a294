"""The clock's comparison of the single list: when women came or changed, in a process of its own.

Newcomers are compared at once with their like, the whole list hourly, or soon after many came.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from models import utcnow
from outreach.sealing.crypto import PersonalKey
from outreach.single_list.linking import newcomers, run

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from worker.runtime import Runtime

log = logging.getLogger("avanza.linking")


# Up to which change each was compared since the whole list was: after a restart they are compared once more.
_compared: dict[uuid.UUID, datetime] = {}


def compare_newcomers(runtime: Runtime) -> None:
    """Compare who came or changed with those who share a keyed block; beside another run, later."""
    with runtime.sessions() as session:
        new = newcomers.waiting(session, _compared)
    if not new:
        return
    settings = runtime.settings
    try:
        joined = run.link_newcomers(
            runtime.engine,
            runtime.sessions,
            PersonalKey(settings.secret_key),
            settings.database_url or "",
            settings.secret_key,
            new,
        )
    except run.AlreadyRunningError:
        return
    _compared.update(new)
    log.info("newcomers compared", extra={"action": "compare_newcomers", "count": joined})


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
