"""Consents: what she was shown, what she answered, when, in which message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from models import Consent, InboundMessage
from outreach.messages import inbox
from outreach.texts import notice

if TYPE_CHECKING:
    import uuid

    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey

PRIVACY, FOOD_SECURITY, CASE = "privacy", "food_security", "case"
NOTICE, NOTICE_VERSION = notice.SHOWN, notice.VERSION


def record(
    session: Session,
    conversation_id: uuid.UUID,
    kind: str,
    *,
    given: bool,
    message_sid: str,
) -> Consent:
    """Keep an answer with the version of the notice and the name of the short one that she had been shown."""
    consent = Consent(
        conversation_id=conversation_id,
        kind=kind,
        given=given,
        notice=NOTICE,
        version=NOTICE_VERSION,
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
