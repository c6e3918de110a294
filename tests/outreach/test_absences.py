"""Absent twice running: whom to call, when, and never twice about the same."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from people import NOW, add_woman
from sqlalchemy import event

from models import Attendance, CallResult, Group, Session, Woman, Workshop
from outreach.messages import conversation_state
from outreach.people import preferences, registry
from outreach.programme import absences, enrolment

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session as Database

    from outreach.ground.settings import Settings
    from outreach.programme.absences import Absent
    from outreach.sealing.crypto import PersonalKey

MARKS = {"p": "present", "a": "absent"}


@pytest.fixture
def group(session: Database) -> Group:
    """A group of eight weekly sessions, the last of them yesterday."""
    workshop = Workshop(code="w", name="Huerto en casa", axis="food")
    session.add(workshop)
    session.flush()
    made = Group(code="g", workshop_id=workshop.id, municipality="14039", place="Casa", capacity=90)
    session.add(made)
    session.flush()
    for week in range(8):
        at = NOW - timedelta(days=1 + 7 * (7 - week))
        session.add(Session(code=f"g-{week}", group_id=made.id, starts_at=at))
    session.flush()
    return made


def noted(db: Database, group: Group, woman: Woman, marks: str, *, upto: int = 8) -> list[Session]:
    """Note the sessions before the `upto`th, the last mark for the last of them; `-`: nobody noted it."""
    sessions = group.sessions[upto - len(marks) : upto]
    for meeting, mark in zip(sessions, marks, strict=True):
        if mark != "-":
            db.add(Attendance(woman_id=woman.id, session_id=meeting.id, state=MARKS[mark]))
    db.flush()
    return sessions


def member(db: Database, key: PersonalKey, group: Group, number: int = 1) -> Woman:
    woman, _ = add_woman(db, key, number)
    enrolment.enrol(db, woman, group.id)
    return woman


def listed(db: Database, key: PersonalKey, settings: Settings) -> list[Absent]:
    return absences.listed(db, key, settings, NOW).lines


@pytest.mark.parametrize(
    ("marks", "to_call"),
    [("aa", True), ("paa", True), ("a-a", True), ("a", False), ("apa", False), ("aap", False), ("", False)],
)
def test_who_is_to_be_called(
    session: Database, key: PersonalKey, settings: Settings, group: Group, marks: str, to_call: bool
) -> None:
    """Two noted absences running, whatever nobody noted between; not one, nor two since which she came."""
    noted(session, group, member(session, key, group), marks)
    assert bool(listed(session, key, settings)) is to_call


def test_who_is_not(session: Database, key: PersonalKey, settings: Settings, group: Group) -> None:
    """Who left the group or the reminders, and of a session that was cancelled."""
    left, out, cancelled = (member(session, key, group, number) for number in (1, 2, 3))
    for woman in (left, out):
        noted(session, group, woman, "aa")
    seat = enrolment.current(session, left.id)
    assert seat is not None
    enrolment.leave(session, seat)
    _, talk = add_woman(session, key, 2)
    talk.woman_id = out.id
    preferences.opt_out(session, talk, NOW)
    noted(session, group, cancelled, "aa", upto=6)[0].cancelled_at = NOW
    assert listed(session, key, settings) == []


def test_never_twice_about_the_same(
    session: Database, key: PersonalKey, settings: Settings, group: Group
) -> None:
    """Done is done also when she misses a third; after she came, two new absences are a new run."""
    woman = member(session, key, group)
    noted(session, group, woman, "aa", upto=4)
    (line,) = listed(session, key, settings)
    assert absences.called(session, woman.id, line.session.id, line.tries, CallResult.DONE, by=None, now=NOW)
    assert not absences.called(
        session, woman.id, line.session.id, line.tries, CallResult.NOT_REACHED, by=None, now=NOW
    )
    assert listed(session, key, settings) == []
    noted(session, group, woman, "a", upto=5)
    assert listed(session, key, settings) == []
    noted(session, group, woman, "paa")
    assert len(listed(session, key, settings)) == 1


def test_not_reached(session: Database, key: PersonalKey, settings: Settings, group: Group) -> None:
    """Two people can't note the same try; after three nobody tries again."""
    woman = member(session, key, group)
    missed = noted(session, group, woman, "aa")[-1]
    for tries in range(absences.MOST_TRIES):
        (line,) = listed(session, key, settings)
        assert line.tries == tries
        for first in (True, False):
            kept = absences.called(
                session, woman.id, missed.id, tries, CallResult.NOT_REACHED, by=None, now=NOW
            )
            assert kept is first
    assert listed(session, key, settings) == []


def test_her_hours(session: Database, key: PersonalKey, settings: Settings, group: Group) -> None:
    """From when she may be called by her own hours, her number, and that others may answer."""
    woman = member(session, key, group)
    noted(session, group, woman, "aa")
    (line,) = listed(session, key, settings)
    assert (line.call_from, line.numbers, line.shared) == (NOW, ("+523300000001",), False)
    _, talk = add_woman(session, key, 1)
    talk.woman_id = woman.id
    state = conversation_state.read(key, talk)
    state.contact_from, state.contact_until, state.phone_shared = "16:00", "18:00", True
    conversation_state.write(key, talk, state)
    session.flush()
    (line,) = listed(session, key, settings)
    assert (line.call_from, line.shared) == (NOW + timedelta(hours=4), True)


def test_of_which_agency(session: Database, key: PersonalKey, settings: Settings, group: Group) -> None:
    """A coordinator of one agency gets the numbers of its women, and of those whom none has listed."""
    ours, theirs, nobodys = (member(session, key, group, number) for number in (1, 2, 3))
    registry.affiliate(session, key, ours, "DIF", "F-1", source="import")
    registry.affiliate(session, key, theirs, "SSAS", "F-2", source="import")
    for woman in (ours, theirs, nobodys):
        noted(session, group, woman, "aa")
    met = absences.listed(session, key, settings, NOW, agency="DIF").lines
    assert {line.woman_id for line in met} == {ours.id, nobodys.id}
    assert len(listed(session, key, settings)) == 3


def test_only_who_is_on_the_list_is_called(
    session: Database, key: PersonalKey, settings: Settings, group: Group
) -> None:
    """Nobody notes a call about a woman of other agencies, one who was not absent, or an older session."""
    theirs, here, came = (member(session, key, group, number) for number in (1, 2, 3))
    registry.affiliate(session, key, theirs, "SSAS", "F-1", source="import")
    missed = noted(session, group, theirs, "aa")
    noted(session, group, here, "aa")
    noted(session, group, came, "ap")

    def notes(woman: Woman, meeting: Session, agency: str | None = "DIF") -> bool:
        return absences.called(
            session, woman.id, meeting.id, 0, CallResult.DONE, by=None, now=NOW, agency=agency
        )

    assert not notes(theirs, missed[-1])
    assert not notes(came, missed[-1])
    assert not notes(here, missed[0])
    assert len(listed(session, key, settings)) == 2
    assert notes(here, missed[-1])
    assert notes(theirs, missed[-1], "SSAS")
    assert listed(session, key, settings) == []


def test_pages(
    session: Database, engine: Engine, key: PersonalKey, settings: Settings, group: Group,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Every woman once over all pages; a page of many costs what a page of few costs."""
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *given: statements.append(str(given[2])))
    women = [member(session, key, group, number) for number in range(1, 8)]
    bare = registry.add_woman(session, key, registry.Details(full_name="Sin Teléfono"), municipality="14039",
                              axis="food")  # fmt: skip
    enrolment.enrol(session, bare, group.id)
    for woman in (*women, bare):
        noted(session, group, woman, "aa")
    costs = []
    for size in (2, 3, 50):
        monkeypatch.setattr(absences, "PAGE", size)
        place, met = None, []
        for _ in range(9):
            session.expire_all()
            session.info.clear()
            statements.clear()
            page = absences.listed(session, key, settings, NOW, place)
            costs.append(len(statements))
            met += [line.woman_id for line in page.lines]
            place = page.more
            if place is None:
                break
        assert sorted(met) == sorted(woman.id for woman in (*women, bare))
    assert max(costs) <= 6
