"""Closed cases are found by their code and the day, by those who may open them; nothing is unsealed."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from desk_steps import NOW, ZONE, Desk, closed, closed_by_her
from desk_support import close_case

from outreach.casework import closing, draft_case
from outreach.casework.case_state import read_state, write_state
from outreach.casework.closed import chosen, closed_cases
from outreach.casework.closing import Outcome
from outreach.casework.opened import NoSuchCaseError
from outreach.messages import conversation_state

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models import Case
    from outreach.casework.case_state import CaseState
    from outreach.casework.closed import ClosedCase
    from outreach.sealing.crypto import PersonalKey

LATER = NOW + timedelta(minutes=10)
WHY = "volvió a pedir ayuda"


@pytest.fixture
def desk(session: Session, key: PersonalKey) -> Desk:
    return Desk(session, key)


def state_of(desk: Desk, case: Case) -> CaseState:
    desk.session.refresh(case)
    return read_state(desk.key, case)


def _closed(
    desk: Desk, teams: set[uuid.UUID], *, supervisor: bool = False, code: str = ""
) -> list[ClosedCase]:
    return closed_cases(desk.session, desk.key, teams, supervisor=supervisor, code=code)


def test_closed_cases_are_found_by_code_and_day(desk: Desk) -> None:
    """The last first; open ones, drafts and those of another team are not there; the day is a local one."""
    first = closed(desk)
    second = desk.taken()
    late = NOW + timedelta(hours=13)  # an hour of the next day by the clock of Greenwich
    close_case(desk.session, desk.lucia, second, late, desk.sofia)
    hers = closed_by_her(desk)
    desk.taken()
    private = conversation_state.read(desk.key, desk.case()[1])
    draft_case.add(desk.session, desk.key, private, author="woman", text="me pega", at=NOW)
    assert [one.id for one in _closed(desk, {desk.team_id})] == [second.id, first.id]
    closing.archive(desk.session, desk.lucia, hers.id, late)
    assert hers.id in {one.id for one in _closed(desk, {desk.team_id}) if one.by_her and one.outcome is None}
    local = late.astimezone(ZONE).date()
    assert [one.id for one in chosen(_closed(desk, {desk.team_id}), ZONE, day=local)] == [second.id]
    assert [one.id for one in chosen(_closed(desk, {desk.team_id}), ZONE, outcome="attended")] == [
        second.id, first.id,
    ]  # fmt: skip
    assert chosen(_closed(desk, {desk.team_id}), ZONE, outcome="no_contact") == []
    code = str(first.id)[:4]
    for asked_for in (code, code.upper(), str(first.id)[:8]):
        assert first.id in {one.id for one in _closed(desk, {desk.team_id}, code=asked_for)}
    assert _closed(desk, {desk.team_id}, code="%") == _closed(desk, {desk.team_id}, code="_") == []
    assert _closed(desk, {uuid.uuid4()}) == []


def test_a_closed_case_of_the_programmes_own_people(desk: Desk) -> None:
    """P10: a supervisor finds it, nobody else."""
    case = closed(desk)
    state = state_of(desk, case)
    state.for_supervisor = True
    write_state(desk.key, case, state)
    assert _closed(desk, {desk.team_id}) == []
    assert [one.id for one in _closed(desk, {desk.team_id}, supervisor=True)] == [case.id]
    with pytest.raises(NoSuchCaseError):
        closing.reopen(desk.session, desk.lucia, case.id, LATER, WHY)


def test_a_case_closed_before_this_was_kept(desk: Desk) -> None:
    """It has neither day nor outcome, comes last, and can be opened again."""
    old, new = closed(desk), closed(desk)
    state = state_of(desk, old)
    state.outcome = state.closed_at = None
    write_state(desk.key, old, state)
    assert [(one.id, one.outcome) for one in _closed(desk, {desk.team_id})] == [
        (new.id, Outcome.ATTENDED), (old.id, None),
    ]  # fmt: skip
    closing.reopen(desk.session, desk.lucia, old.id, LATER, WHY)
