"""Planning the reminders of sessions that are near: batches are read, decided in memory and written back.

The number of statements follows the batches and never the women.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    DateTime,
    Integer,
    String,
    Uuid,
    and_,
    exists,
    func,
    literal,
    select,
    true,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import insert

from models import (
    Enrolment,
    EnrolmentState,
    Group,
    OutboxMessage,
    Reminder,
    ReminderState,
    Session,
    Workshop,
    utcnow,
)
from outreach.campaigns import due_moments, reminder_rules
from outreach.ground import tick_state
from outreach.messages import conversation_state
from outreach.messages.conversation_state import PrivateState
from outreach.people import conversations
from outreach.programme import session_notices

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session as Database
    from sqlalchemy.types import TypeEngine

    from outreach.campaigns.due_moments import Window
    from outreach.campaigns.reminder_rules import Rules
    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

BATCH = 2000
PLANNING = "plan_reminders"
"""The name of the tick that plans, by which it is noted."""
PLAN_AHEAD = timedelta(days=2)


class Missing(NamedTuple):
    """A reminder that a session and a seat call for, with what decides when it is due."""

    session_id: uuid.UUID
    workshop_id: uuid.UUID
    starts_at: datetime
    revision: int
    woman_id: uuid.UUID
    enrolled_at: datetime
    conversation_id: uuid.UUID | None
    private_cipher: bytes | None


def plan(db: Database, key: PersonalKey, settings: Settings, now: datetime, batch: int = BATCH) -> int:
    """Plan reminders of sessions that are near and have none yet; return how many were new.

    The database finds what is missing, so that a tick with nothing to do costs one query an offset.
    """
    planned = 0
    for programme_id, rules in reminder_rules.in_force(db, settings).items():
        for minutes in rules.offsets:
            query = called_for(programme_id, minutes, now, rules.workshops_with(minutes))
            found = db.execute(query.where(missing_at(minutes)), execution_options={"yield_per": batch})
            for rows in found.partitions():
                planned += _plan_batch(db, key, rules, minutes, [Missing(*row) for row in rows], now)
    return planned


def missing_at(minutes: int) -> ColumnElement[bool]:
    """Return the SQL of whether no reminder of this offset exists for a row of `called_for`.

    One that left before the session moved counts where it came back to the time that she knows.
    """
    its = (
        Reminder.woman_id == Enrolment.woman_id,
        Reminder.session_id == Session.id,
        Reminder.minutes_before == minutes,
    )
    left = exists().where(
        OutboxMessage.id == Reminder.outbox_id, OutboxMessage.state.in_(session_notices.HAS_LEFT)
    )
    before = exists().where(*its, Reminder.revision < Session.revision, left, ~session_notices.moved_since())
    # Two tests side by side: of "neither" PostgreSQL would make a look-up for each woman, no anti-join.
    return and_(
        ~exists().where(*its, Reminder.revision == Session.revision), ~and_(Session.revision > 1, before)
    )


def called_for(
    programme_id: uuid.UUID, minutes: int, now: datetime, workshops: ColumnElement[bool]
) -> Select[Any]:
    """Return the query of the reminders of an offset that near sessions of these workshops call for.

    Its rows are `Missing`; those that exist already are among them.
    """
    before = timedelta(minutes=minutes)
    reached = conversations.newest(Enrolment.woman_id, programme_id)
    return (
        select(
            Session.id,
            Workshop.id,
            Session.starts_at,
            Session.revision,
            Enrolment.woman_id,
            Enrolment.created_at,
            reached.c.id,
            reached.c.private_cipher,
        )
        .select_from(Session)
        .join(Group, Group.id == Session.group_id)
        .join(Workshop, Workshop.id == Group.workshop_id)
        .join(Enrolment, Enrolment.group_id == Session.group_id)
        .outerjoin(reached, true())
        .where(
            Workshop.programme_id == programme_id,
            workshops,
            Session.starts_at > now,
            Session.starts_at <= now + before + PLAN_AHEAD,
            Session.cancelled_at.is_(None),
            Enrolment.state == EnrolmentState.ENROLLED,
            # What fell due before she enrolled was never owed to her.
            Enrolment.created_at <= Session.starts_at - before,
        )
    )


def _plan_batch(
    db: Database, key: PersonalKey, rules: Rules, minutes: int, rows: list[Missing], now: datetime
) -> int:
    windows = windows_of(key, rules.settings, minutes, rows, now)
    pairs = list(zip(rows, windows, strict=True))
    over = {row.session_id for row, window in pairs if window.useful_until <= now}
    late = _Late(db, over, minutes) if over else None
    reasons = [
        late.reason(row, window, rules.of(row.workshop_id)[minutes].since)
        if late is not None and window.useful_until <= now
        else None
        for row, window in pairs
    ]
    _insert(db, minutes, rows, windows, reasons)
    return reasons.count(None)


def _insert(
    db: Database,
    minutes: int,
    rows: list[Missing],
    windows: list[Window],
    reasons: list[str | None],
) -> None:
    """Add the reminders of a batch in one statement; what another clock planned meanwhile stays."""
    states = [
        (ReminderState.PLANNED if reason is None else ReminderState.DROPPED).value for reason in reasons
    ]
    moment, key_columns = DateTime(timezone=True), ["woman_id", "session_id", "minutes_before", "revision"]
    columns: dict[str, ColumnElement[Any]] = {
        "woman_id": _unnest([row.woman_id for row in rows], Uuid()),
        "session_id": _unnest([row.session_id for row in rows], Uuid()),
        "revision": _unnest([row.revision for row in rows], Integer()),
        "due_at": _unnest([window.due_at for window in windows], moment),
        "useful_until": _unnest([window.useful_until for window in windows], moment),
        "state": _unnest(states, String()),
        "reason": _unnest(reasons, String()),
        "id": func.gen_random_uuid(),
        "minutes_before": literal(minutes),
        "created_at": literal(utcnow(), moment),
    }
    db.execute(
        insert(Reminder)
        .from_select(list(columns), select(*columns.values()), include_defaults=False)
        .on_conflict_do_nothing(index_elements=key_columns)
    )


def _unnest(values: Sequence[object], kind: TypeEngine[Any]) -> ColumnElement[Any]:
    return func.unnest(literal(list(values), ARRAY(kind)))


def windows_of(
    key: PersonalKey, settings: Settings, minutes: int, rows: Sequence[Missing], now: datetime
) -> list[Window]:
    """Return each row's window; most women have no hours of their own, and share those of their session."""
    known: dict[object, Window] = {}
    windows = []
    for row in rows:
        state = PrivateState()
        if row.conversation_id is not None and row.private_cipher is not None:
            state = conversation_state.decode(key, row.conversation_id, row.private_cipher)
        days = None if state.contact_days is None else tuple(state.contact_days)
        hers = (row.starts_at, state.contact_from, state.contact_until, days)
        if hers not in known:
            known[hers] = due_moments.window(row.starts_at, minutes, settings, state, now)
        windows.append(known[hers])
    return windows


class _Late:
    """Why reminders are not planned whose window was over before anybody knew of them."""

    def __init__(self, db: Database, sessions: set[uuid.UUID], minutes: int) -> None:
        self._minutes = minutes
        self._ran_at = tick_state.last_well(db, PLANNING)
        self._reminded = set(
            db.scalars(
                select(Reminder.session_id)
                .join(Session, Session.id == Reminder.session_id)
                .where(
                    Reminder.session_id.in_(sessions),
                    Reminder.minutes_before == minutes,
                    Reminder.revision == Session.revision,
                    Reminder.state.in_((ReminderState.HANDED_OVER, ReminderState.ANSWERED)),
                )
                .distinct()
            )
        )

    def reason(self, row: Missing, window: Window, since: datetime | None) -> str | None:
        """Return the reason; None: it was owed, and is to be reported as missed."""
        # She had no seat when the others of her group were reminded: she came later, or moved up.
        if window.due_at < row.enrolled_at or row.session_id in self._reminded:
            return "enrolled_later"
        # She is told of a move by its notice; what fell due before the move is not missed.
        if row.revision > 1:
            return "session_moved"
        if since is not None and window.due_at < since:
            return "rule_came_later"
        if window.due_at < row.starts_at - timedelta(minutes=self._minutes) - PLAN_AHEAD:
            # Her hours of the days before were over when the session came near.
            return "outside_her_hours"
        # The clock has planned since: session or rule were not there yet.
        planned_since = self._ran_at is not None and self._ran_at >= window.useful_until
        return "known_too_late" if planned_since else None
