"""Who is at the desk: a caseworker with the team's key whose page is in sight.

What a woman is told about somebody being there rests on this alone (P8). Being on the roster is not
enough, and neither is being logged in: only the desk's pages, while in sight, touch `desk_seen_at`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import and_, exists, func, or_, select, update
from sqlalchemy.orm import aliased

from models import KeyWrap, Role, SessionStep, Shift, Staff, StaffSession
from outreach.sealing import vault

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

PRESENT_FOR = timedelta(seconds=45)
TOUCH_EVERY = timedelta(seconds=10)
# Without an act of hers for so long a session that holds a key is locked; for IDLE, it has ended.
LOCK_AFTER = timedelta(minutes=10)
IDLE = timedelta(minutes=30)


@dataclass(frozen=True)
class Holder:
    """A caseworker as one who may hold a conversation.

    `barred` says that she can't come back to it by herself: disabled, a password of somebody else's choice,
    another role, no key. `seen_at` is when the desk was last open in a session of hers that is still known,
    `teams` whose key she has. `supervisor`: she may open what is a supervisor's alone.
    """

    here: bool
    barred: bool
    seen_at: datetime | None
    teams: frozenset[uuid.UUID] = frozenset()
    supervisor: bool = False


@dataclass(frozen=True)
class Member:
    """Somebody who may open the cases of these teams; on duty, and with the desk open, or not."""

    staff_id: uuid.UUID
    name: str
    teams: frozenset[uuid.UUID]
    supervisor: bool
    on_duty: bool
    at_desk: bool


GONE = Holder(here=False, barred=True, seen_at=None)


def touch(login: StaffSession, now: datetime) -> None:
    """Note that the desk is open with the key in this session; written every few seconds at most."""
    if login.step is not SessionStep.OPEN:
        return
    if login.key_wrapped and (login.desk_seen_at is None or now - login.desk_seen_at >= TOUCH_EVERY):
        login.desk_seen_at = now


def live(now: datetime) -> ColumnElement[bool]:
    """The condition that a session is whole, has neither ended nor been locked, and holds the team's key."""
    return and_(
        StaffSession.step == SessionStep.OPEN,
        StaffSession.key_wrapped.is_not(None),
        StaffSession.expires_at > now,
        StaffSession.last_seen_at > now - LOCK_AFTER,
    )


def _not_ended(now: datetime) -> ColumnElement[bool]:
    """The condition that a session may hold the key again: a lock does not end a shift, its end does."""
    return and_(
        StaffSession.step == SessionStep.OPEN,
        or_(StaffSession.key_wrapped.is_not(None), StaffSession.locked_at.is_not(None)),
        StaffSession.expires_at > now,
        StaffSession.last_seen_at > now - IDLE,
    )


def lock_idle(session: Session, now: datetime) -> int:
    """Drop the key of every session without an act for ten minutes, whether its page asks or not."""
    locked = session.execute(
        update(StaffSession)
        .where(StaffSession.key_wrapped.is_not(None), StaffSession.last_seen_at <= now - LOCK_AFTER)
        .values(key_wrapped=None, locked_at=now)
        .returning(StaffSession.id)
    )
    return len(locked.all())


def at_the_desk(now: datetime, team_id: uuid.UUID | None = None) -> ColumnElement[bool]:
    """The condition that a member of staff may open cases (of a team) and has the desk open."""
    seen = exists().where(
        StaffSession.staff_id == Staff.id, live(now), StaffSession.desk_seen_at >= now - PRESENT_FOR
    )
    return and_(_may_open_cases(team_id), seen)


def holders(session: Session, staff_ids: Collection[uuid.UUID], now: datetime) -> dict[uuid.UUID, Holder]:
    """Return how each of these caseworkers stands, as the database says at this moment."""
    seen_at = (
        select(func.max(StaffSession.desk_seen_at))
        .where(StaffSession.staff_id == Staff.id)
        .correlate(Staff)
        .scalar_subquery()
    )
    teams = (
        select(func.array_agg(KeyWrap.team_id))
        .where(KeyWrap.staff_id == Staff.id, KeyWrap.wrapped.is_not(None))
        .correlate(Staff)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Staff.id, Staff.role, at_the_desk(now), ~_may_open_cases(), seen_at, teams).where(
            Staff.id.in_(staff_ids)
        )
    )
    found = {
        staff_id: Holder(here, barred, seen, frozenset(own or ()), role is Role.SUPERVISOR)
        for staff_id, role, here, barred, seen, own in rows
    }
    return {staff_id: found.get(staff_id, GONE) for staff_id in staff_ids}


def has_live_session(session: Session, staff_id: uuid.UUID, now: datetime) -> bool:
    """Say whether a caseworker is logged in anywhere with the key."""
    query = select(StaffSession.id).where(StaffSession.staff_id == staff_id, live(now))
    return session.scalar(query.limit(1)) is not None


def members(session: Session, now: datetime) -> list[Member]:
    """Return everybody who may open cases, by name; one statement."""
    on_duty = exists().where(Shift.staff_id == Staff.id, Shift.starts_at <= now, Shift.ends_at > now)
    # By another name: within `_may_open_cases` the table stands for itself.
    wrap = aliased(KeyWrap)
    rows = session.execute(
        select(Staff.id, Staff.display_name, Staff.role, wrap.team_id, on_duty, at_the_desk(now))
        .join(wrap, wrap.staff_id == Staff.id)
        .where(_may_open_cases(), wrap.wrapped.is_not(None))
        .order_by(Staff.display_name, Staff.id)
    )
    found: dict[uuid.UUID, Member] = {}
    for staff_id, name, role, team_id, duty, here in rows:
        known = found.get(staff_id)
        teams = (known.teams if known else frozenset()) | {team_id}
        found[staff_id] = Member(staff_id, name, teams, role is Role.SUPERVISOR, duty, here)
    return list(found.values())


def end_shift(session: Session, staff_id: uuid.UUID, now: datetime) -> None:
    """End the shift that a caseworker has entered; what the week's plan says of her stands."""
    _end(session, now, Shift.staff_id == staff_id)


def end_shift_if_gone(session: Session, staff_id: uuid.UUID, now: datetime) -> None:
    """End her shift where she has no session left that holds the key or may hold it again."""
    session.flush()
    left = select(StaffSession.id).where(StaffSession.staff_id == staff_id, _not_ended(now))
    if session.scalar(left.limit(1)) is None:
        end_shift(session, staff_id, now)


def end_abandoned_shifts(session: Session, now: datetime) -> int:
    """End the shifts whose caseworker has no session left, locked ones besides; return how many."""
    return _end(session, now, ~exists().where(StaffSession.staff_id == Shift.staff_id, _not_ended(now)))


def _end(session: Session, now: datetime, which: ColumnElement[bool]) -> int:
    # A planned shift begins before she is there, and stands while her session ends and begins again.
    ended = session.execute(
        update(Shift)
        .where(~Shift.planned, Shift.starts_at <= now, Shift.ends_at > now, which)
        .values(ends_at=now)
        .returning(Shift.id)
    )
    return len(ended.all())


def _may_open_cases(team_id: uuid.UUID | None = None) -> ColumnElement[bool]:
    granted = exists().where(KeyWrap.staff_id == Staff.id, KeyWrap.wrapped.is_not(None))
    if team_id is not None:
        granted = granted.where(KeyWrap.team_id == team_id)
    return and_(
        Staff.role.in_(vault.KEY_ROLES),
        Staff.disabled_at.is_(None),
        ~Staff.must_change_password,
        granted,
    )
