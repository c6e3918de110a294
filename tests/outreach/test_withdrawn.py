"""Edits and deletions: never an error, silence for what was taken back, the corrected words for the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from models import InboundMessage, utcnow
from outreach.messages import inbox, withdrawn
from outreach.messages.inbox import Incoming, Kind

if TYPE_CHECKING:
    import uuid

    import pytest
    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey

WOMAN = "whatsapp:+523312345678"


def _wrote(session: Session, key: PersonalKey, sid: str, body: str, **more: str) -> None:
    given = {"MessageSid": [sid], "From": [WOMAN], "Body": [body], **{k: [v] for k, v in more.items()}}
    inbox.receive(session, key, given, utcnow())
    session.flush()


def _read(session: Session, key: PersonalKey) -> tuple[uuid.UUID, list[Incoming]]:
    rows = session.scalars(select(InboundMessage).order_by(InboundMessage.seq)).all()
    return rows[0].conversation_id, [inbox.read(key, row) for row in rows]


def test_a_deleted_message_is_gone_and_so_is_its_text(session: Session, key: PersonalKey) -> None:
    """What she took back before it was answered is not answered, and can't be read any more."""
    _wrote(session, key, "SM1", "mi marido me pega")
    _wrote(session, key, "SM2", "", MessageType="message_deleted", OriginalMessageSid="SM1")
    conversation, messages = _read(session, key)
    assert messages[1].kind is Kind.DELETED
    assert withdrawn.left(messages) == []
    withdrawn.forget_deleted(session, key, conversation, messages)
    assert [message.text for message in _read(session, key)[1]] == ["", ""]


def test_a_deletion_that_names_nothing_means_the_only_one_that_waits(
    session: Session, key: PersonalKey
) -> None:
    """Where two wait, neither is guessed at."""
    _wrote(session, key, "SM1", "hola")
    _wrote(session, key, "SM2", "", MessageType="revoked")
    assert withdrawn.left(_read(session, key)[1]) == []
    _wrote(session, key, "SM3", "otra cosa")
    assert [m.text for m in withdrawn.left(_read(session, key)[1])] == ["hola", "otra cosa"]


def test_an_edited_message_stands_for_the_first(session: Session, key: PersonalKey) -> None:
    """Where both wait only the corrected words are read."""
    _wrote(session, key, "SM1", "soy de tonala")
    _wrote(session, key, "SM2", "soy de zapopan", MessageType="edited", OriginalMessageSid="SM1")
    left = withdrawn.left(_read(session, key)[1])
    assert [(m.kind, m.text) for m in left] == [(Kind.EDITED, "soy de zapopan")]


def test_nobody_deletes_the_message_of_another(
    session: Session, key: PersonalKey, caplog: pytest.LogCaptureFixture
) -> None:
    """A deletion reaches only messages of its own conversation."""
    _wrote(session, key, "SM1", "hola")
    other = {"MessageSid": ["SM9"], "From": ["whatsapp:+523300000009"], "Body": [""]}
    other |= {"MessageType": ["deleted"], "OriginalMessageSid": ["SM1"]}
    inbox.receive(session, key, other, utcnow())
    session.flush()
    rows = session.scalars(select(InboundMessage).order_by(InboundMessage.seq)).all()
    withdrawn.forget_deleted(session, key, rows[1].conversation_id, [inbox.read(key, rows[1])])
    assert inbox.read(key, rows[0]).text == "hola"
    assert "hola" not in caplog.text
