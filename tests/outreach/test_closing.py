"""How a case ends: asked for and approved, sent back, or closed alone; and how it begins anew."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from at_desk import lines_of
from desk_steps import NOW, REASON, ZONE, Desk, asked_to_close, closed, closed_by_her, offered_to_marta
from desk_support import close_case, worker_of
from sqlalchemy import select

from models import AuditEvent, Case, Conversation, Role
from outreach.casework import (
    appointment_steps,
    board,
    cases,
    closing,
    holding,
    offers,
    oversight,
    reading,
    seen,
    taking,
)
from outreach.casework.case_state import Pending, read_state, write_state
from outreach.casework.closing import Outcome
from outreach.casework.opened import (
    CaseClosedError,
    DeskError,
    NotYourRoleError,
    NotYoursError,
)
from outreach.casework.reasons import NoReasonError
from outreach.messages import conversation_state
from outreach.staff.audit import Action
from outreach.texts import desk_closing as texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from outreach.casework.case_state import CaseState
    from outreach.casework.opened import Caseworker
    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

LATER = NOW + timedelta(minutes=10)
WHY = "falta que confirme el refugio"


@pytest.fixture
def desk(session: Session, key: PersonalKey) -> Desk:
    return Desk(session, key)


def state_of(desk: Desk, case: Case) -> CaseState:
    desk.session.refresh(case)
    return read_state(desk.key, case)


def conversation_of(desk: Desk, case: Case) -> Conversation:
    return desk.session.get_one(Conversation, uuid.UUID(state_of(desk, case).conversation_id))


def last_line(desk: Desk, case: Case) -> str:
    return lines_of(desk.session, desk.sofia, case)[-1].text


def another_supervisor(desk: Desk, name: str = "irene") -> Caseworker:
    return worker_of(desk.session, desk.key, desk.recovery, name, NOW, Role.SUPERVISOR)


def asked(desk: Desk, worker: Caseworker, case: Case, reason: str = WHY) -> None:
    closing.ask(desk.session, worker, case.id, LATER, Outcome.REFERRED, reason)


def test_until_it_is_approved_it_stays_hers(desk: Desk) -> None:
    """Asked: open, hers, the bot silent, marked in the list; approved: closed, and the bot answers."""
    case = desk.taken()
    asked(desk, desk.lucia, case)
    state = state_of(desk, case)
    assert (case.is_open, state.claimed_name, state.closed_at) == (True, "Lucia", None)
    assert conversation_state.read(desk.key, conversation_of(desk, case)).held
    (line,) = cases.open_cases(desk.session, desk.key)
    assert (line.closing_asked_by, line.sent_back) == (desk.lucia.staff.id, False)
    assert last_line(desk, case) == texts.asked("Lucia", Outcome.REFERRED, WHY)
    closing.approve(desk.session, desk.sofia, case.id, LATER, heard="")
    state = state_of(desk, case)
    assert (case.is_open, state.claimed_by, state.closing_asked_by) == (False, None, None)
    assert (state.outcome, state.closed_at) == (Outcome.REFERRED, LATER.isoformat())
    private = conversation_state.read(desk.key, conversation_of(desk, case))
    assert (private.held, private.case_id) == (False, None)
    assert last_line(desk, case) == texts.approved("Sofia", Outcome.REFERRED)


def test_what_waits_ends_with_it(desk: Desk) -> None:
    """A text that waits, an agreed hour, an offer: none outlives the case."""
    case = offered_to_marta(desk)
    appointment_steps.appoint(
        desk.session, desk.lucia, case.id, NOW, NOW + timedelta(days=1), "después de comer", ZONE
    )
    state = state_of(desk, case)
    state.pending = Pending("Te marco", str(desk.lucia.staff.id), "Lucia", LATER.isoformat())
    write_state(desk.key, case, state)
    asked(desk, desk.lucia, case)
    assert state_of(desk, case).pending is not None
    closing.approve(desk.session, desk.sofia, case.id, LATER, heard="")
    state = state_of(desk, case)
    assert (state.pending, state.offered_to, state.waiting_since) == (None, None, None)
    assert (state.appointment_at, state.appointment_words) == (None, None)


def test_what_she_closes_needs_no_approval(desk: Desk) -> None:
    """P9: at once, also where her caseworker had asked; nothing is left to approve, and no hour."""
    case = asked_to_close(desk)
    appointment_steps.appoint(desk.session, desk.lucia, case.id, NOW, LATER, "", ZONE)
    closing.close_by_her(desk.session, desk.key, conversation_of(desk, case), LATER)
    state = state_of(desk, case)
    assert (state.closing_asked_by, state.outcome, state.appointment_at) == (None, None, None)
    with pytest.raises(DeskError, match="Ya nadie pide"):
        closing.approve(desk.session, desk.sofia, case.id, LATER, heard="")
    closing.archive(desk.session, desk.lucia, case.id, LATER + timedelta(days=1))
    assert state_of(desk, case).closed_at == LATER.isoformat()


def test_who_may_say_what(desk: Desk) -> None:
    """P10: a colleague can't ask; a caseworker can't approve; where it is asked for she can't close alone."""
    case = desk.taken()
    with pytest.raises(NotYoursError):
        asked(desk, desk.marta, case)
    with pytest.raises(DeskError, match="aprueba la supervisión"):
        close_case(desk.session, desk.lucia, case, LATER)
    with pytest.raises(DeskError, match="Ya nadie pide"):
        closing.approve(desk.session, desk.sofia, case.id, LATER, heard="")
    asked(desk, desk.lucia, case)
    for worker in (desk.lucia, desk.marta):
        with pytest.raises(NotYourRoleError):
            closing.approve(desk.session, worker, case.id, LATER, heard="")
        with pytest.raises(NotYourRoleError):
            closing.send_back(desk.session, worker, case.id, LATER, WHY)
    assert case.is_open


@pytest.mark.parametrize("reason", ["", "   ", "ya", "a" * 301])
def test_every_step_of_the_end_says_why(desk: Desk, reason: str) -> None:
    case = desk.taken()
    with pytest.raises(NoReasonError):
        asked(desk, desk.lucia, case, reason)
    asked(desk, desk.lucia, case)
    with pytest.raises(NoReasonError):
        closing.send_back(desk.session, desk.sofia, case.id, LATER, reason)
    closing.approve(desk.session, desk.sofia, case.id, LATER, heard="")
    with pytest.raises(NoReasonError):
        closing.reopen(desk.session, desk.lucia, case.id, LATER, reason)
    assert not case.is_open


def test_asked_twice_is_asked_once(desk: Desk) -> None:
    """A second press, and two supervisors: the second of each is told."""
    case = asked_to_close(desk)
    with pytest.raises(DeskError, match="Ya está pedido"):
        asked(desk, desk.lucia, case)
    irene = another_supervisor(desk)
    closing.send_back(desk.session, desk.sofia, case.id, LATER, WHY)
    with pytest.raises(DeskError, match="Ya nadie pide"):
        closing.approve(desk.session, irene, case.id, LATER, heard="")
    asked(desk, desk.lucia, case)
    closing.approve(desk.session, irene, case.id, LATER, heard="")
    with pytest.raises(CaseClosedError):
        closing.approve(desk.session, desk.sofia, case.id, LATER, heard="")


def test_sent_back_it_calls_its_holder(desk: Desk) -> None:
    """The reason stands in the thread; the list calls her, nobody else, until she says that she saw it."""
    case = asked_to_close(desk)
    closing.send_back(desk.session, desk.sofia, case.id, LATER, WHY)
    assert last_line(desk, case) == texts.sent_back("Sofia", WHY)
    assert _row(desk, desk.lucia).calls
    assert _row(desk, desk.lucia).case.sent_back
    assert not _row(desk, desk.marta).calls
    assert state_of(desk, case).claimed_name == "Lucia"
    closing.keep_open(desk.session, desk.lucia, case.id, LATER)
    assert not _row(desk, desk.lucia).case.sent_back
    with pytest.raises(DeskError, match="Ya nadie pide"):
        closing.keep_open(desk.session, desk.lucia, case.id, LATER)
    asked(desk, desk.lucia, case)


def _row(desk: Desk, viewer: Caseworker) -> board.Row:
    state = cases.read_state(desk.key, desk.session.scalars(select(Case)).one())
    state.waiting_since = None  # what else would call her
    write_state(desk.key, desk.session.scalars(select(Case)).one(), state)
    desk.session.flush()
    teams = {desk.team_id}
    (row,) = board.board(desk.session, desk.key, viewer.staff.id, teams, LATER, supervisor=False).rows
    return row


def test_she_takes_her_question_back(desk: Desk) -> None:
    case = asked_to_close(desk)
    closing.keep_open(desk.session, desk.lucia, case.id, LATER)
    state = state_of(desk, case)
    assert (state.closing_asked_by, state.outcome) == (None, None)
    assert last_line(desk, case) == texts.kept_open("Lucia")


def test_a_word_that_the_supervisor_has_not_seen(desk: Desk) -> None:
    """Nothing is closed over it: with her last word on the page it is, with an older one it is not."""
    case = asked_to_close(desk)
    cases.woman_wrote(desk.session, desk.key, case.id, "volvió a la casa", LATER)
    for heard in ("", NOW.isoformat()):
        with pytest.raises(DeskError, match="Ella escribió"):
            closing.approve(desk.session, desk.sofia, case.id, LATER, heard=heard)
    closing.approve(desk.session, desk.sofia, case.id, LATER, heard=LATER.isoformat())
    assert not case.is_open


def test_her_own_case_is_approved_by_another(desk: Desk) -> None:
    """A supervisor asks a supervisor; herself she does not agree with."""
    irene = another_supervisor(desk)
    case = desk.taken(desk.sofia)
    with pytest.raises(DeskError, match="aprueba la supervisión"):
        close_case(desk.session, desk.sofia, case, LATER)
    asked(desk, desk.sofia, case)
    with pytest.raises(DeskError, match="otra persona"):
        closing.approve(desk.session, desk.sofia, case.id, LATER, heard="")
    with pytest.raises(DeskError, match="otra persona"):
        closing.send_back(desk.session, desk.sofia, case.id, LATER, WHY)
    closing.approve(desk.session, irene, case.id, LATER, heard="")
    assert not case.is_open


def test_alone_she_closes_it_and_that_is_recorded(desk: Desk) -> None:
    """The only supervisor; then a caseworker of a team that has none: both alone, said in both records."""
    for worker in (desk.sofia, desk.lucia):
        case = desk.taken(worker)
        desk.sofia.staff.disabled_at = NOW if worker is desk.lucia else None
        desk.session.flush()
        with pytest.raises(DeskError, match="Nadie más"):
            asked(desk, worker, case)
        close_case(desk.session, worker, case, LATER)
        assert "Nadie más del equipo podía aprobarlo" in last_line(desk, case)
        looked = reading.open_thread(desk.session, desk.sofia, case.id, LATER).case
        assert any(one.reason.startswith(texts.ALONE) for one in seen.traces(looked))
        action = select(AuditEvent.action).where(AuditEvent.staff_id == worker.staff.id)
        assert Action.DESK_CLOSED in desk.session.scalars(action).all()


def test_a_supervisor_who_is_gone_approves_nothing(desk: Desk) -> None:
    """Asked, and then the only one leaves: its holder closes it; nothing stays open for ever."""
    case = asked_to_close(desk)
    desk.sofia.staff.disabled_at = NOW
    desk.session.flush()
    close_case(desk.session, desk.lucia, case, LATER)
    assert (case.is_open, state_of(desk, case).closing_asked_by) == (False, None)


def test_a_new_holder_has_not_asked(desk: Desk) -> None:
    """Handed back, left, taken over, accepted, assigned: what one wanted to close another has to do."""
    irene = another_supervisor(desk)
    lucia = desk.lucia.staff.id

    def accepted(case: Case) -> None:
        offers.offer(desk.session, desk.lucia, case.id, LATER, desk.marta.staff.id)
        offers.accept(desk.session, desk.marta, case.id, LATER)

    ends: dict[str, Callable[[Case], object]] = {
        "back": lambda case: taking.hand_back(desk.session, desk.lucia, case.id, LATER),
        "left": lambda case: taking.let_go(desk.session, desk.lucia, case.id, LATER, REASON),
        "over": lambda case: taking.take_over(desk.session, desk.sofia, case.id, LATER, REASON, holder=lucia),
        "accepted": accepted,
    }
    for name, changed in ends.items():
        case = asked_to_close(desk)
        changed(case)
        state = state_of(desk, case)
        assert (state.closing_asked_by, state.outcome) == (None, None), name
        with pytest.raises(DeskError, match="Ya nadie pide"):
            closing.approve(desk.session, irene, case.id, LATER, heard="")


def test_she_goes_home_after_asking(desk: Desk, settings: Settings) -> None:
    """Released because she is gone, it is still to be approved, and she who comes back has still asked."""
    case = asked_to_close(desk)
    holding.release_abandoned(desk.session, desk.key, settings, NOW + timedelta(hours=3))
    state = state_of(desk, case)
    assert (state.claimed_by, state.closing_asked_by) == (None, str(desk.lucia.staff.id))
    taking.take(desk.session, desk.lucia, case.id, NOW + timedelta(hours=4))
    assert state_of(desk, case).closing_asked_by == str(desk.lucia.staff.id)
    closing.approve(desk.session, desk.sofia, case.id, NOW + timedelta(hours=4), heard="")
    assert not case.is_open


def test_the_supervisors_page_has_what_is_to_be_approved(desk: Desk) -> None:
    """What others ask for, not what she asks for herself, nor what is merely held."""
    another_supervisor(desk)
    case, own, _ = asked_to_close(desk), desk.taken(desk.sofia), desk.taken()
    asked(desk, desk.sofia, own)
    found = oversight.overview(
        desk.session, desk.key, desk.sofia.staff.id, {desk.team_id}, LATER, danger_minutes=5
    )
    assert [row.case.id for row in found.to_close] == [case.id]


def test_reopened_it_is_hers_who_opened_it(desk: Desk) -> None:
    """The same thread goes on, the bot is silent, what she writes is sealed to it again."""
    case = closed(desk)
    closing.reopen(desk.session, desk.marta, case.id, LATER, "volvió a pedir ayuda")
    state = state_of(desk, case)
    assert (case.is_open, state.claimed_name, state.outcome, state.closed_at) == (True, "Marta", None, None)
    private = conversation_state.read(desk.key, conversation_of(desk, case))
    assert (private.held, private.case_id) == (True, str(case.id))
    assert last_line(desk, case) == texts.reopened("Marta", "volvió a pedir ayuda")
    assert cases.woman_wrote(desk.session, desk.key, case.id, "aquí estoy", LATER) is not None
    assert [one.id for one in cases.open_cases(desk.session, desk.key)] == [case.id]
    with pytest.raises(DeskError, match="ya está abierto"):
        closing.reopen(desk.session, desk.lucia, case.id, LATER, "volvió a pedir ayuda")


def test_what_stays_closed(desk: Desk) -> None:
    """What she closed herself, what she has a newer case for, whose data she erased."""
    hers = closed_by_her(desk)
    closing.archive(desk.session, desk.lucia, hers.id, LATER)
    with pytest.raises(DeskError, match="Ella pidió cerrar"):
        closing.reopen(desk.session, desk.lucia, hers.id, LATER, WHY)
    old = closed(desk)
    talk = conversation_of(desk, old)
    new = cases.open_case(desk.session, desk.key, talk, urgency="danger", about="danger", now=LATER)
    with pytest.raises(DeskError, match=f"otro caso abierto .{str(new.id)[:4].upper()}"):
        closing.reopen(desk.session, desk.lucia, old.id, LATER, WHY)
    taking.take(desk.session, desk.lucia, new.id, LATER)
    close_case(desk.session, desk.lucia, new, LATER, desk.sofia)
    closing.reopen(desk.session, desk.lucia, old.id, LATER, WHY)
    gone = closed(desk)
    desk.session.delete(conversation_of(desk, gone))
    desk.session.flush()
    with pytest.raises(DeskError, match="borró"):
        closing.reopen(desk.session, desk.lucia, gone.id, LATER, WHY)
    assert not gone.is_open


def test_every_outcome_has_its_words() -> None:
    assert texts.OUTCOMES.keys() == {one.value for one in Outcome}
    assert (texts.label(None), texts.label("de otra versión")) == ("", "")
