"""A conversation that goes along with a referral: it moves when that is accepted, and may come back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from desk_steps import NOW
from referral_support import Agencies
from sqlalchemy import text

from models import Conversation, Staff
from outreach.casework import (
    answering,
    both_sides,
    cases,
    closing,
    holding,
    pending,
    referrals,
    taking,
    verbs,
)  # fmt: skip
from outreach.casework.case_state import Pending
from outreach.casework.opened import CameBackError, Caseworker, DeskError, opened
from outreach.casework.referral_rows import Step
from outreach.casework.sharing import Part
from outreach.messages import conversation_state
from outreach.texts import desk_referrals as texts

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlalchemy.orm import Session, sessionmaker

    from outreach.casework.opened import Seen
    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def agencies(session: Session, key: PersonalKey) -> Agencies:
    return Agencies(session, key)


def test_it_stays_until_it_is_accepted(agencies: Agencies) -> None:
    """P7: until somebody there has accepted it, the first team answers her."""
    case = agencies.told()
    hers = agencies.conversation_of(case)
    there = agencies.refer(case, along=True)
    taking.take(agencies.session, agencies.ines, there.id, NOW)
    with pytest.raises(DeskError, match="otra dependencia"):
        answering.reply(agencies.session, agencies.ines, there.id, NOW, "Hola")
    answering.reply(agencies.session, agencies.lucia, case.id, NOW, "Te van a escribir de la otra oficina")
    cases.woman_wrote(agencies.session, agencies.key, case.id, "está bien", LATER)
    agencies.answers(agencies.ines, there, Step.ACCEPTED)
    private = conversation_state.read(agencies.key, hers)
    assert (private.case_id, private.held) == (str(there.id), True)
    answering.reply(agencies.session, agencies.ines, there.id, NOW, "Soy Inés, de la otra oficina")
    with pytest.raises(DeskError, match="otra dependencia"):
        answering.reply(agencies.session, agencies.lucia, case.id, NOW, "Hola")
    ours, theirs = agencies.state(case), agencies.state(there)
    assert (ours.apart, ours.conversation_id, ours.waiting_since) == (True, None, None)
    assert (theirs.apart, theirs.conversation_id, theirs.waiting_since) == (False, str(hers.id), None)
    seen = opened(agencies.session, agencies.lucia, case.id, NOW)
    assert seen is not None
    assert (seen.conversation, seen.private) == (None, None)
    assert texts.moved_along("Otra dependencia") in agencies.lines(case, agencies.lucia)


def test_her_wait_goes_along(agencies: Agencies) -> None:
    """Who waited for an answer waits on at the other team, since the same moment."""
    case = agencies.told()
    there = agencies.accepted(case, along=True)
    assert (agencies.state(there).waiting_since, agencies.state(there).last_from) == (
        NOW.isoformat(),
        "woman",
    )
    assert cases.woman_wrote(agencies.session, agencies.key, there.id, "¿quién es?", LATER)


def test_it_comes_back(agencies: Agencies) -> None:
    """Sent back, the conversation is the first team's again, with who has that case or the bot."""
    for left in (False, True):
        case = agencies.told()
        hers = agencies.conversation_of(case)
        there = agencies.accepted(case, along=True)
        if left:
            taking.let_go(agencies.session, agencies.lucia, case.id, NOW, "terminó mi turno")
        agencies.answers(agencies.ines, there, Step.RETURNED, "no es de aquí")
        private = conversation_state.read(agencies.key, hers)
        assert (private.case_id, private.held, private.released) == (str(case.id), not left, left)
        assert not agencies.state(case).apart
        assert agencies.state(there).apart
        if not left:
            answering.reply(agencies.session, agencies.lucia, case.id, NOW, "Aquí sigo")


def test_nothing_stays_behind_that_would_leave(agencies: Agencies, settings: Settings) -> None:
    """A text that waited in the first case does not go out behind the other team's back."""
    case = agencies.told()
    state = cases.locked_state(agencies.session, agencies.key, case)
    state.pending = Pending(
        "Te marco", str(agencies.lucia.staff.id), "Lucia", LATER.isoformat(), LATER.isoformat()
    )
    cases.write_state(agencies.key, case, state)
    agencies.accepted(case, along=True)
    assert agencies.state(case).pending is None
    assert not pending.send_due(agencies.session, agencies.key, case.id, LATER)
    # Nor is the bot let loose on her when the first case's holder goes home.
    assert holding.release_abandoned(agencies.session, agencies.key, settings, LATER) >= 0
    taking.hand_back(agencies.session, agencies.lucia, case.id, NOW)


def test_she_has_another_case_by_now(agencies: Agencies) -> None:
    """She closed that case and opened another before it was accepted: the conversation stays where it is."""
    case = agencies.told()
    hers = agencies.conversation_of(case)
    there = agencies.refer(case, along=True)
    closing.close_by_her(agencies.session, agencies.key, hers, NOW)
    newer = cases.open_case(
        agencies.session, agencies.key, hers, urgency="support", about="violence", now=NOW
    )
    taking.take(agencies.session, agencies.ines, there.id, NOW)
    agencies.answers(agencies.ines, there, Step.ACCEPTED)
    assert conversation_state.read(agencies.key, hers).case_id == str(newer.id)
    assert agencies.state(there).apart


def test_she_erased_her_data_meanwhile(agencies: Agencies) -> None:
    case = agencies.told()
    there = agencies.refer(case, along=True)
    agencies.session.delete(agencies.conversation_of(case))
    agencies.session.flush()
    taking.take(agencies.session, agencies.ines, there.id, NOW)
    agencies.answers(agencies.ines, there, Step.ACCEPTED)
    assert agencies.state(there).apart


def test_two_sides_at_once_do_not_stop_each_other(
    agencies: Agencies, sessions: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other side has its case locked: who comes second is told so and can try again; nothing hangs."""
    monkeypatch.setattr(both_sides, "TRIES", 2)
    case = agencies.told()
    there = agencies.accepted(case, Part.ABOUT)
    agencies.session.commit()
    with sessions() as busy:
        busy.execute(text("SELECT 1 FROM case_file WHERE id = :id FOR UPDATE"), {"id": case.id})
        with pytest.raises(DeskError, match="Intenta otra vez"):
            agencies.answers(agencies.ines, there, Step.DONE)
        agencies.session.rollback()
    agencies.answers(agencies.ines, there, Step.DONE)
    assert agencies.side(case, agencies.lucia).step is Step.DONE


def test_it_comes_back_in_that_very_moment(
    agencies: Agencies, sessions: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    """P7: Lucia takes the case while it is sent back: she is told so; at the second try the bot is silent."""
    case = agencies.told()
    there = agencies.accepted(case, along=True)
    taking.let_go(agencies.session, agencies.lucia, case.id, NOW, "terminó mi turno")
    referral, hers = agencies.side(there, agencies.ines), agencies.conversation_of(there)
    agencies.session.commit()
    case_id, there_id, hers_id = case.id, there.id, hers.id
    returned: list[uuid.UUID] = []

    def beside(session: Session, worker: Caseworker, which: uuid.UUID, now: datetime) -> Seen | None:
        seen = opened(session, worker, which, now)
        if which == case_id and not returned:
            returned.append(which)
            with sessions.begin() as other:
                staff = other.get_one(Staff, agencies.ines.staff.id)
                ines = Caseworker(agencies.key, agencies.ines.private_key, staff)
                referrals.answer(other, ines, there_id, now, referral.id, Step.RETURNED, "no es de aquí")
        return seen

    monkeypatch.setattr(verbs, "opened", beside)
    with pytest.raises(CameBackError):
        taking.take(agencies.session, agencies.lucia, case_id, LATER)
    agencies.session.rollback()
    assert returned
    taking.take(agencies.session, agencies.lucia, case_id, LATER)
    private = conversation_state.read(agencies.key, agencies.session.get_one(Conversation, hers_id))
    assert (private.case_id, private.held) == (str(case_id), True)
