"""The roster: who is on duty. A shift alone tells no woman anything: see `cases.on_shift`."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from models import Shift
from outreach.staff import presence

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from models import Staff

LONGEST_SHIFT = timedelta(hours=16)


def shift_of(session: Session, staff: Staff, now: datetime) -> Shift | None:
    """Return the shift in which a caseworker is now."""
    query = select(Shift).where(Shift.staff_id == staff.id, Shift.starts_at <= now, Shift.ends_at > now)
    return session.scalar(query.order_by(Shift.ends_at.desc()).limit(1))


def start_shift(session: Session, staff: Staff, hours: int, now: datetime) -> None:
    """Enter the roster from now on, for at most 16 hours; it ends with her session at the latest."""
    presence.end_shift(session, staff.id, now)
    length = min(timedelta(hours=max(1, hours)), LONGEST_SHIFT)
    session.add(Shift(staff_id=staff.id, starts_at=now, ends_at=now + length))
    session.flush()


def end_shift(session: Session, staff: Staff, now: datetime) -> None:
    """Leave the roster now, also where the plan had her stay longer."""
    session.execute(
        update(Shift)
        .where(Shift.staff_id == staff.id, Shift.starts_at <= now, Shift.ends_at > now)
        .values(ends_at=now)
    )
