"""What each rule of reminders will do next and what it did not do: how many women, when, and why not.

Counts of planned reminders stand for the women as they stand now: who has said no, left the group, or is not
meant by the rule is not counted. Nothing here reads a conversation, so that no case can show (promise P4).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import false, func, literal, select, union_all

from models import (
    Enrolment,
    EnrolmentState,
    Group,
    OutboxKind,
    OutboxMessage,
    Programme,
    Reminder,
    ReminderFor,
    ReminderRule,
    ReminderState,
    Rsvp,
    RsvpAnswer,
    Session,
    Workshop,
)
from outreach.campaigns import reminder_rules, reminders
from outreach.messages import templates
from outreach.messages.outbox import ENDED, S
from outreach.programme import session_notices

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy.orm import Session as Database

    from models import Template
    from outreach.campaigns.reminder_rules import Rule, Rules
    from outreach.ground.settings import Settings

AHEAD, BACK = timedelta(days=7), timedelta(days=7)
NOT_ARRIVED = ENDED - {S.READ}
# Of these nobody needs to be told: they are no longer about a session of hers.
OF_NO_ACCOUNT = (
    "enrolled_later", "session_moved", "session_cancelled", "rule_changed", "rule_came_later",
    "known_too_late",
)  # fmt: skip


class Planned(NamedTuple):
    """The reminders of one workshop and offset that fall due within one hour."""

    workshop_id: uuid.UUID
    minutes_before: int
    first: datetime
    enrolled: int
    unconfirmed: int
    absent: int

    def meant(self, whom: ReminderFor) -> int:
        """How many of them a rule is for."""
        match whom:
            case ReminderFor.ENROLLED:
                return self.enrolled
            case ReminderFor.UNCONFIRMED:
                return self.unconfirmed
            case ReminderFor.ABSENT:
                return self.absent


class Moment(NamedTuple):
    """How many women a rule reminds, from a moment on."""

    first: datetime
    women: int


@dataclass(frozen=True)
class Line:
    """One rule on the page. `stored` is missing where the settings are in force."""

    rule: Rule
    stored: ReminderRule | None
    template: Template | None
    upcoming: list[Moment] = field(default_factory=list)
    skipped: list[tuple[str, int]] = field(default_factory=list)


@dataclass(frozen=True)
class Part:
    """The rules of a programme, or of one of its workshops that has rules of its own."""

    programme: Programme
    workshop: Workshop | None
    lines: list[Line]

    @property
    def of_settings(self) -> bool:
        """Whether nobody has decided anything here yet."""
        return self.workshop is None and all(line.stored is None for line in self.lines)


def parts(db: Database, settings: Settings, now: datetime) -> list[Part]:
    """Return the rules of every programme, each followed by those of its workshops."""
    in_force = reminder_rules.in_force(db, settings)
    stored = db.scalars(select(ReminderRule).order_by(ReminderRule.minutes_before.desc())).all()
    names = {None: templates.SESSION_REMINDER} | {row.template_name: row.template_name for row in stored}
    forms = {name: templates.by_name(db, purpose) for name, purpose in names.items() if purpose}
    absences = any(rules.is_for_absent for rules in in_force.values())
    upcoming, skipped = planned(db, now, now + AHEAD, absences=absences), not_sent(db, now)
    workshops = db.scalars(select(Workshop).order_by(Workshop.name, Workshop.id)).all()
    found = []
    for programme in db.scalars(select(Programme).order_by(Programme.created_at, Programme.id)):
        rules = in_force[programme.id]
        ours = [one for one in workshops if one.programme_id == programme.id]
        own = [one for one in ours if one.id in rules.own]
        usual = templates.of_programme(db, templates.SESSION_REMINDER, programme.id)
        for workshop in (None, *own):
            covered = {workshop.id} if workshop else {one.id for one in ours} - rules.own.keys()
            scope = workshop.id if workshop else None
            rows = [row for row in stored if row.programme_id == programme.id and row.workshop_id == scope]
            lines = [
                Line(
                    rule,
                    row,
                    forms.get(rule.template_name) if rule.template_name else usual,
                    [] if row is not None and row.stopped_at else _moments(upcoming, covered, rule),
                    _reasons(skipped, covered, rule),
                )
                for rule, row in _rules_of(rows, rules, of_settings=workshop is None)
            ]
            found.append(Part(programme, workshop, lines))
    return found


def _rules_of(
    rows: Iterable[ReminderRule], rules: Rules, *, of_settings: bool
) -> list[tuple[Rule, ReminderRule | None]]:
    """The stored rules of a scope, else those that the settings put in force for a programme."""
    found: list[tuple[Rule, ReminderRule | None]] = [(reminder_rules.rule_of(row), row) for row in rows]
    return found or [(rule, None) for rule in rules.base.values() if of_settings]


def planned(db: Database, now: datetime, until: datetime, *, absences: bool) -> list[Planned]:
    """Count what is planned, by workshop, offset and hour, in one statement.

    Who was absent is looked up where `absences` says so: it is asked of each reminder.
    """
    seated = (
        select(Enrolment.id)
        .where(
            Enrolment.woman_id == Reminder.woman_id,
            Enrolment.group_id == Session.group_id,
            Enrolment.state == EnrolmentState.ENROLLED,
        )
        .exists()
    )
    answer = (Rsvp.woman_id == Reminder.woman_id) & (Rsvp.session_id == Session.id)
    unconfirmed = Rsvp.answer.is_(None) | Rsvp.answer.not_in(reminders.COMES)
    hour = func.date_trunc(literal("hour"), Reminder.due_at)
    rows = db.execute(
        select(
            Workshop.id,
            Reminder.minutes_before,
            func.min(Reminder.due_at),
            func.count(),
            func.count().filter(unconfirmed),
            func.count().filter(reminders.was_absent() if absences else false()),
        )
        .select_from(Reminder)
        .join(Session, Session.id == Reminder.session_id)
        .join(Group, Group.id == Session.group_id)
        .join(Workshop, Workshop.id == Group.workshop_id)
        .outerjoin(Rsvp, answer & ~session_notices.outdated())
        .where(
            Reminder.state == ReminderState.PLANNED,
            Reminder.due_at < until,
            func.coalesce(Reminder.useful_until, Session.starts_at) > now,
            Reminder.revision == Session.revision,
            Session.cancelled_at.is_(None),
            Rsvp.answer.is_distinct_from(RsvpAnswer.DECLINED),
            seated,
        )
        .group_by(Workshop.id, Reminder.minutes_before, hour)
        .order_by(func.min(Reminder.due_at))
    )
    return [Planned(*row) for row in rows]


def not_sent(db: Database, now: datetime) -> dict[tuple[uuid.UUID, int], Counter[str]]:
    """Count what did not reach a woman in the last days, by workshop, offset and reason."""
    dropped = select(
        Reminder.session_id,
        Reminder.minutes_before,
        func.coalesce(Reminder.reason, "unknown").label("reason"),
    ).where(Reminder.state == ReminderState.DROPPED, Reminder.due_at >= now - BACK, Reminder.due_at <= now)
    ended = (
        select(Reminder.session_id, Reminder.minutes_before, func.coalesce(OutboxMessage.reason, "unknown"))
        .join(OutboxMessage, OutboxMessage.id == Reminder.outbox_id)
        .where(
            Reminder.state != ReminderState.DROPPED,
            OutboxMessage.kind == OutboxKind.REMINDER,
            OutboxMessage.state.in_(NOT_ARRIVED),
            OutboxMessage.ended_at >= now - BACK,
        )
    )
    both = union_all(dropped, ended).subquery()
    rows = db.execute(
        select(Group.workshop_id, both.c.minutes_before, both.c.reason, func.count())
        .join(Session, Session.id == both.c.session_id)
        .join(Group, Group.id == Session.group_id)
        .where(both.c.reason.not_in(OF_NO_ACCOUNT))
        .group_by(Group.workshop_id, both.c.minutes_before, both.c.reason)
    )
    found: dict[tuple[uuid.UUID, int], Counter[str]] = defaultdict(Counter)
    for workshop_id, minutes, reason, count in rows:
        found[workshop_id, minutes][reason] += count
    return found


def _moments(upcoming: Iterable[Planned], covered: Iterable[uuid.UUID], rule: Rule) -> list[Moment]:
    hours: dict[datetime, list[Moment]] = defaultdict(list)
    for one in upcoming:
        if one.workshop_id in covered and one.minutes_before == rule.minutes_before and one.meant(rule.whom):
            hours[hour_of(one.first)].append(Moment(one.first, one.meant(rule.whom)))
    return [
        Moment(min(one.first for one in same), sum(one.women for one in same))
        for _, same in sorted(hours.items())
    ]


def hour_of(moment: datetime) -> datetime:
    """Return the hour within which moments are counted together."""
    return moment.replace(minute=0, second=0, microsecond=0)


def _reasons(
    skipped: dict[tuple[uuid.UUID, int], Counter[str]], covered: Iterable[uuid.UUID], rule: Rule
) -> list[tuple[str, int]]:
    total: Counter[str] = Counter()
    for workshop_id in covered:
        total += skipped.get((workshop_id, rule.minutes_before), Counter())
    return total.most_common()


def of_rules(upcoming: Iterable[Planned], rules: Rules, workshops: Iterable[uuid.UUID]) -> Counter[datetime]:
    """Return how many women the rules remind in each hour, of what is planned for these workshops."""
    wanted = set(workshops)
    found: Counter[datetime] = Counter()
    for one in upcoming:
        rule = rules.of(one.workshop_id).get(one.minutes_before) if one.workshop_id in wanted else None
        if rule is not None:
            found[hour_of(one.first)] += one.meant(rule.whom)
    return found
