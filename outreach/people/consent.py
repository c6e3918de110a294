"""Consents: what she was shown, what she answered, when, in which message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from models import Consent, InboundMessage, OutboxKind, OutboxMessage
from outreach.messages import inbox, outbox

if TYPE_CHECKING:
    import uuid

    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey

PRIVACY, FOOD_SECURITY, CASE = "privacy", "food_security", "case"
# Raised when the notice changes in substance: women are then asked again.
NOTICE_VERSION = "2026-11"


def record(
    session: Session,
    key: PersonalKey,
    conversation_id: uuid.UUID,
    kind: str,
    *,
    given: bool,
    message_sid: str,
) -> Consent:
    """Keep an answer with the exact text that she had been shown."""
    shown = session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.conversation_id == conversation_id, OutboxMessage.kind == OutboxKind.REPLY)
        .order_by(OutboxMessage.seq.desc())
        .limit(2)
    ).all()
    text = "\n".join(outbox.read_content(key, row).body for row in reversed(shown))
    consent = Consent(
        conversation_id=conversation_id,
        kind=kind,
        given=given,
        version=NOTICE_VERSION,
        text=text,
        message_sid=message_sid,
    )
    session.add(consent)
    session.flush()
    return consent


def given(session: Session, conversation_id: uuid.UUID, kind: str) -> bool:
    """Say whether her last answer to the present notice was yes."""
    return bool(
        session.scalar(
            select(Consent.given)
            .where(
                Consent.conversation_id == conversation_id,
                Consent.kind == kind,
                Consent.version == NOTICE_VERSION,
            )
            .order_by(Consent.created_at.desc())
            .limit(1)
        )
    )


def forget_what_was_before(session: Session, key: PersonalKey, conversation_id: uuid.UUID) -> None:
    """Blank what was kept to answer her before her no."""
    for row in session.scalars(
        select(InboundMessage).where(InboundMessage.conversation_id == conversation_id)
    ):
        inbox.blank(key, row)
