"""The tasks as plain functions: open a transaction, call one verb, commit; slow calls in between.

No session is ever open while Rasa or Twilio is being waited for.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from models import OutboxMessage, utcnow
from outreach.ground import jobs
from outreach.messages import delivery, outbox, redaction
from outreach.messages.delivery import Pause, Request
from outreach.turns import turns
from outreach.turns.effects import UnknownEffectError
from outreach.turns.rasa import RasaError

if TYPE_CHECKING:
    import uuid

    from sqlalchemy.orm import Session

    from outreach.messages.twilio import SendResult
    from outreach.turns.turns import Ask, Waiting
    from worker.runtime import Runtime

log = logging.getLogger("avanza.worker")
LONGEST_PAUSE_SECONDS = 2.0


def take_turn(runtime: Runtime, conversation_id: uuid.UUID) -> None:
    """Answer what waits in a conversation, once it has settled or can't wait."""
    with runtime.sessions.begin() as session:
        waiting = turns.waiting(session, runtime.key, conversation_id, utcnow())
        if waiting is None:
            return
        over = waiting.must_not_wait or utcnow() >= waiting.settles_at
        ask = _begin(runtime, session, conversation_id) if over else None
    if not over:
        if not _is_danger(runtime, waiting):
            _wait(runtime, conversation_id, waiting)
            return
        with runtime.sessions.begin() as session:
            ask = _begin(runtime, session, conversation_id)
    if ask is not None:
        _ask_and_apply(runtime, ask)


def _begin(runtime: Runtime, session: Session, conversation_id: uuid.UUID) -> Ask | None:
    # As in `_mark`.
    session.expire_all()
    return turns.begin(session, runtime.key, runtime.settings, conversation_id, utcnow())


def _wait(runtime: Runtime, conversation_id: uuid.UUID, waiting: Waiting) -> None:
    with runtime.sessions.begin() as session:
        jobs.defer_wake(session, conversation_id, waiting.settles_at)
    runtime.alarm.at(waiting.settles_at)


def _is_danger(runtime: Runtime, waiting: Waiting) -> bool:
    """Danger does not wait for the end of the burst."""
    try:
        return bool(waiting.text) and runtime.rasa.understand(waiting.text).risk == "danger"
    except RasaError:
        return False


def _ask_and_apply(runtime: Runtime, ask: Ask) -> None:
    try:
        items = runtime.rasa.ask(ask.conversation_id, ask.text, ask.metadata)
        with runtime.sessions.begin() as session:
            turns.finish(session, runtime.key, runtime.settings, ask, items, utcnow())
    except (RasaError, UnknownEffectError) as error:
        log.warning(
            "turn failed", extra={"action": "turn_failed", "kind": type(error).__name__, "why": str(error)}
        )
        with runtime.sessions.begin() as session:
            turns.failed_try(session, runtime.key, runtime.settings, ask, utcnow())


def wake_turn(runtime: Runtime, conversation_id: uuid.UUID) -> None:
    """Put the conversation's turn on the queue; this job held no lock while it waited."""
    with runtime.sessions.begin() as session:
        jobs.defer_turn(session, conversation_id)


def deliver(runtime: Runtime, outbox_id: uuid.UUID) -> None:
    """Send one row; where it is a reply, all replies that wait in its conversation, in their order.

    The lock lets one job at a time send to a conversation; were each reply left to a job of its own,
    each would wait for its turn in the queue.
    """
    tried: set[uuid.UUID] = set()
    with runtime.sessions.begin() as session:
        following = delivery.following(session, outbox_id, utcnow())
        request = _mark(runtime, session, following) if following else None
    while following is not None and following not in tried:
        while isinstance(request, Pause):
            time.sleep(min(request.seconds, LONGEST_PAUSE_SECONDS))
            with runtime.sessions.begin() as session:
                request = _mark(runtime, session, following)
        tried.add(following)
        result = _send(runtime, request) if request is not None else None
        with runtime.sessions.begin() as session:
            if result is not None:
                delivery.finish(session, runtime.key, following, result, utcnow())
            following = delivery.following(session, outbox_id, utcnow())
        if following is not None and following not in tried:
            with runtime.sessions.begin() as session:
                request = _mark(runtime, session, following)


def _mark(runtime: Runtime, session: Session, outbox_id: uuid.UUID) -> Request | Pause | None:
    # What was looked at without a lock is read again under it.
    session.expire_all()
    return delivery.begin(session, runtime.key, runtime.settings, outbox_id, utcnow())


def _send(runtime: Runtime, request: Request) -> SendResult:
    """Call Twilio, with no transaction open."""
    return runtime.twilio.send(
        request.to,
        outbox_id=str(request.outbox_id),
        body=request.content.body,
        content_sid=request.content_sid or _quick_reply(runtime, request),
        variables=request.variables,
        map_pin=request.content.map_pin,
    )


def _quick_reply(runtime: Runtime, request: Request) -> str | None:
    """Make the content of a fixed text with buttons the first time it is sent."""
    if request.quick_reply_digest is None:
        return None
    name = f"reply_{request.quick_reply_digest.hex()[:16]}"
    content_sid = runtime.twilio.create_quick_reply(name, request.content.body, request.content.buttons)
    if content_sid is not None:
        with runtime.sessions.begin() as session:
            delivery.remember_quick_reply(session, request.quick_reply_digest, content_sid)
    return content_sid


def retry_delivery(runtime: Runtime, outbox_id: uuid.UUID) -> None:
    """Put a row that had to wait back on the queue, in its place."""
    with runtime.sessions.begin() as session:
        row = session.get(OutboxMessage, outbox_id)
        if row is not None:
            priority = outbox.PRIORITY[row.kind]
            jobs.defer_delivery(session, row.id, lock=delivery.lock_for(row), priority=priority)


def redact(runtime: Runtime, owed: redaction.Owed) -> None:
    """Take a message's text away at Twilio and note it, or that it was refused."""
    gone = runtime.twilio.redact(owed.sid)
    with runtime.sessions.begin() as session:
        if gone:
            redaction.done(session, owed)
        else:
            redaction.refused(session, owed, utcnow())
