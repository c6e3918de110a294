"""Outbox rows for tests: queued, taken by Twilio, reported about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models import OutboxKind, OutboxMessage, OutboxState, utcnow
from outreach.messages import delivery, inbox, outbox, reconcile
from outreach.messages.outbox import Content
from outreach.messages.twilio import Outcome, SendResult

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey


def queued(
    session: Session,
    key: PersonalKey,
    body: str = "hola",
    *,
    kind: OutboxKind = OutboxKind.REPLY,
    **more: Any,
) -> OutboxMessage:
    """Queue a message to the one woman of these tests."""
    conversation = inbox.conversation_of(session, key, "whatsapp:+523312345678", utcnow())
    return outbox.enqueue(session, key, conversation.id, kind, Content(body), **more)


def sent(session: Session, key: PersonalKey, row: OutboxMessage, sid: str) -> None:
    """Let a row be taken by Twilio, as far as the database goes."""
    assert outbox.advance(row, OutboxState.SENDING)
    row.attempts += 1
    delivery.finish(session, key, row.id, SendResult(Outcome.ACCEPTED, sid=sid), utcnow())


def report(
    session: Session,
    key: PersonalKey,
    row: OutboxMessage,
    status: str,
    *,
    sid: str | None = None,
    code: str = "",
) -> bool:
    """Apply a status callback about a row."""
    params = {"MessageSid": sid or row.sid or "SM9", "MessageStatus": status, "ErrorCode": code}
    return reconcile.status_reported(session, key, params, str(row.id))
