"""P9: once a case is over nothing more is initiated for it; help that is under way still reaches her."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from desk_steps import NOW, Desk
from desk_support import close_case
from sqlalchemy import select

from models import OutboxKind, OutboxMessage, OutboxState, TemplateState
from outreach.casework import answering, closing, undelivered
from outreach.casework.opened import opened
from outreach.messages import outbox, templates

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey


@pytest.fixture
def desk(session: Session, key: PersonalKey) -> Desk:
    template = templates.by_name(session, templates.INVITATION)
    assert template is not None
    template.state = TemplateState.APPROVED
    return Desk(session, key)


def _states(desk: Desk) -> dict[OutboxKind, OutboxState]:
    rows = desk.session.scalars(select(OutboxMessage).execution_options(populate_existing=True))
    return {row.kind: row.state for row in rows}


@pytest.mark.parametrize("who", ["she", "the team"])
def test_an_invitation_that_waits_for_the_morning(desk: Desk, who: str) -> None:
    """The neutral notice waits for her hours and the case ends before: it does not leave."""
    case = desk.taken()
    answering.reply(desk.session, desk.lucia, case.id, NOW, "Te leo")
    answering.send_neutral(desk.session, desk.lucia, case.id, NOW)
    if who == "she":
        seen = opened(desk.session, desk.lucia, case.id, NOW)
        assert seen is not None
        assert seen.conversation is not None
        closing.close_by_her(desk.session, desk.key, seen.conversation, NOW)
    else:
        close_case(desk.session, desk.lucia, case, NOW, desk.sofia)
    assert _states(desk) == {OutboxKind.REPLY: OutboxState.QUEUED, OutboxKind.NOTICE: OutboxState.EXPIRED}
    assert undelivered.undelivered(desk.session, desk.key, {desk.team_id}) == []


@pytest.mark.parametrize("state", [OutboxState.SENDING, OutboxState.SENT])
def test_one_that_left_stays_what_it_is(desk: Desk, state: OutboxState) -> None:
    case = desk.taken()
    answering.send_neutral(desk.session, desk.lucia, case.id, NOW)
    row = desk.session.scalars(select(OutboxMessage)).one()
    outbox.advance(row, OutboxState.SENDING)
    outbox.advance(row, state)
    desk.session.flush()
    close_case(desk.session, desk.lucia, case, NOW, desk.sofia)
    assert _states(desk) == {OutboxKind.NOTICE: state}


def test_another_womans_invitation_still_leaves(desk: Desk) -> None:
    """The end of one case takes nothing of another back."""
    ends, stays = desk.taken(), desk.taken()
    answering.send_neutral(desk.session, desk.lucia, stays.id, NOW)
    close_case(desk.session, desk.lucia, ends, NOW, desk.sofia)
    assert _states(desk) == {OutboxKind.NOTICE: OutboxState.QUEUED}
