"""The access review: every ninety days an administrator says of each account whether it stays.

It shows what the decision needs and nothing of what anybody did.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on

from models import AccessReview, AuditEvent, ReviewDecision, Staff
from outreach.staff import accounts, audit, factors, key_holders
from outreach.staff.audit import Action

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlalchemy.orm import Session

EVERY = timedelta(days=90)


@dataclass(frozen=True)
class Line:
    """One account that may enter; `due` where nobody looked at it for ninety days."""

    staff: Staff
    has_key: bool
    has_factor: bool
    last_login: datetime | None
    unused: bool
    reviewed_at: datetime | None
    reviewed_by: str | None
    due: bool


def lines(session: Session, now: datetime) -> list[Line]:
    """Return every account that may enter, those that are due first, then the longest unused."""
    keys, with_factor = key_holders.everyone(session), factors.who_have_one(session)
    logins, reviews = _last_logins(session), _last_reviews(session)
    found = []
    for staff in session.scalars(select(Staff).where(Staff.disabled_at.is_(None))):
        last, review = logins.get(staff.id), reviews.get(staff.id)
        at, by = review or (None, None)
        found.append(
            Line(
                staff,
                staff.id in keys,
                staff.id in with_factor,
                last,
                now - (last or staff.created_at) >= EVERY,
                at,
                by,
                now - (at or staff.created_at) >= EVERY,
            )
        )
    return sorted(found, key=lambda one: (not one.due, one.last_login or one.staff.created_at))


def due(session: Session, now: datetime) -> int:
    """Count the accounts that nobody looked at for ninety days; a new one counts from its making."""
    latest = (
        select(func.max(AccessReview.at))
        .where(AccessReview.staff_id == Staff.id)
        .correlate(Staff)
        .scalar_subquery()
    )
    query = select(func.count()).select_from(Staff)
    late = func.coalesce(latest, Staff.created_at) <= now - EVERY
    return session.scalar(query.where(Staff.disabled_at.is_(None), late)) or 0


def keep(session: Session, staff: Staff, by: Staff, now: datetime) -> None:
    """Note that an account stays."""
    _note(session, staff, by, ReviewDecision.STAYS, now)


def remove(session: Session, staff: Staff, by: Staff, now: datetime) -> None:
    """Take an account's access away, and note it.

    Raises:
        StaffError: it is her own.
    """
    if staff.id == by.id:
        raise accounts.StaffError("No puedes quitarte el acceso a ti misma.")
    accounts.disable(session, staff, now, by=by)
    _note(session, staff, by, ReviewDecision.REMOVED, now)


def _note(session: Session, staff: Staff, by: Staff, decision: ReviewDecision, now: datetime) -> None:
    session.add(AccessReview(staff_id=staff.id, by_id=by.id, decision=decision, at=now))
    audit.record(session, by.id, Action.ACCESS_REVIEWED, now)
    session.flush()


def _last_logins(session: Session) -> dict[uuid.UUID, datetime]:
    query = (
        select(AuditEvent.staff_id, func.max(AuditEvent.at))
        .where(AuditEvent.action == Action.LOGGED_IN.value)
        .group_by(AuditEvent.staff_id)
    )
    return {staff_id: at for staff_id, at in session.execute(query) if staff_id is not None}


def _last_reviews(session: Session) -> dict[uuid.UUID, tuple[datetime, str]]:
    query = (
        select(AccessReview.staff_id, AccessReview.at, Staff.display_name)
        .join(Staff, Staff.id == AccessReview.by_id)
        .ext(distinct_on(AccessReview.staff_id))
        .order_by(AccessReview.staff_id, AccessReview.at.desc())
    )
    return {staff_id: (at, name) for staff_id, at, name in session.execute(query)}
