"""Consent (LGPDPPSO arts. 7 and 15): without her yes nothing is saved, whatever the dialogue asks for."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest
from people import NOW, add_woman
from sqlalchemy import func, select

from models import FoodSecurityInterview, Turn, TurnState, Woman
from outreach.messages import conversation_state, inbox
from outreach.messages.inbox import Incoming, Kind
from outreach.people import consent, registry
from outreach.texts import herself as texts
from outreach.turns import handlers, turn_context
from outreach.turns.effects import SaveDetails, SaveFoodSecurity, UpdateDetails

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models import Conversation
    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey
    from outreach.turns.effects import Effect

_ = handlers  # importing it registers what each effect does
DETAILS = SaveDetails(full_name="Ana Gil", birth_date="1990-01-01", municipality="14039")
ANSWERS = SaveFoodSecurity(answers={"q1": "yes"})


def apply(
    session: Session, key: PersonalKey, settings: Settings, conversation: Conversation, effect: Effect
) -> str:
    """Apply one effect as a turn does; return what is said."""
    turn = Turn(conversation_id=conversation.id)
    session.add(turn)
    session.flush()
    came = Incoming(uuid.uuid4(), "SM1", Kind.TEXT, "x", None, None, (), None, None, NOW)
    state = conversation_state.read(key, conversation)
    scene = turn_context.TurnContext(session, key, settings, conversation, state, turn, [came], NOW)
    said = turn_context.apply(scene, effect)
    conversation_state.write(key, conversation, scene.state)
    turn.state = TurnState.ANSWERED
    session.flush()
    return " ".join(content.body for content in said)


def agree(session: Session, conversation: Conversation, kind: str, *, given: bool) -> None:
    consent.record(session, conversation.id, kind, given=given, message_sid="SM1")


@pytest.mark.parametrize("answers", [[], [False], [True, False]])
def test_no_details_without_her_yes(
    session: Session, key: PersonalKey, settings: Settings, answers: list[bool]
) -> None:
    """Her last answer counts, and she is told that nothing was saved (P8)."""
    conversation = inbox.conversation_of(session, key, "whatsapp:+523340010001", NOW)
    for given in answers:
        agree(session, conversation, consent.PRIVACY, given=given)
    said = apply(session, key, settings, conversation, DETAILS)
    assert said == texts.NOT_SAVED_WITHOUT_CONSENT
    assert session.scalar(select(func.count()).select_from(Woman)) == 0


def test_details_with_her_yes(session: Session, key: PersonalKey, settings: Settings) -> None:
    conversation = inbox.conversation_of(session, key, "whatsapp:+523340010001", NOW)
    agree(session, conversation, consent.PRIVACY, given=True)
    assert apply(session, key, settings, conversation, DETAILS) == ""
    woman = registry.woman_of(session, conversation)
    assert woman is not None
    assert registry.read_details(key, woman).sources["full_name"].who == "herself"


@pytest.mark.parametrize(("given", "kept"), [(None, 0), (False, 0), (True, 1)])
def test_food_security_has_a_consent_of_its_own(
    session: Session, key: PersonalKey, settings: Settings, given: bool | None, kept: int
) -> None:
    """A purpose beside the programme's needs a yes beside the notice's (art. 22)."""
    _, conversation = add_woman(session, key)
    agree(session, conversation, consent.PRIVACY, given=True)
    if given is not None:
        agree(session, conversation, consent.FOOD_SECURITY, given=given)
    said = apply(session, key, settings, conversation, ANSWERS)
    assert session.scalar(select(func.count()).select_from(FoodSecurityInterview)) == kept
    assert said == (texts.FOOD_SAVED if kept else texts.FOOD_NOT_SAVED)


def test_a_correction_says_the_new_value(session: Session, key: PersonalKey, settings: Settings) -> None:
    """F11, P8: through the turn, also for what lives in the conversation's state."""
    _, conversation = add_woman(session, key)
    said = apply(session, key, settings, conversation, UpdateDetails("contact_hours", "de 10 a 2"))
    assert "de 10:00 a 2:00 de la tarde" in said
    assert conversation_state.read(key, conversation).contact_from == "10:00"
    said = apply(session, key, settings, conversation, UpdateDetails("phone", "1234"))
    assert said == texts.UPDATE_AGAIN["phone"]
