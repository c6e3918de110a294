"""Delivering one outbox row: decide and mark, call Twilio with no transaction open, record.

A row is `sending` before the call leaves, so that a crash on any line leaves either a row that was
never sent or one in doubt, which `outreach.messages.reconcile` settles before anything is sent again (P3).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from models import ChannelAddress, Conversation, OutboxKind, OutboxMessage, OutboxState, QuickReply, utcnow
from outreach.ground import jobs
from outreach.messages import conversation_state, may_send, outbox, rate
from outreach.messages.may_send import Verdict
from outreach.messages.twilio import Outcome, Reason, SendResult

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlalchemy.orm import Session

    from outreach.ground.settings import Settings
    from outreach.messages.outbox import Content
    from outreach.sealing.crypto import PersonalKey

MOST_TRIES = 6
QUICK_REPLY_BODY, QUICK_REPLY_BUTTONS, QUICK_REPLY_TITLE = 1024, 3, 20


@dataclass(frozen=True)
class Request:
    """All that the call to Twilio needs, taken out of the database before it leaves."""

    outbox_id: uuid.UUID
    to: str
    content: Content
    content_sid: str | None
    variables: str | None
    quick_reply_digest: bytes | None


@dataclass(frozen=True)
class Pause:
    """The bucket is empty: ask again after this many seconds."""

    seconds: float


def address_for(
    session: Session, key: PersonalKey, conversation_id: uuid.UUID | None
) -> tuple[ChannelAddress, str] | None:
    """Return the address that wrote last, and its exact text."""
    row = session.scalar(
        select(ChannelAddress)
        .where(ChannelAddress.conversation_id == conversation_id)
        .order_by(ChannelAddress.last_seen_at.desc().nulls_last())
        .limit(1)
    )
    if row is None:
        return None
    return row, str(key.decrypt(row.address_cipher, place=f"address:{row.id}")["address"])


def begin(
    session: Session, key: PersonalKey, settings: Settings, outbox_id: uuid.UUID, now: datetime
) -> Request | Pause | None:
    """Ask the gate and mark the row as sending. None: there is nothing to send now."""
    row = session.get(OutboxMessage, outbox_id, with_for_update=True)
    if row is None or row.state is not OutboxState.QUEUED:
        return None
    conversation = session.get_one(Conversation, row.conversation_id)
    found = address_for(session, key, conversation.id)
    if found is None:
        outbox.advance(row, OutboxState.SUPPRESSED, reason="no_address")
        return None
    address, address_text = found
    content = outbox.read_content(key, row)
    decision = may_send.decide(
        session, key, settings, row, content,
        conversation=conversation, address=address, address_text=address_text,
        state=conversation_state.read(key, conversation), now=now,
    )  # fmt: skip
    match decision.verdict:
        case Verdict.EXPIRE:
            outbox.advance(row, OutboxState.EXPIRED, reason=decision.reason)
        case Verdict.SUPPRESS:
            outbox.advance(row, OutboxState.SUPPRESSED, reason=decision.reason)
        case Verdict.WAIT:
            row.next_try_at = decision.until
            if decision.until is not None:
                jobs.defer_delivery_retry(session, row.id, decision.until, priority=outbox.PRIORITY[row.kind])
        case Verdict.SEND_TEXT | Verdict.SEND_TEMPLATE:
            wait = rate.take(session, row.kind, now)
            if wait:
                return Pause(wait)
            outbox.advance(row, OutboxState.SENDING)
            row.attempts += 1
            return _request(session, row, content, address_text, decision)
    if row.state in outbox.ENDED:
        _forget(key, row, content)
    return None


def _request(
    session: Session, row: OutboxMessage, content: Content, to: str, decision: may_send.Decision
) -> Request:
    if decision.verdict is Verdict.SEND_TEMPLATE and decision.template is not None:
        return Request(
            row.id, to, content, decision.template.content_sid, outbox.variables_json(content), None
        )
    digest = _digest(content)
    ready = session.get(QuickReply, digest) if digest else None
    return Request(row.id, to, content, ready.content_sid if ready else None, None, None if ready else digest)


def _digest(content: Content) -> bytes | None:
    """Return what a fixed text with buttons is known by at Twilio; None where it must go as plain text."""
    fits = (
        content.fixed
        and 0 < len(content.buttons) <= QUICK_REPLY_BUTTONS
        and len(content.body) <= QUICK_REPLY_BODY
        and all(len(button.title) <= QUICK_REPLY_TITLE for button in content.buttons)
    )
    if not fits:
        return None
    pairs = [[button.title, button.payload] for button in content.buttons]
    return sha256(json.dumps([content.body, pairs]).encode()).digest()


def finish(
    session: Session, key: PersonalKey, outbox_id: uuid.UUID, result: SendResult, now: datetime
) -> OutboxMessage:
    """Record how the call ended."""
    row = session.get_one(OutboxMessage, outbox_id, with_for_update=True)
    content = outbox.read_content(key, row)
    match result.outcome:
        case Outcome.ACCEPTED:
            outbox.advance(row, OutboxState.SENT)
            row.sid = row.sid or result.sid
            _forget(key, row, content)
        case Outcome.UNKNOWN:
            outbox.advance(row, OutboxState.IN_DOUBT, reason=result.reason, code=result.code)
        case Outcome.TRY_LATER if row.attempts < MOST_TRIES:
            if outbox.advance(row, OutboxState.QUEUED, reason=result.reason, code=result.code):
                row.next_try_at = now + timedelta(seconds=2**row.attempts)
                jobs.defer_delivery_retry(
                    session, row.id, row.next_try_at, priority=outbox.PRIORITY[row.kind]
                )
        case Outcome.TRY_LATER | Outcome.REFUSED:
            outbox.advance(row, OutboxState.FAILED, reason=result.reason, code=result.code)
            if result.reason is Reason.BLOCKED_BY_HER:
                block_address(session, key, row.conversation_id)
            _forget(key, row, content)
    return row


def block_address(session: Session, key: PersonalKey, conversation_id: uuid.UUID | None) -> None:
    """She has blocked us: nothing more is tried to that address until she writes again."""
    found = address_for(session, key, conversation_id)
    if found is not None:
        found[0].blocked_at = utcnow()


def _forget(key: PersonalKey, row: OutboxMessage, content: Content) -> None:
    """Blank a confidential text that has left or will not; Twilio's copy follows after delivery."""
    if content.confidential:
        outbox.blank(key, row)


def remember_quick_reply(session: Session, digest: bytes, content_sid: str) -> None:
    """Keep a content for the next time the same text is sent.

    Two women may get a text for the first time at the same moment: the second content is left unused, and
    neither message is held up.
    """
    made = insert(QuickReply).values(digest=digest, content_sid=content_sid)
    session.execute(made.on_conflict_do_nothing(index_elements=[QuickReply.digest]))


def following(session: Session, outbox_id: uuid.UUID, now: datetime) -> uuid.UUID | None:
    """Return what the job of a row sends next: the row, or the oldest reply that waits beside it."""
    row = session.get(OutboxMessage, outbox_id)
    if row is None:
        return None
    if lock_for(row) is not None:
        return next_reply(session, row.conversation_id, now)
    return row.id if row.state is OutboxState.QUEUED else None


def next_reply(session: Session, conversation_id: uuid.UUID | None, now: datetime) -> uuid.UUID | None:
    """Return the oldest reply of a conversation that may be tried now.

    What follows a reply that must be tried again waits for it, within one answer: 911 comes first also where
    Twilio refused it once. A later answer does not wait for an earlier one.
    """
    queued = session.execute(
        select(OutboxMessage.id, OutboxMessage.turn_id, OutboxMessage.next_try_at)
        .where(
            OutboxMessage.conversation_id == conversation_id,
            OutboxMessage.kind == OutboxKind.REPLY,
            OutboxMessage.state == OutboxState.QUEUED,
        )
        .order_by(OutboxMessage.seq)
    )
    held = set()
    for row_id, turn_id, next_try_at in queued:
        if next_try_at is not None and next_try_at > now:
            held.add(turn_id)
        elif turn_id is None or turn_id not in held:
            return row_id
    return None


def lock_for(row: OutboxMessage) -> str | None:
    """Return the lock under which a row is delivered: replies of one conversation keep their order."""
    return jobs.send_lock(row.conversation_id) if row.kind is OutboxKind.REPLY else None
