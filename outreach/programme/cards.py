"""Her card: a link that any phone's camera opens, which names her to nobody but staff who are logged in.

The link carries the id of a seat, signed. It opens nothing by itself: a stranger reads a page that says the
same whatever the link.
"""

from __future__ import annotations

import base64
import hmac
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from models import Attendance, AttendanceState, Enrolment, EnrolmentState, Group, Session, Woman
from outreach.ground import dates
from outreach.people import registry

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from sqlalchemy.orm import Session as Database

    from outreach.sealing.crypto import PersonalKey

PATH: Final = "/q"
_SIGNATURE: Final = 14
"""Bytes of a signature; with the id of a seat they fill an address without padding."""
_ID: Final = 16


@dataclass(frozen=True)
class Arrival:
    """Whose card was read: her first name, and today's session of her group, if there is one."""

    woman_id: uuid.UUID
    name: str
    group: Group
    session: Session | None
    present: bool


def token(key: PersonalKey, seat_id: uuid.UUID) -> str:
    """Return the signed part of the link of a seat."""
    return base64.urlsafe_b64encode(seat_id.bytes + _sign(key, seat_id)).decode()


def seat_of(key: PersonalKey, written: str) -> uuid.UUID | None:
    """Return the seat of a link that we signed."""
    try:
        data = base64.b64decode(written.encode("ascii"), altchars=b"-_", validate=True)
    except ValueError:
        return None
    if len(data) != _ID + _SIGNATURE:
        return None
    seat_id = uuid.UUID(bytes=data[:_ID])
    # A card that was printed before the secret key changed is still one: it opens nothing by itself.
    signed = [one[:_SIGNATURE] for one in key.links("card", str(seat_id))]
    return seat_id if any(hmac.compare_digest(data[_ID:], one) for one in signed) else None


def _sign(key: PersonalKey, seat_id: uuid.UUID) -> bytes:
    return key.lookup("card", str(seat_id))[:_SIGNATURE]


def programme_of(db: Database, seat_id: uuid.UUID) -> uuid.UUID | None:
    """Return the programme of a seat."""
    seat = db.scalar(select(Enrolment).where(Enrolment.id == seat_id))
    group = db.get(Group, seat.group_id, options=[joinedload(Group.workshop)]) if seat else None
    return group.workshop.programme_id if group else None


def arrival(
    db: Database, key: PersonalKey, seat_id: uuid.UUID, zone: ZoneInfo, now: datetime
) -> Arrival | None:
    """Return whose card it is, with the session of this day that is nearest to now."""
    row = db.execute(
        select(Woman, Group)
        .join(Enrolment, Enrolment.woman_id == Woman.id)
        .join(Group, Group.id == Enrolment.group_id)
        .where(Enrolment.id == seat_id)
    ).first()
    if row is None:
        return None
    woman, group = row
    begin, end = dates.bounds(dates.today(zone, now), zone)
    session = db.scalar(
        select(Session)
        .where(
            Session.group_id == group.id,
            Session.cancelled_at.is_(None),
            Session.starts_at >= begin,
            Session.starts_at < end,
        )
        .order_by(func.abs(func.extract("epoch", Session.starts_at - now)))
        .limit(1)
    )
    came = select(Attendance.id).where(
        Attendance.woman_id == woman.id,
        Attendance.session_id == (session.id if session else None),
        Attendance.state == AttendanceState.PRESENT,
    )
    details = registry.read_details(key, woman)
    first = (details.full_name or details.preferred_name).split() or [""]
    return Arrival(woman.id, first[0], group, session, db.scalar(came) is not None)


def of_group(db: Database, key: PersonalKey, group: Group) -> list[tuple[uuid.UUID, str]]:
    """Return the seats of a group with their women's names, by name."""
    rows = db.execute(
        select(Enrolment.id, Woman)
        .join(Woman, Woman.id == Enrolment.woman_id)
        .where(Enrolment.group_id == group.id, Enrolment.state == EnrolmentState.ENROLLED)
    )
    found = []
    for seat_id, woman in rows:
        details = registry.read_details(key, woman)
        found.append((seat_id, details.full_name or details.preferred_name))
    return sorted(found, key=lambda one: registry.plain_name(one[1]))
