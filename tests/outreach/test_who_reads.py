"""P8: she is told that somebody is there only where somebody is who can open what she writes now."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from at_desk import sit_down
from desk_steps import NOW
from desk_support import talk
from referral_support import Agencies

from models import Programme, Shift
from outreach.casework import cases, draft_case, taking
from outreach.messages import conversation_state
from outreach.turns import dialogue_facts

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models import Conversation
    from outreach.casework.opened import Caseworker
    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey


@pytest.fixture
def agencies(session: Session, key: PersonalKey) -> Agencies:
    return Agencies(session, key)


def _on_duty(agencies: Agencies, who: Caseworker) -> None:
    sit_down(agencies.session, who.staff, NOW)
    span = timedelta(hours=4)
    agencies.session.add(Shift(staff_id=who.staff.id, starts_at=NOW - span, ends_at=NOW + span))
    agencies.session.flush()


def _readers(agencies: Agencies, hers: Conversation) -> list[str]:
    agencies.session.refresh(hers)
    state = conversation_state.read(agencies.key, hers)
    return [one.username for one in cases.who_reads(agencies.session, agencies.key, hers, state, NOW)]


def test_whose_case_it_is(agencies: Agencies) -> None:
    """The conversation went to another agency, of which nobody is there: the first team's desk is no help."""
    _on_duty(agencies, agencies.lucia)
    case = agencies.told()
    hers = agencies.conversation_of(case)
    assert _readers(agencies, hers) == ["lucia"]
    there = agencies.accepted(case, along=True)
    taking.let_go(agencies.session, agencies.ines, there.id, NOW, "terminó mi turno")
    assert _readers(agencies, hers) == []
    _on_duty(agencies, agencies.ines)
    assert _readers(agencies, hers) == ["ines"]


def test_the_dialogue_is_told_the_same(agencies: Agencies, settings: Settings) -> None:
    _on_duty(agencies, agencies.lucia)
    case = agencies.told()
    hers = agencies.conversation_of(case)
    for there in (True, False):
        state = conversation_state.read(agencies.key, hers)
        facts = dialogue_facts.build(agencies.session, agencies.key, settings, hers, state, NOW)
        assert facts["on_shift"] is there
        if there:
            agencies.accepted(case, along=True)


def test_harm_by_the_programmes_people(agencies: Agencies) -> None:
    """A caseworker is not shown it, so her being there is not told."""
    _on_duty(agencies, agencies.lucia)
    hers = talk(agencies.session, agencies.key, NOW)
    cases.open_case(agencies.session, agencies.key, hers, urgency="support", about=cases.PROGRAMME, now=NOW)
    assert _readers(agencies, hers) == []
    _on_duty(agencies, agencies.sofia)
    assert _readers(agencies, hers) == ["sofia"]


def test_before_there_is_a_case(agencies: Agencies) -> None:
    """Her programme's team; where she told something already, the one to which that is sealed."""
    _on_duty(agencies, agencies.lucia)
    told, fresh = (talk(agencies.session, agencies.key, NOW) for _ in range(2))
    state = conversation_state.read(agencies.key, told)
    draft_case.add(
        agencies.session, agencies.key, state, author="woman", text="me pega", at=NOW,
        programme_id=told.programme_id,
    )  # fmt: skip
    conversation_state.write(agencies.key, told, state)
    agencies.session.flush()
    assert _readers(agencies, told) == _readers(agencies, fresh) == ["lucia"]
    agencies.session.get_one(Programme, told.programme_id).team_id = agencies.theirs.id
    agencies.session.flush()
    assert _readers(agencies, told) == ["lucia"]
    assert _readers(agencies, fresh) == []
