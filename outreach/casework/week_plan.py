"""The week's plan: who is on duty when. A plan tells no woman that somebody is there: see `cases.on_shift`.

Days and hours are local; a shift that ends at or before the hour at which it begins ends the next day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import and_, select

from models import KeyWrap, Role, Shift, Staff
from outreach.casework.roster import LONGEST_SHIFT
from outreach.sealing import vault
from outreach.texts import desk_alerts as texts

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection, Sequence
    from zoneinfo import ZoneInfo

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

WEEK = 7
FURTHEST = timedelta(days=92)


class PlanError(ValueError):
    """The plan can't be changed like this; the message says why, for the person who asked."""


@dataclass(frozen=True)
class Planned:
    """One shift of the plan."""

    id: uuid.UUID
    staff_id: uuid.UUID
    name: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Day:
    """A local day: the shifts that begin in it, and the stretches in which nobody is planned."""

    day: date
    shifts: list[Planned]
    gaps: list[tuple[datetime, datetime]]


def monday_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def week(session: Session, monday: date, zone: ZoneInfo, teams: Collection[uuid.UUID]) -> list[Day]:
    """Return the seven days of a week for the caseworkers of some teams."""
    start, end = _midnight(monday, zone), _midnight(monday + timedelta(days=WEEK), zone)
    planned = _between(session, start, end, teams)
    days = []
    for number in range(WEEK):
        day = monday + timedelta(days=number)
        first, last = _midnight(day, zone), _midnight(day + timedelta(days=1), zone)
        own = [one for one in planned if first <= one.starts_at < last]
        days.append(Day(day, own, _gaps(planned, first, last)))
    return days


def people(session: Session, teams: Collection[uuid.UUID]) -> list[Staff]:
    """Return who may be planned: the enabled caseworkers and supervisors of some teams, by name."""
    return list(session.scalars(select(Staff).where(_of(teams)).order_by(Staff.display_name, Staff.id)))


def plan(
    session: Session,
    by: Staff,
    staff_id: uuid.UUID,
    day: date,
    hours: tuple[time, time],
    zone: ZoneInfo,
    now: datetime,
) -> Shift:
    """Plan a shift; a supervisor for anybody of her teams, everybody else for herself.

    Raises:
        PlanError: it is over, too far, too long, overlaps one of hers, or is not hers to plan.
    """
    _need_right(session, by, staff_id)
    starts = datetime.combine(day, hours[0], zone).astimezone(UTC)
    next_day = day + timedelta(days=1) if hours[1] <= hours[0] else day
    ends = datetime.combine(next_day, hours[1], zone).astimezone(UTC)
    if ends <= now:
        raise PlanError(texts.PLAN_PAST)
    if starts - now > FURTHEST:
        raise PlanError(texts.PLAN_FAR)
    if ends - starts > LONGEST_SHIFT:
        raise PlanError(texts.PLAN_LONG)
    # The person's row orders two plans for her at the same moment.
    session.execute(select(Staff.id).where(Staff.id == staff_id).with_for_update())
    if _overlaps(session, staff_id, starts, ends):
        raise PlanError(texts.PLAN_OVERLAPS)
    shift = Shift(staff_id=staff_id, starts_at=starts, ends_at=ends, planned=True)
    session.add(shift)
    session.flush()
    return shift


def withdraw(session: Session, by: Staff, shift_id: uuid.UUID, now: datetime) -> None:
    """Take a shift out of the plan; of one that has begun, what is left of it.

    Raises:
        PlanError: it is over or gone, or not hers to change.
    """
    shift = _changeable(session, by, shift_id, now)
    if shift.starts_at <= now:
        shift.ends_at = now
    else:
        session.delete(shift)
    session.flush()


def pass_on(session: Session, by: Staff, shift_id: uuid.UUID, to: uuid.UUID, now: datetime) -> None:
    """Give a shift, or what is left of it, to a colleague.

    Raises:
        PlanError: it is over or gone, or not hers to change; the colleague has another then, or no key.
    """
    shift = _changeable(session, by, shift_id, now)
    teams = vault.teams_of(session, by.id)
    if to == shift.staff_id or to not in {person.id for person in people(session, teams)}:
        raise PlanError(texts.PLAN_WHO)
    session.execute(select(Staff.id).where(Staff.id == to).with_for_update())
    starts = max(shift.starts_at, now)
    if _overlaps(session, to, starts, shift.ends_at):
        raise PlanError(texts.PLAN_OVERLAPS)
    session.add(Shift(staff_id=to, starts_at=starts, ends_at=shift.ends_at, planned=True))
    withdraw(session, by, shift_id, now)


def repeat_last_week(session: Session, by: Staff, monday: date, zone: ZoneInfo, now: datetime) -> int:
    """Plan this week as the one before; return how many shifts were added. What overlaps is left out.

    Raises:
        PlanError: she is no supervisor.
    """
    if by.role is not Role.SUPERVISOR:
        raise PlanError(texts.PLAN_NOT_YOURS)
    before = monday - timedelta(days=WEEK)
    start, end = _midnight(before, zone), _midnight(monday, zone)
    added = 0
    for one in _between(session, start, end, vault.teams_of(session, by.id)):
        local_start, local_end = one.starts_at.astimezone(zone), one.ends_at.astimezone(zone)
        if one.starts_at < start:
            continue  # it began the week before
        hours = (local_start.time(), local_end.time())
        try:
            plan(session, by, one.staff_id, local_start.date() + timedelta(days=WEEK), hours, zone, now)
        except PlanError:
            continue
        added += 1
    return added


def _between(session: Session, start: datetime, end: datetime, teams: Collection[uuid.UUID]) -> list[Planned]:
    rows = session.execute(
        select(Shift, Staff.display_name)
        .join(Staff, Staff.id == Shift.staff_id)
        .where(Shift.planned, Shift.starts_at < end, Shift.ends_at > start, _of(teams))
        .order_by(Shift.starts_at, Staff.display_name)
    )
    return [
        Planned(shift.id, shift.staff_id, name, shift.starts_at, shift.ends_at)
        for shift, name in rows
        if shift.ends_at > shift.starts_at
    ]


def _of(teams: Collection[uuid.UUID]) -> ColumnElement[bool]:
    granted = select(KeyWrap.staff_id).where(KeyWrap.wrapped.is_not(None), KeyWrap.team_id.in_(teams))
    return and_(Staff.disabled_at.is_(None), Staff.role.in_(vault.KEY_ROLES), Staff.id.in_(granted))


def _gaps(planned: Sequence[Planned], first: datetime, last: datetime) -> list[tuple[datetime, datetime]]:
    gaps, covered = [], first
    for one in sorted(planned, key=lambda shift: shift.starts_at):
        if one.ends_at <= covered or one.starts_at >= last:
            continue
        if one.starts_at > covered:
            gaps.append((covered, one.starts_at))
        covered = one.ends_at
    if covered < last:
        gaps.append((covered, last))
    return gaps


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _overlaps(session: Session, staff_id: uuid.UUID, starts: datetime, ends: datetime) -> bool:
    query = select(Shift.id).where(
        Shift.planned, Shift.staff_id == staff_id, Shift.starts_at < ends, Shift.ends_at > starts
    )
    return session.scalar(query.limit(1)) is not None


def _need_right(session: Session, by: Staff, staff_id: uuid.UUID) -> None:
    if by.id == staff_id:
        return
    teams = vault.teams_of(session, by.id)
    if by.role is not Role.SUPERVISOR or staff_id not in {one.id for one in people(session, teams)}:
        raise PlanError(texts.PLAN_NOT_YOURS)


def _changeable(session: Session, by: Staff, shift_id: uuid.UUID, now: datetime) -> Shift:
    shift = session.get(Shift, shift_id, with_for_update=True, populate_existing=True)
    if shift is None or not shift.planned or shift.ends_at <= now:
        raise PlanError(texts.PLAN_GONE)
    _need_right(session, by, shift.staff_id)
    return shift
