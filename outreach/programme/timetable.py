"""The dated sessions of a group: added, moved and cancelled, with their reminders and who is to be told.

The page and the imports call the same verbs. Whoever changes a session locks its group before the session, as
enrolment does, so that nobody takes a seat between the change and the list of those to be told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select, update
from sqlalchemy.orm import joinedload

from models import Group, OutboxMessage, Reminder, ReminderState, Session, SessionChange
from outreach.ground import dates
from outreach.messages.take_back import take_back
from outreach.programme import closed_days, recurrence, session_notices
from outreach.texts import programme as texts

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from sqlalchemy.orm import Session as Database

LONGEST_SESSION = 12 * 60
SAME_TIME = timedelta(minutes=1)
MOVED, CANCELLED = "session_moved", "session_cancelled"


class TimetableError(ValueError):
    """This can't be done to a session; the message says why, for the coordinator."""


@dataclass(frozen=True)
class Change:
    """What a change of a session set off: women to be told of it, women reminded of the time before."""

    to_tell: int
    reminded: int


def create_session(
    db: Database, group: Group, starts_at: datetime, minutes: int, now: datetime, *, code: str | None = None
) -> Session:
    """Add a dated session to a group; its reminders are planned by the clock.

    `code` is the agency's own; one is made where it has none.

    Raises:
        TimetableError: in the past, of no length, or at the same time as another of the group.
    """
    _check(starts_at, minutes, now)
    _lock_group(db, group.id)
    _check_free(db, group.id, starts_at, minutes)
    made = Session(
        group_id=group.id, code=code or _new_code(db, group, starts_at), starts_at=starts_at, minutes=minutes
    )
    db.add(made)
    db.flush()
    return made


def plan_series(
    db: Database, programme_id: uuid.UUID, pattern: recurrence.Pattern
) -> list[recurrence.Meeting]:
    """Return the dates that a series has, past the closed days of its programme; nothing is stored.

    Raises:
        TimetableError: so many sessions don't fit into the time that may be planned.
    """
    try:
        last = pattern.first + recurrence.LONGEST + recurrence.SHORTEST_STEP
        closed = closed_days.reasons(db, programme_id, pattern.first, last)
        return recurrence.meetings(pattern, closed)
    except (recurrence.SeriesError, OverflowError):
        raise TimetableError(texts.SERIES_TOO_LONG) from None


def check_series(
    db: Database, group: Group, starts: Sequence[datetime], minutes: int, now: datetime, zone: ZoneInfo
) -> None:
    """Say whether a group has the time for the sessions of a series.

    Raises:
        TimetableError: one is in the past, or at the time of another session; it is named.
    """
    for starts_at in starts:
        _check(starts_at, minutes, now)
    known = db.scalars(
        select(Session).where(
            Session.group_id == group.id,
            Session.cancelled_at.is_(None),
            Session.starts_at > starts[0] - timedelta(minutes=LONGEST_SESSION),
            Session.starts_at < starts[-1] + timedelta(minutes=minutes),
        )
    ).all()
    for starts_at in starts:
        end = starts_at + timedelta(minutes=minutes)
        if any(one.starts_at < end and one.ends_at > starts_at for one in known):
            raise TimetableError(texts.SERIES_TAKEN.format(day=dates.short_day(starts_at, zone)))


def create_series(
    db: Database, group: Group, starts: Sequence[datetime], minutes: int, now: datetime, zone: ZoneInfo
) -> list[Session]:
    """Add the sessions of a series, all or none; each is moved and cancelled by itself from then on.

    Raises:
        TimetableError: as for `check_series`.
    """
    _lock_group(db, group.id)
    check_series(db, group, starts, minutes, now, zone)
    count = _count(db, group.id)
    made = [
        Session(
            group_id=group.id,
            code=_code(group, count + number, starts_at),
            starts_at=starts_at,
            minutes=minutes,
        )
        for number, starts_at in enumerate(starts, start=1)
    ]
    db.add_all(made)
    db.flush()
    return made


def move_session(db: Database, session: Session, starts_at: datetime, minutes: int, now: datetime) -> Change:
    """Give a session another time; those enrolled are told once, and reminded of the new time.

    Another length alone tells nobody, and the same time again changes nothing.

    Raises:
        TimetableError: cancelled, over, or the new time is in the past or that of another session.
    """
    _lock(db, session)
    _check_open(session, now)
    _check(starts_at, minutes, now)
    _check_free(db, session.group_id, starts_at, minutes, but_not=session.id)
    old_start = session.starts_at
    session.minutes = minutes
    if abs(starts_at - old_start) < SAME_TIME:
        db.flush()
        return Change(0, 0)
    session.starts_at = starts_at
    session.revision += 1
    db.flush()
    reminded = _drop_reminders(db, session, MOVED, now)
    return Change(session_notices.owe(db, session, SessionChange.MOVED, old_start, now), reminded)


def cancel_session(db: Database, session: Session, now: datetime) -> Change:
    """Cancel a session and its reminders; those enrolled are told.

    Raises:
        TimetableError: it is cancelled already, or over.
    """
    _lock(db, session)
    _check_open(session, now)
    session.cancelled_at = now
    db.flush()
    reminded = _drop_reminders(db, session, CANCELLED, now)
    to_tell = session_notices.owe(db, session, SessionChange.CANCELLED, session.starts_at, now)
    return Change(to_tell, reminded)


def sessions_of(db: Database, group_id: uuid.UUID) -> Sequence[Session]:
    """Return the sessions of a group, latest first."""
    return db.scalars(
        select(Session).where(Session.group_id == group_id).order_by(Session.starts_at.desc())
    ).all()


def coming(db: Database, now: datetime, until: datetime, *, limit: int) -> Sequence[Session]:
    """Return the next sessions of all groups, soonest first, with group and workshop loaded."""
    return db.scalars(
        select(Session)
        .where(Session.starts_at > now, Session.starts_at < until, Session.cancelled_at.is_(None))
        .options(joinedload(Session.group).joinedload(Group.workshop))
        .order_by(Session.starts_at, Session.id)
        .limit(limit)
    ).all()


def _lock_group(db: Database, group_id: uuid.UUID) -> None:
    db.execute(select(Group.id).where(Group.id == group_id).with_for_update())


def _lock(db: Database, session: Session) -> None:
    db.flush()
    _lock_group(db, session.group_id)
    db.refresh(session, with_for_update=True)


def _check_open(session: Session, now: datetime) -> None:
    if session.cancelled_at is not None:
        raise TimetableError("Esta sesión ya estaba cancelada.")
    if session.starts_at <= now:
        raise TimetableError("Esta sesión ya pasó.")


def _check(starts_at: datetime, minutes: int, now: datetime) -> None:
    if starts_at <= now:
        raise TimetableError("La sesión tiene que ser en el futuro.")
    if starts_at > now + 2 * recurrence.LONGEST:
        raise TimetableError("Esa fecha está demasiado lejos: revisa el año.")
    if not 0 < minutes <= LONGEST_SESSION:
        raise TimetableError("La duración va en minutos, hasta 12 horas.")


def _check_free(
    db: Database, group_id: uuid.UUID, starts_at: datetime, minutes: int, but_not: uuid.UUID | None = None
) -> None:
    near = db.scalars(
        select(Session).where(
            Session.group_id == group_id,
            Session.id.is_distinct_from(but_not),
            Session.cancelled_at.is_(None),
            Session.starts_at < starts_at + timedelta(minutes=minutes),
            Session.starts_at > starts_at - timedelta(minutes=LONGEST_SESSION),
        )
    )
    if any(other.ends_at > starts_at for other in near):
        raise TimetableError("A esa hora el grupo ya tiene una sesión.")


def _new_code(db: Database, group: Group, starts_at: datetime) -> str:
    return _code(group, _count(db, group.id) + 1, starts_at)


def _count(db: Database, group_id: uuid.UUID) -> int:
    return db.scalar(select(func.count()).where(Session.group_id == group_id)) or 0


def _code(group: Group, number: int, starts_at: datetime) -> str:
    return f"{group.code}-{number}-{int(starts_at.timestamp()) // 60:x}"[-48:]


def _drop_reminders(db: Database, session: Session, reason: str, now: datetime) -> int:
    """Drop what is planned, take back what is queued; return how many women had been reminded already."""
    mine = Reminder.session_id == session.id
    db.execute(
        update(Reminder)
        .where(mine, Reminder.state == ReminderState.PLANNED)
        .values(state=ReminderState.DROPPED, reason=reason)
        .execution_options(synchronize_session="fetch")
    )
    taken_back = take_back(db, select(Reminder.outbox_id).where(mine), reason, now)
    db.execute(
        update(Reminder)
        .where(mine, Reminder.outbox_id.in_(taken_back))
        .values(state=ReminderState.DROPPED, reason=reason)
        .execution_options(synchronize_session="fetch")
    )
    reminded = (
        select(func.count(Reminder.woman_id.distinct()))
        .join(OutboxMessage, OutboxMessage.id == Reminder.outbox_id)
        .where(mine, OutboxMessage.state.in_(session_notices.HAS_LEFT))
    )
    return db.scalar(reminded) or 0
