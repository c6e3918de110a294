"""What a conversation takes with it when it changes agencies, and what is said where it can't go back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from desk_steps import NOW
from referral_support import Agencies

from models import Role
from outreach.casework import (
    alerts,
    answering,
    appointment_steps,
    cases,
    closing,
    holding,
    taking,
    undelivered,
)  # fmt: skip
from outreach.casework.opened import DeskError, NotYourRoleError
from outreach.casework.referral_rows import Step
from outreach.messages import conversation_state
from outreach.texts import desk_referrals as texts

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models import Case
    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

LATER = NOW + timedelta(minutes=5)
ZONE = ZoneInfo("America/Mexico_City")
PROGRAMME = cases.PROGRAMME


@pytest.fixture
def agencies(session: Session, key: PersonalKey) -> Agencies:
    return Agencies(session, key)


def _says(agencies: Agencies, case: Case, urgency: cases.Urgency, about: str = "violence") -> None:
    """She tells the bot something, as a turn has it."""
    hers = agencies.conversation_of(case)
    cases.open_case(agencies.session, agencies.key, hers, urgency=urgency, about=about, now=LATER)


def _change(agencies: Agencies, case: Case, **values: object) -> None:
    state = cases.locked_state(agencies.session, agencies.key, case)
    for name, value in values.items():
        setattr(state, name, value)
    cases.write_state(agencies.key, case, state)
    agencies.session.flush()


def test_danger_goes_along(agencies: Agencies) -> None:
    """What became danger since it was asked is danger at the other team; the way back is alike."""
    case = agencies.told()
    there = agencies.refer(case, along=True)
    _says(agencies, case, "danger")
    taking.take(agencies.session, agencies.ines, there.id, NOW)
    assert agencies.state(there).urgency == "support"
    agencies.answers(agencies.ines, there, Step.ACCEPTED)
    assert agencies.state(there).urgency == "danger"
    other = agencies.told()
    there = agencies.accepted(other, along=True)
    _says(agencies, there, "danger")
    agencies.answers(agencies.ines, there, Step.RETURNED, "no es de aquí")
    assert agencies.state(other).urgency == "danger"


def test_it_never_becomes_less_urgent(agencies: Agencies) -> None:
    """The case that it comes to may be the more urgent one."""
    case = agencies.told()
    there = agencies.refer(case, along=True)
    _change(agencies, there, urgency="danger")
    taking.take(agencies.session, agencies.ines, there.id, NOW)
    agencies.answers(agencies.ines, there, Step.ACCEPTED)
    assert agencies.state(there).urgency == "danger"


def test_harm_by_the_programmes_people_is_a_supervisors_there_too(agencies: Agencies) -> None:
    """She told of it after it was asked: a caseworker of the other team is not given that conversation."""
    case = agencies.told()
    there = agencies.refer(case, along=True)
    taking.let_go(agencies.session, agencies.lucia, case.id, NOW, "terminó mi turno")
    _says(agencies, case, "support", PROGRAMME)
    assert agencies.state(case).for_supervisor
    taking.take(agencies.session, agencies.ines, there.id, NOW)
    with pytest.raises(NotYourRoleError):
        agencies.answers(agencies.ines, there, Step.ACCEPTED)
    agencies.session.rollback()


def test_a_supervisor_there_may_have_it(session: Session, key: PersonalKey) -> None:
    agencies = Agencies(session, key)
    case = agencies.told()
    there = agencies.refer(case, along=True)
    taking.let_go(session, agencies.lucia, case.id, NOW, "terminó mi turno")
    _says(agencies, case, "support", PROGRAMME)
    agencies.ines.staff.role = Role.SUPERVISOR
    session.flush()
    taking.take(session, agencies.ines, there.id, NOW)
    agencies.answers(agencies.ines, there, Step.ACCEPTED)
    assert agencies.state(there).for_supervisor
    assert not agencies.state(there).apart


def test_the_agreed_hour_goes_along(agencies: Agencies) -> None:
    """A person agreed with her on an hour: whoever has the conversation then has it on her list."""
    case = agencies.told()
    at = NOW + timedelta(days=1)
    appointment_steps.appoint(agencies.session, agencies.lucia, case.id, NOW, at, "le marco", ZONE)
    there = agencies.accepted(case, along=True)
    assert (agencies.state(case).appointment_at, agencies.state(there).appointment_at) == (
        None,
        at.isoformat(),
    )
    agencies.answers(agencies.ines, there, Step.RETURNED, "no es de aquí")
    assert (agencies.state(case).appointment_at, agencies.state(there).appointment_at) == (
        at.isoformat(),
        None,
    )


def test_an_answer_that_does_not_arrive_is_still_shown(agencies: Agencies) -> None:
    """P3: what the first team wrote just before is shown to it where it fails afterwards."""
    case = agencies.told()
    answering.reply(agencies.session, agencies.lucia, case.id, NOW, "Te van a escribir de la otra oficina")
    agencies.accepted(case, along=True)
    (sent,) = agencies.state(case).replies
    line = next(
        one
        for one in cases.open_cases(agencies.session, agencies.key, {agencies.team_id})
        if one.id == case.id
    )
    assert [str(one) for one in line.replies] == [sent]
    assert undelivered.among(agencies.session, [line]) == []


def test_what_comes_back_calls_from_the_first_step(agencies: Agencies) -> None:
    """Danger that nobody took was called out before it went; sent back, those on duty are called again."""
    case = agencies.told()
    _says(agencies, case, "danger")
    there = agencies.refer(case, along=True)
    taking.let_go(agencies.session, agencies.lucia, case.id, NOW, "terminó mi turno")
    _change(agencies, case, alert_step=6, alerted_at=NOW.isoformat())
    taking.take(agencies.session, agencies.ines, there.id, NOW)
    agencies.answers(agencies.ines, there, Step.ACCEPTED)
    assert alerts.next_step(agencies.state(case), 5, LATER) is None
    agencies.answers(agencies.ines, there, Step.RETURNED, "no es de aquí")
    assert alerts.next_step(agencies.state(case), 5, LATER) is alerts.Step.SHIFT


def test_what_is_declined_calls_from_the_first_step(agencies: Agencies) -> None:
    """So does one whose conversation never went; one that waits already goes on where it is."""
    case = agencies.told()
    _says(agencies, case, "danger")
    there = agencies.refer(case)
    taking.let_go(agencies.session, agencies.lucia, case.id, NOW, "terminó mi turno")
    _change(agencies, case, alert_step=2, alerted_at=NOW.isoformat())
    taking.take(agencies.session, agencies.ines, there.id, NOW)
    agencies.answers(agencies.ines, there, Step.DECLINED, "no damos asesoría")
    assert agencies.state(case).alert_step == 2


def test_a_case_without_its_conversation_calls_nobody(agencies: Agencies, settings: Settings) -> None:
    """The first team's caseworker goes home: nobody waits there, so nobody is woken for it."""
    case = agencies.told()
    _says(agencies, case, "danger")
    agencies.accepted(case, along=True)
    tomorrow = NOW + timedelta(hours=9)
    holding.release_abandoned(agencies.session, agencies.key, settings, tomorrow)
    state = agencies.state(case)
    assert (state.claimed_by, state.waiting_since) == (None, None)
    assert alerts.next_step(state, 5, tomorrow) is None


def test_a_referral_that_nobody_answered_still_waits(agencies: Agencies, settings: Settings) -> None:
    """Whoever took the case that came goes home without an answer: that one does wait."""
    case = agencies.told()
    _says(agencies, case, "danger")
    there = agencies.refer(case, along=True)
    taking.take(agencies.session, agencies.ines, there.id, NOW)
    holding.release_abandoned(agencies.session, agencies.key, settings, NOW + timedelta(hours=9))
    assert agencies.state(there).waiting_since == NOW.isoformat()


def test_nothing_is_said_of_a_conversation_that_is_gone(agencies: Agencies) -> None:
    """P8: she erased her data meanwhile; the first team is not told that it has the conversation again."""
    case = agencies.told()
    there = agencies.accepted(case, along=True)
    agencies.session.delete(agencies.conversation_of(there))
    agencies.session.flush()
    agencies.answers(agencies.ines, there, Step.RETURNED, "no es de aquí")
    assert texts.moved_along("Atención") not in agencies.lines(case, agencies.lucia)
    assert agencies.state(case).apart
    kept = agencies.told()
    there = agencies.accepted(kept, along=True)
    agencies.answers(agencies.ines, there, Step.RETURNED, "no es de aquí")
    assert texts.moved_along("Atención") in agencies.lines(kept, agencies.lucia)


def test_she_closes_the_case_that_came(agencies: Agencies) -> None:
    """She closes it with the other team: the referral is over on both sides, and another one can be made."""
    case = agencies.told()
    there = agencies.accepted(case, along=True)
    hers = agencies.conversation_of(there)
    closing.close_by_her(agencies.session, agencies.key, hers, NOW)
    closing.archive(agencies.session, agencies.ines, there.id, NOW)
    for side, who in ((case, agencies.lucia), (there, agencies.ines)):
        known = agencies.side(side, who)
        assert (known.step, known.is_open, known.why) == (Step.RETURNED, False, texts.CLOSED_BY_HER)
    assert agencies.state(case).waiting_since == NOW.isoformat()
    assert conversation_state.read(agencies.key, hers).case_id is None
    agencies.refer(case)


def test_she_closes_the_case_that_asked(agencies: Agencies) -> None:
    """The other team goes on with what was asked: its referral stays open until it says what came of it."""
    case = agencies.told()
    there = agencies.accepted(case)
    closing.close_by_her(agencies.session, agencies.key, agencies.conversation_of(case), NOW)
    closing.archive(agencies.session, agencies.lucia, case.id, NOW)
    assert agencies.side(there, agencies.ines).step is Step.ACCEPTED
    agencies.answers(agencies.ines, there, Step.DONE)
    assert agencies.side(case, agencies.sofia).step is Step.DONE


@pytest.mark.parametrize("hidden", ["another team", "harm by the programme"])
def test_reopening_names_no_case_that_is_not_there_for_her(agencies: Agencies, hidden: str) -> None:
    """P4: her other case is another agency's, or a supervisor's alone: neither its code nor that it is."""
    case = agencies.told()
    hers = agencies.conversation_of(case)
    closing.ask(
        agencies.session, agencies.lucia, case.id, NOW, closing.Outcome.ATTENDED, "ya está con su hermana"
    )
    closing.approve(agencies.session, agencies.sofia, case.id, NOW, heard=NOW.isoformat())
    newer = cases.open_case(
        agencies.session, agencies.key, hers, urgency="support", about="violence", now=NOW
    )
    other = newer
    if hidden == "another team":
        taking.take(agencies.session, agencies.lucia, newer.id, NOW)
        other = agencies.accepted(newer, along=True)
    else:
        _change(agencies, newer, for_supervisor=True)
    with pytest.raises(DeskError) as refused:
        closing.reopen(agencies.session, agencies.marta, case.id, NOW, "volvió a llamar")
    assert str(other.id)[:4].upper() not in str(refused.value)
    assert "otr" not in str(refused.value)


def test_reopening_names_a_case_that_she_may_open(agencies: Agencies) -> None:
    case = agencies.told()
    hers = agencies.conversation_of(case)
    closing.ask(
        agencies.session, agencies.lucia, case.id, NOW, closing.Outcome.ATTENDED, "ya está con su hermana"
    )
    closing.approve(agencies.session, agencies.sofia, case.id, NOW, heard=NOW.isoformat())
    newer = cases.open_case(
        agencies.session, agencies.key, hers, urgency="support", about="violence", now=NOW
    )
    with pytest.raises(DeskError, match=str(newer.id)[:4].upper()):
        closing.reopen(agencies.session, agencies.marta, case.id, NOW, "volvió a llamar")
