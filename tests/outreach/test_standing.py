"""What of the service is not in order: what is noted, when it ends, and what silence is odd."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from models import (
    BackupRun,
    InboundHour,
    OutboxKind,
    OutboxMessage,
    OutboxState,
    ServiceTrouble,
    TickState,
)
from outreach.figures import service_page, standing, vitals
from outreach.figures.standing import Outside
from outreach.figures.vitals import Vitals
from outreach.ground import tick_state
from outreach.ground.watching_settings import WatchingSettings

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

NOW = datetime(2026, 11, 24, 18, 30, tzinfo=UTC)
MINUTE, HOUR, WEEK = timedelta(minutes=1), timedelta(hours=1), timedelta(weeks=1)
WELL = Outside(rasa_up=1, rasa_all=1, disk_low=False)


IN_ORDER = Vitals(
    came_in=9, last_inbound_at=NOW, unanswered_since=None, reply_unsent_since=None, queued={}, sending=0,
    in_doubt=0, in_doubt_since=None, dead_letters=0, jobs={}, workers=2, leaders=1, ticks={}, counters={},
    alarms={}, backup_at=None, verified_at=None,
)  # fmt: skip


def judged(outside: Outside = WELL, *, backs_up: bool = False, **changes: Any) -> set[str]:
    """The kinds that are so in a service that is in order but for what is changed."""
    vital = replace(IN_ORDER, **changes)
    found = standing.judge(vital, outside, silent=False, backs_up=backs_up, now=NOW)
    assert set(found) | set(standing.OF_A_GAP) == set(standing.KINDS)
    return {kind for kind, so in found.items() if so}


def test_a_service_in_order_has_no_trouble() -> None:
    assert judged() == set()


@pytest.mark.parametrize(
    ("outside", "found"),
    [
        (Outside(0, 1, disk_low=False), {"rasa"}),
        (Outside(0, 2, disk_low=False), {"rasa"}),
        (Outside(1, 2, disk_low=False), {"some_rasa"}),
        (Outside(2, 2, disk_low=True), {"disk"}),
        (Outside(1, 1, disk_low=False, twilio_refuses=True), {"twilio"}),
        (Outside(1, 1, disk_low=False, speech_fails=True), {"speech"}),
    ],
)
def test_what_the_database_does_not_know(outside: Outside, found: set[str]) -> None:
    assert judged(outside) == found


@pytest.mark.parametrize(
    ("name", "value", "kinds"),
    [
        ("workers", 0, {"worker"}),
        ("unanswered_since", NOW - 3 * MINUTE, {"unanswered"}),
        ("unanswered_since", NOW - MINUTE, set()),
        ("reply_unsent_since", NOW - 2 * MINUTE, {"unsent"}),
        ("reply_unsent_since", NOW - MINUTE / 2, set()),
        ("in_doubt_since", NOW - 40 * MINUTE, {"in_doubt"}),
        ("in_doubt_since", NOW - 20 * MINUTE, set()),
        ("dead_letters", 1, {"dead_letters"}),
        ("ticks", {"sweep": vitals.Tick(NOW, 5)}, {"ticks"}),
        ("ticks", {"sweep": vitals.Tick(NOW, 4)}, set()),
        ("ticks", {"alert": vitals.Tick(NOW - 3 * MINUTE, 1)}, {"alerts"}),
        ("ticks", {"alert": vitals.Tick(NOW - MINUTE, 0)}, set()),
        ("ticks", {"serve_webhook": vitals.Tick(NOW - MINUTE, 0)}, {"webhook"}),
        ("ticks", {"serve_console": vitals.Tick(NOW - MINUTE, 0)}, {"console"}),
        ("ticks", {name: vitals.Tick(NOW - MINUTE / 2, 0) for name in tick_state.SERVES.values()}, set()),
    ],
)
def test_what_waits_too_long(name: str, value: object, kinds: set[str]) -> None:
    """Each is so after its time, and not before."""
    changes: dict[str, Any] = {name: value}
    assert judged(**changes) == kinds


@pytest.mark.parametrize(("age", "late"), [(10 * HOUR, False), (37 * HOUR, True)])
def test_a_backup_that_is_missing(age: timedelta, late: bool) -> None:
    """Only where one is made each night; a new installation has no night behind it."""
    for moment in ("backup_at", "installed_at"):
        changes: dict[str, Any] = {moment: NOW - age}
        assert judged(backs_up=True, **changes) == ({"backup"} if late else set())
        assert judged(backs_up=False, **changes) == set()


def test_a_backup_that_failed(session: Session) -> None:
    """Said the next morning, not 36 hours after the last good one; a good one ends it.

    One that a person makes for a folder that is not there is no night's.
    """

    def ran(hours_ago: int, ending: str, error: str | None = None) -> bool:
        session.add(BackupRun(created_at=NOW - hours_ago * HOUR, name=f"avanza-{ending}", error=error))
        session.flush()
        return vitals.backups(session).failed

    night = "20261124-030000-noche.dump.age"
    assert not vitals.backups(session).failed
    assert not ran(30, night)
    assert ran(6, night, "no se pudo escribir")
    assert ran(5, "20261124-040000.dump.age", "no se pudo escribir")
    assert not ran(4, "20261124-050000.dump.age")
    assert not ran(3, "20261124-060000.dump.age", "no se pudo escribir")
    assert judged(backs_up=True, backup_at=NOW - 10 * HOUR, backup_failed=True) == {"backup"}
    assert judged(backs_up=False, backup_failed=True) == set()


def test_a_drill_that_is_late() -> None:
    """Told at the top of the page, not below `Todo en orden`; a new installation has a quarter for it."""
    quarter = 93 * 24 * HOUR
    made: dict[str, Any] = {"backup_at": NOW - HOUR, "installed_at": NOW - quarter}
    assert judged(backs_up=True, **made) == {"drill"}
    assert judged(backs_up=True, **made, verified_at=NOW - quarter) == {"drill"}
    assert judged(backs_up=True, **made, verified_at=NOW - HOUR) == set()
    assert judged(backs_up=True, backup_at=NOW - HOUR, installed_at=NOW - HOUR) == set()
    assert judged(backs_up=False, **made) == set()


def test_only_changes_are_written(session: Session) -> None:
    """A look that finds the same writes nothing; a trouble that comes again is another one."""
    for minute, so in enumerate([False, True, True, True, False, False, True]):
        standing.note(session, {standing.RASA: so, standing.DISK: False}, NOW + minute * MINUTE)
        session.flush()
    rows = session.scalars(select(ServiceTrouble).order_by(ServiceTrouble.began_at)).all()
    assert [(row.kind, row.began_at, row.ended_at) for row in rows] == [
        ("rasa", NOW + MINUTE, NOW + 4 * MINUTE),
        ("rasa", NOW + 6 * MINUTE, None),
    ]
    assert standing.open_ones(session) == {"rasa": NOW + 6 * MINUTE}


def test_the_gravest_stands_first(session: Session) -> None:
    standing.note(session, {"disk": True, "worker": True, "rasa": True, "of_another_version": True}, NOW)
    assert list(standing.open_ones(session)) == ["worker", "rasa", "disk", "of_another_version"]


def test_a_clock_that_stood_still_is_noted_once(session: Session) -> None:
    """The time without a look is written by the next, also where it is asked twice."""
    standing.note_gap(session, NOW)
    session.add(TickState(name=standing.LOOK, failures=0, well_at=NOW - 2 * MINUTE))
    session.flush()
    standing.note_gap(session, NOW)
    assert session.scalars(select(ServiceTrouble)).all() == []
    for later in (10, 11):
        standing.note_gap(session, NOW + later * MINUTE)
        session.flush()
    row = session.scalars(select(ServiceTrouble)).one()
    assert (row.kind, row.began_at, row.ended_at) == ("clock", NOW - 2 * MINUTE, NOW + 10 * MINUTE)


def test_a_gap_in_which_the_database_was_away_is_the_databases(session: Session) -> None:
    """The clock ran: whoever reads the month is not sent to look for it."""
    session.add(TickState(name=standing.LOOK, failures=0, well_at=NOW))
    session.flush()
    standing.note_gap(session, NOW + 5 * MINUTE, database_away=True)
    session.flush()
    standing.note_gap(session, NOW + 6 * MINUTE)
    session.flush()
    assert session.scalars(select(ServiceTrouble.kind)).all() == ["database"]


@pytest.mark.parametrize(
    ("row", "since"),
    [
        ({"next_try_at": None}, -10),  # it has not been tried
        ({"next_try_at": -4}, -4),  # it waited for its hour
        ({"next_try_at": 4}, None),  # it waits for it
        ({"next_try_at": 1, "attempts": 7}, -10),  # Twilio is away: between two tries too
        ({"next_try_at": 1, "attempts": 2, "code": 20429}, -10),
        ({"next_try_at": 1, "attempts": 2, "code": 30003}, None),  # her phone is off
        ({"next_try_at": 1, "attempts": 1, "state": OutboxState.IN_DOUBT}, -10),  # Twilio does not answer
        (
            {"attempts": 1, "state": OutboxState.IN_DOUBT, "sending_since": -1},
            -1,
        ),  # it waited, and left just now
        ({"attempts": 3, "state": OutboxState.SENDING, "sending_since": 0}, -10),  # Twilio hangs once more
        ({"attempts": 1, "state": OutboxState.SENDING, "sending_since": 0}, None),
        ({"attempts": 1, "state": OutboxState.FAILED}, None),
        ({"kind": OutboxKind.CAMPAIGN}, None),
    ],
)
def test_since_when_a_reply_should_have_left(
    session: Session, row: dict[str, Any], since: int | None
) -> None:
    """One that Twilio refuses for now waits between two tries, and still has not left (minutes)."""
    given = {"kind": OutboxKind.REPLY, **row}
    for name in ("next_try_at", "sending_since"):
        if given.get(name) is not None:
            given[name] = NOW + given[name] * MINUTE
    session.add(OutboxMessage(body_cipher=b"x", created_at=NOW - 10 * MINUTE, **given))
    session.flush()
    expected = NOW + since * MINUTE if since is not None else None
    assert vitals.look(session, NOW).reply_unsent_since == expected


def test_somebody_is_told_of_what_lasts(session: Session) -> None:
    """Rasa three minutes, a full disk at once; what nobody is told of here has an alarm of its own."""
    standing.note(session, {"rasa": True, "disk": True, "dead_letters": True}, NOW)

    def told(minutes: int) -> set[str]:
        return {kind for kind, so in standing.alarming(session, NOW + minutes * MINUTE).items() if so}

    assert told(0) == {"disk"}
    assert told(4) == {"disk", "rasa"}


def hours(session: Session, a_week: dict[int, int], weeks: int) -> None:
    """Lay past weeks in which so many messages came in each hour of the day; others are quiet."""
    seq = 1000
    at = (NOW - weeks * WEEK).replace(minute=0) - timedelta(days=3)
    while at <= NOW:
        session.add(InboundHour(hour=at, seq=seq))
        seq += a_week.get(at.hour, 0)
        at += HOUR
    session.flush()


def silent(session: Session, since: timedelta, hours_set: int = 24) -> bool:
    return standing.is_silent(session, NOW - since, WatchingSettings(silence_hours=hours_set), NOW)


def test_silence_against_past_weeks(session: Session) -> None:
    """Where each of the past weeks had messages in these hours, two hours are odd."""
    hours(session, {17: 20, 16: 20, 18: 20}, weeks=3)
    assert silent(session, 2 * HOUR)
    assert not silent(session, 20 * MINUTE)


def test_silence_of_quiet_hours_is_none(session: Session) -> None:
    hours(session, {17: 1, 18: 1}, weeks=3)
    assert not silent(session, 5 * HOUR)


def test_one_quiet_week_makes_silence_usual(session: Session) -> None:
    """A holiday among the past weeks: what was once so is not told."""
    hours(session, {17: 20, 16: 20, 18: 20}, weeks=3)
    quiet = NOW.replace(minute=0) - WEEK
    for at in (quiet - 2 * HOUR, quiet - HOUR, quiet, quiet + HOUR):
        session.get_one(InboundHour, at).seq = session.get_one(InboundHour, quiet - 2 * HOUR).seq
    session.flush()
    assert not silent(session, 2 * HOUR)


def test_silence_without_past_weeks(session: Session) -> None:
    """The setting says; 0 says never, and nothing that ever came is no silence."""
    hours(session, {17: 20, 18: 20}, weeks=1)
    assert not silent(session, 23 * HOUR)
    assert silent(session, 25 * HOUR)
    assert not silent(session, 25 * HOUR, 0)
    assert not standing.is_silent(session, None, WatchingSettings(), NOW)


def test_a_moment_ahead_is_no_silence(session: Session) -> None:
    """A clock that was put back."""
    assert not standing.is_silent(session, NOW + HOUR, WatchingSettings(), NOW)


def test_an_hour_is_noted_once(session: Session) -> None:
    for minute in (0, 10, 29):
        standing.note_hour(session, NOW.replace(minute=minute))
    assert session.scalars(select(InboundHour.hour)).all() == [NOW.replace(minute=0)]


def test_what_is_old_is_forgotten(session: Session) -> None:
    """Five weeks of troubles, six of hours; one that is still open stays."""
    for days, over in ((40, True), (40, False), (20, True)):
        began = NOW - timedelta(days=days)
        kind = "rasa" if over else "disk"
        session.add(ServiceTrouble(kind=kind, began_at=began, ended_at=began + HOUR if over else None))
    session.add_all([InboundHour(hour=NOW - 7 * WEEK, seq=1), InboundHour(hour=NOW - 5 * WEEK, seq=2)])
    session.flush()
    standing.forget_old(session, NOW)
    kinds = session.scalars(select(ServiceTrouble.kind).order_by(ServiceTrouble.began_at)).all()
    assert kinds == ["disk", "rasa"]
    assert session.scalars(select(InboundHour.seq)).all() == [2]


def test_the_page_says_when_it_is_stale(session: Session) -> None:
    """In order is said only where a clock looked within a minute, and found nothing."""
    assert not service_page.gather(session, NOW).well
    session.add(TickState(name=standing.LOOK, failures=0, well_at=NOW - MINUTE))
    session.flush()
    assert service_page.gather(session, NOW).well
    later = service_page.gather(session, NOW + 5 * MINUTE)
    assert not later.well
    assert later.stopped_since == NOW - MINUTE
    standing.note(session, {"disk": True}, NOW)
    assert not service_page.gather(session, NOW).well


def test_which_refusals_are_the_accounts() -> None:
    """A wrong token and a number without WhatsApp; not a woman's phone that can't be reached."""
    counted = {"twilio_send_20003": 2, "twilio_report_63007": 1, "twilio_send_63003": 9, "bulk_sent": 5}
    assert standing.of_the_account(counted) == 3


def test_a_drill_is_due_each_quarter(session: Session) -> None:
    assert service_page.gather(session, NOW).drill_late
    session.add(BackupRun(created_at=NOW - 100 * 24 * HOUR, name="a", verified_at=NOW - 91 * 24 * HOUR))
    session.flush()
    assert not service_page.gather(session, NOW).drill_late
    assert service_page.gather(session, NOW + 2 * 24 * HOUR).drill_late
