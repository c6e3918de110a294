"""Changing the rules of reminders: added, changed, stopped, taken away. Each takes along what it had planned.

Who changes the rules of a programme holds its row, so that two coordinators change them one after the other.
What has left is never taken back; what waits in the outbox is, and its reminder goes with it, so that it
comes back if its rule does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import ARRAY, Uuid, and_, delete, false, func, literal, or_, select

from models import Group, Programme, Reminder, ReminderRule, ReminderState, Session, Workshop
from outreach.campaigns import reminder_rules
from outreach.ground.programme_rules import LONGEST_OFFSET
from outreach.messages import templates
from outreach.messages.take_back import take_back
from outreach.texts import alarms
from outreach.texts import reminder_rules as texts

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import InstrumentedAttribute
    from sqlalchemy.orm import Session as Database

    from models import ReminderFor, Template
    from outreach.campaigns.reminder_rules import Rules
    from outreach.ground.settings import Settings

MOST_RULES = 6
"""Of one workshop or programme: more than that nobody reads."""
GIVEN = frozenset({"1", "2", "3"})
"""The variables that a reminder has: when, where, which workshop."""
OTHER_PURPOSES = (
    templates.SEAT_FREED, templates.SESSION_MOVED, templates.SESSION_CANCELLED, templates.INVITATION,
    templates.FIRST_INVITATION, templates.REQUEST_ANSWERED,
)  # fmt: skip


class RuleError(ValueError):
    """This can't be saved. `field` is where; the message says why, for the coordinator."""

    def __init__(self, field: str, message: str) -> None:
        """Name the field and what is wrong with it."""
        super().__init__(message)
        self.field = field


class Wanted(NamedTuple):
    """A rule as filled in; without a template: the programme's own of reminders."""

    minutes_before: int
    whom: ReminderFor
    template_name: str | None = None


class Scope(NamedTuple):
    """What rules are for: a programme, or one of its workshops."""

    programme_id: uuid.UUID
    workshop_id: uuid.UUID | None = None


def find(db: Database, rule_id: uuid.UUID) -> ReminderRule | None:
    """Return a stored rule."""
    return db.get(ReminderRule, rule_id)


def stored(db: Database, programme_id: uuid.UUID) -> Sequence[ReminderRule]:
    """Return the rules of a programme and of its workshops, the longest offsets first."""
    return db.scalars(
        select(ReminderRule)
        .where(ReminderRule.programme_id == programme_id)
        .order_by(ReminderRule.minutes_before.desc(), ReminderRule.id)
    ).all()


def is_scope(db: Database, scope: Scope) -> bool:
    """Say whether there is such a programme, with such a workshop."""
    if scope.workshop_id is None:
        return db.get(Programme, scope.programme_id) is not None
    workshop = db.get(Workshop, scope.workshop_id)
    return workshop is not None and workshop.programme_id == scope.programme_id


def has_own(rows: Sequence[ReminderRule], scope: Scope) -> bool:
    """Say whether a scope has rules of its own among those of its programme."""
    return bool(_of_scope(rows, scope))


def on_offer(db: Database, programme_id: uuid.UUID) -> list[Template]:
    """Return the approved templates that a reminder of this programme may have instead of the usual one."""
    return [
        one
        for one in templates.all_of(db)
        if templates.is_approved(one)
        and one.programme_id == programme_id
        and one.name != templates.SESSION_REMINDER
        and one.name not in {alarms.TEMPLATE, alarms.NOW_TEMPLATE}
        and not one.name.endswith(OTHER_PURPOSES)
        and templates.samples_of(one).keys() <= GIVEN
        and templates.samples_of(one).keys() >= {"1"}
    ]


def adopt(db: Database, settings: Settings, scope: Scope) -> int:
    """Write down as a scope's own what is in force for it now; nothing that is sent changes.

    Returns how many rules it has from then on; 0 where it had its own already.
    """
    programme = _lock(db, scope)
    if _of_scope(stored(db, scope.programme_id), scope):
        return 0
    rules = reminder_rules.in_force(db, settings)[scope.programme_id]
    now_in_force = rules.base if scope.workshop_id is None else rules.of(scope.workshop_id)
    db.add_all(
        ReminderRule(
            programme_id=scope.programme_id,
            workshop_id=scope.workshop_id,
            minutes_before=rule.minutes_before,
            whom=rule.whom,
            template_name=rule.template_name,
            since=rule.since or programme.created_at,
        )
        for rule in now_in_force.values()
    )
    db.flush()
    return len(now_in_force)


def with_new(rows: Sequence[ReminderRule], scope: Scope, wanted: Wanted, now: datetime) -> ReminderRule:
    """Return the rule that would be added to the rules of a programme; it is not stored.

    Raises:
        RuleError: there is one of this offset, there are too many, or the offset is out of range.
    """
    of_scope = _of_scope(rows, scope)
    if len(of_scope) >= MOST_RULES:
        raise RuleError("amount", texts.TOO_MANY.format(most=MOST_RULES))
    _check(of_scope, wanted)
    return ReminderRule(
        programme_id=scope.programme_id, workshop_id=scope.workshop_id, since=now, **wanted._asdict()
    )


def with_change(
    rows: Sequence[ReminderRule], rule: ReminderRule, wanted: Wanted, now: datetime
) -> ReminderRule:
    """Return what a rule would become; it is not stored.

    Raises:
        RuleError: as for `with_new`.
    """
    scope = scope_of(rule)
    _check([one for one in _of_scope(rows, scope) if one.id != rule.id], wanted)
    same_moment = rule.minutes_before == wanted.minutes_before
    return ReminderRule(
        programme_id=rule.programme_id,
        workshop_id=rule.workshop_id,
        since=rule.since if same_moment else now,
        stopped_at=rule.stopped_at,
        **wanted._asdict(),
    )


def with_state(rule: ReminderRule, *, stopped_at: datetime | None, now: datetime) -> ReminderRule:
    """Return what a rule would be if it were stopped, or went on; it is not stored."""
    return ReminderRule(
        programme_id=rule.programme_id,
        workshop_id=rule.workshop_id,
        minutes_before=rule.minutes_before,
        whom=rule.whom,
        template_name=rule.template_name,
        since=now,
        stopped_at=stopped_at,
    )


def scope_of(rule: ReminderRule) -> Scope:
    """Return what a rule is for."""
    return Scope(rule.programme_id, rule.workshop_id)


def add(db: Database, settings: Settings, scope: Scope, wanted: Wanted, now: datetime) -> ReminderRule:
    """Add a rule to a scope that has rules of its own.

    Raises:
        RuleError: as for `with_new`; or the template can't be used.
    """
    _lock(db, scope)
    _check_template(db, scope, wanted)
    made = with_new(stored(db, scope.programme_id), scope, wanted, now)
    db.add(made)
    _settle(db, settings, scope, now)
    return made


def change(db: Database, settings: Settings, rule: ReminderRule, wanted: Wanted, now: datetime) -> None:
    """Give a rule another offset, template, or women.

    Raises:
        RuleError: as for `add`.
    """
    scope = scope_of(rule)
    _lock(db, scope)
    if wanted.template_name != rule.template_name:
        _check_template(db, scope, wanted)
    becomes = with_change(stored(db, rule.programme_id), rule, wanted, now)
    rule.minutes_before, rule.whom, rule.template_name = wanted
    rule.since = becomes.since
    _settle(db, settings, scope, now)


def stop(db: Database, settings: Settings, rule: ReminderRule, now: datetime) -> None:
    """Let a rule remind nobody until it goes on."""
    _lock(db, scope_of(rule))
    rule.stopped_at = rule.stopped_at or now
    _settle(db, settings, scope_of(rule), now)


def go_on(db: Database, settings: Settings, rule: ReminderRule, now: datetime) -> None:
    """Let a stopped rule remind again, of what is still ahead."""
    _lock(db, scope_of(rule))
    if rule.stopped_at is not None:
        rule.stopped_at, rule.since = None, now
    _settle(db, settings, scope_of(rule), now)


def remove(db: Database, settings: Settings, rule: ReminderRule, now: datetime) -> None:
    """Take a rule away; a workshop without any has its programme's again, a programme the settings'."""
    scope = scope_of(rule)
    _lock(db, scope)
    db.delete(rule)
    _settle(db, settings, scope, now)


def reset(db: Database, settings: Settings, scope: Scope, now: datetime) -> None:
    """Take all rules of a scope away."""
    _lock(db, scope)
    db.execute(
        delete(ReminderRule).where(
            ReminderRule.programme_id == scope.programme_id,
            ReminderRule.workshop_id.is_not_distinct_from(scope.workshop_id),
        )
    )
    db.expire_all()
    _settle(db, settings, scope, now)


def _lock(db: Database, scope: Scope) -> Programme:
    return db.get_one(Programme, scope.programme_id, with_for_update=True)


def _of_scope(rows: Sequence[ReminderRule], scope: Scope) -> list[ReminderRule]:
    return [row for row in rows if row.workshop_id == scope.workshop_id]


def _check(others: Sequence[ReminderRule], wanted: Wanted) -> None:
    if not 0 < wanted.minutes_before <= LONGEST_OFFSET:
        raise RuleError("amount", texts.OUT_OF_RANGE)
    if any(one.minutes_before == wanted.minutes_before for one in others):
        raise RuleError("amount", texts.TAKEN)


def _check_template(db: Database, scope: Scope, wanted: Wanted) -> None:
    name = wanted.template_name
    if name is not None and name not in {one.name for one in on_offer(db, scope.programme_id)}:
        raise RuleError("template", texts.NO_TEMPLATE)


def _settle(db: Database, settings: Settings, scope: Scope, now: datetime) -> None:
    """Take away what was planned or waits to leave and no rule calls for any more."""
    db.flush()
    rules = reminder_rules.in_force(db, settings)[scope.programme_id]
    planned = _uncalled(rules, scope, Reminder.id).where(Reminder.state == ReminderState.PLANNED)
    db.execute(
        delete(Reminder)
        .where(Reminder.id.in_(planned), Reminder.state == ReminderState.PLANNED)
        .execution_options(synchronize_session="fetch")
    )
    waiting = _uncalled(rules, scope, Reminder.outbox_id).where(Reminder.state == ReminderState.HANDED_OVER)
    taken = take_back(db, waiting, "rule_changed", now)
    if taken:
        db.execute(
            delete(Reminder)
            .where(Reminder.outbox_id == func.any(literal(list(taken), ARRAY(Uuid))))
            .execution_options(synchronize_session="fetch")
        )


def _uncalled(
    rules: Rules, scope: Scope, column: ColumnElement[Any] | InstrumentedAttribute[Any]
) -> Select[Any]:
    """Select a column of the reminders of a scope to which no rule in force belongs."""
    called = [
        and_(Reminder.minutes_before == minutes, rules.workshops_with(minutes)) for minutes in rules.offsets
    ]
    query = (
        select(column)
        .select_from(Reminder)
        .join(Session, Session.id == Reminder.session_id)
        .join(Group, Group.id == Session.group_id)
        .join(Workshop, Workshop.id == Group.workshop_id)
        .where(Workshop.programme_id == scope.programme_id, ~or_(false(), *called))
    )
    return query if scope.workshop_id is None else query.where(Workshop.id == scope.workshop_id)
