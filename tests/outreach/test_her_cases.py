"""Other cases of the same woman, by any number of hers: for her team alone, and found by a number."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest
from desk_steps import NOW, Desk, closed
from desk_support import case_of, close_case
from sqlalchemy import select

from models import AuditEvent, Conversation
from outreach.casework import closed as closed_list
from outreach.casework import her_cases, person, taking
from outreach.casework.case_state import read_state, write_state
from outreach.casework.her_cases import NotANumberError
from outreach.messages import inbox
from outreach.people import registry
from outreach.people.details import HERSELF, Details

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models import Case
    from outreach.casework.case_state import CaseState
    from outreach.casework.closed import ClosedCase
    from outreach.casework.opened import Caseworker
    from outreach.sealing.crypto import PersonalKey

FIRST, SECOND = "33 0000 0611", "+52 1 33 0000 0612"


@pytest.fixture
def desk(session: Session, key: PersonalKey) -> Desk:
    return Desk(session, key)


def talk_from(desk: Desk, number: str) -> Conversation:
    """A conversation from a number of ten digits."""
    digits = "".join(filter(str.isdigit, number))[-10:]
    return inbox.conversation_of(desk.session, desk.key, f"whatsapp:+52{digits}", NOW)


def of_one_woman(desk: Desk) -> tuple[Case, Case]:
    """Two cases of a woman who wrote from two numbers: the first is closed, Lucia has the second."""
    woman = registry.add_woman(
        desk.session, desk.key, Details(full_name="Elena Uno"), municipality=None, axis=None, source=HERSELF
    )
    first, second = talk_from(desk, FIRST), talk_from(desk, SECOND)
    first.woman_id = second.woman_id = woman.id
    old = case_of(desk.session, desk.key, first, NOW)
    taking.take(desk.session, desk.lucia, old.id, NOW)
    close_case(desk.session, desk.lucia, old, NOW, desk.sofia)
    new = case_of(desk.session, desk.key, second, NOW)
    taking.take(desk.session, desk.lucia, new.id, NOW)
    return old, new


def find(desk: Desk, who: Caseworker, number: str, teams: set[uuid.UUID] | None = None) -> list[uuid.UUID]:
    found = her_cases.find_by_phone(desk.session, desk.key, who.staff, teams or {desk.team_id}, number, NOW)
    return [one.id for one in found]


def test_her_other_cases_stand_beside_her(desk: Desk) -> None:
    """Also from her other number; not those of another woman, of another team, or this one itself."""
    old, new = of_one_woman(desk)
    closed(desk)
    her = person.see_person(desk.session, desk.lucia, new.id, NOW)
    assert [(one.id, one.is_open, one.outcome) for one in her.others] == [(old.id, False, "attended")]
    assert new.id not in {one.id for one in her.others}
    old.team_id = desk.session.get_one(type(old), new.id).team_id
    desk.stranger()
    theirs = {uuid.uuid4()}
    assert find(desk, desk.lucia, FIRST, theirs) == []


def test_found_by_any_of_her_numbers(desk: Desk) -> None:
    """Open ones first, however the number is written; nothing for a number that nobody writes from."""
    old, new = of_one_woman(desk)
    for number in (FIRST, SECOND, "3300000611", "52 33 0000 0612"):
        assert find(desk, desk.marta, number) == [new.id, old.id]
    assert find(desk, desk.marta, "33 0000 0699") == []
    for wrong in ("", "33 0000", "Elena", "33 0000 0611 ext 2"):
        with pytest.raises(NotANumberError):
            find(desk, desk.marta, wrong)


def test_the_search_is_recorded_whatever_it_finds(desk: Desk) -> None:
    """By the day, without the number, and alike where it finds nothing."""
    of_one_woman(desk)
    for number in (FIRST, "33 0000 0699"):
        find(desk, desk.marta, number)
    desk.session.flush()
    rows = desk.session.scalars(select(AuditEvent).where(AuditEvent.action == "desk.searched")).all()
    assert [(row.staff_id, row.at.hour) for row in rows] == [(desk.marta.staff.id, 0)] * 2


def test_harm_by_the_programme_is_found_by_a_supervisor(desk: Desk) -> None:
    """P10: a caseworker of the team is not told that there is such a case."""
    old, new = of_one_woman(desk)
    state = read_state(desk.key, old)
    state.for_supervisor = True
    write_state(desk.key, old, state)
    desk.session.flush()
    assert find(desk, desk.lucia, FIRST) == [new.id]
    assert find(desk, desk.sofia, FIRST) == [new.id, old.id]
    assert person.see_person(desk.session, desk.lucia, new.id, NOW).others == ()


def test_a_state_is_read_again_only_where_it_changed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list of thousands of closed cases is asked for with every panel."""
    old, _ = of_one_woman(desk)
    desk.session.commit()
    read: list[uuid.UUID] = []
    make = closed_list._line

    def noted(case_id: uuid.UUID, team_id: uuid.UUID, state: CaseState) -> ClosedCase:
        read.append(case_id)
        return make(case_id, team_id, state)

    monkeypatch.setattr(closed_list._known, "_make", noted)
    for _ in range(3):
        assert len(closed_list.closed_cases(desk.session, desk.key, {desk.team_id}, supervisor=True)) == 1
    assert read == [old.id]
    state = read_state(desk.key, old)
    state.outcome = "other"
    write_state(desk.key, old, state)
    desk.session.flush()
    found = closed_list.closed_cases(desk.session, desk.key, {desk.team_id}, supervisor=True)
    assert [one.outcome for one in found] == ["other"]
    assert read == [old.id, old.id]
