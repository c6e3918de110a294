"""What the administrator sees of the service: what is not in order, what was not, backups and trials."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from models import BackupRun, KeyChange, OutboxKind, OutboxMessage, OutboxState, Rehearsal
from outreach.figures import standing, vitals
from outreach.ground import tick_state
from outreach.sealing import rekeying

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from models import ServiceTrouble

STALE_AFTER = timedelta(minutes=1)
MONTH = timedelta(days=31)
MOST_SHOWN: Final = 100
BACKUPS_SHOWN: Final = 5
KEY_REHEARSAL: Final = "secret_key"
REHEARSE_EVERY = timedelta(days=366)


@dataclass(frozen=True)
class Page:
    """`stopped_since`: the last look of a clock, where that is too long ago for the rest to hold."""

    stopped_since: datetime | None
    ever_looked: bool
    troubles: dict[str, datetime]
    history: Sequence[ServiceTrouble]
    last_inbound_at: datetime | None
    waiting: int
    backups: Sequence[BackupRun]
    drilled_at: datetime | None
    drill_late: bool
    key_change: rekeying.Progress | None
    key_began_at: datetime | None
    key_rehearsal: Rehearsal | None
    key_late: bool

    @property
    def well(self) -> bool:
        """Whether everything is in order."""
        return self.ever_looked and self.stopped_since is None and not self.troubles


def _waiting() -> Select[int]:
    """Count what we initiate; a reply that waits would tell that somebody wrote just now (decision 70)."""
    ours = OutboxMessage.kind.in_([kind for kind in OutboxKind if kind is not OutboxKind.REPLY])
    return select(func.count()).where(OutboxMessage.state == OutboxState.QUEUED, ours)


def gather(session: Session, now: datetime) -> Page:
    """Return what the page shows; the same few statements whatever there is."""
    looked_at = tick_state.last_well(session, standing.LOOK)
    troubles = standing.open_ones(session)
    drilled_at = session.scalar(select(func.max(BackupRun.verified_at)))
    backups = session.scalars(
        select(BackupRun).order_by(BackupRun.created_at.desc(), BackupRun.id).limit(BACKUPS_SHOWN)
    ).all()
    changing = session.get(KeyChange, 1)
    rehearsed = session.scalar(
        select(Rehearsal)
        .where(Rehearsal.kind == KEY_REHEARSAL)
        .order_by(Rehearsal.created_at.desc())
        .limit(1)
    )
    return Page(
        stopped_since=looked_at if looked_at is not None and now - looked_at > STALE_AFTER else None,
        ever_looked=looked_at is not None,
        troubles=troubles,
        history=standing.history(session, now - MONTH, MOST_SHOWN),
        last_inbound_at=vitals.last_inbound(session),
        waiting=session.scalar(_waiting()) or 0,
        backups=backups,
        drilled_at=drilled_at,
        drill_late=drilled_at is None or now - drilled_at > standing.DRILL_AFTER,
        key_change=rekeying.told(changing) if changing else None,
        key_began_at=changing.began_at if changing else None,
        key_rehearsal=rehearsed,
        key_late=rehearsed is not None and now - rehearsed.created_at > REHEARSE_EVERY,
    )
