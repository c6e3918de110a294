"""What one refresh of a campaign's live page asks of the database, by the verbs that the page calls."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from models import utcnow
from outreach.campaigns import following
from outreach.messages import sender

if TYPE_CHECKING:
    import uuid

    from sqlalchemy.orm import Session, sessionmaker

_TIMES = 60


def refreshes(sessions: sessionmaker[Session], campaign_id: uuid.UUID) -> list[float]:
    """Return the milliseconds of each of some refreshes, one after the other."""
    times = []
    for _ in range(_TIMES):
        with sessions() as session:
            began = time.perf_counter()
            found = following.standing(session, campaign_id)
            following.pace(found, following.snapshots(session, campaign_id), utcnow())
            sender.read(session, utcnow())
            times.append((time.perf_counter() - began) * 1000)
    return times
