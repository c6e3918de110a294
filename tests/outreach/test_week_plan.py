"""The week's plan and the notes between shifts: local days, rights, overlaps, one length for every note."""

from __future__ import annotations

import threading
import uuid
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from desk_support import worker_of
from sqlalchemy import select

from models import Role, Shift, ShiftNote, Team
from outreach.casework import handover, week_plan
from outreach.casework.week_plan import PlanError
from outreach.sealing import vault
from outreach.staff import accounts

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker

    from outreach.casework.opened import Caseworker
    from outreach.sealing.crypto import PersonalKey

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
"""A Monday at noon in Jalisco."""
MONDAY = date(2026, 11, 23)
ZONE = ZoneInfo("America/Mexico_City")


class Roster:
    """Two caseworkers and their supervisor, and a supervisor of another team."""

    def __init__(self, session: Session, key: PersonalKey) -> None:
        self.session = session
        recovery = vault.make_team(session, "Atención")
        self.ana = worker_of(session, key, recovery, "ana", NOW)
        self.berta = worker_of(session, key, recovery, "berta", NOW)
        self.sofia = worker_of(session, key, recovery, "sofia", NOW, Role.SUPERVISOR)
        self.eva = worker_of(session, key, recovery, "eva", NOW, Role.SUPERVISOR)
        first, other = vault.the_team(session), vault.make_team(session, "Otra")
        vault.join_team(
            session, self.eva.staff, session.scalars(select(Team).where(Team.id != first.id)).one()
        )
        vault.grant_with_recovery_key(session, other, self.eva.staff.id)
        self.paper = other
        vault.leave_team(session, self.eva.staff, first)
        self.teams = vault.teams_of(session, self.ana.staff.id)

    def plan(self, by: Caseworker, whose: Caseworker, day: int, start: int, end: int) -> Shift:
        """Plan a shift by whole hours."""
        hours = (time(start), time(end))
        at = MONDAY + timedelta(days=day)
        return week_plan.plan(self.session, by.staff, whose.staff.id, at, hours, ZONE, NOW)

    def week(self, monday: date = MONDAY) -> list[list[str]]:
        """Return the shifts of each day as the page shows them."""
        days = week_plan.week(self.session, monday, ZONE, self.teams)
        return [
            [
                f"{s.name} {s.starts_at.astimezone(ZONE):%H}-{s.ends_at.astimezone(ZONE):%H}"
                for s in day.shifts
            ]
            for day in days
        ]


@pytest.fixture
def team(session: Session, key: PersonalKey) -> Roster:
    return Roster(session, key)


def test_a_week(team: Roster) -> None:
    """By local days; a night ends the next morning; what nobody covers is shown."""
    team.plan(team.sofia, team.ana, 0, 13, 20)
    team.plan(team.sofia, team.berta, 0, 20, 8)
    team.plan(team.ana, team.ana, 1, 8, 16)
    assert team.week()[:3] == [["Ana 13-20", "Berta 20-08"], ["Ana 08-16"], []]
    gaps = [
        [(s.astimezone(ZONE).hour, e.astimezone(ZONE).hour) for s, e in day.gaps]
        for day in week_plan.week(team.session, MONDAY, ZONE, team.teams)
    ]
    assert gaps[:3] == [[(0, 13)], [(16, 0)], [(0, 0)]]


@pytest.mark.parametrize(
    ("day", "start", "end", "says"),
    [(-1, 8, 16, "ya pasó"), (0, 8, 11, "ya pasó"), (93, 8, 16, "tres meses"), (1, 8, 1, "16 horas"),
     (1, 8, 8, "16")],
)  # fmt: skip
def test_what_no_plan_can_hold(team: Roster, day: int, start: int, end: int, says: str) -> None:
    with pytest.raises(PlanError, match=says):
        team.plan(team.sofia, team.ana, day, start, end)
    assert team.session.scalars(select(Shift)).all() == []


def test_one_person_is_in_one_place(team: Roster) -> None:
    """An overlap of her own is refused; one that begins as the other ends, or of a colleague, is none."""
    team.plan(team.ana, team.ana, 1, 8, 16)
    for start, end in ((8, 16), (15, 20), (6, 9), (10, 11), (22, 9)):
        with pytest.raises(PlanError, match="ya tiene"):
            team.plan(team.ana, team.ana, 0 if start == 22 else 1, start, end)
    team.plan(team.ana, team.ana, 1, 16, 20)
    team.plan(team.berta, team.berta, 1, 8, 16)
    assert team.week()[1] == ["Ana 08-16", "Berta 08-16", "Ana 16-20"]


def test_who_may_plan_whom(team: Roster) -> None:
    """P10: herself; a supervisor her own team; nobody another team's, or a disabled colleague."""
    with pytest.raises(PlanError, match="tus propios"):
        team.plan(team.ana, team.berta, 1, 8, 16)
    with pytest.raises(PlanError, match="tus propios"):
        team.plan(team.eva, team.ana, 1, 8, 16)
    shift = team.plan(team.sofia, team.berta, 1, 8, 16)
    for worker in (team.ana, team.eva):
        with pytest.raises(PlanError, match="tus propios"):
            week_plan.withdraw(team.session, worker.staff, shift.id, NOW)
        with pytest.raises(PlanError, match="tus propios"):
            week_plan.pass_on(team.session, worker.staff, shift.id, worker.staff.id, NOW)
    accounts.disable(team.session, team.berta.staff, NOW)
    with pytest.raises(PlanError, match="tus propios"):
        team.plan(team.sofia, team.berta, 2, 8, 16)
    assert team.week()[1] == []


def test_a_shift_is_passed_on(team: Roster) -> None:
    """It is the colleague's from then on; of one that has begun, what is left of it."""
    shift = team.plan(team.ana, team.ana, 0, 10, 18)
    with pytest.raises(PlanError, match="colega"):
        week_plan.pass_on(team.session, team.ana.staff, shift.id, team.eva.staff.id, NOW)
    week_plan.pass_on(team.session, team.ana.staff, shift.id, team.berta.staff.id, NOW)
    assert team.week()[0] == ["Ana 10-12", "Berta 12-18"]
    later = team.plan(team.ana, team.ana, 1, 8, 16)
    team.plan(team.berta, team.berta, 1, 15, 20)
    with pytest.raises(PlanError, match="ya tiene"):
        week_plan.pass_on(team.session, team.ana.staff, later.id, team.berta.staff.id, NOW)
    week_plan.withdraw(team.session, team.ana.staff, later.id, NOW)
    assert team.week()[1] == ["Berta 15-20"]
    with pytest.raises(PlanError, match="ya no está"):
        week_plan.withdraw(team.session, team.ana.staff, later.id, NOW)


def test_last_week_again(team: Roster) -> None:
    """The supervisor repeats a week with one press; a second press adds nothing."""
    team.plan(team.sofia, team.ana, 1, 8, 16)
    team.plan(team.sofia, team.berta, 1, 20, 8)
    after = MONDAY + timedelta(days=7)
    with pytest.raises(PlanError):
        week_plan.repeat_last_week(team.session, team.ana.staff, after, ZONE, NOW)
    assert week_plan.repeat_last_week(team.session, team.sofia.staff, after, ZONE, NOW) == 2
    assert week_plan.repeat_last_week(team.session, team.sofia.staff, after, ZONE, NOW) == 0
    assert team.week(after) == team.week()


def test_an_hour_stays_the_hour_where_clocks_change(team: Roster) -> None:
    """In a zone with summer time eight stays eight in the repeated week."""
    zone = ZoneInfo("America/Tijuana")
    now = datetime(2026, 10, 20, 18, tzinfo=UTC)
    monday = date(2026, 10, 26)
    week_plan.plan(team.session, team.sofia.staff, team.ana.staff.id, monday, (time(8), time(16)), zone, now)
    week_plan.repeat_last_week(team.session, team.sofia.staff, monday + timedelta(days=7), zone, now)
    starts = team.session.scalars(select(Shift.starts_at).order_by(Shift.starts_at)).all()
    assert [at.astimezone(zone).hour for at in starts] == [8, 8]
    assert starts[1] - starts[0] == timedelta(days=7, hours=1)


def test_two_plans_at_once_make_one(
    session: Session, sessions: sessionmaker[Session], key: PersonalKey
) -> None:
    """Two forms for the same person and hour in the same moment: one shift."""
    team = Roster(session, key)
    session.commit()
    both, refused = threading.Barrier(2), []

    def press(staff_id: uuid.UUID) -> None:
        with sessions() as own:
            by = accounts.by_id(own, staff_id)
            assert by is not None
            both.wait()
            try:
                hours = (time(8), time(16))
                week_plan.plan(own, by, by.id, MONDAY + timedelta(days=1), hours, ZONE, NOW)
                own.commit()
            except PlanError as error:
                refused.append(error)

    pressing = [threading.Thread(target=press, args=(team.ana.staff.id,)) for _ in range(2)]
    for one in pressing:
        one.start()
    for one in pressing:
        one.join()
    assert len(refused) == 1
    assert team.week()[1] == ["Ana 08-16"]


def test_a_note_goes_to_one_team(team: Roster) -> None:
    """P4: she is in the teams of two agencies: what she writes for one is not read by the other."""
    session, ana = team.session, team.ana.staff
    (own,), (theirs,) = (vault.teams_of(session, who.staff.id) for who in (team.ana, team.eva))
    vault.join_team(session, ana, session.get_one(Team, theirs))
    vault.grant_with_recovery_key(session, team.paper, ana.id)
    with pytest.raises(ValueError, match="one team"):
        handover.write(session, ana, "El portón", ZONE, NOW)
    with pytest.raises(ValueError, match="one team"):
        handover.write(session, ana, "El portón", ZONE, NOW, team_id=uuid.uuid4())
    handover.write(session, ana, "El portón", ZONE, NOW, team_id=own)
    assert session.scalars(select(ShiftNote.team_id)).all() == [own]


def test_notes_are_for_the_team(team: Roster) -> None:
    """P4: sealed, of one length, with a day and no hour; another team reads nothing; gone after a month."""
    session = team.session
    for worker, text in ((team.ana, "El portón queda abierto hasta las 9."), (team.berta, "ñ" * 2000)):
        handover.write(session, worker.staff, text, ZONE, NOW)
    rows = session.scalars(select(ShiftNote)).all()
    assert len({len(row.content_sealed) for row in rows}) == 1
    assert {row.day for row in rows} == {MONDAY}
    notes = handover.read(session, team.sofia.private_key, team.teams, ZONE, NOW)
    assert {(note.name, len(note.text)) for note in notes} == {("Ana", 36), ("Berta", handover.LONGEST)}
    hers = vault.teams_of(session, team.eva.staff.id)
    assert handover.read(session, team.eva.private_key, hers, ZONE, NOW) == []
    assert handover.read(session, b"0" * 32, team.teams, ZONE, NOW) == []
    assert handover.read(session, team.ana.private_key, team.teams, ZONE, NOW + timedelta(days=4)) == []
    assert handover.forget_old(session, NOW + timedelta(days=30)) == 0
    assert handover.forget_old(session, NOW + timedelta(days=31)) == 2
