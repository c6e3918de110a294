"""A conversation changes hands: offered and accepted, taken over, assigned, left; never two holders."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from at_desk import lines_of, sit_down
from desk_steps import NOW, REASON, Desk, conversation_of, offered_to_lucia, offered_to_marta
from desk_support import close_case, worker_of

from models import Case, Conversation
from outreach.casework import alerts, answering, cases, closing, colleagues, holding, offers, reasons, taking
from outreach.casework.case_state import write_state
from outreach.casework.opened import DeskError, NotYourRoleError, NotYoursError
from outreach.messages import conversation_state

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from outreach.casework.case_state import CaseState
    from outreach.casework.opened import Caseworker
    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def desk(session: Session, key: PersonalKey) -> Desk:
    return Desk(session, key)


def state_of(desk: Desk, case: Case) -> CaseState:
    return cases.read_state(desk.key, case)


def silent(desk: Desk, case: Case) -> bool:
    """Whether the bot is silent in a case's conversation."""
    conversation_id = state_of(desk, case).conversation_id
    conversation = desk.session.get_one(Conversation, uuid.UUID(str(conversation_id)))
    return conversation_state.read(desk.key, conversation).held


def last_line(desk: Desk, case: Case) -> str:
    return lines_of(desk.session, desk.lucia, case)[-1].text


def holder(desk: Desk, case: Case) -> str | None:
    return state_of(desk, case).claimed_name


def test_an_offer_leaves_the_holder_in_place(desk: Desk) -> None:
    """P7: until somebody accepts, who offers it has it, answers in it, and the bot is silent."""
    case = offered_to_marta(desk)
    assert (holder(desk, case), silent(desk, case)) == ("Lucia", True)
    assert "le ofreció la conversación a Marta" in last_line(desk, case)
    answering.reply(desk.session, desk.lucia, case.id, LATER, "Sigo contigo")
    with pytest.raises(NotYoursError):
        answering.reply(desk.session, desk.marta, case.id, LATER, "Hola")
    offers.accept(desk.session, desk.marta, case.id, LATER)
    assert (holder(desk, case), silent(desk, case)) == ("Marta", True)
    assert state_of(desk, case).offered_to is None
    assert last_line(desk, case) == "Marta aceptó la conversación que tenía Lucia. El asistente calla."
    with pytest.raises(NotYoursError):
        answering.reply(desk.session, desk.lucia, case.id, LATER, "Hola")


def test_who_is_not_asked_accepts_nothing(desk: Desk) -> None:
    """An offer by name is for her alone; a second pressing, or one too late, is told whose it is."""
    case = offered_to_marta(desk)
    for worker in (desk.sofia, desk.lucia):
        with pytest.raises(DeskError):
            offers.accept(desk.session, worker, case.id, LATER)
    with pytest.raises(DeskError, match=offers.OVER):
        offers.decline(desk.session, desk.sofia, case.id, LATER)
    offers.accept(desk.session, desk.marta, case.id, LATER)
    with pytest.raises(DeskError, match=offers.OVER):
        offers.accept(desk.session, desk.marta, case.id, LATER)
    with pytest.raises(DeskError, match="la tiene Marta"):
        offers.accept(desk.session, desk.sofia, case.id, LATER)


def test_an_offer_to_the_team_is_anybodys(desk: Desk) -> None:
    """Offered to all, the first who accepts has it; nobody says no for all."""
    case = desk.taken()
    offers.offer(desk.session, desk.lucia, case.id, NOW, case.team_id)
    assert "ofreció la conversación al equipo" in last_line(desk, case)
    with pytest.raises(DeskError):
        offers.decline(desk.session, desk.marta, case.id, LATER)
    with pytest.raises(DeskError):
        offers.accept(desk.session, desk.lucia, case.id, LATER)
    offers.accept(desk.session, desk.sofia, case.id, LATER)
    with pytest.raises(DeskError, match="la tiene Sofia"):
        offers.accept(desk.session, desk.marta, case.id, LATER)
    assert holder(desk, case) == "Sofia"


def test_declined_and_withdrawn(desk: Desk) -> None:
    """A no is written down and ends the offer; so does taking it back; the holder stays."""
    case = offered_to_marta(desk)
    offers.decline(desk.session, desk.marta, case.id, LATER)
    assert "Marta no puede" in last_line(desk, case)
    assert (holder(desk, case), state_of(desk, case).offered_to) == ("Lucia", None)
    with pytest.raises(DeskError, match=offers.OVER):
        offers.withdraw(desk.session, desk.lucia, case.id, LATER)
    offers.offer(desk.session, desk.lucia, case.id, NOW, desk.sofia.staff.id)
    offers.withdraw(desk.session, desk.lucia, case.id, LATER)
    with pytest.raises(DeskError):
        offers.accept(desk.session, desk.sofia, case.id, LATER)
    assert holder(desk, case) == "Lucia"


def test_the_last_offer_holds(desk: Desk) -> None:
    case = offered_to_marta(desk)
    offers.offer(desk.session, desk.lucia, case.id, NOW, desk.sofia.staff.id)
    with pytest.raises(DeskError):
        offers.accept(desk.session, desk.marta, case.id, LATER)
    offers.accept(desk.session, desk.sofia, case.id, LATER)
    assert holder(desk, case) == "Sofia"


def test_offered_to_whom_it_can_go(desk: Desk, session: Session, key: PersonalKey) -> None:
    """Not to oneself, nobody unknown, nobody disabled, nobody of another team; harm by staff: supervisors."""
    stranger = desk.stranger()
    gone = worker_of(session, key, desk.recovery, "paty", NOW)
    gone.staff.disabled_at = NOW
    case = desk.taken()
    for to in (desk.lucia.staff.id, uuid.uuid4(), stranger.staff.id, gone.staff.id):
        with pytest.raises(DeskError):
            offers.offer(session, desk.lucia, case.id, NOW, to)
    assert state_of(desk, case).offered_to is None
    conversation = desk.case()[1]
    hers = cases.open_case(session, key, conversation, urgency="danger", about=cases.PROGRAMME, now=NOW)
    taking.take(session, desk.sofia, hers.id, NOW)
    with pytest.raises(DeskError):
        offers.offer(session, desk.sofia, hers.id, NOW, desk.marta.staff.id)


def test_an_offer_ends_with_its_holder(desk: Desk, settings: Settings) -> None:
    """Who goes, hands back, leaves, closes or loses it ends her offers: nobody accepts an old one."""
    ends: dict[str, Callable[[Case], object]] = {
        "gone": lambda _case: holding.release_abandoned(
            desk.session, desk.key, settings, NOW + timedelta(hours=3)
        ),
        "back": lambda case: taking.hand_back(desk.session, desk.lucia, case.id, LATER),
        "left": lambda case: taking.let_go(desk.session, desk.lucia, case.id, LATER, REASON),
        "over": lambda case: taking.take_over(
            desk.session, desk.sofia, case.id, LATER, REASON, holder=desk.lucia.staff.id
        ),
        "closed": lambda case: close_case(desk.session, desk.lucia, case, LATER, desk.sofia),
    }
    for name, ended in ends.items():
        case = offered_to_marta(desk)
        ended(case)
        assert state_of(desk, case).offered_to is None, name
        with pytest.raises(DeskError):
            offers.accept(desk.session, desk.marta, case.id, LATER)


def test_taking_over_says_why(desk: Desk) -> None:
    """Without a reason nobody takes a colleague's conversation; the reason stands sealed in the thread."""
    case = desk.taken()
    for reason in ("", "  ", "ya", "a" * (reasons.LONGEST + 1)):
        with pytest.raises(reasons.NoReasonError):
            taking.take_over(desk.session, desk.marta, case.id, LATER, reason, holder=desk.lucia.staff.id)
    taking.take_over(
        desk.session, desk.marta, case.id, LATER, " se fue\n la luz ", holder=desk.lucia.staff.id
    )
    assert last_line(desk, case) == "Marta tomó la conversación en lugar de Lucia. Motivo: se fue la luz"
    assert (holder(desk, case), silent(desk, case)) == ("Marta", True)


def test_of_two_who_take_over_one_does(desk: Desk) -> None:
    """Both saw Lucia's name: the second is told that it is Marta's by now, and takes nothing."""
    case = desk.taken()
    taking.take_over(desk.session, desk.marta, case.id, LATER, REASON, holder=desk.lucia.staff.id)
    with pytest.raises(DeskError, match="la tiene Marta"):
        taking.take_over(desk.session, desk.sofia, case.id, LATER, REASON, holder=desk.lucia.staff.id)
    assert holder(desk, case) == "Marta"


def test_taking_over_what_is_free_is_taking(desk: Desk) -> None:
    """Its holder left it meanwhile: it is taken, once, and nobody is named as having lost it."""
    case = desk.taken()
    taking.let_go(desk.session, desk.lucia, case.id, LATER, REASON)
    for _ in range(2):
        taking.take_over(desk.session, desk.marta, case.id, LATER, REASON, holder=desk.lucia.staff.id)
    assert last_line(desk, case) == "Marta tomó la conversación. El asistente calla."
    lines = [entry.text for entry in lines_of(desk.session, desk.lucia, case)]
    assert sum("Marta tomó" in line for line in lines) == 1


def test_a_plain_take_takes_nothing_from_a_colleague(desk: Desk) -> None:
    case = desk.taken()
    with pytest.raises(DeskError, match="la tiene Lucia"):
        taking.take(desk.session, desk.sofia, case.id, LATER)


def test_what_she_lets_go_waits(desk: Desk) -> None:
    """P8: left by its holder it waits for all, and the woman is told that nobody reads."""
    case = desk.taken()
    answering.reply(desk.session, desk.lucia, case.id, NOW, "Te leo")
    assert state_of(desk, case).waiting_since is None
    taking.let_go(desk.session, desk.lucia, case.id, LATER, REASON)
    state = state_of(desk, case)
    assert (state.claimed_by, state.waiting_since, state.handed_back) == (None, LATER.isoformat(), False)
    conversation = desk.session.get_one(Conversation, uuid.UUID(str(state.conversation_id)))
    private = conversation_state.read(desk.key, conversation)
    assert (private.held, private.released) == (False, True)


@pytest.mark.parametrize("waited", [False, True])
@pytest.mark.parametrize("how", ["let go", "reassigned", "gone"])
def test_danger_of_a_woman_who_is_gone_calls_nobody(
    desk: Desk, settings: Settings, how: str, *, waited: bool
) -> None:
    """Her conversation is deleted: nobody could answer her, so no alert would ever end."""
    case = desk.taken()
    if not waited:
        answering.reply(desk.session, desk.lucia, case.id, NOW, "Te leo")
    state = state_of(desk, case)
    state.urgency = "danger"
    write_state(desk.key, case, state)
    desk.session.flush()
    desk.session.delete(conversation_of(desk, case))
    desk.session.flush()
    later = NOW + timedelta(hours=3)
    if how == "let go":
        taking.let_go(desk.session, desk.lucia, case.id, later, REASON)
    elif how == "gone":
        holding.release_abandoned(desk.session, desk.key, settings, later)
    else:
        taking.reassign(
            desk.session, desk.sofia, case.id, later, desk.team_id, REASON, holder=desk.lucia.staff.id
        )
    state = state_of(desk, case)
    assert (state.claimed_by, state.waiting_since) == (None, None)
    assert alerts.next_step(state, 5, later) is None


def test_danger_that_is_let_go_calls(desk: Desk) -> None:
    """With her conversation it waits again, and those on duty are called."""
    case = desk.taken()
    answering.reply(desk.session, desk.lucia, case.id, NOW, "Te leo")
    taking.let_go(desk.session, desk.lucia, case.id, LATER, REASON)
    state = state_of(desk, case)
    state.urgency = "danger"
    assert alerts.next_step(state, 5, LATER) is alerts.Step.SHIFT


def _here(desk: Desk, *workers: Caseworker) -> None:
    for worker in workers:
        sit_down(desk.session, worker.staff, LATER)


def test_a_supervisor_assigns(desk: Desk) -> None:
    """To who is at her desk, with a reason; from a holder or from nobody; the bot is silent."""
    _here(desk, desk.marta)
    held, free = desk.taken(), desk.case()[0]
    for case, before in ((held, desk.lucia.staff.id), (free, None)):
        taking.reassign(desk.session, desk.sofia, case.id, LATER, desk.marta.staff.id, REASON, holder=before)
        assert (holder(desk, case), silent(desk, case)) == ("Marta", True)
        assert "Sofia le asignó la conversación a Marta" in last_line(desk, case)


def test_nothing_is_assigned_to_an_empty_desk(desk: Desk) -> None:
    """P7, P8: who is not there would silence the bot for a woman whom nobody reads."""
    case = desk.taken()
    with pytest.raises(DeskError, match="no tiene la mesa abierta"):
        taking.reassign(
            desk.session, desk.sofia, case.id, LATER, desk.marta.staff.id, REASON, holder=desk.lucia.staff.id
        )
    assert holder(desk, case) == "Lucia"


def test_a_supervisor_frees_what_is_held(desk: Desk) -> None:
    case = desk.taken()
    taking.reassign(
        desk.session, desk.sofia, case.id, LATER, desk.team_id, REASON, holder=desk.lucia.staff.id
    )
    state = state_of(desk, case)
    assert (state.claimed_by, silent(desk, case)) == (None, False)
    assert state.waiting_since is not None
    assert "Motivo: terminó mi turno" in last_line(desk, case)


def test_assigning_asks_for_what_was_seen(desk: Desk) -> None:
    """It changed hands since the page was shown, or she has it already, or no reason: nothing changes."""
    _here(desk, desk.marta, desk.lucia)
    case = desk.taken()
    lucia, marta = desk.lucia.staff.id, desk.marta.staff.id
    for to, reason, before in (
        (marta, REASON, marta),
        (marta, REASON, None),
        (lucia, REASON, lucia),
        (marta, "x", lucia),
        (uuid.uuid4(), REASON, lucia),
    ):
        with pytest.raises(DeskError):
            taking.reassign(desk.session, desk.sofia, case.id, LATER, to, reason, holder=before)
    with pytest.raises(NotYourRoleError):
        taking.reassign(desk.session, desk.marta, case.id, LATER, marta, REASON, holder=lucia)
    assert holder(desk, case) == "Lucia"


def test_what_she_closed_is_nobodys_to_hand_over(desk: Desk) -> None:
    """P8: she closed it: it is neither taken nor assigned nor accepted."""
    _here(desk, desk.marta)
    case, conversation = desk.case()
    closing.close_by_her(desk.session, desk.key, conversation, NOW)
    with pytest.raises(DeskError, match="Ella pidió cerrar"):
        taking.take_over(desk.session, desk.marta, case.id, LATER, REASON, holder=desk.lucia.staff.id)
    with pytest.raises(DeskError, match="Ella pidió cerrar"):
        taking.reassign(desk.session, desk.sofia, case.id, LATER, desk.marta.staff.id, REASON, holder=None)
    with pytest.raises(DeskError, match="Ella pidió cerrar"):
        offers.accept(desk.session, desk.marta, case.id, LATER)


def test_colleagues_who_are_there_come_first(desk: Desk) -> None:
    _here(desk, desk.sofia)
    team = desk.taken().team_id
    found = colleagues.of_teams(desk.session, {team}, LATER)
    assert [(one.name, one.here, one.supervisor) for one in found] == [
        ("Sofia", True, True),
        ("Lucia", False, False),
        ("Marta", False, False),
    ]
    assert [one.name for one in colleagues.of_teams(desk.session, {team}, LATER, supervisors_only=True)] == [
        "Sofia"
    ]


def test_an_offer_to_her_is_not_yet_hers(desk: Desk) -> None:
    """Offered to Lucia, held by Marta: nothing of a holder is Lucia's before she accepts."""
    case = offered_to_lucia(desk)
    with pytest.raises(DeskError, match="la tiene Marta"):
        taking.take(desk.session, desk.lucia, case.id, LATER)
    for step in (taking.hand_back, closing.keep_open, offers.withdraw):
        with pytest.raises(NotYoursError):
            step(desk.session, desk.lucia, case.id, LATER)
