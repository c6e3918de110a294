"""Whose message it is: a phone, a WhatsApp user id, or both (W03)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, select

from models import ChannelAddress, Conversation, InboundMessage, utcnow
from outreach.messages import conversation_state, delivery, identity, inbox
from outreach.people import preferences

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey

PHONE, OLD_FORM = "whatsapp:+523312345678", "whatsapp:+5213312345678"
USER = "MX.9999"


def _writes(session: Session, key: PersonalKey, sender: str, user: str = "") -> uuid.UUID:
    params = {"MessageSid": [f"SM{uuid.uuid4().hex}"], "From": [sender], "Body": ["hola"]}
    params |= {"ExternalUserId": [user]} if user else {}
    row_id = inbox.receive(session, key, params, utcnow())
    row = session.get_one(InboundMessage, row_id)
    # Answered: what waits would keep a conversation from losing its address.
    row.turn_id = None
    return row.conversation_id


def _answered(session: Session) -> None:
    session.execute(delete(InboundMessage))


def _to(session: Session, key: PersonalKey, conversation: uuid.UUID) -> str:
    return delivery.addresses_of(session, key, conversation)[0][1]


@pytest.mark.parametrize("form", [f"whatsapp:{USER}", USER])
def test_both_identities_are_one_woman(session: Session, key: PersonalKey, form: str) -> None:
    """W03: a message with a phone and a user id, later one from the user id alone: one conversation."""
    first = _writes(session, key, OLD_FORM, form)
    assert _to(session, key, first) == OLD_FORM
    assert _writes(session, key, f"whatsapp:{USER}", USER) == first
    assert _to(session, key, first) == f"whatsapp:{USER}"
    assert _writes(session, key, PHONE) == first
    assert _to(session, key, first) == PHONE
    kinds = session.scalars(select(ChannelAddress.kind).order_by(ChannelAddress.kind)).all()
    assert kinds == ["phone", "user_id"]


def test_a_user_id_first_and_then_her_phone(session: Session, key: PersonalKey) -> None:
    """W03: a phone that nobody knew joins the conversation of the user id."""
    first = _writes(session, key, f"whatsapp:{USER}")
    assert _writes(session, key, PHONE, USER) == first
    assert _writes(session, key, OLD_FORM) == first


def test_what_she_decided_holds_for_both(session: Session, key: PersonalKey) -> None:
    """W03, P6: BAJA from her phone holds where she writes by her user id."""
    first = _writes(session, key, PHONE, USER)
    preferences.opt_out(session, session.get_one(Conversation, first), utcnow())
    again = _writes(session, key, f"whatsapp:{USER}")
    assert session.get_one(Conversation, again).opted_out_at is not None


def test_a_phone_that_changed_hands_takes_nothing_along(session: Session, key: PersonalKey) -> None:
    """P4: a new user id on a known phone is another person: she gets a conversation of her own."""
    first = _writes(session, key, PHONE, USER)
    other = _writes(session, key, PHONE, "MX.1111")
    assert other != first
    assert _writes(session, key, OLD_FORM) == other
    assert _writes(session, key, f"whatsapp:{USER}") == first
    assert _to(session, key, first) == f"whatsapp:{USER}"


def test_two_conversations_the_phone_wins(session: Session, key: PersonalKey) -> None:
    """W03: known apart, the phone's conversation takes new messages; an empty one gives its user id up."""
    by_user = _writes(session, key, f"whatsapp:{USER}")
    by_phone = _writes(session, key, PHONE)
    assert by_user != by_phone
    _answered(session)
    assert _writes(session, key, PHONE, USER) == by_phone
    assert _writes(session, key, f"whatsapp:{USER}") == by_phone


@pytest.mark.parametrize("has", ["case", "opted_out", "waiting"])
def test_a_conversation_that_holds_something_keeps_its_user_id(
    session: Session, key: PersonalKey, has: str
) -> None:
    """P4, P6: what stands behind a user id is never left without it."""
    by_user = _writes(session, key, f"whatsapp:{USER}")
    _writes(session, key, PHONE)
    row = session.get_one(Conversation, by_user)
    if has != "waiting":
        _answered(session)
    if has == "opted_out":
        preferences.opt_out(session, row, utcnow())
    if has == "case":
        state = conversation_state.read(key, row)
        state.case_id = str(uuid.uuid4())
        conversation_state.write(key, row, state)
    assert _writes(session, key, PHONE, USER) != by_user
    assert _writes(session, key, f"whatsapp:{USER}") == by_user


@pytest.mark.parametrize("text", ["", "\0", "x" * 500, "whatsapp:" * 40, "+", "whatsapp:+52 1 33 1234 5678"])
def test_no_text_is_unreadable(key: PersonalKey, text: str) -> None:
    """An address of any form is read."""
    assert len(identity.read_address(key, text).lookup) == 32
