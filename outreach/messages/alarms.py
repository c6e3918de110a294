"""Alarms: what those named in the settings are told of, until it clears.

Raised once, repeated at growing intervals, cleared when it is over. What is told names the kind of trouble
and never a woman, a case or a word; a message on WhatsApp carries a fixed template without any content.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from models import Alarm, DeadLetter, InboundMessage, Turn, TurnState

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

UNANSWERED, DEAD_LETTERS = "unanswered", "dead_letters"
SENDER_PAUSED, TEMPLATES = "sender_paused", "templates"
UNANSWERED_AFTER = timedelta(minutes=2)
REPEAT_AFTER = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4), timedelta(hours=24))
"""By the age of the alarm: how long after the last telling it is told again."""


@dataclass(frozen=True)
class Told:
    """An alarm that is to be told now; `again`: it was told before."""

    kind: str
    since: datetime
    again: bool


def set_alarm(session: Session, kind: str, now: datetime, *, raised: bool) -> Told | None:
    """Raise an alarm, or clear it; return it where it is to be told now.

    Being told is noted at once; where nobody took it the clock tries again (`worker.watch`).
    """
    row = session.get(Alarm, kind, with_for_update=True)
    if not raised:
        if row is not None and row.cleared_at is None:
            row.cleared_at = now
        return None
    if row is None:
        row = Alarm(kind=kind, raised_at=now)
        session.add(row)
    elif row.cleared_at is not None:
        row.raised_at, row.told_at, row.cleared_at = now, None, None
    if row.told_at is not None and now - row.told_at < interval(row.told_at - row.raised_at):
        return None
    again, row.told_at = row.told_at is not None, now
    session.flush()
    return Told(kind, row.raised_at, again)


def interval(age: timedelta) -> timedelta:
    """Return the pause after a telling at this age: each is the first that is longer than the age."""
    return next((pause for pause in REPEAT_AFTER if age < pause), REPEAT_AFTER[-1])


def oldest_unanswered(session: Session) -> datetime | None:
    """Return when the oldest message came that waits for a turn, or for the end of one."""
    waiting = select(func.min(InboundMessage.received_at)).where(InboundMessage.turn_id.is_(None))
    asked = select(func.min(Turn.created_at)).where(Turn.state == TurnState.OPEN)
    found = [moment for query in (waiting, asked) if (moment := session.scalar(query)) is not None]
    return min(found, default=None)


def newest_dead_letter(session: Session) -> datetime | None:
    """Return when the newest dead letter was written that nobody has closed."""
    return session.scalar(select(func.max(DeadLetter.created_at)).where(DeadLetter.closed_at.is_(None)))
