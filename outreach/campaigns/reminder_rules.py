"""Which rules of reminders are in force: a workshop's, else its programme's, else the settings' offsets.

A reminder belongs to the rule of its workshop with its offset; there is one at most. So a rule that changes
its template or whom it is for changes what is planned already, and one that goes takes it along.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import or_, select, true

from models import ReminderFor, ReminderRule, Workshop
from outreach.ground import programme_rules

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session as Database

    from outreach.ground.settings import Settings


@dataclass(frozen=True)
class Rule:
    """A rule in force. `since` is empty where it comes from the settings, which have always been so."""

    minutes_before: int
    whom: ReminderFor = ReminderFor.ENROLLED
    template_name: str | None = None
    since: datetime | None = None
    id: uuid.UUID | None = None


@dataclass(frozen=True)
class Rules:
    """The rules in force of one programme, with its settings.

    `own` has a workshop for each that has rules of its own, with those that are not stopped.
    """

    programme_id: uuid.UUID
    settings: Settings
    base: Mapping[int, Rule]
    own: Mapping[uuid.UUID, Mapping[int, Rule]]

    def of(self, workshop_id: uuid.UUID) -> Mapping[int, Rule]:
        """Return the rules of a workshop by their offsets."""
        return self.own.get(workshop_id, self.base)

    @property
    def offsets(self) -> list[int]:
        """Every offset that is in force for some workshop, the longest first."""
        return sorted(
            {*self.base, *(minutes for rules in self.own.values() for minutes in rules)}, reverse=True
        )

    @property
    def is_for_absent(self) -> bool:
        """Whether some rule asks who was absent from the session before."""
        every = (rule for rules in (self.base, *self.own.values()) for rule in rules.values())
        return any(rule.whom is ReminderFor.ABSENT for rule in every)

    def workshops_with(self, minutes: int) -> ColumnElement[bool]:
        """Return the SQL of whether the offset is in force for the workshop of a row."""
        with_it = Workshop.id.in_([one for one, rules in self.own.items() if minutes in rules])
        if minutes not in self.base:
            return with_it
        return or_(Workshop.id.not_in(list(self.own)), with_it) if self.own else true()


def in_force(db: Database, settings: Settings) -> dict[uuid.UUID, Rules]:
    """Return the rules of every programme, in two statements."""
    rows = db.scalars(select(ReminderRule).order_by(ReminderRule.minutes_before.desc())).all()
    return {
        programme_id: made(
            programme_id, own_settings, [row for row in rows if row.programme_id == programme_id]
        )
        for programme_id, own_settings in programme_rules.all_rules(db, settings).items()
    }


def made(programme_id: uuid.UUID, settings: Settings, rows: Iterable[ReminderRule]) -> Rules:
    """Return what these rows of one programme put in force."""
    base: dict[int, Rule] = {}
    own: dict[uuid.UUID, dict[int, Rule]] = {}
    has_base = False
    for row in rows:
        has_base = has_base or row.workshop_id is None
        of = base if row.workshop_id is None else own.setdefault(row.workshop_id, {})
        if row.stopped_at is None:
            of[row.minutes_before] = rule_of(row)
    if not has_base:
        base = {minutes: Rule(minutes) for minutes in settings.reminder_offsets}
    return Rules(programme_id, settings, base, own)


def rule_of(row: ReminderRule) -> Rule:
    """Return a stored rule as it is in force."""
    return Rule(row.minutes_before, row.whom, row.template_name, row.since, row.id)
