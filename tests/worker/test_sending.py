"""Deliveries: an error in one row stops no other, an empty bucket holds no thread, queues are apart."""

from __future__ import annotations

import threading
import time
import uuid
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, text
from standins import accepted, serving

from models import DeadLetter, OutboxKind, OutboxMessage, OutboxState, TokenBucket, utcnow
from outreach.ground import jobs
from outreach.messages import doubt, inbox, outbox, rate, reconcile
from outreach.messages.outbox import Content
from worker import locks, sending
from worker.runtime import make_runtime

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session, sessionmaker

    from outreach.ground.settings import Settings
    from worker.runtime import Runtime

WOMAN = "whatsapp:+523312345678"


@contextmanager
def running(settings: Settings, sent: list[str]) -> Iterator[Runtime]:
    def answer(_method: str, path: str, body: Any) -> tuple[int, Any]:
        sent.append(body["Body"])
        return 201, accepted(path, body, f"SM{len(sent):032d}")

    with serving(answer) as url:
        account = replace(settings.twilio, api_url=url)
        runtime = make_runtime(replace(settings, account=account), pool_size=3)
        yield runtime
        runtime.engine.dispose()


def queued(
    sessions: sessionmaker[Session], runtime: Runtime, *bodies: str
) -> tuple[uuid.UUID, list[uuid.UUID]]:
    with sessions.begin() as session:
        conversation = inbox.conversation_of(session, runtime.key, WOMAN, utcnow())
        conversation.last_inbound_at = utcnow()
        rows = [
            outbox.enqueue(session, runtime.key, conversation.id, OutboxKind.REPLY, Content(body))
            for body in bodies
        ]
        return conversation.id, [row.id for row in rows]


def test_a_row_that_raises_stops_no_other(sessions: sessionmaker[Session], settings: Settings) -> None:
    """F1, P3: a damaged row is tried three times, then it has failed and a person sees it."""
    sent: list[str] = []
    with running(settings, sent) as runtime:
        conversation, rows = queued(sessions, runtime, "uno", "dos", "tres")
        with sessions.begin() as session:
            session.get_one(OutboxMessage, rows[1]).body_cipher = b"\x01damaged"
        for failures in range(sending.MOST_FAILURES):
            with sessions.begin() as session:
                session.get_one(OutboxMessage, rows[1]).next_try_at = None
            sending.deliver(runtime, rows[1], failures)
        sending.deliver_replies(runtime, conversation)
        assert sorted(sent) == ["tres", "uno"]
        with sessions() as session:
            assert session.get_one(OutboxMessage, rows[1]).state is OutboxState.FAILED
            assert session.scalars(select(DeadLetter.kind)).all() == ["delivery"]
            left = text("SELECT count(*) FROM outbox_message WHERE state = 'queued'")
            assert session.scalar(left) == 0


def test_an_empty_bucket_holds_no_thread(sessions: sessionmaker[Session], settings: Settings) -> None:
    """F8: the reply is put off by a job that locks nothing; no thread waits for a token."""
    sent: list[str] = []
    with running(settings, sent) as runtime:
        _, rows = queued(sessions, runtime, "hola")
        with sessions.begin() as session:
            # Filled in the far future: empty until then.
            session.add(TokenBucket(name=rate.NAME, tokens=0.0, refilled_at=utcnow().replace(year=2999)))
        began = time.monotonic()
        sending.deliver(runtime, rows[0])
        assert time.monotonic() - began < 5
        assert sent == []
        with sessions() as session:
            waits = text(
                "SELECT queue_name, lock FROM procrastinate_jobs WHERE task_name = 'worker.retry_delivery'"
            )
            assert session.execute(waits).all() == [(jobs.CONVERSATION, None)]
            assert session.get_one(OutboxMessage, rows[0]).state is OutboxState.QUEUED


def test_who_sends_now_is_not_overtaken(sessions: sessionmaker[Session], settings: Settings) -> None:
    """P2: while another sends to her, a second sender puts the row off instead of sending beside it."""
    sent: list[str] = []
    with running(settings, sent) as runtime:
        conversation, rows = queued(sessions, runtime, "uno")
        with locks.pinned(runtime.engine) as pinned:
            assert pinned.take(locks.SEND, conversation)
            sending.deliver(runtime, rows[0])
        assert sent == []
        sending.deliver(runtime, rows[0])
        assert sent == ["uno"]


def test_a_job_that_waits_sees_a_row_that_is_being_put_back(
    sessions: sessionmaker[Session], settings: Settings
) -> None:
    """P3: it begins before the commit of whoever counts on it, and must not find the row in doubt."""
    sent: list[str] = []
    with running(settings, sent) as runtime:
        _, [row_id] = queued(sessions, runtime, "uno")
        now = utcnow()
        with sessions.begin() as session:
            row = session.get_one(OutboxMessage, row_id)
            outbox.advance(row, OutboxState.SENDING)
            doubt.begin(session, runtime.key, row, Content("uno"), now, reason="unknown")
            session.execute(text("DELETE FROM procrastinate_jobs"))
            jobs.defer_delivery_retry(session, row_id, now, priority=jobs.REPLY_PRIORITY)

        def job() -> None:
            sending.retry_delivery(runtime, row_id)
            sending.deliver(runtime, row_id)

        waits = threading.Thread(target=job)
        with sessions.begin() as session:
            reconcile.settle(session, runtime.key, row_id, [], now + timedelta(seconds=31))
            session.flush()
            waits.start()
            waits.join(0.5)
            session.execute(text("UPDATE outbox_message SET next_try_at = NULL"))
        waits.join(10)
        assert sent == ["uno"]


@pytest.mark.parametrize(
    ("priority", "queue"),
    [
        (jobs.REPLY_PRIORITY, "conversation"), (jobs.TURN_PRIORITY, "conversation"),
        (jobs.NOTICE_PRIORITY, "bulk"), (jobs.REMINDER_PRIORITY, "bulk"), (jobs.CAMPAIGN_PRIORITY, "bulk"),
    ],
)  # fmt: skip
def test_bulk_has_a_queue_of_its_own(session: Session, priority: int, queue: str) -> None:
    """F8: what is initiated by us can't stand before a turn or a reply, nor a new turn before a reply."""
    row_id = uuid.uuid4()
    jobs.defer_delivery(session, row_id, lock=None, priority=priority)
    assert session.scalar(text("SELECT queue_name FROM procrastinate_jobs")) == queue
    assert jobs.REPLY_PRIORITY > jobs.TURN_PRIORITY
