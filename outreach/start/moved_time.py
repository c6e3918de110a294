"""What a jump of the demo's clock needs of the database: where to stop, what is done, what moves along.

A jump goes by steps (`worker.clock_moves`), each to the next moment at which something falls due, so that a
reminder leaves in its window as it would have done (P3), and is not found days late.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, or_, select, text
from sqlalchemy.types import Interval

from models import (
    Campaign,
    CampaignState,
    ChannelAddress,
    Conversation,
    Enrolment,
    EnrolmentState,
    OutboxMessage,
    OutboxState,
    Reminder,
    ReminderState,
    SessionNotice,
    by_machine,
)
from models import Session as WorkshopSession
from outreach.ground.addresses import canonical

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection, Iterable
    from datetime import datetime, timedelta

    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey

# What goes by the machine's own time keeps its distance to it in one of two ways: jobs and dialogue states
# that wait for a moment wait that much less, logins of staff last as long as they would have.
_JOBS = """UPDATE procrastinate_jobs SET scheduled_at = scheduled_at - :by
    WHERE status = 'todo' AND scheduled_at IS NOT NULL"""
_DIALOGUES = "UPDATE rasa_tracker SET expires_at = expires_at - :by"
_LOGINS = """UPDATE staff_session SET last_seen_at = last_seen_at + :by, expires_at = expires_at + :by,
    desk_seen_at = desk_seen_at + :by, locked_at = locked_at + :by"""
_MOVES = tuple(
    text(statement).bindparams(bindparam("by", type_=Interval()))
    for statement in (_JOBS, _DIALOGUES, _LOGINS)
)
_TICKS = text("UPDATE tick_state SET well_at = well_at + :by WHERE name = ANY(:steady)").bindparams(
    bindparam("by", type_=Interval())
)
_NEXT_JOB = text("SELECT min(scheduled_at) FROM procrastinate_jobs WHERE status = 'todo'")
_JOB_LEFT = text(
    "SELECT count(*) FROM procrastinate_jobs"
    " WHERE status = 'doing' OR (status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now()))"
)


def next_moment(session: Session, now: datetime) -> datetime | None:
    """Return the next moment after `now` at which something that is known falls due; None: nothing is."""
    queued = (OutboxMessage.state == OutboxState.QUEUED, OutboxMessage.next_try_at > now)
    to_start = (Campaign.state == CampaignState.SCHEDULED, Campaign.starts_at > now)
    found = [
        next_reminder(session, now),
        session.scalar(select(func.min(OutboxMessage.next_try_at)).where(*queued)),
        session.scalar(select(func.min(Campaign.starts_at)).where(*to_start)),
    ]
    job = session.scalar(_NEXT_JOB)
    if job is not None:
        # The machine's time; what `by_machine` takes away is added again.
        found.append(job + (now - by_machine(now)))
    return min((one for one in found if one is not None and one > now), default=None)


def next_reminder(
    session: Session, now: datetime, women: Collection[uuid.UUID] | None = None
) -> datetime | None:
    """Return when the next reminder that is planned falls due, of these women or of anybody."""
    query = select(func.min(Reminder.due_at)).where(
        Reminder.state == ReminderState.PLANNED, Reminder.due_at > now
    )
    return session.scalar(query if women is None else query.where(Reminder.woman_id.in_(women)))


def women_of(session: Session, key: PersonalKey, phones: Iterable[str]) -> set[uuid.UUID]:
    """Return the women whose numbers these are."""
    hashes = [key.lookup("address", canonical(f"whatsapp:{phone}")) for phone in phones]
    query = (
        select(Conversation.woman_id)
        .join(ChannelAddress, ChannelAddress.conversation_id == Conversation.id)
        .where(ChannelAddress.lookup_hash.in_(hashes), Conversation.woman_id.is_not(None))
    )
    return {woman_id for woman_id in session.scalars(query) if woman_id is not None}


def reminders_to_come(
    session: Session, now: datetime, within: timedelta, women: Collection[uuid.UUID] | None = None
) -> bool:
    """Say whether somebody, or one of these women, has a seat in a session of the next days."""
    query = (
        select(WorkshopSession.id)
        .join(Enrolment, Enrolment.group_id == WorkshopSession.group_id)
        .where(
            WorkshopSession.starts_at > now,
            WorkshopSession.starts_at <= now + within,
            WorkshopSession.cancelled_at.is_(None),
            Enrolment.state == EnrolmentState.ENROLLED,
        )
        .limit(1)
    )
    if women is not None:
        query = query.where(Enrolment.woman_id.in_(women))
    return session.scalar(query) is not None


def is_quiet(session: Session, now: datetime) -> bool:
    """Say whether all that was due by `now` has been done: nothing waits, nothing is on its way."""
    looks: tuple[Any, ...] = (
        select(Reminder.id).where(Reminder.state == ReminderState.PLANNED, Reminder.due_at <= now),
        select(SessionNotice.id).where(SessionNotice.state == ReminderState.PLANNED),
        select(OutboxMessage.id).where(
            or_(
                OutboxMessage.state == OutboxState.SENDING,
                (OutboxMessage.state == OutboxState.QUEUED) & (OutboxMessage.next_try_at <= now),
            )
        ),
    )
    return not session.scalar(_JOB_LEFT) and all(session.scalar(look.limit(1)) is None for look in looks)


def move_along(session: Session, by: timedelta, *, steady: Collection[str] = ()) -> None:
    """Move what goes by the machine's own time, so that a jump of `by` is the same for all.

    `steady` are the clock's ticks that never rest: no time passed for them in which they did not run.
    """
    for statement in _MOVES:
        session.execute(statement, {"by": by})
    session.execute(_TICKS, {"by": by, "steady": list(steady)})
