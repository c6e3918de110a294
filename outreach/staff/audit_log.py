"""What staff did, for the auditor: by person, action and day, without a case and without content.

What was done in cases is shown as counts of a person, an action and a day, and a count under ten is not said:
beside what one knows of a woman, two answers on one day could tell of her. No totals are shown from which
one could be computed.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, or_, select, tuple_

from models import AuditEvent, Staff, Stream

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

FEW = 10
"""Counts below it are withheld."""
SIZE = 100
MOST_EXPORTED = 50_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)
_NOBODY = uuid.UUID(int=0)


@dataclass(frozen=True)
class Asked:
    """What an auditor asks for; None asks for all. The days are both included."""

    staff_id: uuid.UUID | None = None
    action: str | None = None
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True)
class Act:
    """One event that happened elsewhere than in a case; `name` is empty where nobody of the staff did it."""

    at: datetime
    position: int
    name: str
    action: str

    @property
    def place(self) -> str:
        """Where the next page begins, for an address."""
        return f"{(self.at - _EPOCH) // _MICRO}-{self.position}"


@dataclass(frozen=True)
class DeskDay:
    """What one person did in cases on one day (UTC), by action; `count` is None where it is withheld."""

    day: date
    name: str
    action: str
    count: int | None
    staff_id: uuid.UUID

    @property
    def place(self) -> str:
        """Where the next page begins, for an address."""
        return f"{self.day.isoformat()}_{self.staff_id}_{self.action}"


def people(session: Session) -> list[tuple[uuid.UUID, str, str]]:
    """Return everybody who ever had an account: id, name, username."""
    rows = session.execute(
        select(Staff.id, Staff.display_name, Staff.username).order_by(Staff.display_name, Staff.username)
    )
    return [(staff_id, name, username) for staff_id, name, username in rows]


def office(
    session: Session, asked: Asked, zone: ZoneInfo, *, after: str = "", size: int = SIZE
) -> tuple[list[Act], str | None]:
    """Return events outside cases, the newest first, and the place of the next page where there is one.

    `after` is such a place; one that is none begins at the first. Days are those of `zone`.
    """
    query = (
        select(AuditEvent.at, AuditEvent.position, Staff.display_name, AuditEvent.action)
        .join(Staff, Staff.id == AuditEvent.staff_id, isouter=True)
        .where(AuditEvent.stream == Stream.OFFICE, *_wanted(asked, zone))
        .order_by(AuditEvent.at.desc(), AuditEvent.position.desc())
    )
    start = _act_place(after)
    if start is not None:
        query = query.where(tuple_(AuditEvent.at, AuditEvent.position) < tuple_(*start))
    rows = [
        Act(at, position or 0, name or "", action)
        for at, position, name, action in session.execute(query.limit(size + 1))
    ]
    return rows[:size], rows[size - 1].place if len(rows) > size else None


def desk(
    session: Session, asked: Asked, *, after: str = "", size: int = SIZE
) -> tuple[list[DeskDay], str | None]:
    """Return what was done in cases, the newest day first, and the place of the next page."""
    who = func.coalesce(AuditEvent.staff_id, _NOBODY)
    query = (
        select(AuditEvent.at, AuditEvent.staff_id, Staff.display_name, AuditEvent.action, func.count())
        .join(Staff, Staff.id == AuditEvent.staff_id, isouter=True)
        .where(AuditEvent.stream == Stream.DESK, *_wanted(asked, UTC))
        .group_by(AuditEvent.at, AuditEvent.staff_id, Staff.display_name, AuditEvent.action)
        .order_by(AuditEvent.at.desc(), who, AuditEvent.action)
    )
    start = _day_place(after)
    if start is not None:
        at, staff_id, action = start
        later = tuple_(who, AuditEvent.action) > tuple_(staff_id, action)
        query = query.where(or_(AuditEvent.at < at, and_(AuditEvent.at == at, later)))
    rows = [
        DeskDay(
            at.astimezone(UTC).date(),
            name or "",
            action,
            count if count >= FEW else None,
            staff_id or _NOBODY,
        )
        for at, staff_id, name, action, count in session.execute(query.limit(size + 1))
    ]
    return rows[:size], rows[size - 1].place if len(rows) > size else None


def _wanted(asked: Asked, zone: tzinfo) -> Iterator[ColumnElement[bool]]:
    if asked.staff_id is not None:
        yield AuditEvent.staff_id == asked.staff_id
    if asked.action is not None:
        yield AuditEvent.action == asked.action
    if asked.first is not None:
        yield AuditEvent.at >= datetime.combine(asked.first, time(), tzinfo=zone)
    if asked.last is not None and asked.last < date.max:
        yield AuditEvent.at < datetime.combine(asked.last + timedelta(days=1), time(), tzinfo=zone)


def _act_place(place: str) -> tuple[datetime, int] | None:
    told, _, position = place.partition("-")
    try:
        return _EPOCH + int(told) * _MICRO, int(position)
    except (ValueError, OverflowError):
        return None


def _day_place(place: str) -> tuple[datetime, uuid.UUID, str] | None:
    parts = place.split("_", 2)
    try:
        day, staff_id, action = date.fromisoformat(parts[0]), uuid.UUID(parts[1]), parts[2]
    except (ValueError, IndexError):
        return None
    return datetime.combine(day, time(), tzinfo=UTC), staff_id, action
