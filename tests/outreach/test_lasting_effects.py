"""What lasts, as a turn applies it: her case closed by her, a seat taken back, a cry that opens a case."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from people import NOW, add_enrolled, add_woman
from sqlalchemy import select
from test_consent import apply

from models import Conversation, DataRequest, Enrolment, EnrolmentState, OutboxKind, OutboxMessage
from outreach.casework import cases
from outreach.messages import conversation_state, may_send
from outreach.messages.outbox import Content
from outreach.messages.reveal import ANY_BOT_MAY_SAY
from outreach.people import consent
from outreach.programme import enrolment
from outreach.sealing import vault
from outreach.texts import lasting as texts
from outreach.turns import cover
from outreach.turns.effects import (
    CloseCase,
    DropOut,
    EraseMyData,
    NoteDanger,
    RecordConsent,
    TakeSeatBack,
)

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outreach.ground.settings import Settings
    from outreach.messages.gate_facts import Facts
    from outreach.sealing.crypto import PersonalKey


def _state(key: PersonalKey, conversation: Conversation) -> conversation_state.PrivateState:
    return conversation_state.read(key, conversation)


def test_a_seat_given_up_is_named_and_taken_back(
    session: Session, key: PersonalKey, settings: Settings
) -> None:
    """P8: what it was is said, and "volver" gives it back while it is free."""
    woman, conversation, _ = add_enrolled(session, key)
    said = apply(session, key, settings, conversation, DropOut())
    assert "Huerto en casa, en Casa de la Cultura" in said
    assert enrolment.current(session, woman.id) is None
    said = apply(session, key, settings, conversation, TakeSeatBack())
    assert said.startswith("Listo, tu lugar en Huerto en casa, en Casa de la Cultura, es tuyo otra vez.")
    assert "próxima sesión" in said
    seat = enrolment.current(session, woman.id)
    assert seat is not None
    assert seat.state is EnrolmentState.ENROLLED
    said = apply(session, key, settings, conversation, TakeSeatBack())
    assert "sigue siendo tuyo" in said
    assert (
        len(session.scalars(select(Enrolment).where(Enrolment.state == EnrolmentState.ENROLLED)).all()) == 1
    )


def test_a_seat_that_another_has_by_now_is_waited_for(
    session: Session, key: PersonalKey, settings: Settings
) -> None:
    """Nothing is taken from whoever has it."""
    woman, conversation, meeting = add_enrolled(session, key)
    meeting.group.capacity = 1
    apply(session, key, settings, conversation, DropOut())
    other, _ = add_woman(session, key, 2)
    enrolment.enrol(session, other, meeting.group_id)
    said = apply(session, key, settings, conversation, TakeSeatBack())
    assert "lista de espera, en el lugar 1" in said
    seat = enrolment.current(session, woman.id)
    assert seat is not None
    assert seat.state is EnrolmentState.WAITING


def test_who_left_no_seat_is_told_so(session: Session, key: PersonalKey, settings: Settings) -> None:
    _, conversation = add_woman(session, key)
    assert apply(session, key, settings, conversation, TakeSeatBack()) == texts.SEAT_BACK_NONE


def test_her_case_is_closed_because_she_asks(session: Session, key: PersonalKey, settings: Settings) -> None:
    """P9: really closed, and said in words of its own; a second time there is none."""
    vault.make_team(session, "Atención")
    _, conversation = add_woman(session, key)
    cases.open_case(session, key, conversation, urgency="support", about="violence", now=NOW)
    assert apply(session, key, settings, conversation, CloseCase()) == texts.CASE_CLOSED_BY_HER
    assert _state(key, conversation).case_id is None
    assert [line.closed_by_her for line in cases.open_cases(session, key)] == [True]
    assert apply(session, key, settings, conversation, CloseCase()) == texts.CASE_NONE


@pytest.mark.parametrize("with_case", [True, False])
def test_a_cry_under_cover_reaches_the_team_in_silence(
    session: Session, key: PersonalKey, settings: Settings, *, with_case: bool
) -> None:
    """P9: a case of danger is opened, or the open one raised; not a word is said by it."""
    vault.make_team(session, "Atención")
    _, conversation = add_woman(session, key)
    if with_case:
        cases.open_case(session, key, conversation, urgency="support", about="violence", now=NOW)
    state = _state(key, conversation)
    cover.enter(state, NOW)
    conversation_state.write(key, conversation, state)
    assert apply(session, key, settings, conversation, NoteDanger()) == ""
    (line,) = cases.open_cases(session, key)
    assert line.danger
    assert _state(key, conversation).cover


def test_her_yes_taken_back_is_kept_as_a_no(session: Session, key: PersonalKey, settings: Settings) -> None:
    """LGPDPPSO art. 8: her last answer counts."""
    _, conversation = add_woman(session, key)
    assert consent.given(session, conversation.id, consent.PRIVACY)
    apply(session, key, settings, conversation, RecordConsent(kind=consent.PRIVACY, given=False))
    assert not consent.given(session, conversation.id, consent.PRIVACY)


def test_the_receipt_of_an_erasure_does_not_contradict_it(
    session: Session, key: PersonalKey, settings: Settings
) -> None:
    """P8: it is done; the legal date is for what she may still claim, and no day of rest."""
    _, conversation = add_woman(session, key)
    said = apply(session, key, settings, conversation, EraseMyData())
    assert "borré tus datos" in said
    request = session.scalars(select(DataRequest)).one()
    assert request.done_at is not None
    assert f"Tu folio es {request.number}. Si crees que faltó borrar algo" in said
    assert "se te contesta" not in said


def _facts(conversation: Conversation, state: conversation_state.PrivateState) -> Facts:
    from types import SimpleNamespace  # noqa: PLC0415 (a stand-in for one test)

    return SimpleNamespace(  # type: ignore[return-value] # what the gate looks at for a reply
        conversation=conversation, state=state, address=SimpleNamespace(blocked_at=None)
    )


@pytest.mark.parametrize(
    ("body", "leaves"),
    [
        (ANY_BOT_MAY_SAY, True),
        (f"{ANY_BOT_MAY_SAY}\n\nLos talleres son en grupos chicos.", True),
        ("Emergencias: 911, di Código Violeta.", False),
        (f"{ANY_BOT_MAY_SAY} Aquí te ayudamos con la violencia.", False),
        ("911", False),
    ],
)
def test_under_cover_the_gate_lets_one_line_pass_word_for_word(
    session: Session, key: PersonalKey, settings: Settings, body: str, *, leaves: bool
) -> None:
    """P5, P9: the line that any bot may say, and nothing more of safety."""
    _, conversation = add_woman(session, key)
    state = _state(key, conversation)
    cover.enter(state, NOW)
    row = OutboxMessage(kind=OutboxKind.REPLY)
    decision = may_send.decide(settings, row, Content(body), _facts(conversation, state), NOW)
    assert (decision.verdict is may_send.Verdict.SEND_TEXT) == leaves
