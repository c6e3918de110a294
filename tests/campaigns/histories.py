"""A history of reminders: women, a session, a clock that dies or goes wrong, and what was sent when.

The clock's ticks and the worker's batches are the product's own, on a real database; Twilio is not called.
Time goes from one interesting moment to the next: an action, something that falls due, something to be tried.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from drawing import DAY, HOUR, MINUTE, Action, History
from sqlalchemy import event, func, select, text, update

from models import (
    Conversation,
    Enrolment,
    Group,
    OutboxKind,
    OutboxMessage,
    OutboxState,
    Reminder,
    ReminderState,
    RsvpAnswer,
    Session,
    SessionNotice,
    Template,
    TemplateState,
    Woman,
    Workshop,
)
from outreach.campaigns import reminders
from outreach.messages import bulk, conversation_state, inbox, outbox, reconcile
from outreach.messages.may_send import PAUSE, TALK, quiet_spans
from outreach.messages.twilio import Outcome, SendResult
from outreach.people import consent, registry
from outreach.people.registry import Details
from outreach.programme import enrolment, notices_due, timetable

if TYPE_CHECKING:
    import uuid

    import pytest
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session as Database
    from sqlalchemy.orm import sessionmaker

    from outreach.ground.settings import Settings
    from outreach.messages.conversation_state import PrivateState
    from outreach.sealing.crypto import PersonalKey

EMPTY = text("TRUNCATE woman, conversation, workshop, outbox_message, reminder, session_notice CASCADE")


@dataclass(frozen=True)
class Left:
    """A call to Twilio: by whose clock, for which reminder, and what held at that moment."""

    at: datetime
    key: tuple[uuid.UUID, uuid.UUID, int, int]
    state: PrivateState
    useful_until: datetime
    starts_at: datetime
    heard: datetime | None
    current: bool


class DiedError(Exception):
    """The process was killed here."""


@dataclass
class Installation:
    """The database and the clocks of a history."""

    engine: Engine
    sessions: sessionmaker[Database]
    key: PersonalKey
    settings: Settings
    monkeypatch: pytest.MonkeyPatch
    now: datetime = field(default_factory=lambda: datetime(2027, 1, 1, tzinfo=UTC))
    left: list[Left] = field(default_factory=list)
    women: list[uuid.UUID] = field(default_factory=list)
    group_id: uuid.UUID | None = None
    lost: bool = False
    moment: datetime | None = None

    def play(self, history: History) -> None:
        """Play a history to its end, well after its last session."""
        self._begin(history)
        for action in history.actions:
            self._goes_on_until(self.now + action.after)
            self._do(action)
        last = self._last_start()
        self._goes_on_until(max(last, self.now) + 5 * HOUR)
        self._settles()

    def _begin(self, history: History) -> None:
        self.settings = replace(
            self.settings, timezone=history.zone, quiet_hours=history.quiet, reminder_offsets=history.offsets
        )
        self.now, self.left, self.women, self.lost = history.begins, [], [], False
        for module in (outbox, enrolment):
            self.monkeypatch.setattr(module, "utcnow", lambda: self.moment or self.now)
        with self.sessions.begin() as db:
            db.execute(EMPTY)
            db.execute(update(Template).values(state=TemplateState.APPROVED, content_sid="HX1"))
            workshop = Workshop(code="w", name="Huerto", axis="food")
            db.add(workshop)
            db.flush()
            group = Group(code="g", workshop_id=workshop.id, municipality="14039", place="Casa", capacity=9)
            db.add(group)
            db.flush()
            self.group_id = group.id
            db.add(Session(code="g-1", group_id=group.id, starts_at=history.starts_at))
            db.add(Session(code="g-2", group_id=group.id, starts_at=history.starts_at + 30 * HOUR))
            for number, (hours, days) in enumerate(history.women):
                self._woman(db, number, hours, days, self.now - 9 * DAY)

    def _woman(
        self, db: Database, number: int, hours: tuple[str, str] | None, days: tuple[int, ...] | None,
        since: datetime,
    ) -> None:  # fmt: skip
        talk = inbox.conversation_of(db, self.key, f"whatsapp:+52330000{number:04d}", self.now)
        details = Details(full_name=f"Prueba {number}", birth_date="1990-05-17", preferred_name="P")
        woman = registry.add_woman(db, self.key, details, municipality="14039", axis="food")
        talk.woman_id = woman.id
        state = conversation_state.read(self.key, talk)
        state.contact_from, state.contact_until = hours or (None, None)
        state.contact_days = list(days) if days else None
        conversation_state.write(self.key, talk, state)
        consent.record(db, talk.id, consent.PRIVACY, given=True, message_sid=f"SM{number}")
        db.add(Enrolment(woman_id=woman.id, group_id=self.group_id, state="enrolled", created_at=since))
        db.flush()
        self.women.append(woman.id)

    def _goes_on_until(self, end: datetime) -> None:
        """Tick at each moment at which something falls due, and at least every few hours."""
        while self.now < end:
            self._tick()
            with self.sessions() as db:
                due = db.scalar(
                    select(func.min(Reminder.due_at)).where(Reminder.state == ReminderState.PLANNED)
                )
                again = db.scalar(
                    select(func.min(OutboxMessage.next_try_at)).where(
                        OutboxMessage.state == OutboxState.QUEUED
                    )
                )
            soon = [at for at in (due, again) if at is not None and at > self.now]
            self.now = min([end, self.now + 6 * HOUR, *soon])

    def _tick(self, at: datetime | None = None, dies_at: int | None = None) -> None:
        """Let a clock and a worker do what is due by their own time; each transaction may die."""
        now = self.moment = at or self.now
        seen = 0

        def note(*_given: object) -> None:
            nonlocal seen
            seen += 1
            if dies_at is not None and seen >= dies_at:
                raise DiedError

        event.listen(self.engine, "before_cursor_execute", note)
        try:
            with self.sessions.begin() as db:
                reminders.plan(db, self.key, self.settings, now)
            with self.sessions.begin() as db:
                notices_due.send_due(db, self.key, self.settings, now)
            with self.sessions.begin() as db:
                reminders.send_due(db, self.key, self.settings, now)
            for kind in (OutboxKind.NOTICE, OutboxKind.REMINDER):
                self._delivers(kind, now)
        except DiedError:
            pass
        finally:
            event.remove(self.engine, "before_cursor_execute", note)
            self.moment = None

    def _delivers(self, kind: OutboxKind, now: datetime) -> None:
        with self.sessions.begin() as db:
            calls, _ = bulk.begin(db, self.key, self.settings, kind, 50, now)
        with self.sessions() as db:
            leaving = [left for one in calls if (left := self._seen(db, one.outbox_id, now)) is not None]
        self.left += leaving
        if self.lost:
            self.lost = False
            return
        with self.sessions.begin() as db:
            results = [(one, SendResult(Outcome.ACCEPTED, sid=f"SM{one.outbox_id.hex}")) for one in calls]
            bulk.finish(db, self.key, results, now)

    def _seen(self, db: Database, outbox_id: uuid.UUID, now: datetime) -> Left | None:
        row = db.execute(
            select(Reminder, Session, Conversation)
            .join(Session, Session.id == Reminder.session_id)
            .join(OutboxMessage, OutboxMessage.id == Reminder.outbox_id)
            .join(Conversation, Conversation.id == OutboxMessage.conversation_id)
            .where(Reminder.outbox_id == outbox_id)
        ).one_or_none()
        if row is None:
            return None
        one, meeting, talk = row
        return Left(
            now,
            (one.woman_id, one.session_id, one.minutes_before, one.revision),
            conversation_state.read(self.key, talk),
            one.useful_until or meeting.starts_at,
            meeting.starts_at,
            talk.last_inbound_at,
            meeting.cancelled_at is None and meeting.revision == one.revision,
        )

    def _do(self, action: Action) -> None:
        match action.what:
            case "dies":
                self._tick(dies_at=action.number * 2)
            case "stands":
                # Nothing runs for a while, as where a machine is restarted.
                self.now += timedelta(hours=action.number * 2)
            case "skewed":
                self._tick(at=self.now + (action.number - 6) * MINUTE)
            case "lost":
                self.lost = True
            case "wait":
                pass
            case _:
                with self.sessions.begin() as db:
                    self._changes(db, action)

    def _changes(self, db: Database, action: Action) -> None:
        woman = db.get_one(Woman, self.women[action.who % len(self.women)])
        talk = db.scalars(select(Conversation).where(Conversation.woman_id == woman.id)).one()
        meeting = db.scalars(select(Session).order_by(Session.starts_at).limit(1)).one()
        match action.what:
            case "writes":
                talk.last_inbound_at = self.now
            case "moves" | "cancels":
                if meeting.cancelled_at is not None or meeting.starts_at <= self.now:
                    return
                if action.what == "cancels":
                    timetable.cancel_session(db, meeting, self.now)
                    return
                to = max(meeting.starts_at + (action.number - 5) * 7 * HOUR, self.now + HOUR)
                if not meeting.starts_at - 3 * DAY < to < meeting.starts_at + 20 * HOUR:
                    return
                timetable.move_session(db, meeting, to, 60, self.now)
            case "enrols":
                self._woman(db, len(self.women), None, None, self.now)
            case "leaves" | "declines":
                seat = enrolment.current(db, woman.id)
                if action.what == "declines":
                    enrolment.answer(db, woman.id, meeting.id, RsvpAnswer.DECLINED)
                elif seat is not None:
                    enrolment.leave(db, seat)
            case _:
                state = conversation_state.read(self.key, talk)
                state.contact_from, state.contact_until = (
                    ("10:00", "19:00") if action.number % 2 else (None, None)
                )
                conversation_state.write(self.key, talk, state)

    def _last_start(self) -> datetime:
        with self.sessions() as db:
            return db.scalars(select(func.max(Session.starts_at))).one()

    def _settles(self) -> None:
        """Let the lost calls be found, as the clock does."""
        self.now += HOUR
        self.moment = self.now
        with self.sessions.begin() as db:
            reconcile.mark_lost_calls(db, self.key, self.now)
        self.moment = None

    def wrong(self) -> list[str]:
        """Return what must never be: outside her hours, after its use, twice, into a talk, without an end."""
        found = [problem for left in self.left for problem in self._wrong_with(left)]
        found += [
            f"{times} times: {key}"
            for key, times in Counter(one.key for one in self.left).items()
            if times > 1
        ]
        with self.sessions() as db:
            found += self._without_end(db)
        return found

    def _wrong_with(self, left: Left) -> list[str]:
        local = left.at.astimezone(self.settings.timezone)
        lasts = TALK if left.state.busy else PAUSE
        checks = {
            "outside the hours": any(
                span.covers(local.time()) for span in quiet_spans(self.settings, left.state)
            ),
            "not on a day of hers": left.state.contact_days is not None
            and local.weekday() not in left.state.contact_days,
            "after its use": left.at >= min(left.useful_until, left.starts_at),
            "of a session that moved or was cancelled": not left.current,
            "into a talk": left.heard is not None and left.at - lasts < left.heard <= left.at,
        }
        return [f"{problem}: {left}" for problem, holds in checks.items() if holds]

    def _without_end(self, db: Database) -> list[str]:
        waiting = db.scalars(select(Reminder).where(Reminder.state == ReminderState.PLANNED)).all()
        queued = db.scalars(
            select(OutboxMessage.id).where(OutboxMessage.state.in_((OutboxState.QUEUED, OutboxState.SENDING)))
        ).all()
        silent = db.scalars(
            select(Reminder.id).where(Reminder.state == ReminderState.DROPPED, Reminder.reason.is_(None))
        ).all()
        untold = db.scalars(
            select(SessionNotice.id).where(SessionNotice.state == ReminderState.PLANNED)
        ).all()
        found = [f"without an end: {len(rows)}" for rows in (waiting, queued, silent, untold) if rows]
        owed = db.execute(
            select(Enrolment.woman_id, Enrolment.created_at, Session)
            .join(Session, Session.group_id == Enrolment.group_id)
            .where(Enrolment.state == "enrolled", Session.cancelled_at.is_(None))
        ).all()
        known = {
            (row.woman_id, row.session_id, row.minutes_before, row.revision)
            for row in db.scalars(select(Reminder))
        }
        for woman_id, since, meeting in owed:
            for minutes in self.settings.reminder_offsets:
                raw = meeting.starts_at - timedelta(minutes=minutes)
                key = (woman_id, meeting.id, minutes, meeting.revision)
                if since <= raw and key not in known:
                    found.append(f"lost: {key}")
        return found
