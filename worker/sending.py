"""Deliveries as plain functions: mark, call Twilio with no transaction open, record.

Replies of one conversation leave one at a time, under its lock. What has to wait is put off to a job; no
thread sleeps for it. What we initiate leaves in batches (`worker.batches`).
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from models import OutboxKind, OutboxMessage, OutboxState, utcnow
from outreach.ground import dead_letters, jobs
from outreach.messages import delivery, order, outbox, outgoing_files
from outreach.messages.order import Next
from worker import locks

if TYPE_CHECKING:
    import uuid

    from sqlalchemy.orm import Session, sessionmaker

    from outreach.messages.delivery import Request
    from outreach.messages.outbox import Content
    from outreach.messages.twilio import SendResult
    from worker.locks import Pinned
    from worker.runtime import Runtime

log = logging.getLogger("avanza.worker")
MOST_FAILURES = 3
"""Exceptions of ours in a row after which a row is given up."""
BUSY_AGAIN = timedelta(seconds=1)


def deliver(runtime: Runtime, outbox_id: uuid.UUID, failures: int = 0) -> None:
    """Send the replies that wait in the row's conversation, in their order; for others wake the batches."""
    with runtime.sessions.begin() as session:
        row = session.get(OutboxMessage, outbox_id)
        if row is None:
            return
        if row.kind is not OutboxKind.REPLY:
            jobs.defer_batches(session)
            return
    if row.conversation_id is not None:
        deliver_replies(runtime, row.conversation_id, failures=failures)


def deliver_replies(
    runtime: Runtime, conversation_id: uuid.UUID, *, failures: int = 0, patience: float = 0.0
) -> float:
    """Send the replies that wait in a conversation; return the seconds to wait where the bucket is empty.

    `patience`: for how many seconds to wait for whoever sends to this conversation now.
    """
    with locks.pinned(runtime.engine) as pinned:
        return send_replies(runtime, pinned, conversation_id, failures=failures, patience=patience)


def send_replies(
    runtime: Runtime,
    pinned: Pinned,
    conversation_id: uuid.UUID,
    *,
    failures: int = 0,
    patience: float = 0.0,
) -> float:
    """Send the replies that wait, on a connection that the caller has; see `deliver_replies`."""
    if not pinned.take(locks.SEND, conversation_id, patience=patience):
        with runtime.readers() as session:
            following = order.next_reply(session, conversation_id, utcnow())
        waits = following.row_id or following.waits
        _look_again(pinned.sessions, Next(waits=waits, again_at=utcnow() + BUSY_AGAIN))
        return 0.0
    try:
        return _in_order(runtime, pinned.sessions, conversation_id, failures)
    finally:
        pinned.let_go(locks.SEND, conversation_id)


def _in_order(
    runtime: Runtime, sessions: sessionmaker[Session], conversation_id: uuid.UUID, failures: int
) -> float:
    tried: set[uuid.UUID] = set()
    while True:
        with runtime.readers() as session:
            following = order.next_reply(session, conversation_id, utcnow())
        row_id = following.row_id
        if row_id is None:
            _look_again(sessions, following)
            return 0.0
        if row_id in tried:
            return 0.0
        if pause := runtime.pacer.take(sessions, utcnow()):
            _look_again(sessions, Next(waits=row_id, again_at=utcnow() + timedelta(seconds=pause)))
            return pause
        try:
            _one(runtime, sessions, row_id)
        except Exception as error:  # noqa: BLE001 (whatever it was, the row must reach an end)
            _failed(runtime, row_id, error, 0 if tried else failures)
        tried.add(row_id)


def _look_again(sessions: sessionmaker[Session], following: Next) -> None:
    """Have a reply that must wait looked at again in time, by a job and not in this thread."""
    if following.waits is None or following.again_at is None:
        return
    with sessions.begin() as session:
        jobs.defer_delivery_retry(session, following.waits, following.again_at, priority=jobs.REPLY_PRIORITY)


def _one(runtime: Runtime, sessions: sessionmaker[Session], outbox_id: uuid.UUID) -> None:
    with sessions.begin() as session:
        request = delivery.begin(session, runtime.key, runtime.settings, outbox_id, utcnow())
    if request is not None:
        result = send(runtime, request)
        with sessions.begin() as session:
            delivery.finish(session, runtime.key, outbox_id, result, utcnow())


def send(runtime: Runtime, request: Request) -> SendResult:
    """Call Twilio, with no transaction open."""
    return runtime.twilio.send(
        request.to,
        outbox_id=str(request.outbox_id),
        body=request.content.body,
        content_sid=request.content_sid or _quick_reply(runtime, request),
        variables=request.variables,
        map_pin=request.content.map_pin,
        media_url=_file(runtime, request.content),
        valid_seconds=request.valid_seconds,
        urgent=request.content.urgent,
    )


def _file(runtime: Runtime, content: Content) -> str | None:
    if content.file_token is None or content.file_name is None:
        return None
    return outgoing_files.address(runtime.settings.public_url, content.file_token, content.file_name)


def _quick_reply(runtime: Runtime, request: Request) -> str | None:
    """Make the content of a text with buttons the first time it is sent."""
    form = request.form
    if form is None:
        return None
    name = f"reply_{form.digest.hex()[:16]}"
    buttons = request.content.buttons
    content_sid = runtime.twilio.create_quick_reply(name, form.body, buttons, form.samples)
    if content_sid is not None:
        with runtime.sessions.begin() as session:
            delivery.remember_quick_reply(session, form.digest, content_sid)
    return content_sid


def retry_delivery(runtime: Runtime, outbox_id: uuid.UUID, failures: int = 0) -> None:
    """Put a row that had to wait back on the queue, in its place.

    Whoever queues the row counts on this job where it waits, and is waited for.
    """
    with runtime.sessions.begin() as session:
        row = session.get(OutboxMessage, outbox_id, with_for_update=True)
        if row is not None:
            jobs.defer_delivery(
                session,
                row.id,
                lock=delivery.lock_for(row),
                priority=outbox.PRIORITY[row.kind],
                failures=failures,
            )


def _failed(runtime: Runtime, outbox_id: uuid.UUID, error: Exception, failures: int) -> None:
    """Try a row again that raised before Twilio was called; after the last time it has failed.

    A row that was being sent is left as it is: it is in doubt, and `outreach.messages.reconcile` settles it.
    """
    kind = type(error).__name__
    log.warning("delivery failed", extra={"action": "delivery_failed", "kind": kind})
    with runtime.sessions.begin() as session:
        row = session.get(OutboxMessage, outbox_id, with_for_update=True)
        if row is None or row.state is not OutboxState.QUEUED:
            return
        priority = outbox.PRIORITY[row.kind]
        if failures + 1 < MOST_FAILURES:
            row.next_try_at = utcnow() + timedelta(seconds=2 ** (failures + 1))
            jobs.defer_delivery_retry(
                session, outbox_id, row.next_try_at, priority=priority, failures=failures + 1
            )
            return
        outbox.advance(row, OutboxState.FAILED, reason="error")
        dead_letters.bury(session, dead_letters.DELIVERY, outbox_id, kind)
        if _is_confidential(runtime, row):
            outbox.blank(runtime.key, row)


def _is_confidential(runtime: Runtime, row: OutboxMessage) -> bool:
    try:
        return outbox.read_content(runtime.key, row).confidential
    except Exception:  # noqa: BLE001 (what can't be read needs no blanking)
        return False
