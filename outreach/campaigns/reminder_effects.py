"""What a change of the rules of reminders would do, before it is saved.

What is planned is counted as it is; what a new offset would plan is worked out as the clock would, each
woman's hours included, and thrown away.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from models import Enrolment, Reminder, ReminderState, Rsvp, RsvpAnswer, Session, Workshop
from outreach.campaigns import reminder_outlook, reminder_planning, reminder_rules, reminders
from outreach.campaigns.reminder_planning import Missing
from outreach.programme import session_notices

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session as Database

    from models import ReminderRule
    from outreach.campaigns.reminder_rules import Rules
    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey


class Hour(NamedTuple):
    """How many women are reminded within an hour, now and with the change."""

    at: datetime
    before: int
    after: int


@dataclass
class Effect:
    """What a change would do to the reminders of the days ahead.

    `too_late`: reminders of sessions ahead whose moment has passed and which are not sent. `again`: of those
    that are new, how many go to a woman who had another reminder of that session.
    """

    hours: list[Hour] = field(default_factory=list)
    too_late: int = 0
    again: int = 0

    @property
    def changes(self) -> bool:
        """Whether it would change anything in the days ahead."""
        return any(hour.before != hour.after for hour in self.hours)


def effect(
    db: Database,
    key: PersonalKey,
    settings: Settings,
    programme_id: uuid.UUID,
    rows: Sequence[ReminderRule],
    now: datetime,
) -> Effect:
    """Work out what it would do if a programme had these rules, its workshops' among them."""
    before = reminder_rules.in_force(db, settings)[programme_id]
    after = reminder_rules.made(programme_id, before.settings, rows)
    workshops = [
        one
        for one in db.scalars(select(Workshop.id).where(Workshop.programme_id == programme_id))
        if before.of(one) != after.of(one)
    ]
    found = Effect()
    absences = before.is_for_absent or after.is_for_absent
    upcoming = reminder_outlook.planned(db, now, now + reminder_outlook.AHEAD, absences=absences)
    then, later = (reminder_outlook.of_rules(upcoming, rules, workshops) for rules in (before, after))
    for minutes in after.offsets:
        new_to = [
            one for one in workshops if minutes in after.of(one) and minutes not in before.of(one)
        ]  # fmt: skip
        if new_to:
            later += _new(db, key, after, minutes, new_to, now, found)
    found.hours = [Hour(at, then[at], later[at]) for at in sorted({*then, *later}) if then[at] or later[at]]
    return found


def _new(
    db: Database,
    key: PersonalKey,
    rules: Rules,
    minutes: int,
    workshops: Sequence[uuid.UUID],
    now: datetime,
    found: Effect,
) -> Counter[datetime]:
    """Count by hour what an offset would plan that some workshops have not had; note the rest in `found`."""
    answer = (Rsvp.woman_id == Enrolment.woman_id) & (Rsvp.session_id == Session.id)
    query = (
        reminder_planning.called_for(rules.programme_id, minutes, now, Workshop.id.in_(workshops))
        .outerjoin(Rsvp, answer & ~session_notices.outdated())
        .where(
            Rsvp.answer.is_distinct_from(RsvpAnswer.DECLINED),
            # What left or was dropped at this offset stays as it is.
            reminder_planning.missing_at(minutes),
        )
        .add_columns(Rsvp.answer, reminders.was_absent(Enrolment.woman_id), _had_another())
    )
    rows = db.execute(query).all()
    missing = [Missing(*row[: len(Missing._fields)]) for row in rows]
    windows = reminder_planning.windows_of(key, rules.settings, minutes, missing, now)
    counts: Counter[datetime] = Counter()
    for row, one, window in zip(rows, missing, windows, strict=True):
        answered, absent, had_another = row[len(Missing._fields) :]
        rule = rules.of(one.workshop_id)[minutes]
        if reminders.not_meant(rule.whom, answered, absent=absent) is not None:
            continue
        if window.useful_until <= now:
            found.too_late += 1
            continue
        found.again += had_another
        counts[reminder_outlook.hour_of(max(window.due_at, now).astimezone(UTC))] += 1
    return counts


def _had_another() -> ColumnElement[bool]:
    return (
        select(Reminder.id)
        .where(
            Reminder.woman_id == Enrolment.woman_id,
            Reminder.session_id == Session.id,
            Reminder.revision == Session.revision,
            Reminder.state.in_((ReminderState.HANDED_OVER, ReminderState.ANSWERED)),
        )
        .correlate(Enrolment, Session)
        .exists()
    )
