"""Rules of reminders: whose hold, whom they mean, and what happens to what was planned when they change."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from people import NOW, add_enrolled, add_woman
from sqlalchemy import func, select
from support import counting

from models import (
    FIRST_PROGRAMME,
    Attendance,
    Enrolment,
    EnrolmentState,
    Group,
    OutboxMessage,
    OutboxState,
    Reminder,
    ReminderFor,
    ReminderState,
    RsvpAnswer,
    Session,
    Template,
    TemplateState,
)
from outreach.campaigns import reminder_effects, reminders
from outreach.campaigns import reminder_rule_changes as changes
from outreach.campaigns.reminder_rule_changes import RuleError, Scope, Wanted
from outreach.ground import tick_state
from outreach.messages import conversation_state, outbox
from outreach.programme import enrolment, missed_reminders
from worker import ticks

if TYPE_CHECKING:
    from sqlalchemy.orm import Session as Database

    from models import ReminderRule
    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
PROGRAMME = Scope(FIRST_PROGRAMME)


def offsets(db: Database, woman_id: object = None) -> list[int]:
    query = select(Reminder.minutes_before).order_by(Reminder.minutes_before)
    return list(db.scalars(query if woman_id is None else query.where(Reminder.woman_id == woman_id)))


def rule_of(db: Database, minutes: int, scope: Scope = PROGRAMME) -> ReminderRule:
    rows = changes.stored(db, scope.programme_id)
    return next(r for r in rows if r.minutes_before == minutes and r.workshop_id == scope.workshop_id)


def workshop_scope(db: Database, meeting: Session) -> Scope:
    return Scope(FIRST_PROGRAMME, db.get_one(Group, meeting.group_id).workshop_id)


def test_without_rules_the_settings_hold(session: Database, key: PersonalKey, settings: Settings) -> None:
    """Writing them down as the programme's own changes nothing that is planned."""
    add_enrolled(session, key)
    assert reminders.plan(session, key, settings, NOW) == 2
    before = session.scalars(select(Reminder.id)).all()
    assert changes.adopt(session, settings, PROGRAMME) == 2
    assert changes.adopt(session, settings, PROGRAMME) == 0
    assert reminders.plan(session, key, settings, NOW) == 0
    assert session.scalars(select(Reminder.id)).all() == before


def test_a_workshops_rules_replace_its_programmes(
    session: Database, key: PersonalKey, settings: Settings
) -> None:
    """One workshop has a rule of its own, the other those of the programme; stopped, it has none."""
    one, _, first = add_enrolled(session, key, number=1)
    other, _, _ = add_enrolled(session, key, number=2)
    changes.adopt(session, settings, PROGRAMME)
    scope = workshop_scope(session, first)
    changes.adopt(session, settings, scope)
    changes.remove(session, settings, rule_of(session, 120, scope), NOW)
    changes.change(session, settings, rule_of(session, 1440, scope), Wanted(300, ReminderFor.ENROLLED), NOW)
    reminders.plan(session, key, settings, NOW)
    assert offsets(session, one.id) == [300]
    assert offsets(session, other.id) == [120, 1440]
    changes.stop(session, settings, rule_of(session, 300, scope), NOW)
    reminders.plan(session, key, settings, NOW)
    assert offsets(session, one.id) == []
    assert offsets(session, other.id) == [120, 1440]
    changes.reset(session, settings, scope, NOW)
    reminders.plan(session, key, settings, NOW)
    assert offsets(session, one.id) == [120, 1440]


def test_what_a_rule_that_goes_had_planned_goes_and_comes_back(
    session: Database, key: PersonalKey, settings: Settings
) -> None:
    """P3: what waits in the outbox is taken back; what has left stays, and never leaves twice."""
    women = [add_enrolled(session, key, number=n) for n in (1, 2)]
    changes.adopt(session, settings, PROGRAMME)
    reminders.plan(session, key, settings, NOW)
    due = women[0][2].starts_at - DAY
    reminders.send_due(session, key, settings, due)
    left, waits = session.scalars(select(OutboxMessage).order_by(OutboxMessage.seq))
    left.state = OutboxState.SENT
    session.flush()
    rule = rule_of(session, 1440)
    changes.stop(session, settings, rule, due)
    assert (left.state, waits.state) == (OutboxState.SENT, OutboxState.SUPPRESSED)
    assert sorted(offsets(session)) == [120, 120, 1440]
    changes.go_on(session, settings, rule, due)
    reminders.plan(session, key, settings, due)
    reminders.send_due(session, key, settings, due)
    rows = session.execute(
        select(Reminder.woman_id, OutboxMessage.state).join(
            OutboxMessage, OutboxMessage.id == Reminder.outbox_id
        )
    ).all()
    assert sorted(state for _, state in rows) == [OutboxState.QUEUED, OutboxState.SENT]
    assert len({woman_id for woman_id, _ in rows}) == 2


def test_a_rule_that_came_later_owes_nothing_of_before(
    session: Database, key: PersonalKey, settings: Settings
) -> None:
    """Three days before a session of the day after tomorrow is over: not sent late, and no failure."""
    add_enrolled(session, key)
    changes.adopt(session, settings, PROGRAMME)
    changes.add(session, settings, PROGRAMME, Wanted(3 * 1440, ReminderFor.ENROLLED), NOW)
    assert reminders.plan(session, key, settings, NOW) == 2
    late = session.scalars(select(Reminder).where(Reminder.minutes_before == 3 * 1440)).one()
    assert (late.state, late.reason) == (ReminderState.DROPPED, "rule_came_later")
    assert missed_reminders.count(session, NOW - 7 * DAY, NOW) == 0


def test_a_reminder_that_no_rule_calls_for_is_not_sent(
    session: Database, key: PersonalKey, settings: Settings
) -> None:
    """A clock that planned by the rules of a moment before leaves a row: the hand-over sees it."""
    _, _, first = add_enrolled(session, key)
    reminders.plan(session, key, settings, NOW)
    for row in session.scalars(select(Reminder).where(Reminder.minutes_before == 1440)):
        row.minutes_before = 1300
    session.flush()
    assert reminders.send_due(session, key, settings, first.starts_at - DAY) == 1
    assert offsets(session) == [120]
    assert session.scalars(select(OutboxMessage)).all() == []


@pytest.mark.parametrize(
    ("whom", "answer", "present", "reason"),
    [
        (ReminderFor.ENROLLED, RsvpAnswer.CONFIRMED, "present", None),
        (ReminderFor.ENROLLED, RsvpAnswer.DECLINED, "absent", "she_declined"),
        (ReminderFor.UNCONFIRMED, None, "present", None),
        (ReminderFor.UNCONFIRMED, RsvpAnswer.CONFIRMED, "absent", "she_confirmed"),
        (ReminderFor.UNCONFIRMED, RsvpAnswer.LATE, None, "she_confirmed"),
        (ReminderFor.ABSENT, RsvpAnswer.CONFIRMED, "absent", None),
        (ReminderFor.ABSENT, None, "present", "she_came"),
        (ReminderFor.ABSENT, None, None, "she_came"),
    ],
)
def test_whom_a_rule_means_is_decided_when_it_leaves(
    session: Database, key: PersonalKey, settings: Settings, whom: ReminderFor, answer: RsvpAnswer | None,
    present: str | None, reason: str | None,
) -> None:  # fmt: skip
    """By her answer and by the list of the session before, as they stand at that moment."""
    woman, _, first = add_enrolled(session, key)
    before = Session(code="b", group_id=first.group_id, starts_at=NOW - DAY)
    cancelled = Session(code="c", group_id=first.group_id, starts_at=NOW - HOUR, cancelled_at=NOW - 2 * HOUR)
    session.add_all([before, cancelled])
    changes.adopt(session, settings, PROGRAMME)
    changes.change(session, settings, rule_of(session, 1440), Wanted(1440, whom), NOW)
    reminders.plan(session, key, settings, NOW)
    if present:
        session.add(Attendance(woman_id=woman.id, session_id=before.id, state=present))
    if answer:
        enrolment.answer(session, woman.id, first.id, answer)
    session.flush()
    reminders.send_due(session, key, settings, first.starts_at - DAY)
    row = session.scalars(select(Reminder).where(Reminder.minutes_before == 1440)).one()
    assert row.reason == reason
    assert (row.state is ReminderState.HANDED_OVER) == (reason is None)
    assert missed_reminders.count(session, NOW - 7 * DAY, first.starts_at) == 0


def test_a_rule_has_its_template(session: Database, key: PersonalKey, settings: Settings) -> None:
    """The text of the template with when, where and which workshop; one that wants more is reported."""
    _, _, first = add_enrolled(session, key)
    session.add(
        Template(
            name="corto", body="Hola. {{3}} es {{1}}. Te esperamos.", samples='{"1": "hoy", "3": "Huerto"}',
            state=TemplateState.APPROVED, content_sid="HX7", programme_id=FIRST_PROGRAMME,
        )
    )  # fmt: skip
    session.flush()
    changes.adopt(session, settings, PROGRAMME)
    wanted = Wanted(1440, ReminderFor.ENROLLED, "corto")
    changes.change(session, settings, rule_of(session, 1440), wanted, NOW)
    reminders.plan(session, key, settings, NOW)
    reminders.send_due(session, key, settings, first.starts_at - DAY)
    message = session.scalars(select(OutboxMessage)).one()
    assert outbox.read_content(key, message).body == (
        "Hola. Huerto en casa es mañana a las 12:00. Te esperamos."
    )
    with pytest.raises(RuleError):
        changes.change(session, settings, rule_of(session, 120), wanted._replace(template_name="x"), NOW)


def test_too_many_or_the_same_offset_are_refused(session: Database, settings: Settings) -> None:
    """Six at most, each with a time of its own."""
    changes.adopt(session, settings, PROGRAMME)
    for minutes in (60, 180, 240, 300):
        changes.add(session, settings, PROGRAMME, Wanted(minutes, ReminderFor.ENROLLED), NOW)
    for minutes in (360, 60):
        with pytest.raises(RuleError):
            changes.add(session, settings, PROGRAMME, Wanted(minutes, ReminderFor.ENROLLED), NOW)
    with pytest.raises(RuleError):
        changes.change(session, settings, rule_of(session, 60), Wanted(180, ReminderFor.ENROLLED), NOW)


def test_the_effect_of_a_change_is_what_the_clock_then_does(
    session: Database, key: PersonalKey, settings: Settings
) -> None:
    """Counted before it is saved: what goes, what comes, what is too late, who had another already."""
    women = [add_enrolled(session, key, number=n) for n in (1, 2, 3)]
    enrolment.answer(session, women[2][0].id, women[2][2].id, RsvpAnswer.DECLINED)
    changes.adopt(session, settings, PROGRAMME)
    reminders.plan(session, key, settings, NOW)
    due = women[0][2].starts_at - DAY
    reminders.send_due(session, key, settings, due)
    rows = changes.stored(session, FIRST_PROGRAMME)
    made = changes.with_new(rows, PROGRAMME, Wanted(600, ReminderFor.ENROLLED), due)
    found = reminder_effects.effect(session, key, settings, FIRST_PROGRAMME, [*rows, made], due)
    assert [(hour.before, hour.after) for hour in found.hours] == [(0, 2), (2, 2)]
    assert (found.again, found.too_late) == (2, 0)
    assert session.scalar(select(func.count()).select_from(Reminder)) == 6
    late = changes.with_new(rows, PROGRAMME, Wanted(2 * 1440, ReminderFor.ENROLLED), due)
    assert reminder_effects.effect(session, key, settings, FIRST_PROGRAMME, [*rows, late], due).too_late == 2
    changes.add(session, settings, PROGRAMME, Wanted(600, ReminderFor.ENROLLED), due)
    assert reminders.plan(session, key, settings, due) == 3


def test_planning_costs_by_the_offset_and_never_by_the_workshop(
    session: Database, key: PersonalKey, settings: Settings
) -> None:
    """The statements of a tick are the same for one workshop with rules of its own and for six."""

    def cost() -> int:
        with counting(session) as statements:
            reminders.plan(session, key, settings, NOW)
        return len(statements)

    costs = []
    for number in (1, 2, 3, 4, 5, 6):
        _, _, first = add_enrolled(session, key, number=number)
        changes.adopt(session, settings, workshop_scope(session, first))
        cost()
        costs.append(cost())
    assert len(set(costs)) == 1


@pytest.mark.parametrize("others", [True, False])
def test_a_seat_that_came_later_is_no_failure(
    session: Database, key: PersonalKey, settings: Settings, *, others: bool
) -> None:
    """She moved up from the waiting list after the others were reminded; where nobody was, it is reported."""
    woman, _, first = add_enrolled(session, key)
    seat = enrolment.current(session, woman.id)
    assert seat is not None
    seat.state = EnrolmentState.WAITING
    other, _ = add_woman(session, key, 2)
    if others:
        session.add(
            Enrolment(woman_id=other.id, group_id=first.group_id, state="enrolled", created_at=NOW - 9 * DAY)
        )
        session.flush()
        reminders.plan(session, key, settings, NOW)
        reminders.send_due(session, key, settings, first.starts_at - DAY)
    seat.state = EnrolmentState.ENROLLED
    session.flush()
    now = first.starts_at - 3 * HOUR
    reminders.plan(session, key, settings, now)
    row = session.scalars(
        select(Reminder).where(Reminder.woman_id == woman.id, Reminder.minutes_before == 1440)
    ).one()
    assert row.reason == ("enrolled_later" if others else None)
    reminders.send_due(session, key, settings, now)
    assert missed_reminders.count(session, NOW, now) == (0 if others else 1)
    two_hours = session.scalars(
        select(Reminder.state).where(Reminder.woman_id == woman.id, Reminder.minutes_before == 120)
    ).one()
    assert two_hours is ReminderState.PLANNED


def test_hours_of_days_before_that_were_over(session: Database, key: PersonalKey, settings: Settings) -> None:
    """She may be written to on Sundays alone: for a Thursday it was Sunday, too early to be planned."""
    _, conversation, first = add_enrolled(session, key, starts_in=3 * DAY)
    state = conversation_state.read(key, conversation)
    state.contact_days = [6]
    conversation_state.write(key, conversation, state)
    reminders.plan(session, key, settings, NOW + DAY)
    rows = session.scalars(select(Reminder)).all()
    assert {row.reason for row in rows} == {"outside_her_hours"}
    assert missed_reminders.count(session, NOW - 7 * DAY, first.starts_at) == len(rows)


@pytest.mark.parametrize("stood", [True, False])
def test_a_session_that_was_entered_late_is_no_failure(
    session: Database, key: PersonalKey, settings: Settings, *, stood: bool
) -> None:
    """Twenty hours ahead, the day before is over: reported as missed only where the clock stood since."""
    _, _, first = add_enrolled(session, key, starts_in=20 * HOUR)
    ran = first.starts_at - 30 * HOUR if stood else NOW - timedelta(seconds=30)
    tick_state.went_well(session, ticks.plan_reminders.__name__, ran)
    reminders.plan(session, key, settings, NOW)
    row = session.scalars(select(Reminder).where(Reminder.minutes_before == 1440)).one()
    assert row.reason == (None if stood else "known_too_late")
    reminders.send_due(session, key, settings, NOW)
    assert missed_reminders.count(session, NOW - 7 * DAY, NOW) == (1 if stood else 0)
