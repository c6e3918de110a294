"""Delivering one outbox row: decide and mark, call Twilio with no transaction open, record.

A row is `sending` before the call leaves, so that a crash on any line leaves either a row that was
never sent or one in doubt, which `outreach.messages.reconcile` settles before anything is sent again (P3).
Replies go one by one (`outreach.messages.order`), the rest in batches (`outreach.messages.bulk`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from models import ChannelAddress, Conversation, OutboxKind, OutboxMessage, OutboxState, QuickReply, utcnow
from outreach.ground import jobs
from outreach.messages import doubt, gate_facts, may_send, outbox, retry
from outreach.messages.may_send import Verdict
from outreach.messages.twilio import Outcome, Reason, SendResult

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlalchemy.orm import Session

    from outreach.ground.settings import Settings
    from outreach.messages.gate_facts import Facts
    from outreach.messages.may_send import Decision
    from outreach.messages.outbox import Content
    from outreach.sealing.crypto import PersonalKey

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
    return None if row is None else (row, gate_facts.read_address(key, row))


def begin(
    session: Session, key: PersonalKey, settings: Settings, outbox_id: uuid.UUID, now: datetime
) -> Request | None:
    """Ask the gate and mark the row as sending. None: there is nothing to send now."""
    row = session.get(OutboxMessage, outbox_id, with_for_update=True)
    if row is None or row.state is not OutboxState.QUEUED:
        return None
    content = outbox.read_content(key, row)
    facts = gate_facts.load(session, key, [(row, content)]).get(row.id)
    decision = apply(session, key, settings, row, content, facts, now)
    if decision is None or facts is None:
        return None
    digest = None if decision.template else digest_of(content)
    ready = session.get(QuickReply, digest) if digest else None
    return request(row, content, facts, decision, ready.content_sid if ready else None)


def apply(
    session: Session,
    key: PersonalKey,
    settings: Settings,
    row: OutboxMessage,
    content: Content,
    facts: Facts | None,
    now: datetime,
) -> Decision | None:
    """Do with a queued row what the gate says; return the decision where it is to be sent now."""
    if facts is None:
        outbox.settle(key, row, content, OutboxState.SUPPRESSED, reason="no_address")
        return None
    decision = may_send.decide(settings, row, content, facts, now)
    match decision.verdict:
        case Verdict.EXPIRE:
            outbox.settle(key, row, content, OutboxState.EXPIRED, reason=decision.reason)
        case Verdict.SUPPRESS:
            outbox.settle(key, row, content, OutboxState.SUPPRESSED, reason=decision.reason)
        case Verdict.WAIT:
            row.next_try_at = decision.until
        case Verdict.SEND_TEXT | Verdict.SEND_TEMPLATE:
            if may_send.is_first_contact(row, content, facts) and not _invite(session, row, facts, now):
                outbox.settle(key, row, content, OutboxState.SUPPRESSED, reason="no_consent")
                return None
            outbox.advance(row, OutboxState.SENDING)
            row.attempts += 1
            return decision
    return None


def _invite(session: Session, row: OutboxMessage, facts: Facts, now: datetime) -> bool:
    """Note the one invitation of a woman of the list; False where another row was quicker."""
    if row.attempts > 0:
        return True
    conversation = session.get_one(Conversation, facts.conversation.id, with_for_update=True)
    session.refresh(conversation)
    if conversation.invited_at is not None:
        return False
    conversation.invited_at = now
    session.flush()
    return True


def request(
    row: OutboxMessage, content: Content, facts: Facts, decision: Decision, quick_reply_sid: str | None
) -> Request:
    """Return the call for a row that is marked as sending."""
    if decision.verdict is Verdict.SEND_TEMPLATE and decision.template is not None:
        variables = outbox.variables_json(content)
        return Request(row.id, facts.address_text, content, decision.template.content_sid, variables, None)
    digest = None if quick_reply_sid else digest_of(content)
    return Request(row.id, facts.address_text, content, quick_reply_sid, None, digest)


def digest_of(content: Content) -> bytes | None:
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
    record(session, key, row, result, now)
    return row


def record(session: Session, key: PersonalKey, row: OutboxMessage, result: SendResult, now: datetime) -> None:
    """Record how the call for a locked row ended; a report of Twilio's may have come before."""
    content = outbox.read_content(key, row)
    match result.outcome:
        case Outcome.ACCEPTED:
            if result.sid is None or result.sid in content.earlier:
                return
            if row.sid not in {None, result.sid}:
                # An earlier send of this row turned out to have been taken: hers is the first.
                content.earlier.append(result.sid)
                outbox.write_content(key, row, content)
                return
            outbox.advance(row, OutboxState.SENT)
            row.sid = result.sid
        case Outcome.UNKNOWN:
            doubt.begin(session, key, row, content, now, reason=result.reason, code=result.code)
        case Outcome.TRY_LATER | Outcome.REFUSED:
            again = (
                retry.next_attempt(row, content, result.reason, result.code, now)
                if result.outcome is Outcome.TRY_LATER
                else None
            )
            reason = result.reason or Reason.UNKNOWN
            if again is not None:
                outbox.requeue(session, key, row, content, again, reason=reason, code=result.code)
                return
            outbox.settle(key, row, content, OutboxState.FAILED, reason=reason, code=result.code)
            if reason is Reason.BLOCKED_BY_HER:
                block_address(session, key, row.conversation_id)


def block_address(session: Session, key: PersonalKey, conversation_id: uuid.UUID | None) -> None:
    """She has blocked us: nothing more is tried to that address until she writes again."""
    found = address_for(session, key, conversation_id)
    if found is not None:
        found[0].blocked_at = utcnow()


def remember_quick_reply(session: Session, digest: bytes, content_sid: str) -> None:
    """Keep a content for the next time the same text is sent.

    Two women may get a text for the first time at the same moment: the second content is left unused, and
    neither message is held up.
    """
    made = insert(QuickReply).values(digest=digest, content_sid=content_sid)
    session.execute(made.on_conflict_do_nothing(index_elements=[QuickReply.digest]))


def lock_for(row: OutboxMessage) -> str | None:
    """Return the lock under which a row is delivered: replies of one conversation keep their order."""
    return jobs.send_lock(row.conversation_id) if row.kind is OutboxKind.REPLY else None
