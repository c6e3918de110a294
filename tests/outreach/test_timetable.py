"""Series of sessions and the calendar that they are planned past."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from people import NOW, add_group, add_woman
from sqlalchemy import select
from support import counting

from models import FIRST_PROGRAMME, Conversation, DataRequest, Holiday, HolidayKind, Session
from outreach.programme import closed_days, recurrence, timetable
from outreach.programme.closed_days import ClosedDaysError
from outreach.programme.recurrence import Every, Pattern
from outreach.programme.timetable import TimetableError
from outreach.single_list import rights

if TYPE_CHECKING:
    from sqlalchemy.orm import Session as Database

    from models import Group
    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

ZONE = ZoneInfo("America/Mexico_City")
HOUR = time(10, 0)
MONDAY = date(2026, 12, 7)


def planned(db: Database, pattern: Pattern) -> list[datetime]:
    return recurrence.starts(timetable.plan_series(db, FIRST_PROGRAMME, pattern), HOUR, ZONE)


def test_a_series_is_planned_past_federal_state_and_school_days(session: Database) -> None:
    """Ten sessions, every two weeks: three fall out, each with its reason; one statement for the calendar."""
    closed_days.enter(session, date(2026, 12, 21), date(2027, 1, 8), "Vacaciones", HolidayKind.SCHOOL, "SEP")
    closed_days.enter(session, date(2027, 3, 1), date(2027, 3, 1), "Día local", HolidayKind.STATE, "Diario")
    with counting(session) as statements:
        found = timetable.plan_series(session, FIRST_PROGRAMME, Pattern(MONDAY, HOUR, Every.TWO_WEEKS, 10))
    assert len(statements) == 1
    assert {one.planned: one.closed for one in found if one.day is None} == {
        date(2026, 12, 21): "Vacaciones",
        date(2027, 1, 4): "Vacaciones",
        date(2027, 2, 1): "Día de la Constitución",
        date(2027, 3, 1): "Día local",
        date(2027, 3, 15): "Natalicio de Benito Juárez",
    }
    assert sum(one.day is not None for one in found) == 10


def test_the_sessions_of_a_series_stand_by_themselves(session: Database) -> None:
    """Created at once with codes of their own; one is moved and the others stay."""
    group, _ = add_group(session, starts_in=timedelta(days=300))
    starts = planned(session, Pattern(MONDAY, HOUR, Every.TWO_WEEKS, 5))
    made = timetable.create_series(session, group, starts, 90, NOW, ZONE)
    assert [one.starts_at for one in made] == starts
    assert len({one.code for one in made}) == 5
    assert {one.minutes for one in made} == {90}
    timetable.move_session(session, made[2], starts[2] + timedelta(days=1), 60, NOW)
    assert [one.starts_at - start for one, start in zip(made, starts, strict=True)] == [
        timedelta(days=1 if number == 2 else 0) for number in range(5)
    ]


def test_a_series_costs_no_more_statements_than_a_session(session: Database) -> None:
    group, _ = add_group(session, starts_in=timedelta(days=300))
    starts = planned(session, Pattern(MONDAY, HOUR, Every.WEEK, 40))
    with counting(session) as statements:
        timetable.create_series(session, group, starts, 90, NOW, ZONE)
    assert len(statements) <= 4


def test_a_series_is_kept_whole_or_not_at_all(session: Database) -> None:
    """A session at that time, or a date in the past: it is named, and nothing is added."""
    group, _ = add_group(session, starts_in=timedelta(days=300))
    starts = planned(session, Pattern(MONDAY, HOUR, Every.WEEK, 4))
    timetable.create_session(session, group, starts[2] - timedelta(minutes=60), 90, NOW)
    before = len(session.scalars(select(Session)).all())
    with pytest.raises(TimetableError, match="lunes 21 de diciembre"):
        timetable.create_series(session, group, starts, 90, NOW, ZONE)
    with pytest.raises(TimetableError, match="futuro"):
        timetable.create_series(session, group, [NOW - timedelta(hours=1), *starts], 90, NOW, ZONE)
    assert len(session.scalars(select(Session)).all()) == before
    # Side by side is no overlap, and a cancelled session takes no time.
    timetable.create_series(session, group, [starts[2] + timedelta(minutes=30)], 30, NOW, ZONE)


@pytest.mark.parametrize("other", [timedelta(minutes=-119), timedelta(minutes=119), timedelta()])
def test_overlaps_are_seen_on_both_sides(session: Database, other: timedelta) -> None:
    group, _ = add_group(session, starts_in=timedelta(days=300))
    starts = planned(session, Pattern(MONDAY, HOUR, Every.WEEK, 2))
    taken = timetable.create_session(session, group, starts[1] + other, 120, NOW)
    with pytest.raises(TimetableError):
        timetable.create_series(session, group, starts, 120, NOW, ZONE)
    timetable.cancel_session(session, taken, NOW)
    timetable.create_series(session, group, starts, 120, NOW, ZONE)


def test_a_series_too_long_is_refused_in_words(session: Database) -> None:
    with pytest.raises(TimetableError, match="dos años"):
        timetable.plan_series(session, FIRST_PROGRAMME, Pattern(MONDAY, HOUR, Every.FOUR_WEEKS, 40))


def test_days_in_a_row_are_one_closure(session: Database) -> None:
    """With the federal ones among them; entering a known day renames it."""
    new = closed_days.enter(
        session, date(2026, 12, 22), date(2026, 12, 31), "Vacaciones", HolidayKind.SCHOOL, "SEP"
    )
    assert new == 10
    again = closed_days.enter(
        session, date(2026, 12, 30), date(2027, 1, 2), "Cierre", HolidayKind.STATE, "Diario"
    )
    assert again == 2
    found = closed_days.listed(session, date(2026, 12, 1), date(2027, 1, 31))
    assert [(one.first, one.last, one.name) for one in found] == [
        (date(2026, 12, 22), date(2026, 12, 29), "Vacaciones"),
        (date(2026, 12, 25), date(2026, 12, 25), "Navidad"),
        (date(2026, 12, 30), date(2027, 1, 2), "Cierre"),
        (date(2027, 1, 1), date(2027, 1, 1), "Año Nuevo"),
    ]
    assert closed_days.remove(session, list(found[0].ids)) == 8
    assert len(session.scalars(select(Holiday)).all()) == 4


def test_the_calendar_of_another_programme_closes_nothing_here(session: Database) -> None:
    """A day of one programme is that programme's alone; one of all is everybody's."""
    closed_days.enter(session, MONDAY, MONDAY, "Aquí", HolidayKind.STATE, "", FIRST_PROGRAMME)
    day = MONDAY + timedelta(days=7)
    closed_days.enter(session, day, day, "Todas", HolidayKind.STATE, "")
    here = closed_days.reasons(session, FIRST_PROGRAMME, MONDAY, day)
    there = closed_days.reasons(session, uuid.uuid4(), MONDAY, day)
    assert (here(MONDAY), there(MONDAY)) == ("Aquí", "")
    assert (here(day), there(day)) == ("Todas", "Todas")


@pytest.mark.parametrize("days", [-1, closed_days.MOST_DAYS])
def test_days_that_can_not_be_meant_are_refused(session: Database, days: int) -> None:
    with pytest.raises(ClosedDaysError):
        closed_days.enter(
            session, MONDAY, MONDAY + timedelta(days=days), "Cierre", HolidayKind.STATE, "Diario"
        )
    assert session.scalars(select(Holiday)).all() == []


def test_the_school_calendar_stops_no_legal_term(
    session: Database, key: PersonalKey, settings: Settings
) -> None:
    """Only days on which offices are closed make a term longer; the school's over them take nothing away."""
    _, conversation = add_woman(session, key)
    plain = _term(session, settings, conversation)
    first, last = date(2026, 12, 1), date(2026, 12, 4)
    closed_days.enter(session, first, last, "Vacaciones", HolidayKind.SCHOOL, "SEP")
    assert _term(session, settings, conversation) == plain
    closed_days.enter(session, first, last, "Cierre", HolidayKind.STATE, "Diario")
    assert _term(session, settings, conversation) > plain
    closed_days.enter(session, first, last, "Vacaciones", HolidayKind.SCHOOL, "SEP")
    assert _term(session, settings, conversation) > plain
    assert set(session.scalars(select(Holiday.name))) == {"Cierre"}


def _term(session: Database, settings: Settings, conversation: Conversation) -> datetime:
    request: DataRequest = rights.open_request(session, settings, conversation, rights.ACCESS, NOW)
    assert request.answer_by is not None
    return request.answer_by


def test_a_group_is_named_in_the_codes_of_its_sessions(session: Database) -> None:
    group: Group = add_group(session, starts_in=timedelta(days=300), code="x" * 30)[0]
    starts = planned(session, Pattern(MONDAY, HOUR, Every.WEEK, 60))
    made = timetable.create_series(session, group, starts, 60, NOW, ZONE)
    assert len({one.code for one in made}) == 60
    assert max(len(one.code) for one in made) <= 48
