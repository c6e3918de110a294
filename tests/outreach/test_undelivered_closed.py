"""P3: an answer that fails after its case was closed is shown to the team that can still do something."""

from __future__ import annotations

from typing import TYPE_CHECKING

import desk_steps
import pytest
from desk_steps import NOW, Desk
from desk_support import close_case
from sqlalchemy import select

from models import OutboxMessage, OutboxState
from outreach.casework import answering, closing, undelivered
from outreach.casework.case_state import read_state, write_state

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models import Case
    from outreach.casework.undelivered import Undelivered
    from outreach.sealing.crypto import PersonalKey


@pytest.fixture
def desk(session: Session, key: PersonalKey) -> Desk:
    return Desk(session, key)


def _answered(desk: Desk) -> tuple[Case, OutboxMessage]:
    case = desk.taken()
    answering.reply(desk.session, desk.lucia, case.id, NOW, "Te leo")
    return case, desk.session.scalars(select(OutboxMessage)).one()


def _fails(desk: Desk, row: OutboxMessage, state: OutboxState) -> None:
    row.state, row.reason = state, "unreachable"
    desk.session.flush()


def _listed(desk: Desk, *, supervisor: bool = False) -> list[Undelivered]:
    return undelivered.undelivered(desk.session, desk.key, {desk.team_id}, supervisor=supervisor)


@pytest.mark.parametrize("state", [OutboxState.FAILED, OutboxState.UNDELIVERED, OutboxState.IN_DOUBT])
def test_an_answer_that_fails_after_the_end(desk: Desk, state: OutboxState) -> None:
    """Listed as of a closed case, until one of the team says that she saw it."""
    case, row = _answered(desk)
    close_case(desk.session, desk.lucia, case, NOW, desk.sofia)
    assert _listed(desk) == []
    _fails(desk, row, state)
    [found] = _listed(desk)
    assert (found.case_id, found.outbox_id, found.state) == (case.id, row.id, state.value)
    assert found.closed
    assert not found.by_her
    assert undelivered.acknowledge(desk.session, desk.marta, case.id, NOW, row.id)
    assert _listed(desk) == []
    assert not case.is_open
    assert row.acknowledged_at is None, "a mark on the row would be on answers of cases alone (P4)"


def test_she_closed_it_and_a_colleague_archived_it(desk: Desk) -> None:
    """What was under way when she closed it is still told apart from what the team closed."""
    case, row = _answered(desk)
    conversation = desk_steps.conversation_of(desk, case)
    closing.close_by_her(desk.session, desk.key, conversation, NOW)
    closing.archive(desk.session, desk.marta, case.id, NOW)
    _fails(desk, row, OutboxState.UNDELIVERED)
    [found] = _listed(desk)
    assert (found.closed, found.by_her) == (True, True)


def test_one_that_arrived_is_not_listed(desk: Desk) -> None:
    case, row = _answered(desk)
    close_case(desk.session, desk.lucia, case, NOW, desk.sofia)
    row.state = OutboxState.DELIVERED
    desk.session.flush()
    assert _listed(desk) == []


def test_who_may_see_it(desk: Desk) -> None:
    """P4: another team has none of it, and harm by the programme's own people is a supervisor's."""
    case, row = _answered(desk)
    close_case(desk.session, desk.lucia, case, NOW, desk.sofia)
    _fails(desk, row, OutboxState.FAILED)
    assert undelivered.undelivered(desk.session, desk.key, set()) == []
    state = read_state(desk.key, case)
    state.for_supervisor = True
    write_state(desk.key, case, state)
    desk.session.flush()
    assert _listed(desk) == []
    assert [one.case_id for one in _listed(desk, supervisor=True)] == [case.id]


def test_another_answer_of_the_programme_is_not_of_the_desk(desk: Desk) -> None:
    """A failed row that no case watches is none of the desk's."""
    case, row = _answered(desk)
    close_case(desk.session, desk.lucia, case, NOW, desk.sofia)
    _fails(desk, row, OutboxState.FAILED)
    state = read_state(desk.key, case)
    state.replies = []
    write_state(desk.key, case, state)
    desk.session.flush()
    assert _listed(desk, supervisor=True) == []
