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

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from models import (
    ChannelAddress,
    Conversation,
    OutboxKind,
    OutboxMessage,
    OutboxState,
    QuickReply,
    Template,
    TemplateState,
    utcnow,
)
from outreach.ground import jobs, meters
from outreach.messages import doubt, gate_facts, may_send, outbox, retry, sender, templates_sync
from outreach.messages.may_send import Verdict
from outreach.messages.twilio import Outcome, Reason, SendResult

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from outreach.ground.settings import Settings
    from outreach.messages.gate_facts import Facts
    from outreach.messages.may_send import Decision
    from outreach.messages.outbox import Content
    from outreach.sealing.crypto import PersonalKey

QUICK_REPLY_BODY, QUICK_REPLY_BUTTONS, QUICK_REPLY_TITLE = 1024, 3, 20


@dataclass(frozen=True)
class QuickForm:
    """A text with buttons that goes as a quick reply: it needs no approval within the window.

    Twilio keeps it by its digest. With `samples` it is the text of a template, to be sent with its variables.
    """

    digest: bytes
    body: str
    samples: dict[str, str]


@dataclass(frozen=True)
class Request:
    """All that the call to Twilio needs, taken out of the database before it leaves.

    `form` is to be made at Twilio first, where it has no content for it yet.
    """

    outbox_id: uuid.UUID
    to: str
    content: Content
    content_sid: str | None
    variables: str | None
    form: QuickForm | None
    valid_seconds: int | None = None


@dataclass(frozen=True)
class Leaving:
    """A row that the gate lets leave now."""

    row: OutboxMessage
    content: Content
    facts: Facts
    decision: Decision


def addresses_of(
    session: Session, key: PersonalKey, conversation_id: uuid.UUID | None
) -> list[tuple[ChannelAddress, str]]:
    """Return the addresses of a conversation with their exact text, the one that wrote last first."""
    rows = session.scalars(
        select(ChannelAddress)
        .where(ChannelAddress.conversation_id == conversation_id)
        .order_by(ChannelAddress.last_seen_at.desc().nulls_last())
    )
    return [(row, gate_facts.read_address(key, row)) for row in rows]


def begin(
    session: Session, key: PersonalKey, settings: Settings, outbox_id: uuid.UUID, now: datetime
) -> Request | None:
    """Ask the gate and mark the row as sending. None: there is nothing to send now."""
    row = session.get(OutboxMessage, outbox_id, with_for_update=True)
    if row is None or row.state is not OutboxState.QUEUED:
        return None
    content = outbox.read_content(key, row)
    facts = gate_facts.load(session, key, settings, [(row, content)], now).get(row.id)
    found = judge(key, settings, row, content, facts, now)
    leaving = mark_sending(session, key, [found] if found else [], now)
    if not leaving:
        return None
    if row.kind is not OutboxKind.REPLY and not may_send.window_open(leaving[0].facts.conversation, now):
        sender.note_initiated(session, 1, now)
    form = form_of(leaving[0])
    ready = session.get(QuickReply, form.digest) if form else None
    return request(leaving[0], ready.content_sid if ready else None)


def judge(
    key: PersonalKey,
    settings: Settings,
    row: OutboxMessage,
    content: Content,
    facts: Facts | None,
    now: datetime,
) -> Leaving | None:
    """Do with a queued row what the gate says; return it where it is to be sent now."""
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
            row.next_try_at, row.reason = decision.until, decision.reason
        case Verdict.SEND_TEXT | Verdict.SEND_TEMPLATE:
            return Leaving(row, content, facts, decision)
    return None


def mark_sending(
    session: Session, key: PersonalKey, found: Sequence[Leaving], now: datetime
) -> list[Leaving]:
    """Mark rows as sending; of two first invitations to one woman only one is left."""
    first = {
        one.row.id: one.facts.conversation.id
        for one in found
        if one.row.attempts == 0 and may_send.is_first_contact(one.row, one.content, one.facts)
    }
    invited: set[uuid.UUID] = set()
    if first:
        noted = (
            update(Conversation)
            .where(Conversation.id.in_(first.values()), Conversation.invited_at.is_(None))
            .values(invited_at=now)
            .returning(Conversation.id)
            .execution_options(synchronize_session=False)
        )
        invited = set(session.scalars(noted))
    leaving = []
    for one in found:
        conversation_id = first.get(one.row.id)
        if conversation_id is not None and conversation_id not in invited:
            outbox.settle(key, one.row, one.content, OutboxState.SUPPRESSED, reason="no_consent")
            continue
        if conversation_id is not None:
            invited.remove(conversation_id)
        outbox.advance(one.row, OutboxState.SENDING)
        one.row.attempts += 1
        leaving.append(one)
    return leaving


def request(one: Leaving, quick_reply_sid: str | None) -> Request:
    """Return the call for a row that is marked as sending."""
    content, template = one.content, one.decision.template
    if template is not None:
        given = outbox.variables_json(content, template)
        return Request(
            one.row.id, one.facts.address_text, content, template.content_sid, given, None,
            valid_seconds=_valid_seconds(template, one.row),
        )  # fmt: skip
    form, its = form_of(one), one.facts.template
    variables = outbox.variables_json(content, its) if form and form.samples and its else None
    missing = None if quick_reply_sid else form
    return Request(one.row.id, one.facts.address_text, content, quick_reply_sid, variables, missing)


def _valid_seconds(template: Template, row: OutboxMessage) -> int | None:
    """Return after how many seconds Twilio is to give up: no later than the message is of use."""
    if template.valid_minutes is None:
        return None
    most = template.valid_minutes * 60
    if row.expires_at is None:
        return most
    return max(1, min(most, int((row.expires_at - utcnow()).total_seconds())))


def form_of(one: Leaving) -> QuickForm | None:
    """Return the quick reply that a message goes as; None where it goes as a template, or as plain text.

    A fixed text is one by itself. A reminder is its template's text, so that all of one template share one.
    """
    if one.decision.template is not None:
        return None
    content, template = one.content, one.facts.template
    if not _has_fitting_buttons(content):
        return None
    if content.fixed:
        return QuickForm(_digest(content.body, content), content.body, {})
    if one.row.kind is OutboxKind.REMINDER and template is not None and content.variables:
        return QuickForm(_digest(template.body, content), template.body, json.loads(template.samples))
    return None


def _has_fitting_buttons(content: Content) -> bool:
    return (
        0 < len(content.buttons) <= QUICK_REPLY_BUTTONS
        and len(content.body) <= QUICK_REPLY_BODY
        and all(len(button.title) <= QUICK_REPLY_TITLE for button in content.buttons)
    )


def _digest(body: str, content: Content) -> bytes:
    pairs = [[button.title, button.payload] for button in content.buttons]
    return sha256(json.dumps([body, pairs]).encode()).digest()


def finish(
    session: Session, key: PersonalKey, outbox_id: uuid.UUID, result: SendResult, now: datetime
) -> OutboxMessage:
    """Record how the call ended."""
    row = session.get_one(OutboxMessage, outbox_id, with_for_update=True)
    record(session, key, row, result, now)
    meters.keep(session)
    return row


def record(session: Session, key: PersonalKey, row: OutboxMessage, result: SendResult, now: datetime) -> None:
    """Record how the call for a locked row ended; a report of Twilio's may have come before."""
    content = outbox.read_content(key, row)
    if result.outcome is not Outcome.ACCEPTED:
        meters.refused(meters.SEND, result.code)
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
        case Outcome.REFUSED if sender.stops(
            result.code, not_let_in=result.reason is Reason.FIX_CONFIGURATION
        ):
            refused_for_all(session, key, row, content, result.code, now)
        case Outcome.TRY_LATER | Outcome.REFUSED:
            _refused(session, key, row, content, result, now)


def _refused(
    session: Session,
    key: PersonalKey,
    row: OutboxMessage,
    content: Content,
    result: SendResult,
    now: datetime,
) -> None:
    """Have it tried again where that helps, as its template where the window was closed; else end it."""
    reason, again = result.reason or Reason.UNKNOWN, None
    if result.outcome is Outcome.TRY_LATER:
        again = retry.next_attempt(row, content, result.reason, result.code, now)
    elif reason is Reason.WINDOW_CLOSED and template_now(session, row, content):
        again = now
    templates_sync.doubt(session, outbox.template_of(row, content), result.code)
    if again is not None:
        outbox.requeue(session, key, row, content, again, reason=reason, code=result.code)
        return
    outbox.settle(key, row, content, OutboxState.FAILED, reason=reason, code=result.code)
    if reason is Reason.BLOCKED_BY_HER:
        block_address(session, key, row.conversation_id)


def template_now(session: Session, row: OutboxMessage, content: Content) -> bool:
    """Say whether what left as free text may leave as its template, which needs no session window.

    Refused so a second time, it was the template.
    """
    template_id = outbox.template_of(row, content)
    template = session.get(Template, template_id) if template_id and not content.gone else None
    approved = (
        template is not None and template.state is TemplateState.APPROVED and template.withdrawn_at is None
    )
    return approved and row.code != may_send.WINDOW_CLOSED and row.attempts < retry.MOST_ATTEMPTS


def refused_for_all(
    session: Session, key: PersonalKey, row: OutboxMessage, content: Content, code: int | None, now: datetime
) -> None:
    """The number itself is stopped: pause what we initiate and keep this message, which has not left."""
    sender.stop(session, code or sender.NO_CODE, now, asked_at=row.sending_since)
    if row.kind is OutboxKind.REPLY or content.gone or row.attempts >= retry.MOST_ATTEMPTS:
        outbox.settle(key, row, content, OutboxState.FAILED, reason=Reason.FIX_CONFIGURATION, code=code)
    else:
        outbox.requeue(session, key, row, content, now, reason=Reason.FIX_CONFIGURATION, code=code)


def block_address(session: Session, key: PersonalKey, conversation_id: uuid.UUID | None) -> None:
    """She has blocked us: nothing more is tried to that address until she writes again."""
    found = addresses_of(session, key, conversation_id)
    if found:
        found[0][0].blocked_at = utcnow()


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
